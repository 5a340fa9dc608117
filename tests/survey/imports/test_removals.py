from uuid import uuid4

from services.survey.imports.removals import removable_units
from services.survey.imports.rules import Agreed, Effect, Question, question


def test_units_go_from_the_leaves_up() -> None:
    a, b, c, d = (uuid4() for _ in range(4))
    parents_of = {a: None, b: a, c: b, d: b}
    assert removable_units({b, c, d}, parents_of, {}) == ({b, c, d}, {})
    assert removable_units({b, c, d}, parents_of, {d: "unitHasEmployees"}) == (
        {c}, {d: "unitHasEmployees", b: "unitHasUnits"}
    )  # fmt: skip
    assert removable_units({b}, parents_of, {}) == (set(), {b: "unitHasUnits"})


def told(asked: Question | None) -> tuple[str, str] | None:
    return None if asked is None else (asked.code, asked.detail)


def test_the_guard() -> None:
    def guarded(removals: int, existing: int, *, unidentified: int = 0, agreed: int | None = None) -> str | None:
        asked = question(Effect(existing, removals), 0.1, unidentified, Agreed(agreed, 0))
        return None if asked is None else asked.code

    assert [guarded(0, 0), guarded(0, 9, unidentified=3), guarded(1, 10), guarded(10, 100)] == [None] * 4
    assert [guarded(1, 1), guarded(1, 2), guarded(2, 11), guarded(11, 100), guarded(1, 100, unidentified=1)] == [
        "everythingRemoved", "tooManyRemoved", "tooManyRemoved", "tooManyRemoved", "unreadableRows"
    ]  # fmt: skip
    assert [guarded(50, 100, agreed=50), guarded(51, 100, agreed=50)] == [None, "tooManyRemoved"]


def test_a_share_is_what_is_written() -> None:
    assert question(Effect(100, 29), 0.29, 0, Agreed()) is None
    assert question(Effect(100, 30), 0.29, 0, Agreed()) is not None


def test_who_is_named_as_a_leaver_counts_as_one() -> None:
    def asked(missing: int, ended: int, *, unidentified: int = 0) -> tuple[str, str] | None:
        return told(question(Effect(100, missing, ended), 0.1, unidentified, Agreed()))

    assert asked(5, 5) is None
    assert asked(0, 5, unidentified=1) is None
    assert asked(5, 5, unidentified=1) is not None
    assert asked(0, 100) == ("everythingRemoved", "All 100 that are there have left, as the file has it.")
    both = "11 of 100 are missing from the file (1) or have left, as it has it (10), more than 10%."
    assert asked(1, 10) == ("tooManyRemoved", both)


def test_what_others_hang_on_is_always_asked_about() -> None:
    def asked(effect: Effect) -> tuple[str, str] | None:
        return told(question(effect, 1.0, 0, Agreed()))

    assert asked(Effect(100, 1, taken={"interactions": 0, "costs": 0})) is None
    along = "What hangs on them would go for good, or be left without them: interactions 1,300, costs 1."
    taken = {"interactions": 1300, "costs": 1, "audiences": 0}
    assert asked(Effect(100, 1, taken=taken)) == (
        "relatedRemoved", f"1 of 100 are missing from the file. {along}"
    )  # fmt: skip
    assert asked(Effect(1, 1, taken=taken)) == (
        "everythingRemoved", f"All 1 that are there are missing from the file. {along}"
    )  # fmt: skip


def test_more_that_hangs_on_what_goes_is_asked_again() -> None:
    def asked(**taken: int) -> Question | None:
        return question(Effect(100, 1, taken=taken), 1.0, 0, Agreed(1, None, {"interactions": 3, "costs": 1}))

    assert asked(interactions=3, costs=1) is None
    assert asked(interactions=2, costs=0) is None
    again = asked(interactions=2, costs=2)
    assert again is not None
    assert (again.code, again.agreed) == ("relatedRemoved", Agreed(1, None, {"interactions": 2, "costs": 2}))
    assert asked(interactions=3, costs=1, audiences=1) is not None


def test_who_approves_agrees_to_what_was_told() -> None:
    removed, swapped = Effect(60, 10, known=50), Effect(60, 1, known=50, swaps=50)
    both = question(Effect(60, 10, known=50, swaps=50), 0.1, 0, Agreed())
    assert both is not None
    assert (both.code, both.agreed) == ("tooManyRemoved", Agreed(10, 50))
    assert both.detail == (
        "10 of 60 are missing from the file, more than 10%. 50 of 50 would get an address or a name that is another's"
        " now: are these the right ids?"
    )
    for effect, agreed in ((removed, Agreed(10)), (swapped, Agreed(None, 50))):
        one = question(effect, 0.1, 0, Agreed())
        assert one is not None
        assert one.agreed == agreed
    later = question(Effect(60, 10, known=50, swaps=50), 0.1, 0, Agreed(10))
    assert later is not None
    assert (later.code, later.agreed) == ("idsLookSwapped", Agreed(10, 50))


def test_what_is_missing_may_have_been_cut_off() -> None:
    for removals, reason in ((0, None), (1, "lineNotEnded"), (11, "tooManyRemoved")):
        found = question(Effect(100, removals), 0.1, 0, Agreed(), ended=False)
        assert (found and found.code) == reason


def test_swapped_ids_are_asked_about_once_more_than_a_few() -> None:
    def asked(swaps: int, known: int, agreed: int | None = None) -> bool:
        return question(Effect(known=known, swaps=swaps), 0.1, 0, Agreed(None, agreed)) is not None

    assert [asked(1, 1), asked(2, 4), asked(10, 100), asked(20, 100, 20)] == [False] * 4
    assert [asked(2, 2), asked(3, 4), asked(11, 100), asked(21, 100, 20)] == [True] * 4
    assert question(Effect(known=100, swaps=50), 1.0, 0, Agreed()) is not None
