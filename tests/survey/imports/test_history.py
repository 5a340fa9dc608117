"""Movers and leavers keep their history, whoever tells of them."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from tests.fixtures.services import Running
from tests.survey import people
from tests.survey.imports.pushing import EMPLOYEES, UNITS, filled, push

HEADER = "externalId,givenName,familyName,unitExternalId\n"
LONG_AGO, LATER = "2024-02-01", "2025-03-01"


async def names(organisation: people.Made) -> dict[str, str]:
    return {unit["id"]: unit["externalId"] for unit in (await organisation.admin.get("/v1/units")).json()["items"]}


async def history(organisation: people.Made, employee: str, query: str = "") -> list[tuple[Any, Any, Any]]:
    units = await names(organisation)
    answer = await organisation.admin.get(f"/v1/employees/external:{employee}/employments{query}")
    return [(units.get(row["unitId"]), row["fromDate"], row["toDate"]) for row in answer.json()["items"]]


def today() -> str:
    """In UTC and in Amsterdam alike, unless it is around midnight there."""
    return (datetime.now(UTC) + timedelta(hours=1)).date().isoformat()


async def test_who_moves_and_who_leaves(survey: Running) -> None:
    organisation = await people.make(survey)
    await push(organisation, UNITS, "units")
    await push(organisation, HEADER + "E1,A,B,OE-2\nE2,A,B,OE-2\n", "employees", validFromDate=LONG_AGO)
    moved = await push(organisation, HEADER + "E1,A,B,OE-1\nE2,A,B,OE-2\n", "employees", validFromDate=LATER)
    assert moved.counts == {"read": 2, "changed": 1, "unchanged": 1}
    assert await history(organisation, "E1") == [("OE-2", LONG_AGO, LATER), ("OE-1", LATER, None)]
    assert await history(organisation, "E2") == [("OE-2", LONG_AGO, None)]
    assert await history(organisation, "E1", "?onDate=2025-02-28") == [("OE-2", LONG_AGO, LATER)]
    assert await history(organisation, "E1", "?onDate=2025-03-01") == [("OE-1", LATER, None)]
    assert await history(organisation, "E1", "?onDate=2020-01-01") == []
    await push(organisation, HEADER + "E2,A,B,OE-2\n", "employees", mode="snapshot", validFromDate="2025-09-01",
               removalShare="1")  # fmt: skip
    assert (await history(organisation, "E1"))[-1] == ("OE-1", LATER, "2025-09-01")
    there = await organisation.admin.get("/v1/units/external:OE-2/employments?onDate=2024-06-01")
    assert len(there.json()["items"]) == 2
    there = await organisation.admin.get("/v1/units/external:OE-1/employments?onDate=2025-06-01")
    assert len(there.json()["items"]) == 1


async def test_a_correction_of_an_earlier_day_takes_the_place_of_what_was_known(survey: Running) -> None:
    organisation = await people.make(survey)
    await push(organisation, UNITS, "units")
    await push(organisation, HEADER + "E1,A,B,OE-2\n", "employees", validFromDate=LONG_AGO)
    await push(organisation, HEADER + "E1,A,B,OE-1\n", "employees", validFromDate=LATER)
    await push(organisation, HEADER + "E1,A,B,OE\n", "employees", validFromDate="2024-06-01")
    assert await history(organisation, "E1") == [("OE-2", LONG_AGO, "2024-06-01"), ("OE", "2024-06-01", None)]


async def test_who_is_not_changed_writes_nothing(survey: Running) -> None:
    organisation = await filled(survey)
    before = await history(organisation, "E7")
    assert [row[2] for row in before] == [None]
    await push(organisation, EMPLOYEES, "employees", validFromDate=LONG_AGO)
    assert await history(organisation, "E7") == before
    assert (await organisation.admin.get("/v1/employees/external:E7")).headers["etag"] == '"1"'


async def test_single_changes_are_followed_too(survey: Running) -> None:
    organisation = await filled(survey)
    await push(organisation, EMPLOYEES, "employees", validFromDate=LONG_AGO)
    made = await organisation.employee("X", "OE-2")
    assert await history(organisation, "X") == [("OE-2", today(), None)]
    headers = {"If-Match": "*", "Content-Type": "application/merge-patch+json"}
    url = f"/v1/employees/{made['id']}"
    await organisation.admin.patch(url, json={"unitId": "external:OE-1"}, headers=headers)
    assert await history(organisation, "X") == [("OE-1", today(), None)]
    await organisation.admin.patch(url, json={"givenName": "Y"}, headers=headers)
    assert await history(organisation, "X") == [("OE-1", today(), None)]
    await organisation.admin.patch(url, json={"active": False}, headers=headers)
    assert await history(organisation, "X") == []
    await organisation.admin.patch(url, json={"active": True}, headers=headers)
    assert await history(organisation, "X") == [("OE-1", today(), None)]
    assert date.fromisoformat(today())


async def test_units_that_are_gone_stay_in_the_history(survey: Running) -> None:
    organisation = await filled(survey)
    await organisation.unit("OE-9", "OE")
    await push(organisation, HEADER + "E1,Given1,Family,OE-9\n", "employees", validFromDate=LONG_AGO)
    await push(organisation, HEADER + "E1,Given1,Family,OE\n", "employees", validFromDate=LATER)
    await organisation.admin.delete("/v1/units/external:OE-9", headers={"If-Match": "*"})
    assert await history(organisation, "E1") == [(None, LONG_AGO, LATER), ("OE", LATER, None)]


async def test_managers_see_the_history_of_their_own_units(survey: Running) -> None:
    organisation = await filled(survey)
    await push(organisation, HEADER + "E1,Given1,Family,OE-1\n", "employees")
    manager = await organisation.key("consumer-manager", "OE-1")
    found = (await manager.get("/v1/employees/external:E1/employments")).json()["items"]
    units = await names(organisation)
    assert {units[row["unitId"]] for row in found} == {"OE-1"}
    assert (await manager.get("/v1/employees/external:E2/employments")).status_code == 404
    assert (await manager.get("/v1/units/external:OE-2/employments")).status_code == 404
    assert (await organisation.admin.delete("/v1/employees/external:E1", headers={"If-Match": "*"})).status_code == 204
    assert (await organisation.admin.get("/v1/units/external:OE-1/employments")).json()["items"] == []
