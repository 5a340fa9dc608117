from uuid import uuid4

from services.survey.imports.removals import needs_approval, removable_units


def test_units_go_from_the_leaves_up() -> None:
    a, b, c, d = (uuid4() for _ in range(4))
    parents_of = {a: None, b: a, c: b, d: b}
    assert removable_units({b, c, d}, parents_of, {}) == ({b, c, d}, {})
    assert removable_units({b, c, d}, parents_of, {d: "unitHasEmployees"}) == (
        {c}, {d: "unitHasEmployees", b: "unitHasUnits"}
    )  # fmt: skip
    assert removable_units({b}, parents_of, {}) == (set(), {b: "unitHasUnits"})


def test_the_guard() -> None:
    def guarded(removals: int, existing: int, *, unidentified: int = 0, approved: int | None = None) -> bool:
        return needs_approval(removals, existing, 0.1, unidentified=unidentified, approved=approved)

    assert [guarded(0, 0), guarded(0, 9, unidentified=3), guarded(1, 5), guarded(10, 100)] == [False] * 4
    assert [guarded(1, 1), guarded(2, 5), guarded(11, 100), guarded(1, 100, unidentified=1)] == [True] * 4
    assert [guarded(50, 100, approved=50), guarded(51, 100, approved=50)] == [False, True]
