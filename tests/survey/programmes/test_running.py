"""Programmes that open waves: at their time, once, reproducibly, and what their previews say."""

import asyncio
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from services.survey.programmes.rules import next_working_day
from tests.fixtures.services import Running
from tests.survey.programmes.plans import CONTINUOUS, PATCH, QUARTERLY, ZONE, at, invited, made, run_at, runs
from tests.survey.waves.world import World, make

FIRST = date(2031, 3, 3)


async def test_a_periodic_programme_opens_a_wave_each_time(world: World) -> None:
    admin = await world.client()
    programme = await made(admin, world, QUARTERLY, reminders=[5], closesAfterDays=14, minimumGroup=6)
    assert await run_at(world, at(FIRST, 8, 59)) == 0
    assert await run_at(world, at(FIRST)) == 1
    assert await run_at(world, at(FIRST, 10)) == 0
    first = (await runs(admin, programme))[0]
    assert (first["plannedAt"], first["invited"], first["code"]) == ("2031-03-03T08:00:00Z", 20, None)
    wave = (await admin.get(f"/v1/waves/{first['waveId']}")).json()
    assert (wave["status"], wave["programmeId"], wave["minimumGroup"], wave["reminders"]) == ("open", programme, 6, [5])
    assert datetime.fromisoformat(wave["closesAt"]) - datetime.fromisoformat(wave["opensAt"]) == timedelta(days=14)
    assert len(await world.events("wave.opened")) == 1
    assert (await admin.get(f"/v1/programmes/{programme}")).json()["nextRunAt"] == "2031-06-02T07:00:00Z"
    await run_at(world, at(date(2031, 6, 2)))
    second = (await runs(admin, programme))[1]
    assert second["waveId"] != first["waveId"]
    refused = await admin.delete(f"/v1/programmes/{programme}", headers={"If-Match": "*"})
    assert refused.json()["code"] == "programmeHasRun"


async def test_replicas_run_it_once(world: World) -> None:
    admin = await world.client()
    programme = await made(admin, world, QUARTERLY)
    await asyncio.gather(*(run_at(world, at(FIRST)) for _ in range(5)))
    assert len(await runs(admin, programme)) == 1
    assert len(await world.events("wave.opened")) == 1


async def test_once_is_once(world: World) -> None:
    admin = await world.client()
    programme = await made(admin, world, {"kind": "once", "startsAt": "2031-03-03T09:00:00+01:00"})
    await run_at(world, at(FIRST))
    await run_at(world, at(date(2032, 3, 3)))
    assert len(await runs(admin, programme)) == 1
    assert (await admin.get(f"/v1/programmes/{programme}")).json()["nextRunAt"] is None


async def test_a_paused_one_does_not_run_and_misses_its_time(world: World) -> None:
    admin = await world.client()
    programme = await made(admin, world, QUARTERLY)
    await admin.post(f"/v1/programmes/{programme}/pause")
    assert await run_at(world, at(FIRST)) == 0
    assert await runs(admin, programme) == []


async def test_two_runs_of_one_seed_draw_the_same(world: World) -> None:
    admin = await world.client()
    sample = {"kind": "number", "number": 8, "seed": 12}
    same = [await made(admin, world, QUARTERLY, sample=sample) for _ in range(2)]
    other = await made(admin, world, QUARTERLY, sample={**sample, "seed": 13})
    await run_at(world, at(FIRST))
    people = [set(await invited(world, (await runs(admin, each))[0]["waveId"])) for each in (*same, other)]
    assert len(people[0]) == 8
    assert people[0] == people[1] != people[2]
    await run_at(world, at(date(2031, 6, 2)))
    assert set(await invited(world, (await runs(admin, same[0]))[1]["waveId"])) != people[0], "each run draws anew"


async def test_run_now_opens_beside_the_schedule(world: World) -> None:
    admin = await world.client()
    programme = await made(admin, world, QUARTERLY, active=False)
    answer = await admin.post(f"/v1/programmes/{programme}/run")
    assert answer.status_code == 202, answer.text
    assert (answer.json()["status"], answer.json()["programmeId"]) == ("open", programme)
    assert answer.headers["Location"] == f"/v1/waves/{answer.json()['id']}"
    assert [run["waveId"] for run in await runs(admin, programme)] == [answer.json()["id"]]


