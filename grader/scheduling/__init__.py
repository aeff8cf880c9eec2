"""Two calls at once, statement by statement: every order that can make a difference."""
