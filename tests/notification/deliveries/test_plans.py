"""Statements over all rows of a wave, planned while statistics do not know of its rows: as when it just opened."""

import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import TextClause, text

from services.notification.deliveries.consumers import CANCEL
from services.notification.deliveries.queue_queries import CLAIM
from tests.fixtures.postgres import sql
from tests.fixtures.services import Running

ROWS = 1_000
FILL = text(
    "INSERT INTO deliveries (organisation_id, wave_id, invitation_number, kind, number, state, due_at) "
    "SELECT :organisation_id, :wave_id, invitation, 'invitation', 0, 'queued', now() - interval '1 minute' "
    "FROM generate_series(1, :rows) AS invitation"
)
CLAIMING = {"kind": "invitation", "number": 0, "most": 500, "lease": UUID(int=1), "seconds": 60.0}


async def fill(notification: Running, organisation_id: UUID, wave_id: UUID) -> None:
    async with notification.database.transaction(organisation_id) as session:
        await session.execute(FILL, {"organisation_id": organisation_id, "wave_id": wave_id, "rows": ROWS})


async def opened(notification: Running, organisation_id: UUID) -> UUID:
    """Statistics of another organisation's rows, and none of this one's."""
    owner = notification.settings.migration_database_url
    assert owner is not None
    wave_id = uuid4()
    await fill(notification, uuid4(), uuid4())
    await sql(owner.get_secret_value(), "ALTER TABLE deliveries SET (autovacuum_enabled = off)", "ANALYZE deliveries")
    await fill(notification, organisation_id, wave_id)
    return wave_id


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", ()):
        yield from nodes(part)


@pytest.mark.parametrize(("statement", "more", "rows"), [(CANCEL, {}, ROWS), (CLAIM, CLAIMING, 500)])
async def test_rows_are_locked_once_and_joined_by_hash(
    notification: Running, organisation_id: UUID, statement: TextClause, more: dict[str, Any], rows: int
) -> None:
    wave_id = await opened(notification, organisation_id)
    explained = text(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {statement.text}")
    async with notification.database.transaction(organisation_id) as session:
        told = await session.scalar(explained, {"organisation_id": organisation_id, "wave_id": wave_id, **more})
    (plan,) = json.loads(told) if isinstance(told, str) else told
    found = list(nodes(plan["Plan"]))
    locking = [node["Actual Rows"] for node in found if node["Node Type"] == "LockRows"]
    assert locking == [rows]
    assert {node["Actual Loops"] for node in found} == {1}
    assert [node["Node Type"] for node in found if "Join" in node["Node Type"] or "Loop" in node["Node Type"]] == [
        "Hash Join"
    ]
