"""Tells right fixes of the loan app from wrong ones, without importing a line of a submission."""
