"""Every select of the contact policy, and the part of a draw's statement that says who may be asked on its day."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.survey.contact_policy.models import ContactPolicy
from services.survey.contact_policy.schemas import Reason

REASONS: tuple[Reason, ...] = ("optedOut", "onLeave", "minimumDaysBetween", "maximumInvitations")

RECENT = """
recent AS MATERIALIZED (
    SELECT employee_id, max(invited_date) AS latest,
           count(*) FILTER (WHERE invited_date > CAST(:day AS date) - CAST(:within AS integer)) AS invitations
    FROM contacts
    WHERE organisation_id = :organisation AND invited_date > CAST(:day AS date) - CAST(:look_back AS integer)
    GROUP BY employee_id
)"""

# Why somebody (`people`, with their row of `recent`) is not asked on this day; null if nothing is against it.
REASON = """
CASE WHEN people.opted_out THEN 'optedOut'
     WHEN people.leave_start_date <= CAST(:day AS date)
          AND coalesce(people.leave_end_date, 'infinity') >= CAST(:day AS date) THEN 'onLeave'
     WHEN recent.latest > CAST(:day AS date) - CAST(:between AS integer) THEN 'minimumDaysBetween'
     WHEN recent.invitations >= CAST(:maximum AS integer) THEN 'maximumInvitations' END"""


async def policy(session: AsyncSession, *, lock: bool = False) -> ContactPolicy | None:
    organisation_id: UUID = session.info["organisation_id"]
    found = select(ContactPolicy).where(ContactPolicy.organisation_id == organisation_id)
    found = found.with_for_update().execution_options(populate_existing=True) if lock else found
    return (await session.scalars(found)).one_or_none()
