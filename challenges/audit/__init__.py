"""Proves the kit: the folders are whole, briefs keep the cause to themselves, verdicts are as stated."""
