"""Which values answer a question of which type. Made once for a published version, called for each answer."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

Value = int | float | bool | str | list[str]
LONGEST_MONTH = 43_200  # minutes in thirty days
SCALES = ("rating", "effort", "importance", "nps")
POINTS = {"effort": 7, "importance": 5}
MAXIMUM_LENGTH = 2_000
# Line breaks and tabs are text; the bidirectional and zero-width characters of some languages are too.
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


class Refusal(NamedTuple):
    """`place` goes on the pointer to the value."""

    code: str
    detail: str
    place: str = ""


Accept = Callable[[Any], Value | Refusal]


def acceptor(question: Mapping[str, Any]) -> Accept:
    """A function that answers the value, in the one way to write it, or why it is refused."""
    kind = question["type"]
    if kind in SCALES:
        return whole(*scale(question))
    if kind == "lostTime":
        return whole(0, LONGEST_MONTH)
    if kind == "yesNo":
        return true_or_false
    if kind == "text":
        return text(question.get("maximumLength") or MAXIMUM_LENGTH)
    options = [option["key"] for option in question["options"]]
    return one_of(options) if kind == "singleChoice" else some_of(options)


def scale(question: Mapping[str, Any]) -> tuple[int, int]:
    """The lowest and the highest value."""
    if question["type"] == "nps":
        return 0, 10
    return 1, question.get("points") or POINTS[question["type"]]


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
        if not written or written.isspace():
            return Refusal("blank", "says nothing: leave the answer out instead")
        return written

    return accept


def one_of(options: Iterable[str]) -> Accept:
    known = frozenset(options)

    def accept(value: Any) -> Value | Refusal:
        if type(value) is not str:
            return Refusal("wrongType", "must be the key of an option")
        return value if value in known else Refusal("unknownOption", "is not an option of this question")

    return accept


def some_of(options: Iterable[str]) -> Accept:
    """In the order of the options, for the order in which somebody ticked them would be a trace."""
    order = {option: place for place, option in enumerate(options)}

    def accept(value: Any) -> Value | Refusal:
        if type(value) is not list:
            return Refusal("wrongType", "must be a list of options' keys")
        if not value:
            return Refusal("blank", "names no option: leave the answer out instead")
        for place, option in enumerate(value):
            if option not in order:
                return Refusal("unknownOption", "is not an option of this question", f"/{place}")
        if len(set(value)) < len(value):
            return Refusal("duplicate", "names an option twice")
        ordered: list[str] = sorted(value, key=order.__getitem__)
        return ordered

    return accept
