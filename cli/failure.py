"""How a command ends when it cannot do what was asked."""

from errno import ENOSPC, EPIPE

FAILED, USAGE = 1, 2


class Failure(Exception):
    """Told on standard error, with what to do next; the command ends with `exit_code`."""

    def __init__(self, message: str, then: str | None = None, *, exit_code: int = FAILED) -> None:
        super().__init__(message)
        self.message, self.then, self.exit_code = message, then, exit_code


def usage(message: str, then: str | None = None) -> Failure:
    return Failure(message, then, exit_code=USAGE)


def closed(stream: str) -> Failure:
    """Python has None in place of a stream that the shell has closed."""
    return usage(f"Standard {stream} is closed.")


def of_system(error: OSError) -> Failure:
    """A full disk and the like, in words. A pipe whose reader has gone is none: that ends a command quietly."""
    if error.errno == EPIPE:
        raise error
    where = f"{error.filename}: " if error.filename else ""
    then = "Make room, or write elsewhere; TMPDIR says where files wait." if error.errno == ENOSPC else None
    return Failure(f"{where}{error.strerror or error}.", then)
