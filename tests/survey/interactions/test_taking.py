"""What becomes of uses that are taken in: new, changed, repeated, late, unknown."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from msgspec.structs import replace

from services.survey.interactions.rules import Taken, Use
from services.survey.interactions.service import take
from tests.fixtures.services import Running
from tests.survey import people

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
USE = Use("I-1", None, "FAC-01", None, "E-1", "ticket", "portal", NOON, None, None)


def use(**more: Any) -> Use:
    return replace(USE, **more)


async def organisation(survey: Running) -> people.Made:
    made = await people.make(survey)
    await people.a_small_tree(made)
    await made.employee("E-1", "OE-2")
    await made.post("services", externalId="FAC-01", providerId="external:OE-1", name={"nl": "Schoonmaak"})
    return made


async def taken(made: people.Made, *uses: Use) -> list[Taken]:
    async with made.survey.database.transaction(made.id) as session:
        return await take(session, uses)


async def outcomes(made: people.Made, *uses: Use) -> list[str]:
    return [each.outcome for each in await taken(made, *uses)]


async def test_a_repeat_is_one_interaction(survey: Running) -> None:
    made = await organisation(survey)
    first, again = await taken(made, USE), await taken(made, USE)
    assert [each.outcome for each in first + again] == ["created", "unchanged"]
    assert first[0].id == again[0].id


async def test_the_later_state_wins_whatever_comes_first(survey: Running) -> None:
    made = await organisation(survey)
    closed = use(closed_at=NOON + timedelta(hours=1), duration_minutes=60)
    assert await outcomes(made, USE) == ["created"]
    assert await outcomes(made, closed) == ["changed"]
    assert await outcomes(made, USE) == ["overtaken"]
    assert await outcomes(made, closed) == ["unchanged"]
    assert await outcomes(made, use(opened_at=NOON + timedelta(hours=2))) == ["changed"]  # opened again


async def test_states_in_one_request(survey: Running) -> None:
    made = await organisation(survey)
    closed = use(closed_at=NOON + timedelta(hours=1), duration_minutes=60)
    found = await taken(made, closed, USE, use(external_id="I-2"))
    assert [each.outcome for each in found] == ["created", "overtaken", "created"]
    assert found[0].id == found[1].id


@pytest.mark.parametrize("field", ["service_external_id", "employee_external_id"])
async def test_an_unknown_name_is_parked(survey: Running, field: str) -> None:
    made = await organisation(survey)
    found = await taken(made, use(**{field: "later"}), use(external_id="I-2"))
    assert [(each.outcome, each.parked) for each in found] == [("created", True), ("created", False)]


async def test_an_unknown_id_is_refused_and_the_rest_goes_in(survey: Running) -> None:
    made = await organisation(survey)
    employee = UUID((await made.admin.get("/v1/employees/external:E-1")).json()["id"])
    given = [
        use(service_id=uuid4(), service_external_id=None),
        use(employee_id=uuid4(), employee_external_id=None),
        use(employee_id=employee, employee_external_id=None),
    ]
    found = await taken(made, *given)
    assert [each.outcome for each in found] == ["refused", "refused", "created"]
    assert [[fault[:2] for fault in each.faults] for each in found] == [
        [("serviceId", "unknownReference")], [("employeeId", "unknownReference")], [],
    ]  # fmt: skip


async def test_of_nothing_comes_nothing(survey: Running) -> None:
    made = await organisation(survey)
    assert await taken(made) == []
