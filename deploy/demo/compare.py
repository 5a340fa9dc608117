"""Two sets of figures in one shape: what the API says, against what the files say."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

Figures = dict[str, Any]
KEYS = ("scope", "service", "provider", "question", "unit")


@dataclass
class Verdict:
    """How many rows are readable and hidden, and what is wrong."""

    readable: int = 0
    hidden: int = 0
    wrong: list[str] = field(default_factory=list)

    def join(self, other: "Verdict") -> None:
        self.readable += other.readable
        self.hidden += other.hidden
        self.wrong += other.wrong


def same(one: Any, other: Any) -> bool:
    """To nine digits; a computed figure is a float on both sides, so that 4 and 4.0 are the same."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, int | float) and isinstance(other, int | float):
        return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9)
    return bool(one == other)


def row_wrong(plain: Figures, said: Figures, minimum: int) -> Iterator[str]:
    """`plain` has `n` (of response rates: `answered`)."""
    people = plain["answered"] if "answered" in plain else plain["n"]
    if said.get("suppressed"):
        yield from _hidden_wrong(plain, said, people, minimum)
        return
    if people < minimum:
        yield f"readable with {people} answers, fewer than {minimum}"
    for name in sorted(plain.keys() | said.keys()):
        if not same(plain.get(name), said.get(name)):
            yield f"{name} is {said.get(name)}, by the files {plain.get(name)}"


def _hidden_wrong(plain: Figures, said: Figures, people: int, minimum: int) -> Iterator[str]:
    told = said.keys() - {*KEYS, "population", "suppressed", "reason"}
    if told:
        yield f"hidden, and yet it tells {', '.join(sorted(told))}"
    if said.get("reason") not in ("belowMinimum", "protectsAnother"):
        yield f"hidden for the reason {said.get('reason')!r}"
    if said.get("reason") == "belowMinimum" and people >= minimum:
        yield f"hidden as below the minimum with {people} answers"
    if "population" in plain and plain["population"] != said.get("population"):
        yield f"population is {said.get('population')}, by the files {plain['population']}"


def named(row: Figures) -> str:
    return " ".join(str(row[key]) for key in KEYS if row.get(key)) or "whole organisation"


def compare(plain: Figures, said: Figures, minimum: int) -> Verdict:
    """Of one wave, table by table; both have the same rows in the same order."""
    verdict = Verdict()
    for table, rows in plain.items():
        for row, told in zip(rows, said[table], strict=True):
            verdict.hidden += bool(told.get("suppressed"))
            verdict.readable += not told.get("suppressed")
            verdict.wrong += [f"{table}: {named(row)}: {fault}" for fault in row_wrong(row, told, minimum)]
    return verdict


def expected_wrong(plain: Figures, expected: Figures) -> list[str]:
    """Where our plain figures differ from those that came with the folder (these are rounded to ten decimals)."""
    wrong = [f"wave {name} is in one of the two only" for name in sorted(plain.keys() ^ expected.keys())]
    for wave in plain.keys() & expected.keys():
        for table, rows in plain[wave].items():
            ours = {named(row): row for row in rows}
            for row in expected[wave][table]:
                mine = ours.pop(named(row), None)
                if mine is None and set(row) <= {*KEYS, "n", "notApplicable"}:
                    continue  # a text question
                if mine is None or any(not same(mine.get(key), value) for key, value in row.items()):
                    wrong.append(f"{wave} {table}: {named(row)}: {mine} instead of {row}")
            wrong += [f"{wave} {table}: {name} is not expected" for name in ours]
    return wrong
