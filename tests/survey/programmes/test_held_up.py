"""Programmes whose time falls in a quiet period or an outage."""

from datetime import date, datetime, timedelta
from uuid import UUID

import pytest

from tests.survey.programmes.plans import CONTINUOUS, PATCH, QUARTERLY, ZONE, at, made, run_at, runs
from tests.survey.waves.world import World

FIRST = date(2031, 3, 3)
QUIET = {"startDate": "2031-02-24", "endDate": "2031-03-07"}


async def test_in_a_quiet_period_a_run_waits(world: World) -> None:
    admin = await world.client()
    programme = await made(admin, world, QUARTERLY)
    await admin.patch("/v1/contact-policy", json={"quietPeriods": [QUIET]}, headers=PATCH)
    await run_at(world, at(FIRST))
    assert await runs(admin, programme) == []
    assert (await admin.get(f"/v1/programmes/{programme}")).json()["nextRunAt"] == "2031-03-08T08:00:00Z"
    await run_at(world, at(date(2031, 3, 8)))
    assert [run["invited"] for run in await runs(admin, programme)] == [20]
    today = datetime.now(ZONE).date().isoformat()
    await admin.patch("/v1/contact-policy", json={"quietPeriods": [{"startDate": today, "endDate": today}]}, headers=PATCH)  # fmt: skip
    assert (await admin.post(f"/v1/programmes/{programme}/run")).json()["code"] == "quietPeriod"


async def test_what_a_quiet_period_holds_up_runs_when_that_is_taken_away(world: World) -> None:
    admin = await world.client()
    programme = await made(admin, world, {"kind": "once", "startsAt": "2031-03-03T09:00:00+01:00"})
    where = f"/v1/programmes/{programme}"
    await admin.patch("/v1/contact-policy", json={"quietPeriods": [QUIET]}, headers=PATCH)
    await run_at(world, at(FIRST))
    assert (await admin.get(where)).json()["nextRunAt"] == "2031-03-08T08:00:00Z"
    await admin.post(f"{where}/pause")
    assert (await admin.post(f"{where}/resume")).json()["nextRunAt"] == "2031-03-08T08:00:00Z"
    await admin.patch("/v1/contact-policy", json={"quietPeriods": []}, headers=PATCH)
    assert (await admin.get(where)).json()["nextRunAt"] == "2031-03-03T08:00:00Z"
    await run_at(world, at(FIRST, 10))
    assert [(run["plannedAt"], run["invited"]) for run in await runs(admin, programme)] == [
        ("2031-03-03T08:00:00Z", 20)
    ]


async def test_what_is_held_up_is_not_missed_by_a_pause(world: World) -> None:
    admin = await world.client()
    programme = await made(admin, world, {"kind": "once", "startsAt": "2031-03-03T09:00:00+01:00"})
    now = datetime.now(ZONE)
    quiet = {"startDate": (now - timedelta(days=2)).date().isoformat(), "endDate": (now + timedelta(days=2)).date().isoformat()}  # fmt: skip
    await world.run("UPDATE programmes SET planned_at = :at, due_at = :at", at=now - timedelta(days=1))
    await admin.patch("/v1/contact-policy", json={"quietPeriods": [quiet]}, headers=PATCH)
    await run_at(world, now)
    await admin.post(f"/v1/programmes/{programme}/pause")
    resumed = (await admin.post(f"/v1/programmes/{programme}/resume")).json()
    assert datetime.fromisoformat(resumed["nextRunAt"]).astimezone(ZONE).date() == (now + timedelta(days=3)).date()


