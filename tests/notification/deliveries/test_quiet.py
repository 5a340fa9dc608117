"""In a quiet period nothing goes out, what was queued before it began neither; afterwards all goes, once."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from tests.notification.deliveries.test_reminders import alike, reminded
from tests.notification.fixtures import Office


def in_days(days: float) -> datetime:
    return datetime.now(UTC) + timedelta(days=days)


async def test_invitations_that_could_not_go_before_wait_for_its_end(office: Office, organisation_id: UUID) -> None:
    office.survey.open_wave(organisation_id, 12)
    await office.read_feed()
    office.mails.at_recipient = lambda address: "451 later"
    await office.worker.drain()
    office.mails.at_recipient = lambda address: "250 OK"
    office.survey.quiet_until = in_days(3)
    await office.hurry(organisation_id)
    await office.worker.drain()
    rows = await office.rows(organisation_id)
    assert office.mails.taken == []
    assert {(row["state"], row["attempts"], row["reason"]) for row in rows} == {("queued", 1, "quietPeriod")}
    assert all(row["due_at"] < in_days(0.05) for row in rows), "it is asked again, since the period may be taken back"
    office.survey.quiet_until = None
    await office.hurry(organisation_id)
    await office.worker.drain()
    assert set(office.mails.addresses().values()) == {1}
    assert len(office.mails.taken) == 12
    assert {row["state"] for row in await office.rows(organisation_id)} == {"sent"}


async def test_it_ends_sooner_than_in_an_hour(office: Office, organisation_id: UUID) -> None:
    office.survey.open_wave(organisation_id, 1)
    office.survey.quiet_until = datetime.now(UTC) + timedelta(minutes=2)
    await office.read_feed()
    await office.worker.drain()
    (row,) = await office.rows(organisation_id)
    assert row["due_at"] < datetime.now(UTC) + timedelta(minutes=2)


async def test_reminders_wait_too_and_their_rows_stay_alike(office: Office, organisation_id: UUID) -> None:
    await reminded(office, organisation_id, set(range(1, 11)))
    office.survey.quiet_until = in_days(3)
    await office.worker.drain()
    rows = await office.rows(organisation_id, "reminder")
    assert office.mails.taken == []
    assert alike(rows)
    assert (rows[0]["state"], rows[0]["attempts"]) == ("queued", 0)
    office.survey.quiet_until = None
    await office.hurry(organisation_id)
    await office.worker.drain()
    assert office.mails.addresses() == {f"person{number}@rivierenmark.example": 1 for number in range(11, 31)}


async def test_who_had_a_reminder_before_it_gets_none_after_it(office: Office, organisation_id: UUID) -> None:
    await reminded(office, organisation_id, set())
    for quiet_until in (None, in_days(3), None):
        office.survey.quiet_until = quiet_until
        await office.hurry(organisation_id)
        await office.worker.drain()
    assert office.mails.addresses() == {f"person{number}@rivierenmark.example": 1 for number in range(1, 31)}
    assert {row["attempts"] for row in await office.rows(organisation_id, "reminder")} == {2}


async def test_a_wave_that_ends_in_it_is_over(office: Office, organisation_id: UUID) -> None:
    wave = office.survey.open_wave(organisation_id, 4)
    office.survey.quiet_until = in_days(3)
    await office.read_feed()
    await office.worker.drain()
    office.survey.close_wave(organisation_id, wave)
    await office.read_feed()
    assert {row["state"] for row in await office.rows(organisation_id)} == {"cancelled"}
