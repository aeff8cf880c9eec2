"""Views of the scorecard, one module each: the file's name is the format's.

All of them are made from the scorecard's JSON alone, and run nothing. `reading/` is what they share.
"""
