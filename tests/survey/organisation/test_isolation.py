"""What the database itself keeps apart, whatever a query forgets."""

import asyncio

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from services.shared.database import EVERYONE
from tests.fixtures.services import Running
from tests.survey import people
from tests.survey.imports.pushing import filled, push

TABLES = ("organisations", "units", "employees", "services", "audience_units", "imports", "import_errors", "api_keys")


async def test_rows_of_another_organisation_are_not_there(survey: Running) -> None:
    organisation, other = await filled(survey), await people.make(survey)
    await push(organisation, "externalId,name,parentExternalId\nX,,\n", "units")

    async def counts(of: people.Made) -> dict[str, int]:
        async with survey.database.transaction(of.id) as session:
            return {table: await session.scalar(text(f"SELECT count(*) FROM {table}")) or 0 for table in TABLES}

    assert all((await counts(organisation)).values())
    theirs = await counts(other)
    assert {table for table, count in theirs.items() if count} == {"organisations", "api_keys"}
    async with survey.database.transaction(EVERYONE) as session:
        for table in ("units", "employees", "services", "imports", "import_parts"):
            assert await session.scalar(text(f"SELECT count(*) FROM {table}")) == 0


async def test_nobody_writes_into_another_organisation(survey: Running) -> None:
    organisation, other = await filled(survey), await people.make(survey)
    moved = text("UPDATE units SET organisation_id = :other WHERE external_id = 'OE-2'")
    with pytest.raises(DBAPIError, match="row-level security"):
        async with survey.database.transaction(organisation.id) as session:
            await session.execute(moved, {"other": other.id})


async def test_two_changes_at_once_make_no_circle(survey: Running) -> None:
    organisation = await people.make(survey)
    await people.a_small_tree(organisation)

    async def move(unit: str, parent: str) -> int:
        patch = {"parentId": f"external:{parent}"}
        answer = await organisation.admin.patch(f"/v1/units/external:{unit}", json=patch, headers={"If-Match": "*"})
        return answer.status_code

    for _ in range(5):
        assert sorted(await asyncio.gather(move("OE-1", "OE-2"), move("OE-2", "OE-1"))) == [200, 409]
        await asyncio.gather(move("OE-1", "OE"), move("OE-2", "OE"))


async def test_of_many_tops_at_once_one_is_made(survey: Running) -> None:
    organisation = await people.make(survey)
    answers = await asyncio.gather(*(organisation.admin.post("/v1/units", json={"name": "Top"}) for _ in range(6)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409, 409]
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"secondRoot"}


async def test_one_version_is_changed_once(survey: Running) -> None:
    organisation = await people.make(survey)
    await people.a_small_tree(organisation)
    answers = await asyncio.gather(
        *(
            organisation.admin.patch("/v1/units/external:OE", json={"name": f"{n}"}, headers={"If-Match": '"1"'})
            for n in range(5)
        )
    )
    assert sorted(answer.status_code for answer in answers) == [200, 412, 412, 412, 412]
