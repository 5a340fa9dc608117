"""The contact policy through the API: who is left out, why, and what waits."""

import asyncio
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import httpx
import pytest_asyncio

from services.survey.waves.scheduler import run_due
from tests.fixtures.services import Running
from tests.survey.waves.test_scheduler import KEYS, after
from tests.survey.waves.world import World, make

PATCH = {"If-Match": "*", "Content-Type": "application/merge-patch+json"}


@pytest_asyncio.fixture
async def world(survey: Running) -> World:
    return await make(survey)


def today() -> date:
    return datetime.now(ZoneInfo("Europe/Amsterdam")).date()


async def limit(admin: httpx.AsyncClient, **policy: Any) -> httpx.Response:
    return await admin.patch("/v1/contact-policy", json=policy, headers=PATCH)


async def invited(world: World, wave: str) -> set[UUID]:
    return {row[0] for row in await world.rows("SELECT employee_id FROM invitations WHERE wave_id = :w", w=UUID(wave))}


async def test_nothing_limits_at_first_and_the_policy_is_changed_like_anything_else(world: World) -> None:
    admin, manager = await world.client(), await world.client("provider-manager", "it")
    first = await admin.get("/v1/contact-policy")
    assert first.json() == {"maximumInvitations": None, "withinDays": None, "minimumDaysBetween": None,
                            "quietPeriods": [], "updatedAt": None}  # fmt: skip
    assert (await admin.patch("/v1/contact-policy", json={}, headers={**PATCH, "If-Match": '"7"'})).status_code == 412
    changed = await limit(admin, minimumDaysBetween=14)
    assert (changed.status_code, changed.json()["minimumDaysBetween"]) == (200, 14)
    assert (await manager.get("/v1/contact-policy")).json() == changed.json()
    assert (await limit(manager, minimumDaysBetween=1)).status_code == 403
    half = await limit(admin, maximumInvitations=3)
    assert [(error["pointer"], error["code"]) for error in half.json()["errors"]] == [
        ("/withinDays", "incompleteLimit")
    ]
    backwards = await limit(admin, quietPeriods=[{"startDate": "2026-08-02", "endDate": "2026-08-01"}])
    assert backwards.json()["errors"][0]["code"] == "endsBeforeItStarts"
    endless = await limit(admin, quietPeriods=[{"startDate": "2026-08-02", "endDate": "9999-12-31"}])
    assert [(error["pointer"], error["code"]) for error in endless.json()["errors"]] == [
        ("/quietPeriods/0/endDate", "outOfRange")
    ]


async def test_who_was_invited_a_short_while_ago_is_left_out(world: World) -> None:
    admin = await world.client()
    await limit(admin, minimumDaysBetween=30)
    first = await world.opened(admin, "phones", sample={"kind": "number", "number": 6, "seed": 1})
    draft = await world.draft(admin)
    preview = (await admin.post(f"/v1/waves/{draft}/sample-preview")).json()
    assert (preview["audience"], preview["invited"], preview["skipped"]) == (20, 20, {}), "too few to tell of"
    second = (await admin.post(f"/v1/waves/{draft}/open")).json()
    assert second["skipped"] == {}
    before, now = await invited(world, first), await invited(world, draft)
    assert len(now) == 14
    assert not before & now
    nobody = await admin.post(f"/v1/waves/{await world.draft(admin)}/open")
    assert (nobody.status_code, nobody.json()["code"]) == (409, "tooFewInvited")
    await world.run("UPDATE contacts SET invited_date = invited_date - 29")
    assert (await admin.post(f"/v1/waves/{await world.draft(admin)}/open")).json()["code"] == "tooFewInvited"
    await world.run("UPDATE contacts SET invited_date = invited_date - 1")
    assert len(await invited(world, await world.opened(admin))) == 20


async def test_at_most_so_many_in_so_many_days_over_all_departments(world: World) -> None:
    admin, hr, it = [await world.client(*who) for who in (("admin",), ("provider-manager", "hr"), ("provider-manager", "it"))]  # fmt: skip
    await limit(admin, maximumInvitations=2, withinDays=60)
    await world.opened(hr, "payroll")
    await world.opened(it, "laptops")
    third = await it.post(f"/v1/waves/{await world.draft(it, 'network')}/open")
    assert third.json()["code"] == "tooFewInvited"
    await world.run("UPDATE contacts SET invited_date = invited_date - 60 WHERE wave_id IN"
                    " (SELECT id FROM waves WHERE service_ids = ARRAY[CAST(:service AS uuid)])", service=world.services["payroll"])  # fmt: skip
    assert len(await invited(world, await world.opened(it, "network"))) == 20


