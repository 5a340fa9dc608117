"""What may take effect together, over random files: whatever they say, what is left is whole."""

import random
from typing import Any

import pytest
from sqlalchemy import select

from services.survey.organisation.models import Employee, Unit
from services.survey.organisation.rules import path_up
from tests.fixtures.services import Running
from tests.survey import people
from tests.survey.imports.pushing import push

KEYS = "ABCDEFGH"


async def above(organisation: people.Made, model: Any, column: Any) -> dict[Any, Any]:
    async with organisation.survey.database.transaction(organisation.id) as session:
        return {row[0]: row[1] for row in await session.execute(select(model.id, column))}


def circles(above: dict[Any, Any]) -> list[Any]:
    return [node for node in above if above[path_up(node, above)[-1]] is not None]


def random_rows(dice: random.Random) -> list[tuple[str, str]]:
    keys = dice.sample(KEYS, dice.randint(1, len(KEYS)))
    return [(key, dice.choice(["", *KEYS, "X"])) for key in keys]


async def check_units(organisation: people.Made, seed: int) -> None:
    dice = random.Random(seed)
    for _ in range(3):  # the second and the third on what the ones before left there
        rows = random_rows(dice)
        content = "externalId,name,parentExternalId\n" + "".join(f"{key},{key},{parent}\n" for key, parent in rows)
        pushed = await push(organisation, content, "units")
        assert pushed.status == "done", content
        after = await above(organisation, Unit, Unit.parent_id)
        assert circles(after) == [], content
        assert sum(parent is None for parent in after.values()) == min(1, len(after)), content
        taken = sum(pushed.counts.get(effect, 0) for effect in ("created", "changed", "unchanged"))
        refused = {line for line, _, _ in pushed.brief()}
        assert taken + len(refused) == len(rows), content


async def check_employees(organisation: people.Made, seed: int) -> None:
    dice = random.Random(seed)
    for _ in range(3):
        rows = [(key, manager, dice.choice(["", *(f"{letter}@x.example" for letter in "pqrs")]), dice.choice(["ja", "nee"]))
                for key, manager in random_rows(dice)]  # fmt: skip
        content = "externalId,givenName,familyName,unitExternalId,managerExternalId,email,active\n" + "".join(
            f"{key},{key},F,TOP,{manager},{email},{active}\n" for key, manager, email, active in rows
        )
        pushed = await push(organisation, content, "employees")
        assert pushed.status in ("done", "waitingForApproval"), content
        if pushed.status == "waitingForApproval":
            await organisation.admin.post(f"/v1/imports/{pushed.id}/cancel")
        assert circles(await above(organisation, Employee, Employee.manager_id)) == [], content


@pytest.mark.parametrize("seeds", [range(12)])
async def test_random_files_of_units_leave_one_tree(survey: Running, seeds: range) -> None:
    for seed in seeds:
        await check_units(await people.make(survey), seed)


@pytest.mark.parametrize("seeds", [range(12)])
async def test_random_files_of_employees_leave_no_circle(survey: Running, seeds: range) -> None:
    for seed in seeds:
        organisation = await people.make(survey)
        await organisation.unit("TOP", None)
        await check_employees(organisation, seed)


async def test_the_root_can_be_put_below_a_new_one(survey: Running) -> None:
    organisation = await people.make(survey)
    await organisation.unit("A", None)
    pushed = await push(organisation, "externalId,name,parentExternalId\nB,B,\nA,A,B\n", "units")
    assert (pushed.counts, pushed.errors) == ({"read": 2, "created": 1, "changed": 1}, [])


async def test_a_unit_moved_to_the_top_does_not_push_the_root_away(survey: Running) -> None:
    organisation = await people.make(survey)
    await organisation.unit("A", None)
    await organisation.unit("B", "A")
    pushed = await push(organisation, "externalId,name,parentExternalId\nB,B,\n", "units")
    assert pushed.brief() == [(2, "parentExternalId", "secondRoot")]


async def test_a_circle_is_told_apart_from_what_hangs_below_it(survey: Running) -> None:
    organisation = await people.make(survey)
    await organisation.unit("TOP", None)
    rows = [("A", "C"), ("B", "A"), ("C", "B"), ("D", "A"), ("E", "E"), ("F", "D")]
    content = "externalId,name,parentExternalId\n" + "".join(f"{key},{key},{parent}\n" for key, parent in rows)
    pushed = await push(organisation, content, "units")
    assert pushed.brief() == [
        (2, "parentExternalId", "unitCircle"), (3, "parentExternalId", "unitCircle"),
        (4, "parentExternalId", "unitCircle"), (5, "parentExternalId", "parentRefused"),
        (6, "parentExternalId", "unitCircle"), (7, "parentExternalId", "parentRefused"),
    ]  # fmt: skip
    assert pushed.errors[0]["detail"] == "is in a circle: A → C → B → A"


EMPLOYEES = "externalId,givenName,familyName,unitExternalId,email,active\n"


