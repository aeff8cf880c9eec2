"""Proves the kit on itself: every verdict of `solutions/` is as stated, no file is missing, no brief tells."""
