"""Proves the kit on itself: verdicts are as stated, no file is missing, no brief tells."""