async def test_who_has_an_address_keeps_it(survey: Running) -> None:
    organisation = await people.make(survey)
    await organisation.unit("TOP", None)
    await organisation.employee("A", "TOP", email="a@x.example")

    async def refused(*rows: str, mode: str = "merge") -> list[int | None]:
        pushed = await push(
            organisation, EMPLOYEES + "".join(f"{row}\n" for row in rows), "employees", mode=mode, dryRun="true"
        )
        assert {code for _, _, code in pushed.brief()} <= {"emailTaken"}
        return [line for line, _, _ in pushed.brief()]

    taken = "B,B,F,TOP,A@x.example,true"
    assert await refused(taken) == [2]
    assert await refused(taken, "A,A,F,TOP,a@X.example,true") == [2]
    assert await refused(taken, "A,A,F,TOP,new@x.example,true") == []
    assert await refused(taken, "A,A,F,TOP,a@x.example,false") == []
    assert await refused(taken, mode="snapshot") == []


async def test_an_address_goes_from_who_leaves_to_who_comes(survey: Running) -> None:
    organisation = await people.make(survey)
    await organisation.unit("TOP", None)
    await organisation.employee("A", "TOP", email="a@x.example")
    pushed = await push(
        organisation, EMPLOYEES + "B,B,F,TOP,a@x.example,true\nA,A,F,TOP,a@x.example,false\n", "employees"
    )
    assert (pushed.counts, pushed.errors) == ({"read": 2, "created": 1, "changed": 1}, [])


async def test_whoever_keeps_an_address_keeps_others_from_moving_up(survey: Running) -> None:
    """A hundred who would each get the address of the next, and the last of them is refused."""
    organisation = await people.make(survey)
    await organisation.unit("TOP", None)
    rows = [f"E{n},A,F,TOP,e{n}@x.example,true" for n in range(100)]
    await push(organisation, EMPLOYEES + "\n".join([*rows, ""]), "employees")
    moved = [row.replace(f"e{n}@", f"e{n + 1}@") for n, row in enumerate(rows)]
    moved[99] = moved[99].replace("TOP", "NOWHERE")
    pushed = await push(organisation, EMPLOYEES + "\n".join([*moved, ""]), "employees")
    assert pushed.counts == {"read": 100, "refused": 100}
    assert {code for _, _, code in pushed.brief()} == {"emailTaken", "unknownUnit"}


async def test_who_comes_back_finds_the_address_taken(survey: Running) -> None:
    organisation = await people.make(survey)
    await organisation.unit("TOP", None)
    await organisation.employee("A", "TOP", email="a@x.example", active=False)
    await organisation.employee("B", "TOP", email="a@x.example")
    pushed = await push(organisation, EMPLOYEES + "A,A,F,TOP,a@x.example,true\n", "employees")
    assert pushed.brief() == [(2, "email", "emailTaken")]


async def test_a_leave_that_ends_before_it_starts_is_refused_as_in_the_api(survey: Running) -> None:
    """Also when the file gives one of the days only."""
    organisation = await people.make(survey)
    await organisation.unit("TOP", None)
    header = "externalId,givenName,familyName,unitExternalId,managerExternalId,leaveStartDate,leaveEndDate\n"
    rows = ["A,A,F,TOP,,2026-05-01,2026-04-30", "B,B,F,TOP,A,2026-05-01,2026-05-01", "C,C,F,TOP,,2026-05-01,"]
    pushed = await push(organisation, header + "\n".join([*rows, ""]), "employees")
    assert pushed.brief() == [(2, "leaveEndDate", "endsBeforeItStarts"), (3, "managerExternalId", "managerRefused")]
    assert pushed.errors[0]["detail"] == "2026-04-30 is before leaveStartDate, 2026-05-01"
    assert pushed.counts == {"read": 3, "created": 2, "refused": 1}
    ends = "externalId,givenName,familyName,unitExternalId,leaveEndDate\nB,B,F,TOP,2026-04-01\nC,C,F,TOP,2026-06-01\n"
    later = await push(organisation, ends, "employees")
    assert (later.brief(), later.counts["changed"]) == ([(2, "leaveEndDate", "endsBeforeItStarts")], 1)


@pytest.mark.parametrize("parent", ["X", "BAD"])
async def test_a_reference_to_nothing_is_told_though_nothing_else_changes(survey: Running, parent: str) -> None:
    """Who had no parent or manager has none then either: that is not the same as what the file says."""
    organisation = await people.make(survey)
    await organisation.unit("TOP", None)
    await organisation.employee("A", "TOP", givenName="A", familyName="F")
    units = await push(organisation, f"externalId,name,parentExternalId\nTOP,TOP,{parent}\nBAD,,TOP\n", "units")
    code = {"X": "unknownParent", "BAD": "parentRefused"}[parent]
    assert units.brief() == [(2, "parentExternalId", code), (3, "name", "empty")]
    header = "externalId,givenName,familyName,unitExternalId,managerExternalId\n"
    employees = await push(organisation, f"{header}A,A,F,TOP,{parent}\nBAD,,F,TOP,\n", "employees")
    code = {"X": "unknownManager", "BAD": "managerRefused"}[parent]
    assert employees.brief() == [(2, "managerExternalId", code), (3, "givenName", "empty")]
