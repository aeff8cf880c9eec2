"""What can go wrong with the grader itself; each is one line that says what to do next."""


class GraderError(Exception):
    """A problem of the grader or its input, never of a graded fix. The text is one line."""

    exit_code = 2


class InputError(GraderError):
    """What was handed in can't be graded at all (no such path, no archive, no app in it)."""

    exit_code = 4


class DatabaseError(GraderError):
    """There is no PostgreSQL to grade on."""

    exit_code = 3
