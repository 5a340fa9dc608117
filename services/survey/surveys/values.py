"""Which values answer a question of which type. Made once for a published version, called for each answer."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

Value = int | float | bool | str | list[str]
LONGEST_MONTH = 43_200  # minutes in thirty days
SCALES = ("rating", "effort", "importance", "nps")
POINTS = {"effort": 7, "importance": 5}
MAXIMUM_LENGTH = 2_000
LARGEST = 10**12  # of a number without bounds; exact as a float to three decimals
FIRST_DATE, LAST_DATE = "1900-01-01", "2199-12-31"
DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
# Line breaks and tabs are text; the bidirectional and zero-width characters of some languages are too.
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
# Blanks, and what Unicode has to be left unseen where it does nothing (Default_Ignorable_Code_Point).
UNSEEN = re.compile(
    "[\\s\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]*"
)


class Refusal(NamedTuple):
    """`place` goes on the pointer to the value."""

    code: str
    detail: str
    place: str = ""


Accept = Callable[[Any], Value | Refusal]


def acceptor(question: Mapping[str, Any]) -> Accept:
    """A function that answers the value, in the one way to write it, or why it is refused. How many options there must
    be is left to the check where some may not be shown."""
    kind = question["type"]
    if kind in SCALES:
        return whole(*scale(question))
    if kind == "lostTime":
        return whole(0, LONGEST_MONTH)
    if kind == "yesNo":
        return true_or_false
    if kind == "text":
        return text(question.get("maximumLength") or MAXIMUM_LENGTH)
    if kind == "number":
        return number(*bounds(question), question.get("decimals") or 0)
    if kind == "date":
        return a_date(*dates(question))
    options = [option["key"] for option in question["options"]]
    if kind == "singleChoice":
        return one_of(options)
    most = question.get("maximumChoices") or len(options)
    if kind == "ranking":
        return best_of(options, most)
    sure = not any("showIf" in option or "skipIf" in option for option in question["options"])
    return some_of(options, question.get("minimumChoices") or 1 if sure else 1, most)


def scale(question: Mapping[str, Any]) -> tuple[int, int]:
    """The lowest and the highest value."""
    if question["type"] == "nps":
        return 0, 10
    return 1, question.get("points") or POINTS[question["type"]]


def bounds(question: Mapping[str, Any]) -> tuple[float, float]:
    least, most = question.get("minimum"), question.get("maximum")
    return -LARGEST if least is None else least, LARGEST if most is None else most


def dates(question: Mapping[str, Any]) -> tuple[str, str]:
    return question.get("earliestDate") or FIRST_DATE, question.get("latestDate") or LAST_DATE


def whole(lowest: int, highest: int) -> Accept:
    outside = Refusal("outOfRange", f"must be from {lowest} to {highest}")

    def accept(value: Any) -> Value | Refusal:
        if type(value) is int:  # not isinstance: true is an int to Python
            return value if lowest <= value <= highest else outside
        if type(value) is not float:
            return Refusal("wrongType", "must be a number")
        if not value.is_integer():
            return Refusal("notWhole", "must be a whole number")
        return int(value) if lowest <= value <= highest else outside

    return accept


def number(least: float, most: float, decimals: int) -> Accept:
    """A whole one is an int, however it was written."""
    outside = Refusal("outOfRange", f"must be from {least} to {most}")

    def accept(value: Any) -> Value | Refusal:
        if type(value) is not int and type(value) is not float:
            return Refusal("wrongType", "must be a number")
        if not least <= value <= most:
            return outside
        if float(value).is_integer():
            return int(value)
        if not decimals:
            return Refusal("notWhole", "must be a whole number")
        if round(value, decimals) != value:
            return Refusal("tooManyDecimals", f"may have {decimals} decimals at the most")
        return value

    return accept


def a_date(earliest: str, latest: str) -> Accept:
    """Dates in this one spelling compare as text does."""

    def accept(value: Any) -> Value | Refusal:
        if type(value) is not str:
            return Refusal("wrongType", "must be a date as YYYY-MM-DD")
        if not is_date(value):
            return Refusal("notADate", "must be a date as YYYY-MM-DD")
        return value if earliest <= value <= latest else Refusal("outOfRange", f"must be from {earliest} to {latest}")

    return accept


def is_date(said: str) -> bool:
    if not DATE.fullmatch(said):
        return False
    try:
        date.fromisoformat(said)
    except ValueError:
        return False
    return True


def true_or_false(value: Any) -> Value | Refusal:
    return value if type(value) is bool else Refusal("wrongType", "must be true or false")


def text(longest: int) -> Accept:
    def accept(value: Any) -> Value | Refusal:
        if type(value) is not str:
            return Refusal("wrongType", "must be text")
        # What a browser makes of a line break would tell the browser.
        written: str = value.replace("\r\n", "\n")
        if len(written) > longest:
            return Refusal("tooLong", f"may have {longest} characters at the most")
        if not written.isprintable() and CONTROL.search(written):
            return Refusal("controlCharacter", "has a control character")
        if blank(written):
            return Refusal("blank", "says nothing: leave the answer out instead")
        return written

    return accept


def blank(written: str) -> bool:
    return UNSEEN.fullmatch(written) is not None


def one_of(options: Iterable[str]) -> Accept:
    known = frozenset(options)

    def accept(value: Any) -> Value | Refusal:
        if type(value) is not str:
            return Refusal("wrongType", "must be the key of an option")
        return value if value in known else Refusal("unknownOption", "is not an option of this question")

    return accept


def some_of(options: Iterable[str], least: int = 1, most: int = 1_000) -> Accept:
    """In the order of the options, for the order in which somebody ticked them would be a trace."""
    order = {option: place for place, option in enumerate(options)}
    listed = best_of(order, most)

    def accept(value: Any) -> Value | Refusal:
        chosen = listed(value)
        if not isinstance(chosen, list):
            return chosen
        return sorted(chosen, key=order.__getitem__) if len(chosen) >= least else too_few(least)

    return accept


def too_few(least: int) -> Refusal:
    return Refusal("tooFewOptions", f"must name at least {least} options")


def best_of(options: Iterable[str], most: int) -> Accept:
    """In the order in which they are given."""
    known = frozenset(options)

    def accept(value: Any) -> Value | Refusal:
        if type(value) is not list:
            return Refusal("wrongType", "must be a list of options' keys")
        if not value:
            return Refusal("blank", "names no option: leave the answer out instead")
        for place, option in enumerate(value):
            if option not in known:
                return Refusal("unknownOption", "is not an option of this question", f"/{place}")
        if len(set(value)) < len(value):
            return Refusal("duplicate", "names an option twice")
        if len(value) > most:
            return Refusal("tooManyOptions", f"may name {most} options at the most")
        ranked: list[str] = value
        return ranked

    return accept
