"""A page of many employees costs the same however deep it is: it is a range of an index."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import event, text

from tests.fixtures.postgres import sql
from tests.fixtures.services import Running
from tests.survey import people

ROWS = 1_500
FILL = text(
    "INSERT INTO employees (organisation_id, id, external_id, given_name, family_name, unit_id, attributes) "
    "SELECT :organisation_id, gen_random_uuid(), 'E' || number, 'Paula', 'Geerts', :unit_id, '{}' "
    "FROM generate_series(1, :rows) AS number"
)


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", ()):
        yield from nodes(part)


async def imported(survey: Running) -> people.Made:
    """Made at one instant, as those of one file."""
    organisation = await people.make(survey)
    unit = await organisation.unit("OE", None)
    async with survey.database.transaction(organisation.id) as session:
        await session.execute(FILL, {"organisation_id": organisation.id, "unit_id": unit["id"], "rows": ROWS})
    owner = survey.settings.migration_database_url
    assert owner is not None
    await sql(owner.get_secret_value(), "ANALYZE employees")
    return organisation


@pytest.mark.parametrize("sort", ["createdAt", "-createdAt", "familyName"])
async def test_pages_hold_everybody_once(survey: Running, sort: str) -> None:
    organisation = await imported(survey)
    found: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        answer = await organisation.admin.get("/v1/employees", params={"sort": sort, "limit": 200, **cursor})
        found += [employee["externalId"] for employee in answer.json()["items"]]
        if answer.json()["nextCursor"] is None:
            break
        cursor = {"cursor": answer.json()["nextCursor"]}
    assert len(found) == ROWS
    assert len(set(found)) == ROWS


@pytest.mark.parametrize("sort", ["createdAt", "-createdAt"])
async def test_a_deep_page_is_a_range_of_an_index(survey: Running, sort: str) -> None:
    organisation = await imported(survey)
    sent: list[tuple[str, Any]] = []
    event.listen(
        survey.database.engine.sync_engine, "before_cursor_execute",
        lambda _connection, _cursor, statement, parameters, *_: sent.append((statement, parameters)),
    )  # fmt: skip
    cursor: dict[str, str] = {}
    for _ in range(6):
        answer = await organisation.admin.get("/v1/employees", params={"sort": sort, "limit": 200, **cursor})
        cursor = {"cursor": answer.json()["nextCursor"]}
    statement, parameters = next(one for one in reversed(sent) if "FROM employees" in one[0])
    async with survey.database.transaction(organisation.id) as session:
        connection = await session.connection()
        explained = await connection.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", parameters)
        told = explained.scalar_one()
    (plan,) = json.loads(told) if isinstance(told, str) else told
    found = list(nodes(plan["Plan"]))
    assert {node["Node Type"] for node in found} <= {"Limit", "Result", "Index Scan"}
    scan = found[-1]
    assert scan["Index Name"] == "ix_employees_organisation_id_created_at_id"
    assert "ROW(" in scan["Index Cond"]
    assert (scan["Actual Rows"], scan.get("Rows Removed by Filter", 0)) == (201, 0)
