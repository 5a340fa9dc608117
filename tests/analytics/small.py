"""A small organisation whose figures can be worked out in the head.

top ─┬─ north ── team     10 people in north's team, 8 in south, 3 in the office; none elsewhere
     ├─ south             desk and phones are facility's, books is finance's
     ├─ office            all use desk; north uses phones; south uses books
     ├─ facility
     └─ finance
"""

from typing import Any, Final

from services.survey.responses.ballot import Answer, Ballot, Part
from tests.analytics.worlds import World, an_id

TOP, NORTH, TEAM, SOUTH, OFFICE, FACILITY, FINANCE = (
    an_id(f"small {name}") for name in ("top", "north", "team", "south", "office", "facility", "finance")
)
DESK, PHONES, BOOKS = (an_id(f"small {name}") for name in ("desk", "phones", "books"))
NAMES: Final = {
    TOP: "TOP", NORTH: "NORTH", TEAM: "TEAM", SOUTH: "SOUTH", OFFICE: "OFFICE", FACILITY: "FACILITY",
    FINANCE: "FINANCE", DESK: "DESK", PHONES: "PHONES", BOOKS: "BOOKS",
}  # fmt: skip
STAFF: Final = {TEAM: 10, SOUTH: 8, OFFICE: 3}
DEFINITION: Final[dict[str, Any]] = {
    "key": "small",
    "sections": [
        {"key": "service", "repeatFor": "ratedService", "minimumServices": 1, "maximumServices": 2, "questions": [
            {"key": "overall", "type": "rating", "points": 10, "required": True},
            {"key": "speed", "type": "rating", "points": 5, "topic": "responsiveness", "notApplicable": True},
            {"key": "nps", "type": "nps"},
        ]},
        {"key": "once", "questions": [{"key": "weight", "type": "importance", "points": 5, "topic": "responsiveness"}]},
    ],
}  # fmt: skip


def small(name: str = "wave") -> World:
    parents = {TOP: None, NORTH: TOP, TEAM: NORTH, SOUTH: TOP, OFFICE: TOP, FACILITY: TOP, FINANCE: TOP}
    people = [(unit, place) for unit, size in STAFF.items() for place in range(size)]
    return World(
        tree=parents,
        staff=STAFF,
        providers={DESK: FACILITY, PHONES: FACILITY, BOOKS: FINANCE},
        audience={DESK: frozenset(parents), PHONES: frozenset({NORTH, TEAM}), BOOKS: frozenset({SOUTH})},
        definition=DEFINITION,
        ballots=[_ballot(unit, place) for unit, place in people],
        wave_id=an_id(f"small {name}"),
    )


def _ballot(unit: Any, place: int) -> Ballot:
    """Everybody rates desk and the service of their own; marks are 6, 7, 8, 6, …"""
    mark = 6 + place % 3
    parts = [Part(DESK, _rating(mark))]
    if unit == TEAM:
        parts.append(Part(PHONES, _rating(mark + 1)))
    if unit == SOUTH:
        parts.append(Part(BOOKS, _rating(mark + 2)))
    return Ballot(unit=unit, language="nl", parts=[*parts, Part(None, [Answer("weight", 3 + place % 3)])])


def _rating(mark: int) -> list[Answer]:
    return [Answer("overall", mark), Answer("speed", None if mark == 6 else 4 + mark % 2), Answer("nps", mark)]
