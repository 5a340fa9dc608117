"""Bodies of programmes, and the days on which they run."""

from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import httpx

from services.survey.programmes.scheduler import run_programmes
from tests.survey.waves.test_scheduler import KEYS
from tests.survey.waves.world import World

ZONE = ZoneInfo("Europe/Amsterdam")
PATCH = {"If-Match": "*", "Content-Type": "application/merge-patch+json"}
QUARTERLY = {"kind": "periodic", "startDate": "2031-03-03", "rrule": "FREQ=MONTHLY;INTERVAL=3;BYDAY=1MO"}
CONTINUOUS = {"kind": "continuous", "startDate": "2031-01-01", "period": "quarter", "cycleDays": 91}
AFTER = {"kind": "afterInteraction", "startDate": "2031-01-01", "period": "month", "delayDays": 1}


def at(day: date, hour: int = 9, minute: int = 1) -> datetime:
    """A minute past nine in Amsterdam."""
    return datetime.combine(day, time(hour, minute), ZONE).astimezone(UTC)


def body(world: World, schedule: dict[str, Any], *services: str, **more: Any) -> dict[str, Any]:
    chosen = services or ("laptops", "network", "payroll", "phones")
    return {
        "surveyId": str(world.survey_id), "serviceIds": [f"external:{service}" for service in chosen],
        "schedule": schedule, **more,
    }  # fmt: skip


async def made(client: httpx.AsyncClient, world: World, schedule: dict[str, Any], *services: str, **more: Any) -> str:
    answer = await client.post("/v1/programmes", json=body(world, schedule, *services, **more))
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def run_at(world: World, moment: datetime) -> int:
    return await run_programmes(world.service.database, KEYS, moment)


async def invited(world: World, wave: str) -> list[UUID]:
    rows = await world.rows("SELECT employee_id FROM invitations WHERE wave_id = :w", w=UUID(wave))
    return [row[0] for row in rows]


async def runs(client: httpx.AsyncClient, programme: str) -> list[dict[str, Any]]:
    """In the order of their times."""
    items = (await client.get(f"/v1/programmes/{programme}/runs?limit=200")).json()["items"]
    return sorted(items, key=lambda run: str(run["plannedAt"]))
