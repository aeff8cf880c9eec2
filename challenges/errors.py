"""What a person is told in one clear line, instead of a traceback."""


class InputError(Exception):
    """Input that can't be worked with; the message says what is wrong and what to do next."""
