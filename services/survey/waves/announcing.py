"""What the other services are told of a draw."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from services.contracts import events
from services.shared.outbox import append, append_made, append_many
from services.survey.waves.models import Wave
from services.survey.waves.reminding import ISSUED, pieces

DRAWN = 10_000  # about as many ids has one event
# The data of `wave.drawn.v2`, made where the counts are: to fetch, check and send back an entry for each unit would take
# longer than the draw.
_UNITS = """
SELECT jsonb_build_object('waveId', CAST(:wave AS uuid), 'units', jsonb_agg(jsonb_build_object(
    'unitId', unit_id, 'parentId', parent_id, 'population', population, 'invited', invited,
    'serviceIds', service_ids, 'providerIds', provider_ids
)))
FROM (
    SELECT *, sum(1 + cardinality(service_ids)) OVER (ORDER BY unit_id) / CAST(:page AS bigint) AS page FROM wave_units
    WHERE organisation_id = :organisation AND wave_id = :wave
) AS there GROUP BY page
"""


async def issue(session: AsyncSession, wave: Wave, numbers: Sequence[int]) -> None:
    """Lets the mails go out."""
    await append_many(session, [
        events.InvitationsIssued(wave_id=wave.id, invitation_ids=[str(number) for number in piece])
        for piece in pieces(numbers, ISSUED)
    ])  # fmt: skip


async def announce(session: AsyncSession, wave: Wave) -> None:
    """All `wave.drawn.v2` come before."""
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
    await append_made(session, events.WaveDrawn, _UNITS, values)
