"""What waits for its service or its employee finds them, by whatever way they come, and goes when they go."""

import asyncio
from datetime import UTC, datetime

from sqlalchemy import text

from services.survey.interactions import arrivals, queries
from services.survey.interactions.rules import Use
from services.survey.interactions.service import take
from tests.fixtures.services import Running
from tests.survey import people
from tests.survey.imports.pushing import push as push_file
from tests.survey.imports.pushing import run as run_imports
from tests.survey.interactions.world import listed, organisation, push, sent, service, shown

ANY = {"If-Match": "*"}
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
POSTED = [sent(), {"items": [sent()]}]
WAITING = {"serviceId": "external:IT-01", "employeeId": "external:E-2"}


async def waits(made: people.Made) -> tuple[bool, bool, bool]:
    found = await shown(made.admin)
    assert found["parked"] == (found["serviceId"] is None or found["employeeId"] is None)
    assert (found["serviceId"] is None) == (found["serviceExternalId"] == "IT-01")
    assert (found["employeeId"] is None) == (found["employeeExternalId"] == "E-2")
    return found["serviceId"] is None, found["employeeId"] is None, found["parked"]


async def test_made_one_by_one(survey: Running) -> None:
    made = await organisation(survey)
    await push(made.admin, sent(**WAITING))
    assert await waits(made) == (True, True, True)
    await made.employee("E-2", "OE-2")
    assert await waits(made) == (True, False, True)
    await service(made, "IT-01", "OE-1")
    assert await waits(made) == (False, False, False)
    assert (await push(made.admin, sent(**WAITING)))[0]["outcome"] == "unchanged"


async def test_named_by_a_change(survey: Running) -> None:
    made = await organisation(survey)
    await push(made.admin, sent(**WAITING))
    await made.admin.patch("/v1/employees/external:E-1", json={"externalId": "E-2"}, headers=ANY)
    await made.admin.patch("/v1/services/external:FAC-01", json={"externalId": "IT-01"}, headers=ANY)
    assert await waits(made) == (False, False, False)


async def test_imported(survey: Running) -> None:
    made = await organisation(survey)
    await push(made.admin, sent(**WAITING))
    await push_file(made, "externalId,givenName,familyName,unitExternalId\nE-2,A,B,OE-2\n", "employees")
    assert await waits(made) == (True, False, True)
    await push_file(made, "externalId,nameNl,providerExternalId\nIT-01,IT,OE-1\n", "services")
    assert await waits(made) == (False, False, False)


async def test_what_came_at_the_same_time_is_matched_later(survey: Running) -> None:
    """Neither sees the other: the push is under way when the employee comes."""
    made = await organisation(survey)
    other = await organisation(survey)
    await push(other.admin, sent(**WAITING))
    use = Use("I-1", None, "FAC-01", None, "E-2", "ticket", "portal", NOON, None, None)
    async with survey.database.transaction(made.id) as session:
        await take(session, [use])
        await asyncio.wait_for(made.employee("E-2", "OE-2"), 10)
    assert (await shown(made.admin))["parked"]
    await arrivals.match_everywhere(survey.database)
    assert not (await shown(made.admin))["parked"]
    assert await waits(other) == (True, True, True)  # of another organisation's nobody


async def test_they_go_with_the_employee_and_with_the_service(survey: Running) -> None:
    made = await organisation(survey)
    await made.employee("E-2", "OE-2")
    await service(made, "IT-01", "OE-1")
    await push(
        made.admin,
        sent(),
        sent(externalId="I-2", employeeId="external:E-2"),
        sent(externalId="I-3", serviceId="external:IT-01"),
    )
    assert (await made.admin.delete("/v1/employees/external:E-2", headers=ANY)).status_code == 204
    assert await listed(made.admin) == ["I-1", "I-3"]
    assert (await made.admin.delete("/v1/services/external:IT-01", headers=ANY)).status_code == 204
    assert await listed(made.admin) == ["I-1"]


async def test_they_go_with_a_service_that_a_snapshot_leaves_out(survey: Running) -> None:
    made = await organisation(survey)
    for number in range(20):
        await service(made, f"S-{number}", "OE-1")
    await push(made.admin, sent())
    rows = "".join(f"S-{number},S,OE-1\n" for number in range(20))
    pushed = await push_file(made, f"externalId,nameNl,providerExternalId\n{rows}", "services", mode="snapshot")
    await made.admin.post(f"/v1/imports/{pushed.id}/approve")
    await run_imports(survey)
    assert await listed(made.admin) == []


async def test_who_goes_while_a_push_that_found_them_is_under_way(survey: Running) -> None:
    made = await organisation(survey)
    await made.employee("E-2", "OE-2")
    use = Use("I-1", None, "FAC-01", None, "E-2", "ticket", "portal", NOON, None, None)
    async with survey.database.transaction(made.id) as session:
        await take(session, [use])
        going = asyncio.create_task(made.admin.delete("/v1/employees/external:E-2", headers=ANY))
        await until_one_waits(survey, made)
    assert (await going).status_code == 204
    assert await listed(made.admin) == []


async def test_pushes_that_wait_leave_the_database_to_others(survey: Running) -> None:
    made, other = await organisation(survey), await people.make(survey)
    async with survey.database.transaction(made.id) as session:
        await queries.wait_for_pushes(session)
        coming = [asyncio.create_task(made.admin.post("/v1/interactions", json=each)) for each in POSTED * 10]
        await until_one_waits(survey, made)
        assert (await other.admin.get("/v1/units")).status_code == 200
        assert not any(each.done() for each in coming)
    assert {answer.status_code for answer in await asyncio.gather(*coming)} <= {200, 201}


async def test_an_arrival_and_a_push_do_not_wait_for_each_other(survey: Running) -> None:
    """What is parked lies in the table in another order than that of the push."""
    made = await organisation(survey)
    for name in ("I-2", "I-1"):
        await push(made.admin, sent(externalId=name, employeeId="external:E-2"))
    parked = [
        Use(name, None, "FAC-01", None, "E-2", "order", "portal", NOON, None, None) for name in ("I-1", "I-2")
    ]  # fmt: skip
    async with survey.database.transaction(made.id) as session:
        await take(session, parked[:1])
        coming = asyncio.create_task(made.employee("E-2", "OE-2"))
        await until_one_waits(survey, made)
        await take(session, parked[1:])
    await coming
    assert await listed(made.admin, "?parked=true") == []
    assert await listed(made.admin, "?kind=order") == ["I-2", "I-1"]


async def until_one_waits(survey: Running, made: people.Made) -> None:
    """For a lock."""
    while True:
        async with survey.database.transaction(made.id) as session:
            if await session.scalar(text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")):
                return
        await asyncio.sleep(0.01)
