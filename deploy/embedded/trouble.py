class Trouble(Exception):
    """Something the user can act on: shown as a message, without a traceback."""


def troubles(error: BaseException) -> list[Trouble]:
    """Those in an error, which may be a group of what went wrong at once; none: it is no trouble but a fault of ours."""
    if isinstance(error, BaseExceptionGroup):
        return [trouble for inner in error.exceptions for trouble in troubles(inner)]
    return [error] if isinstance(error, Trouble) else []
