"""A candidate's workspace: what is in it, how it is made in one step, put back, and packed."""