async def test_two_clicks_invite_once(world: World) -> None:
    admin = await world.client()
    programme = await made(admin, world, QUARTERLY)
    where, again = f"/v1/programmes/{programme}/run", {"Idempotency-Key": "twice"}
    both = [await admin.post(where, headers=again) for _ in range(2)]
    assert both[0].status_code == 202, both[0].text
    assert both[0].json()["id"] == both[1].json()["id"]
    many = await asyncio.gather(*(admin.post(where) for _ in range(6)))
    assert {(answer.status_code, answer.json()["code"]) for answer in many} == {(409, "alreadyRanToday")}
    await world.run("UPDATE programme_runs SET ran_at = ran_at - interval '2 days'")
    assert (await admin.post(where)).json()["code"] == "waveOpen"
    assert (await admin.post(f"/v1/waves/{both[0].json()['id']}/close")).status_code == 200
    assert (await admin.post(where)).status_code == 202
    assert len(await runs(admin, programme)) == 2


async def test_what_cannot_open_is_recorded_and_the_programme_goes_on(world: World) -> None:
    admin = await world.client()
    programme = await made(admin, world, QUARTERLY)
    await world.run("UPDATE employees SET active = false WHERE external_id <> 'north-0'")
    await run_at(world, at(FIRST))
    assert [(run["code"], run["waveId"], run["invited"]) for run in await runs(admin, programme)] == [
        ("tooFewInvited", None, 0)
    ]
    assert await world.rows("SELECT id FROM waves") == []
    assert await world.events() == []
    assert (await admin.post(f"/v1/programmes/{programme}/run")).json()["code"] == "tooFewInvited"
    await world.run("UPDATE employees SET active = true")
    await run_at(world, at(date(2031, 6, 2)))
    assert (await runs(admin, programme))[1]["invited"] == 20


async def test_one_that_runs_once_tries_again_while_too_few_are_left(world: World) -> None:
    admin = await world.client()
    once = await made(admin, world, {"kind": "once", "startsAt": "2031-03-03T09:00:00+01:00"})
    never = await made(admin, world, {"kind": "once", "startsAt": "2031-03-03T09:00:00+01:00"}, "phones")
    await admin.patch("/v1/contact-policy", json={"minimumDaysBetween": 2}, headers=PATCH)
    await world.run(
        "INSERT INTO contacts SELECT organisation_id, id, gen_random_uuid(), :day FROM employees", day=FIRST
    )
    for later in range(9):
        await run_at(world, at(FIRST + timedelta(days=later)))
        if not later:
            assert (await admin.get(f"/v1/programmes/{once}")).json()["nextRunAt"] == "2031-03-04T08:00:00Z"
            await world.run("UPDATE employees SET opted_out = true WHERE external_id LIKE 'north-%'")
    tried = [(run["ranAt"][:10], run["code"], run["invited"]) for run in await runs(admin, once)]
    assert tried == [("2031-03-03", "tooFewInvited", 0), ("2031-03-04", "tooFewInvited", 0), ("2031-03-05", None, 8)]
    assert [run["code"] for run in await runs(admin, never)] == ["tooFewInvited"] * 7
    assert [(await admin.get(f"/v1/programmes/{one}")).json()["nextRunAt"] for one in (once, never)] == [None, None]


async def test_programmes_keep_their_hour_where_the_organisation_moves_to(world: World) -> None:
    admin = await world.client()
    periodic, daily = await made(admin, world, QUARTERLY), await made(admin, world, CONTINUOUS)
    once = await made(admin, world, {"kind": "once", "startsAt": "2031-03-03T09:00:00+01:00"})
    await admin.post(f"/v1/programmes/{daily}/pause")
    answer = await admin.patch("/v1/organisation", json={"timeZone": "America/New_York"}, headers=PATCH)
    assert answer.status_code == 200, answer.text
    times = [(await admin.get(f"/v1/programmes/{each}")).json()["nextRunAt"] for each in (periodic, daily, once)]
    assert times == ["2031-03-03T14:00:00Z", None, "2031-03-03T08:00:00Z"]
    resumed = (await admin.post(f"/v1/programmes/{daily}/resume")).json()
    assert resumed["nextRunAt"] == "2031-01-01T14:00:00Z"


