"""What an import says about a file: a row of `/v1/imports/{importId}/errors` each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

# What stands in the contract. Which of these a file gets depends on what it is of and how it is read.
ROW_CODES = (
    "ambiguousAmount", "ambiguousDate", "closedBeforeOpened", "doubledColumn", "doubledInFile", "doubledKey", "emailTaken",
    "empty", "endsBeforeItStarts", "errorInCell", "farFuture", "fieldTooLong", "formulaWithoutValue", "invalidJson", "lineNotEnded",
    "longerThanOpen", "managerCircle", "managerRefused", "missing", "missingColumn", "negativeAmount", "notABoolean",
    "notACurrency", "notADate", "notALanguage", "notAMailAddress", "notAProvider", "notAWholeNumber", "notAnAmount",
    "notAnInstant", "notAnObject", "parentRefused", "quoteNotClosed", "secondRoot", "serviceInUse", "strayQuote",
    "tooLarge", "tooLong", "tooPrecise", "unitAtTheTop", "unitCircle", "unitHasEmployees", "unitHasServices",
    "unitHasUnits", "unknownColumn", "unknownManager", "unknownParent", "unknownService", "unknownUnit",
    "unreadableBytes", "unstorableText", "wrongNumberOfFields", "wrongType",
)  # fmt: skip
FAILURE_CODES = (
    "cancelled", "emptyFile", "internalError", "lineNotEnded", "rowTooLong", "rowsRefused", "unfoldsTooFar",
    "unknownCharset", "unknownSheet", "unreadableHeader", "unreadableText", "unreadableWorkbook", "unusableHeader",
    "wrongKind",
)  # fmt: skip


def told(codes: Sequence[str]) -> str:
    return ", ".join(f"`{code}`" for code in codes)


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
