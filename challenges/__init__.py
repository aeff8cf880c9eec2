"""What is wrong: the briefs, the hints, and the bugs, which are injected into the healthy app."""
