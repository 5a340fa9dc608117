"""What an import says about a file: a row of `/v1/imports/{importId}/errors` each."""

from dataclasses import dataclass
from typing import Literal


class Unusable(Exception):
    """The file as a whole: nothing of it is taken."""

    def __init__(self, code: str, detail: str, refusals: "list[Refusal] | None" = None) -> None:
        super().__init__(detail)
        self.code, self.detail, self.refusals = code, detail, refusals or []


class Wrong(ValueError):
    """A field that cannot be what it should be."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code, self.detail = code, detail


@dataclass(frozen=True)
class Refusal:
    """Without a line it is about something that is not in the file. A warning's row was taken, but not all of it."""

    line: int | None
    column: str | None
    code: str
    detail: str
    severity: Literal["error", "warning"] = "error"
