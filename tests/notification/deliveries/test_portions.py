"""Reminders of waves that are added to daily, as those of continuous programmes and after interactions."""

from uuid import UUID

from sqlalchemy import text

from tests.notification.fixtures import Office


async def test_each_day_s_portion_of_a_wave_is_reminded_by_itself(office: Office, organisation_id: UUID) -> None:
    """Of a wave that is added to daily: those of another day get none yet, and nobody the same one twice."""
    wave = office.survey.open_wave(organisation_id, 12)
    await office.read_feed()
    await office.worker.drain()
    office.mails.taken.clear()
    office.survey.answered = {2, 7}

    async def remind(number: int, portion: range) -> dict[str, int]:
        office.survey.remind(organisation_id, wave, number, [str(invitation) for invitation in portion])
        await office.read_feed()
        await office.worker.drain()
        sent = dict(office.mails.addresses())
        office.mails.taken.clear()
        return sent

    def people(*numbers: int) -> dict[str, int]:
        return {f"person{number}@rivierenmark.example": 1 for number in numbers}

    assert await remind(1, range(1, 5)) == people(1, 3, 4)
    assert await remind(1, range(5, 9)) == people(5, 6, 8)
    assert await remind(1, range(1, 9)) == {}, "the same news again"
    assert await remind(2, range(1, 5)) == people(1, 3, 4)
    rows = await office.rows(organisation_id, "reminder")
    assert sorted((row["invitation_number"], row["number"]) for row in rows) == [
        *((person, number) for person in range(1, 5) for number in (1, 2)), *((person, 1) for person in range(5, 9))
    ]  # fmt: skip
    async with office.service.database.transaction(organisation_id) as session:
        counted = await session.execute(text("SELECT number, invited FROM reminder_rounds ORDER BY number"))
        assert [tuple(row) for row in counted] == [(1, 8), (2, 4)]
