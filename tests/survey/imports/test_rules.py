"""What may take effect together, over random files."""

from typing import Any
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from services.survey.imports.rules import (
    Placed,
    Somebody,
    check_employees,
    check_units,
    circles,
)

KEYS = "ABCDEFGH"
IDS = {key: uuid4() for key in KEYS}
parents = st.dictionaries(st.sampled_from(KEYS), st.none() | st.sampled_from([*KEYS, "X"]))


def placed(rows: dict[str, Any], name: str, new: bool = True) -> list[Placed]:
    return [Placed(line, IDS[key], key, new, {name: above}) for line, (key, above) in enumerate(rows.items(), 2)]


def tree(choices: list[int]) -> dict[UUID, UUID | None]:
    """Each unit below an earlier one."""
    ids = list(IDS.values())
    return {ids[n]: ids[choice % n] if n else None for n, choice in enumerate(choices)}


@given(parents, st.lists(st.integers(0, 99), max_size=6))
def test_a_file_of_units_leaves_one_tree(rows: dict[str, str | None], choices: list[int]) -> None:
    there = tree(choices)
    ids = {key: found for key, found in IDS.items() if found in there}
    checked = check_units(placed(rows, "parent_id"), ids, there, set(), set())
    after = dict(there)
    for row in checked.rows.values():
        parent = row.values["parent_id"]
        after[row.id] = None if parent is None else IDS[parent]
    assert circles(after) == []
    assert sum(1 for parent in after.values() if parent is None) == min(1, len(after))
    assert {parent for parent in after.values() if parent is not None} <= after.keys()
    assert len(checked.rows) + len({refusal.line for refusal in checked.refusals}) == len(rows)


@given(st.permutations(range(1, 8)), st.lists(st.integers(0, 99), min_size=8, max_size=8))
def test_a_tree_in_any_order_is_taken_whole(order: list[int], choices: list[int]) -> None:
    rows = {KEYS[n]: KEYS[choices[n] % n] for n in order} | {"A": None}
    checked = check_units(placed(rows, "parent_id"), {}, {}, set(), set())
    assert (len(checked.rows), checked.refusals) == (8, [])


def test_the_root_can_be_put_below_a_new_one() -> None:
    rows = {"B": None, "A": "B"}
    checked = check_units(placed(rows, "parent_id"), {"A": IDS["A"]}, {IDS["A"]: None}, set(), set())
    assert checked.refusals == []


def test_a_unit_moved_to_the_top_does_not_push_the_root_away() -> None:
    there = {IDS["B"]: IDS["A"], IDS["A"]: None}
    ids = {"A": IDS["A"], "B": IDS["B"]}
    checked = check_units(placed({"B": None}, "parent_id", new=False), ids, there, set(), set())
    assert [refusal.code for refusal in checked.refusals] == ["secondRoot"]


@given(parents)
def test_a_file_of_employees_leaves_no_circle(rows: dict[str, str | None]) -> None:
    people = placed(rows, "manager_id")
    for row in people:
        row.values["unit_id"] = "U"
    checked = check_employees(people, {}, {"U": uuid4()}, set(), set())
    above = {row.id: IDS.get(row.values.get("manager_id") or "") for row in checked.rows.values()}
    assert circles(above) == []
    assert {manager for manager in above.values() if manager is not None} <= above.keys()


def employee(line: int, key: str, *, new: bool = False, **values: Any) -> Placed:
    return Placed(line, IDS[key], key, new, {"unit_id": "U", **values})


def addresses(rows: list[Placed], there: dict[str, Somebody], leaving: set[UUID] | None = None) -> list[int | None]:
    checked = check_employees(rows, there, {"U": uuid4()}, leaving or set(), set())
    assert {refusal.code for refusal in checked.refusals} <= {"emailTaken"}
    return [refusal.line for refusal in checked.refusals]


def test_who_has_an_address_keeps_it() -> None:
    a = Somebody(IDS["A"], "a@x.example", None)
    there = {"A": a}
    assert addresses([employee(2, "B", new=True, email="A@x.example")], there) == [2]
    assert addresses(
        [employee(2, "B", new=True, email="A@x.example"), employee(3, "A", email="a@X.example")], there
    ) == [2]
    assert (
        addresses([employee(2, "B", new=True, email="A@x.example"), employee(3, "A", email="new@x.example")], there)
        == []
    )
    assert addresses([employee(2, "B", new=True, email="A@x.example"), employee(3, "A", active=False)], there) == []
    assert addresses([employee(2, "B", new=True, email="A@x.example")], there, {IDS["A"]}) == []


def test_who_comes_back_finds_the_address_taken() -> None:
    there = {
        "A": Somebody(IDS["A"], "a@x.example", None, active=False), "B": Somebody(IDS["B"], "a@x.example", None)
    }  # fmt: skip
    assert addresses([employee(2, "A", active=True)], there) == [2]
    assert addresses([employee(2, "A", active=True, email="other@x.example")], there) == []
