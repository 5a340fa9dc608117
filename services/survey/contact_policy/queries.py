"""Every select of the contact policy, and the part of a draw's statement that says who may be asked on its day."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from sqlalchemy import Select, func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.survey.contact_policy.models import Contact, ContactPolicy

# Of the ledger those alone who are not asked on this day: too many or too late invitations are against it, or they had
# their turn already, in this wave or since a day in these. `by_policy`: against whom the organisation's own limits are,
# by the invitations of the days before.
LEDGER = """
ledger AS MATERIALIZED (
    SELECT * FROM (
        SELECT employee_id,
               coalesce(max(invited_date) > CAST(:day AS date) - CAST(:between AS integer), false)
               OR coalesce(max(invited_date) FILTER (WHERE wave_id = ANY(:siblings))
                           > CAST(:day AS date) - CAST(:apart AS integer), false) AS lately,
               coalesce(count(*) FILTER (WHERE invited_date > CAST(:day AS date) - CAST(:within AS integer))
                        >= CAST(:maximum AS integer), false) AS often,
               coalesce(max(invited_date) FILTER (WHERE earlier) > CAST(:day AS date) - CAST(:policy_between AS integer),
                        false)
               OR coalesce(count(*) FILTER (WHERE earlier AND invited_date > CAST(:day AS date) - CAST(:within AS integer))
                           >= CAST(:maximum AS integer), false) AS by_policy,
               coalesce(bool_or(invited_date >= CAST(:since AS date) AND (
                   wave_id = :wave OR (wave_id = ANY(:siblings) AND invited_date >= CAST(:cycle AS date))
               )), false) AS had_turn
        FROM contacts CROSS JOIN LATERAL (SELECT invited_date < CAST(:day AS date) AS earlier) AS compared
        WHERE organisation_id = :organisation
          AND invited_date > least(CAST(:day AS date) - CAST(:look_back AS integer), CAST(:since AS date) - 1)
        GROUP BY employee_id
    ) AS each_of_them WHERE lately OR often OR had_turn
)"""

# Why somebody (`people`, with their row of `ledger`) is not asked on this day; null if nothing is against it.
REASON = """
CASE WHEN people.opted_out THEN 'optedOut'
     WHEN people.leave_start_date <= CAST(:day AS date)
          AND coalesce(people.leave_end_date, 'infinity') >= CAST(:day AS date) THEN 'onLeave'
     WHEN ledger.lately THEN 'minimumDaysBetween'
     WHEN ledger.often THEN 'maximumInvitations' END"""

# Whether the organisation's policy is against them, whoever asks: what is told of many (`waves.rules.told`) is of this.
LEFT_OUT = """
coalesce(people.opted_out
         OR (people.leave_start_date <= CAST(:day AS date)
             AND coalesce(people.leave_end_date, 'infinity') >= CAST(:day AS date))
         OR ledger.by_policy, false)"""


async def policy(session: AsyncSession, *, lock: bool = False) -> ContactPolicy | None:
    return await session.get(
        ContactPolicy, session.info["organisation_id"], with_for_update=lock, populate_existing=lock
    )


def invited_as(former: Collection[UUID], employee_id: UUID) -> Select[UUID, UUID, UUID, date]:
    """The ledger of former rows of somebody, as the ledger of the row that somebody has now."""
    found = select(Contact.organisation_id, Contact.wave_id, literal(employee_id), func.max(Contact.invited_date))
    return found.where(Contact.employee_id.in_(former)).group_by(Contact.organisation_id, Contact.wave_id)
