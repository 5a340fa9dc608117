"""What the other services are told of a draw."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from services.contracts import events
from services.shared.outbox import append, append_made, append_many
from services.survey.waves.drawing import set_based
from services.survey.waves.models import Wave
from services.survey.waves.reminding import ISSUED, pieces

DRAWN = 2_000  # the most entries of one event
# The data of `wave.drawn`, made where the counts are: to fetch, check and send back an entry for each service of each unit
# would take longer than the draw.
_PAGES = """
SELECT jsonb_build_object('waveId', CAST(:wave AS uuid), 'units', {units}, 'users', {users})
FROM (
    SELECT *, (row_number() OVER () - 1) / CAST(:page AS bigint) AS page FROM {table}
    WHERE organisation_id = :organisation AND wave_id = :wave
) AS there GROUP BY page
"""
_NONE = "'[]'::jsonb"
_UNITS = _PAGES.format(
    table="wave_populations JOIN wave_units USING (organisation_id, wave_id, unit_id)", users=_NONE,
    units="jsonb_agg(jsonb_build_object('unitId', unit_id, 'parentId', parent_id, 'population', population,"
          " 'invited', invited))",
)  # fmt: skip
_USERS = _PAGES.format(
    table="wave_users", units=_NONE,
    users="jsonb_agg(jsonb_build_object('unitId', unit_id, 'serviceId', service_id, 'providerId', provider_id,"
          " 'users', users))",
)  # fmt: skip


async def issue(session: AsyncSession, wave: Wave, numbers: Sequence[int]) -> None:
    """Lets the mails go out."""
    await append_many(session, [
        events.InvitationsIssued(wave_id=wave.id, invitation_ids=[str(number) for number in piece])
        for piece in pieces(numbers, ISSUED)
    ])  # fmt: skip


async def announce(session: AsyncSession, wave: Wave) -> None:
    """All `wave.drawn` come before."""
    assert wave.version is not None
    assert wave.maximum_services is not None
    assert wave.opens_at is not None
    await tell_drawn(session, wave)
    opened = events.WaveOpened(
        wave_id=wave.id, survey_id=wave.survey_id, version=wave.version, title=wave.title,
        service_ids=wave.service_ids, minimum_group=wave.minimum_group,
        comment_minimum_group=wave.comment_minimum_group, maximum_services=wave.maximum_services,
        opens_at=wave.opens_at, closes_at=wave.closes_at,
    )  # fmt: skip
    await append(session, opened)


async def tell_drawn(session: AsyncSession, wave: Wave) -> None:
    """The tree, and how many there are and were invited."""
    values = {"organisation": wave.organisation_id, "wave": wave.id, "page": DRAWN}
    async with set_based(session):
        for made in (_UNITS, _USERS):
            await append_made(session, events.WaveDrawn, made, values)
