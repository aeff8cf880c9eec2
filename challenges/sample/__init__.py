"""Rows to try the app with: the assignment's one customer and loan, or a million loans."""
