"""What stands at an axis: a chart draws rows of one name over each other, and shows of a long one only the beginning."""

from collections import Counter
from collections.abc import Hashable, Iterable
from typing import TypeVar

ROW, COLUMN = 44, 32  # characters for which there is room
LONGEST_ID = 16

Key = TypeVar("Key", bound=Hashable)


def labels(named: Iterable[tuple[Key, str, str | None]], longest: int = ROW) -> dict[Key, str]:
    """Of each key, name and external id, in the same order. Names that look alike get their id, else a number."""
    short = [(key, cut(name, longest), external_id) for key, name, external_id in named]
    times = Counter(text for _, text, _ in short)
    taken = {text for text, n in times.items() if n == 1}
    made: dict[Key, str] = {}
    for key, text, external_id in short:
        made[key] = text if times[text] == 1 else _apart(text, external_id, taken, longest)
        taken.add(made[key])
    return made


def cut(text: str, longest: int) -> str:
    text = " ".join(text.split())
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def _apart(text: str, external_id: str | None, taken: set[str], longest: int) -> str:
    marks = [cut(external_id, LONGEST_ID)] if external_id else []
    for mark in (*marks, *map(str, range(1, len(taken) + 2))):
        label = f"{cut(text, longest - len(mark) - 3)} ({mark})"
        if label not in taken:
            return label
    raise AssertionError("one number more than there are labels is free")