async def test_who_is_on_leave_or_opted_out_is_not_invited(world: World) -> None:
    admin = await world.client()

    async def set_(name: str, **fields: Any) -> None:
        answer = await admin.patch(f"/v1/employees/external:{name}", json=fields, headers=PATCH)
        assert answer.status_code == 200, answer.text

    day = today()
    await set_("north-0", optedOut=True)
    await set_("north-1", leaveStartDate=day.isoformat())
    await set_("north-2", leaveStartDate="2020-01-01", leaveEndDate=day.isoformat())
    await set_("north-3", leaveStartDate="2020-01-01", leaveEndDate=(day - timedelta(days=1)).isoformat())
    await set_("north-4", leaveStartDate=(day + timedelta(days=1)).isoformat())
    wave = await world.opened(admin)
    names = {world.employees[employee] for employee in await invited(world, wave)}
    assert {"north-3", "north-4"} <= names
    assert not {"north-0", "north-1", "north-2"} & names
    assert (await admin.get(f"/v1/waves/{wave}")).json()["skipped"] == {}, "too few to tell of"
    wrong = {"leaveStartDate": "2026-04-02", "leaveEndDate": "2026-04-01"}
    refused = await admin.patch("/v1/employees/external:north-5", json=wrong, headers=PATCH)
    assert refused.json()["errors"][0]["code"] == "endsBeforeItStarts"


async def test_draws_at_once_invite_nobody_over_the_limit(world: World) -> None:
    admin = await world.client()
    await limit(admin, maximumInvitations=1, withinDays=90)
    sample = {"kind": "number", "number": 5}
    drafts = [await world.draft(admin, sample={**sample, "seed": seed}) for seed in range(8)]
    answers = await asyncio.gather(*(admin.post(f"/v1/waves/{draft}/open") for draft in drafts))
    assert sorted(answer.status_code for answer in answers) == [200] * 4 + [409] * 4
    most = await world.rows("SELECT max(times) FROM (SELECT count(*) AS times FROM invitations GROUP BY employee_id) t")
    assert most[0][0] == 1
    assert (await world.rows("SELECT count(*) FROM contacts"))[0][0] == 20


async def test_in_a_quiet_period_nothing_opens_and_no_reminder_goes_out(world: World, survey: Running) -> None:
    admin = await world.client()
    wave = await world.opened(admin, reminders=[2])
    quiet = {"startDate": today().isoformat(), "endDate": (today() + timedelta(days=4)).isoformat()}
    await limit(admin, quietPeriods=[quiet])
    opening = await admin.post(f"/v1/waves/{await world.draft(admin)}/open")
    assert (opening.json()["status"], opening.json()["scheduled"]) == ("draft", True)
    assert datetime.fromisoformat(opening.json()["opensAt"]).astimezone(ZoneInfo("Europe/Amsterdam")).date() == (
        today() + timedelta(days=5)
    )
    await run_due(survey.database, KEYS, after(3))
    assert await world.events("reminder.due") == []
    await run_due(survey.database, KEYS, after(5.1))
    assert [event.data["waveId"] for event in await world.events("reminder.due")] == [wave]
    assert (await admin.get(f"/v1/waves/{opening.json()['id']}")).json()["status"] == "open"


async def test_a_quiet_period_that_is_taken_away_holds_nothing_back(world: World, survey: Running) -> None:
    admin = await world.client()
    await world.opened(admin, reminders=[2])
    quiet = {"startDate": today().isoformat(), "endDate": (today() + timedelta(days=9)).isoformat()}
    await limit(admin, quietPeriods=[quiet])
    await run_due(survey.database, KEYS, after(0.01))
    await limit(admin, quietPeriods=[])
    await run_due(survey.database, KEYS, after(2.1))
    assert len(await world.events("reminder.due")) == 1


async def test_a_wave_that_a_quiet_period_holds_up_opens_when_that_is_taken_away(world: World, survey: Running) -> None:
    admin = await world.client()
    quiet = {"startDate": today().isoformat(), "endDate": (today() + timedelta(days=9)).isoformat()}
    await limit(admin, quietPeriods=[quiet])
    wave = await world.draft(admin)
    await admin.post(f"/v1/waves/{wave}/open")
    await run_due(survey.database, KEYS, after(0.01))
    assert (await world.wave(wave)).status == "draft"
    await limit(admin, quietPeriods=[])
    await run_due(survey.database, KEYS, after(0.02))
    assert (await world.wave(wave)).status == "open"


async def test_a_number_above_the_audience_is_refused(world: World) -> None:
    admin = await world.client()
    draft = await world.draft(admin, sample={"kind": "number", "number": 21})
    answer = await admin.post(f"/v1/waves/{draft}/open")
    assert (answer.status_code, answer.json()["code"]) == (409, "sampleLargerThanAudience")


async def test_erasing_somebody_clears_the_ledger_of_them(world: World) -> None:
    admin = await world.client()
    await world.opened(admin)
    assert (await admin.delete("/v1/employees/external:north-0", headers={"If-Match": "*"})).status_code == 204
    assert (await world.rows("SELECT count(*) FROM contacts"))[0][0] == 19


async def test_an_instant_nowhere(world: World) -> None:
    """The ledger and the invitations hold days at the most."""
    kinds = await world.rows("SELECT data_type FROM information_schema.columns WHERE table_name = 'contacts'")
    assert {kind for (kind,) in kinds} == {"uuid", "date"}