async def test_after_a_quiet_period_it_runs_on_its_schedule_s_next_day(world: World) -> None:
    """8 August 2031 is a Friday, 25 December a Thursday; the second quiet period leaves a weekend between."""
    admin = await world.client()
    daily = await made(admin, world, {**CONTINUOUS, "period": "month", "cycleDays": 28, "publicHolidays": "NL"})
    monthly = await made(admin, world, {"kind": "periodic", "startDate": "2031-08-22", "rrule": "FREQ=MONTHLY;INTERVAL=4",
                                        "publicHolidays": "NL"})  # fmt: skip
    quiet = [("2031-08-01", "2031-08-08"), ("2031-08-11", "2031-08-12"), ("2031-12-20", "2031-12-24")]
    await admin.patch("/v1/contact-policy", headers=PATCH, json={
        "quietPeriods": [{"startDate": first, "endDate": last} for first, last in quiet]
    })  # fmt: skip
    await world.run("UPDATE programmes SET planned_at = :at, due_at = :at WHERE id = :id", at=at(date(2031, 8, 1), 9, 0),
                    id=UUID(daily))  # fmt: skip
    await admin.post(f"/v1/programmes/{daily}/pause")
    resumed = (await admin.post(f"/v1/programmes/{daily}/resume")).json()
    assert resumed["nextRunAt"] == "2031-08-13T07:00:00Z"
    for first, count in ((date(2031, 8, 1), 13), (date(2031, 12, 18), 12)):
        for later in range(count):
            await run_at(world, at(first + timedelta(days=later)))
    days = [run["ranAt"][:10] for run in await runs(admin, daily)]
    assert days == ["2031-08-13", "2031-12-18", "2031-12-19", "2031-12-29"]
    assert [run["ranAt"][:10] for run in await runs(admin, monthly)][-1] == "2031-12-29"


async def test_what_an_outage_held_up_until_a_weekend_runs_on_monday_at_its_hour(world: World) -> None:
    admin = await world.client()
    programme = await made(admin, world, {**CONTINUOUS, "startDate": "2031-03-07", "period": "month", "cycleDays": 28})
    await run_at(world, at(date(2031, 3, 8), 23, 50))
    assert (await admin.get(f"/v1/programmes/{programme}")).json()["nextRunAt"] == "2031-03-10T08:00:00Z"
    assert await runs(admin, programme) == []


@pytest.mark.parametrize("paused", [False, True])
async def test_what_is_held_up_is_not_lost_by_another_start_time(world: World, paused: bool) -> None:
    admin = await world.client()
    where = f"/v1/programmes/{await made(admin, world, {**QUARTERLY, 'startDate': '2025-01-06'})}"
    now = datetime.now(ZONE)
    monday = now.date() - timedelta(days=now.weekday() or 7)
    rule = {"startDate": monday.isoformat(), "rrule": "FREQ=WEEKLY;INTERVAL=13"}
    quiet = {"startDate": monday.isoformat(), "endDate": (now.date() + timedelta(days=3)).isoformat()}
    await admin.patch("/v1/contact-policy", json={"quietPeriods": [quiet]}, headers=PATCH)
    planned = at(monday, 9, 0)
    await world.run("UPDATE programmes SET planned_at = :at, due_at = :at", at=planned)
    await run_at(world, now)
    if paused:
        await admin.post(f"{where}/pause")
    changed = await admin.patch(where, json={"schedule": {**rule, "startTime": "09:30"}}, headers=PATCH)
    assert changed.status_code == 200, changed.text
    resumed = (await admin.post(f"{where}/resume")).json()
    expected = at(now.date() + timedelta(days=4), 9, 30)
    assert datetime.fromisoformat(resumed["nextRunAt"]) == expected
    assert paused or changed.json()["nextRunAt"] == resumed["nextRunAt"]
    assert await world.rows("SELECT planned_at FROM programmes") == [(at(monday, 9, 30),)]
    other = (await admin.patch(where, json={"schedule": {"startDate": "2031-03-03"}}, headers=PATCH)).json()
    assert other["nextRunAt"] == "2031-03-03T08:30:00Z", "of the new schedule none was due"


async def test_what_is_missed_by_a_pause_stays_so_with_another_start_time(world: World) -> None:
    admin = await world.client()
    where = f"/v1/programmes/{await made(admin, world, {**QUARTERLY, 'startDate': '2025-01-06'})}"
    await admin.post(f"{where}/pause")
    await world.run("UPDATE programmes SET planned_at = now() - interval '1 day'")
    await admin.patch(where, json={"schedule": {"startTime": "09:30"}}, headers=PATCH)
    assert datetime.fromisoformat((await admin.post(f"{where}/resume")).json()["nextRunAt"]) > datetime.now(ZONE)
