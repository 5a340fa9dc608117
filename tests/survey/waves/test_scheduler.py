"""What happens by itself, once, however many replicas run."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

from services.shared.database import Database
from services.survey.waves.scheduler import run_due
from tests.fixtures.services import Running
from tests.survey.waves.world import World, make

KEYS = [b"0" * 32]


def after(days: float) -> datetime:
    return datetime.now(UTC) + timedelta(days=days)


async def test_reminders_go_out_once_from_several_replicas(world: World, survey: Running) -> None:
    wave = await world.opened(await world.client(), reminders=[3, 8])
    replicas = [Database(survey.settings) for _ in range(4)]
    try:
        for day, sent in ((2.9, []), (3.01, [1]), (5, [1]), (8.01, [1, 2]), (12, [1, 2])):
            await asyncio.gather(*(run_due(replica, KEYS, after(day)) for replica in replicas * 2))
            assert [event.data["number"] for event in await world.events("reminder.due")] == sent
    finally:
        for replica in replicas:
            await replica.close()
    assert {event.data["waveId"] for event in await world.events("reminder.due")} == {wave}


async def test_after_an_outage_only_the_last_reminder_goes_out(world: World, survey: Running) -> None:
    await world.opened(await world.client(), reminders=[1, 2, 3])
    await run_due(survey.database, KEYS, after(9))
    assert [event.data["number"] for event in await world.events("reminder.due")] == [3]


async def test_a_wave_closes_at_its_time_and_an_extended_one_later(world: World, survey: Running) -> None:
    admin = await world.client()
    wave, extended = await world.opened(admin), await world.opened(admin)
    await admin.patch(
        f"/v1/waves/{extended}", json={"closesAt": after(30).isoformat()},
        headers={"If-Match": "*", "Content-Type": "application/merge-patch+json"},
    )  # fmt: skip
    await run_due(survey.database, KEYS, after(19.9))
    assert (await world.wave(wave)).status == "open"
    await asyncio.gather(*(run_due(survey.database, KEYS, after(20.1)) for _ in range(3)))
    assert [event.data["waveId"] for event in await world.events("wave.closed")] == [wave]
    assert (await world.wave(extended)).status == "open"
    await run_due(survey.database, KEYS, after(30.1))
    assert (await world.wave(extended)).status == "closed"


async def test_a_wave_that_opens_later_opens_by_itself(world: World, survey: Running) -> None:
    admin = await world.client()
    wave = await world.draft(admin, opensAt=after(2).isoformat())
    answer = await admin.post(f"/v1/waves/{wave}/open")
    assert (answer.json()["status"], answer.json()["scheduled"]) == ("draft", True)
    assert (await admin.post(f"/v1/waves/{wave}/open")).json()["code"] == "alreadyScheduled"
    await run_due(survey.database, KEYS, after(1.9))
    assert (await world.wave(wave)).status == "draft"
    await asyncio.gather(*(run_due(survey.database, KEYS, after(2.1)) for _ in range(3)))
    opened = (await admin.get(f"/v1/waves/{wave}")).json()
    assert (opened["status"], opened["scheduled"]) == ("open", False)
    assert len(await world.events("wave.opened")) == 1


async def test_a_changed_draft_no_longer_opens_by_itself(world: World, survey: Running) -> None:
    admin = await world.client()
    wave = await world.draft(admin, opensAt=after(2).isoformat())
    await admin.post(f"/v1/waves/{wave}/open")
    changed = await admin.patch(
        f"/v1/waves/{wave}", json={"reminders": [4]},
        headers={"If-Match": "*", "Content-Type": "application/merge-patch+json"},
    )  # fmt: skip
    assert changed.json()["scheduled"] is False
    await run_due(survey.database, KEYS, after(2.1))
    assert (await world.wave(wave)).status == "draft"


async def test_what_cannot_open_at_its_time_stays_a_draft(world: World, survey: Running) -> None:
    admin = await world.client()
    wave = await world.draft(admin, opensAt=after(2).isoformat())
    await admin.post(f"/v1/waves/{wave}/open")
    await world.run("UPDATE employees SET active = false")
    await run_due(survey.database, KEYS, after(2.1))
    stayed = (await admin.get(f"/v1/waves/{wave}")).json()
    assert (stayed["status"], stayed["scheduled"], stayed["code"]) == ("draft", False, "emptyAudience")
    assert await world.events() == []
    await world.run("UPDATE employees SET active = true")
    again = (await admin.post(f"/v1/waves/{wave}/open")).json()
    assert (again["status"], again["scheduled"], again["code"]) == ("draft", True, None)


async def test_a_wave_that_fails_does_not_hold_up_the_others(world: World, survey: Running) -> None:
    """A wave whose row no longer makes sense fails each time, before the other one in order of time."""
    broken = await world.opened(await world.client(), reminders=[1])
    other = await make(survey)
    fine = await other.opened(await other.client(), reminders=[2])
    await world.run("""UPDATE waves SET reminders = '["soon"]' WHERE id = :w""", w=UUID(broken))
    await run_due(survey.database, KEYS, after(3))
    assert [event.data["waveId"] for event in await other.events("reminder.due")] == [fine]


async def test_a_wave_that_is_closed_early_reminds_nobody_and_an_extended_one_does(
    world: World, survey: Running
) -> None:
    admin = await world.client()
    closed, extended = [await world.opened(admin, reminders=[2, 25]) for _ in range(2)]
    await admin.post(f"/v1/waves/{closed}/close")
    headers = {"If-Match": "*", "Content-Type": "application/merge-patch+json"}
    later = await admin.patch(f"/v1/waves/{extended}", json={"closesAt": after(30).isoformat()}, headers=headers)
    assert later.status_code == 200, later.text
    for days in (2.1, 25.1):
        await run_due(survey.database, KEYS, after(days))
    due = [(event.data["waveId"], event.data["number"]) for event in await world.events("reminder.due")]
    assert due == [(extended, 1), (extended, 2)], "the second after the day on which it was to close at first"
