"""`python -m grader`: grades many submissions, keeps what was found, and makes reports of it."""
