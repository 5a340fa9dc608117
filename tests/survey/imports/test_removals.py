from uuid import uuid4

from services.survey.imports.removals import removable_units
from services.survey.imports.rules import Agreed, Effect, approval_reason


def test_units_go_from_the_leaves_up() -> None:
    a, b, c, d = (uuid4() for _ in range(4))
    parents_of = {a: None, b: a, c: b, d: b}
    assert removable_units({b, c, d}, parents_of, {}) == ({b, c, d}, {})
    assert removable_units({b, c, d}, parents_of, {d: "unitHasEmployees"}) == (
        {c}, {d: "unitHasEmployees", b: "unitHasUnits"}
    )  # fmt: skip
    assert removable_units({b}, parents_of, {}) == (set(), {b: "unitHasUnits"})


def test_the_guard() -> None:
    def guarded(removals: int, existing: int, *, unidentified: int = 0, agreed: int | None = None) -> str | None:
        reason = approval_reason(Effect(existing, removals), 0.1, unidentified, Agreed(agreed, 0))
        return reason and reason[0]

    assert [guarded(0, 0), guarded(0, 9, unidentified=3), guarded(1, 5), guarded(10, 100)] == [None] * 4
    assert [guarded(1, 1), guarded(2, 5), guarded(11, 100), guarded(1, 100, unidentified=1)] == [
        "everythingRemoved", "tooManyRemoved", "tooManyRemoved", "unreadableRows"
    ]  # fmt: skip
    assert [guarded(50, 100, agreed=50), guarded(51, 100, agreed=50)] == [None, "tooManyRemoved"]


def test_what_is_missing_may_have_been_cut_off() -> None:
    for removals, reason in ((0, None), (1, "lineNotEnded"), (11, "tooManyRemoved")):
        found = approval_reason(Effect(100, removals), 0.1, 0, Agreed(), ended=False)
        assert (found and found[0]) == reason


def test_swapped_ids_are_asked_about_once_more_than_a_few() -> None:
    def asked(swaps: int, known: int, agreed: int | None = None) -> bool:
        return approval_reason(Effect(known=known, swaps=swaps), 0.1, 0, Agreed(None, agreed)) is not None

    assert [asked(2, 4), asked(10, 100), asked(20, 100, 20)] == [False] * 3
    assert [asked(3, 4), asked(11, 100), asked(21, 100, 20)] == [True] * 3
