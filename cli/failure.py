"""How a command ends when it cannot do what was asked."""

FAILED, USAGE = 1, 2


class Failure(Exception):
    """Told on standard error, with what to do next; the command ends with `exit_code`."""

    def __init__(self, message: str, then: str | None = None, *, exit_code: int = FAILED) -> None:
        super().__init__(message)
        self.message, self.then, self.exit_code = message, then, exit_code


def usage(message: str, then: str | None = None) -> Failure:
    return Failure(message, then, exit_code=USAGE)
