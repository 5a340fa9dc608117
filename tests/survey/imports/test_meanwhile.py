"""What others change while a file takes effect: they wait for it, and neither undoes the other."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from functools import partial
from typing import Any

import pytest

from services.shared import turns
from services.survey.imports import staging_queries
from services.survey.organisation.turns import TURNS
from tests.fixtures.services import Running
from tests.survey.imports.pushing import EMPLOYEES, SERVICES, filled, push
from tests.survey.people import Made
from tests.survey.scim.world import CORE, Scim

WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
PATCH = {"If-Match": "*", "Content-Type": "application/merge-patch+json"}


async def pushed_while(
    organisation: Made, monkeypatch: pytest.MonkeyPatch, content: str, kind: str, *changes: Callable[[], Awaitable[Any]]
) -> list[Any]:
    """What the changes were answered that came after the file was compared with what is there."""
    tasks: list[asyncio.Future[Any]] = []
    whole = staging_queries.refused_rows

    async def compared(session: Any) -> int:
        tasks.extend(asyncio.ensure_future(change()) for change in changes)
        while sum(task.done() for task in tasks) + (await organisation.survey.database.call(WAITING))[0] < len(tasks):  # noqa: ASYNC110
            await asyncio.sleep(0)  # only looking tells
        return await whole(session)

    with monkeypatch.context() as patched:
        patched.setattr(staging_queries, "refused_rows", compared)
        assert (await push(organisation, content, kind)).status == "done"
    return list(await asyncio.gather(*tasks))


async def test_what_a_file_says_nothing_of_stays_as_others_change_it(
    survey: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    organisation = await filled(survey)
    scim = Scim(organisation, organisation.admin)
    [known] = (await scim.found("Users", filter='externalId eq "E1"'))["Resources"]

    async def disable() -> Any:
        return await scim.patch(f"/Users/{known['id']}", {"op": "replace", "path": "active", "value": "False"})

    async def opt_out() -> Any:
        return await organisation.admin.patch("/v1/employees/external:E2", json={"optedOut": True}, headers=PATCH)

    renamed = EMPLOYEES.replace("Given", "Other")
    _, opted = await pushed_while(organisation, monkeypatch, renamed, "employees", disable, opt_out)
    assert opted.status_code == 200
    assert opted.json()["givenName"] == "Other2"
    shown = {each: (await organisation.admin.get(f"/v1/employees/external:{each}")).json() for each in ("E1", "E2")}
    assert [shown["E1"]["givenName"], shown["E1"]["active"]] == ["Other1", False]
    assert [shown["E2"]["givenName"], shown["E2"]["optedOut"]] == ["Other2", True]


async def test_whom_a_file_and_an_identity_system_make_at_once_is_made_once(
    survey: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    organisation = await filled(survey)
    row = "E99,Nova,Family,e99@x.example,OE-2,,Stadhuis\n"

    async def post() -> Any:
        body = {"schemas": [CORE], "userName": "e99@x.example", "externalId": "E99", "name": {"familyName": "Family"}}
        return await organisation.admin.post("/scim/v2/Users", json=body)

    [answer] = await pushed_while(organisation, monkeypatch, EMPLOYEES + row, "employees", post)
    assert (answer.status_code, answer.json()["scimType"]) == (409, "uniqueness")
    found = (await organisation.admin.get("/v1/employees?email=e99@x.example")).json()["items"]
    assert [each["externalId"] for each in found] == ["E99"]


async def test_a_service_is_not_set_back_either(survey: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    organisation = await filled(survey)

    async def price() -> Any:
        there = {"commercialSource": "Market scan"}
        return await organisation.admin.patch("/v1/services/external:FAC-01", json=there, headers=PATCH)

    [answer] = await pushed_while(organisation, monkeypatch, SERVICES.replace("Catering", "Lunch"), "services", price)
    assert answer.status_code == 200
    shown = (await organisation.admin.get("/v1/services/external:FAC-01")).json()
    assert (shown["name"]["en"], shown["commercialSource"]) == ("Lunch", "Market scan")


async def test_those_who_wait_leave_connections_to_everybody_else(
    survey: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    organisation = await filled(survey)
    waiting = asyncio.Event()
    all_at_once = [asyncio.ensure_future(_opt_out(organisation, number, waiting)) for number in range(4, 21)]

    async def read() -> Any:
        waiting.set()
        return await asyncio.wait_for(organisation.admin.get("/v1/employees"), 8)

    renamed = EMPLOYEES.replace("Given", "Other")
    three = [partial(_opt_out, organisation, number, waiting) for number in range(1, 4)]
    *opted, there = await pushed_while(organisation, monkeypatch, renamed, "employees", *three, read)
    assert there.status_code == 200
    assert {each["givenName"][:5] for each in there.json()["items"]} == {"Given"}, "while the file was not through"
    assert {each.status_code for each in (*opted, *await asyncio.gather(*all_at_once))} == {200}


async def _opt_out(organisation: Made, number: int, started: asyncio.Event) -> Any:
    await started.wait()
    return await organisation.admin.patch(f"/v1/employees/external:E{number}", json={"optedOut": True}, headers=PATCH)


async def test_who_waits_too_long_for_a_turn_is_told_to_come_again(
    survey: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    organisation = await filled(survey)
    monkeypatch.setattr(turns, "LONGEST", 0.01)
    async with AsyncExitStack() as taken:
        for _ in range(3):
            await taken.enter_async_context(TURNS.of(organisation.id))
        answers = [
            await organisation.admin.patch("/v1/employees/external:E1", json={"optedOut": True}, headers=PATCH),
            await organisation.admin.delete("/scim/v2/Users/1"),
        ]
    assert [(each.status_code, each.headers["Retry-After"]) for each in answers] == [(503, "5")] * 2
    assert (await organisation.admin.delete("/scim/v2/Users/1")).status_code == 404