async def test_the_stricter_of_programme_and_policy_holds(world: World) -> None:
    admin = await world.client()
    strict = await made(admin, world, QUARTERLY, contactRules={"minimumDaysBetween": 30})
    loose = await made(admin, world, QUARTERLY)
    await world.opened(admin, "phones", sample={"kind": "number", "number": 6})
    await world.run("UPDATE contacts SET invited_date = :day", day=date(2031, 2, 11))
    await run_at(world, at(FIRST))
    first, second = [(await runs(admin, each))[0] for each in (strict, loose)]
    assert (second["invited"], second["skipped"]) == (20, {})
    # Which of the two ran first is chance: after the other everybody had an invitation on this very day.
    assert (first["invited"], first["skipped"]) in ((14, {}), (0, {}))


async def test_the_preview_says_how_many_and_how_sure(world: World) -> None:
    admin = await world.client()
    sample = {"kind": "marginOfError", "marginOfError": 0.2, "confidence": 0.95, "expectedResponse": 0.8, "seed": 1}
    programme = await made(admin, world, QUARTERLY, sample=sample)
    await admin.patch("/v1/employees/external:north-0", json={"optedOut": True}, headers=PATCH)
    preview = (await admin.post(f"/v1/programmes/{programme}/sample-preview")).json()
    # n0 = 1.96² / 4 / 0.2² = 24.01; n = 24.01 / (1 + 23.01 / 20) = 11.16 -> 12 answers; of 80 %: 15 invitations
    assert (preview["audience"], preview["invited"], preview["skipped"]) == (20, 15, {})
    assert preview["marginOfError"] <= 0.2
    units = {unit["unitId"]: unit for unit in preview["units"]}
    assert units[str(world.units["line"])]["invited"] == 15
    assert units[str(world.units["north"])]["marginOfError"] > preview["marginOfError"]
    assert str(list(world.employees)) not in str(preview)
    assert await world.rows("SELECT id FROM waves") == []


async def test_another_organisation_sees_nothing(world: World, survey: Running) -> None:
    admin, other = await world.client(), await (await make(survey)).client()
    programme = await made(admin, world, QUARTERLY)
    for method, path in (("GET", ""), ("POST", "/run"), ("POST", "/sample-preview"), ("GET", "/runs")):
        assert (await other.request(method, f"/v1/programmes/{programme}{path}")).status_code == 404


@pytest.mark.parametrize(
    "schedule", [QUARTERLY, {**CONTINUOUS, "startDate": "2020-01-01", "period": "month", "cycleDays": 28}]
)
async def test_what_was_run_by_hand_is_not_run_by_its_schedule_too(survey: Running, schedule: dict[str, Any]) -> None:
    world = await make(survey, north=300, south=205)  # enough for a figure on the last day of a month
    admin = await world.client()
    programme = await made(admin, world, schedule)
    assert (await admin.post(f"/v1/programmes/{programme}/run")).status_code == 202
    before = await world.rows("SELECT employee_id FROM contacts")
    moment = at(next_working_day(datetime.now(ZONE).date(), ()), 23)
    await world.run("UPDATE programme_runs SET planned_at = :at, ran_at = :at", at=moment - timedelta(minutes=9))
    await world.run("UPDATE programmes SET planned_at = :at, due_at = :at", at=moment)
    await run_at(world, moment)
    assert (await runs(admin, programme))[1]["code"] == "alreadyRanToday"
    assert await world.rows("SELECT employee_id FROM contacts") == before


async def test_a_wave_opened_by_hand_takes_the_place_of_the_next_but_the_schedule_s_own_do_not(world: World) -> None:
    admin = await world.client()
    weekly = {**QUARTERLY, "rrule": "FREQ=WEEKLY"}
    programme, other = [await made(admin, world, weekly, closesAfterDays=21) for _ in range(2)]
    assert (await admin.post(f"/v1/programmes/{programme}/run")).status_code == 202
    for later in (0, 7):
        await run_at(world, at(FIRST + timedelta(days=later)))
    assert [run["code"] for run in await runs(admin, programme)] == [None, "waveOpen", "waveOpen"]
    assert [(run["code"], run["invited"]) for run in await runs(admin, other)] == [(None, 20), (None, 20)]
