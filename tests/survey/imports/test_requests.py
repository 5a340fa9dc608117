import pytest
from sqlalchemy import func, select

from services.survey.imports.models import ImportPart
from tests.fixtures.services import Running
from tests.survey import people
from tests.survey.imports.pushing import ATTRIBUTES, EMPLOYEES, SERVICES, UNITS, filled, push, result, run, send


@pytest.mark.parametrize(
    ("query", "media_type", "status"),
    [
        ("kind=interactions&mode=snapshot", "text/csv", 400),
        ("kind=people", "text/csv", 400),
        ("", "text/csv", 400),
        ("kind=units&mode=replace", "text/csv", 400),
        ("kind=units&dryRun=perhaps", "text/csv", 400),
        ("kind=units&colour=red", "text/csv", 400),
        ("kind=units", "application/json", 415),
        ("kind=units", "", 415),
    ],
)
async def test_requests_that_are_refused(survey: Running, query: str, media_type: str, status: int) -> None:
    organisation = await people.make(survey)
    answer = await organisation.admin.post(
        f"/v1/imports?{query}", content=UNITS, headers={"Content-Type": media_type} if media_type else {}
    )
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


async def test_only_admins_and_integrators_push_and_each_their_own(survey: Running) -> None:
    organisation, other = await filled(survey), await people.make(survey)
    director = await organisation.key("director")
    headers = {"Content-Type": "text/csv"}
    assert (await director.post("/v1/imports?kind=units", content=UNITS, headers=headers)).status_code == 403
    assert (await survey.client.post("/v1/imports?kind=units", content=UNITS, headers=headers)).status_code == 401
    [newest, *_] = (await organisation.admin.get("/v1/imports")).json()["items"]
    assert newest["kind"] == "audiences"
    for path in ("", "/errors"):
        assert (await other.admin.get(f"/v1/imports/{newest['id']}{path}")).status_code == 404
    assert (await other.admin.post(f"/v1/imports/{newest['id']}/approve")).status_code == 404
    assert (await other.admin.get("/v1/imports")).json()["items"] == []
    integrator = await organisation.key("integrator")
    import_id = await send(integrator, UNITS, "kind=units")
    await run(survey)
    assert (await result(integrator, import_id)).status == "done"


async def test_errors_come_in_pages(survey: Running) -> None:
    organisation = await people.make(survey)
    rows = "".join(f"OE-{number},Team,OE-X,false,true\n" for number in range(120))
    pushed = await push(organisation, UNITS.splitlines()[0] + "\n" + rows, "units")
    url, lines = f"/v1/imports/{pushed.id}/errors?limit=50", list[int]()
    while url:
        answer = await organisation.admin.get(url)
        lines += [error["line"] for error in answer.json()["items"]]
        url = answer.links["next"]["url"] if "next" in answer.links else ""
    assert lines == list(range(2, 122))


async def test_the_file_is_kept_only_while_it_is_needed(survey: Running) -> None:
    organisation = await filled(survey)

    async def parts() -> int:
        async with survey.database.transaction(organisation.id) as session:
            return await session.scalar(select(func.count()).select_from(ImportPart)) or 0

    assert await parts() == 0
    await send(organisation.admin, UNITS, "kind=units")
    assert await parts() == 1
    await run(survey)
    assert await parts() == 0


async def test_files_take_effect_in_the_order_they_came(survey: Running) -> None:
    organisation = await people.make(survey, attributes=ATTRIBUTES)
    ids = [
        await send(organisation.admin, content, f"kind={kind}")
        for kind, content in (("units", UNITS), ("employees", EMPLOYEES), ("services", SERVICES))
    ]
    await run(survey)
    assert [(await result(organisation.admin, import_id)).counts["created"] for import_id in ids] == [4, 20, 2]


async def test_a_file_may_be_larger_than_other_bodies_up_to_its_own_limit(survey: Running) -> None:
    organisation = await people.make(survey)
    content = UNITS + "\n" * 12_000_000
    assert (await push(organisation, content, "units")).counts == {"read": 4, "created": 4}
    headers = {"Content-Type": "text/csv", "Content-Length": str(survey.settings.upload_limit + 1)}
    answer = await organisation.admin.post("/v1/imports?kind=units", content=b"", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (413, "bodyTooLarge")
