"""What the command line says instead of a traceback."""


class Refusal(Exception):  # noqa: N818 - not an error of the program: the reason why it does not start
    """Something outside the program is not as it must be; the text says how to mend it."""
