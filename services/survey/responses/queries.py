"""Every select of responses."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.survey.catalogue.models import Service
from services.survey.organisation.models import Employee, Organisation, Unit
from services.survey.responses.models import Box, SealedBallot
from services.survey.surveys.models import SurveyVersion
from services.survey.waves.models import Invitation, Wave, WaveUnit

BATCH = 500  # ballots a fetch: four megabytes


class Due(NamedTuple):
    box: Box
    wave: Wave


class Shown(NamedTuple):
    organisation: str
    language: str | None
    minimum_group: int
    comment_minimum_group: int
    closes_at: datetime
    definition: dict[str, Any]


class Offered(NamedTuple):
    id: UUID
    name: dict[str, str]
    provider_id: UUID
    provider_name: str
    external_id: str | None


async def organisations_with_boxes(session: AsyncSession) -> Sequence[UUID]:
    """Over all organisations: the transaction is EVERYONE's."""
    return (await session.scalars(select(Box.organisation_id).distinct())).all()


async def claim_due(session: AsyncSession, tried: Sequence[UUID] = ()) -> Due | None:
    """A box whose wave is closed, but none of those `tried`; drops that come now wait, and then find it gone. One that
    another process empties, or that a late drop still holds, is passed over until the next round."""
    due = (
        select(Box, Wave)
        .join(Wave, (Wave.organisation_id == Box.organisation_id) & (Wave.id == Box.wave_id))
        .where(Wave.status == "closed", Box.id.not_in(tried))
        .order_by(Box.id)
        .limit(1)
    )
    row = (await session.execute(due.with_for_update(of=Box, skip_locked=True))).one_or_none()
    return Due(*row) if row else None


async def count_ballots(session: AsyncSession, box_id: UUID) -> int:
    counted = select(func.count()).select_from(SealedBallot).where(SealedBallot.box_id == box_id)
    return (await session.execute(counted)).scalar_one()


async def sealed_ballots(session: AsyncSession, box_id: UUID) -> AsyncIterator[Sequence[bytes]]:
    found = select(SealedBallot.sealed).where(SealedBallot.box_id == box_id)
    result = await session.stream_scalars(found.execution_options(yield_per=BATCH))
    async for batch in result.partitions():
        yield batch


async def discard(session: AsyncSession, box: Box) -> None:
    """The box with its key and its ballots."""
    await session.execute(delete(SealedBallot).where(SealedBallot.box_id == box.id))
    await session.execute(update(Wave).where(Wave.id == box.wave_id).values(box_id=None, updated_at=Wave.updated_at))
    await session.delete(box)


async def shown(session: AsyncSession, number: int) -> Shown | None:
    """What the holder of an invitation sees, but for the services."""
    found = (
        select(
            Organisation.name, Employee.language, Wave.minimum_group, Wave.comment_minimum_group, Wave.closes_at,
            SurveyVersion.definition,
        )
        .select_from(Invitation)
        .join(Wave, (Wave.organisation_id == Invitation.organisation_id) & (Wave.id == Invitation.wave_id))
        .join(Organisation, Organisation.organisation_id == Invitation.organisation_id)
        .join(SurveyVersion, (SurveyVersion.organisation_id == Wave.organisation_id)
              & (SurveyVersion.survey_id == Wave.survey_id) & (SurveyVersion.number == Wave.version))
        .outerjoin(Employee, (Employee.organisation_id == Invitation.organisation_id)
                   & (Employee.id == Invitation.employee_id))
        .where(Invitation.number == number)
    )  # fmt: skip
    row = (await session.execute(found)).one_or_none()
    return Shown(*row) if row else None


async def offered(session: AsyncSession, service_ids: Sequence[UUID]) -> list[Offered]:
    """Services with their providers, in an order that stays."""
    found = (
        select(Service.id, Service.name, Service.provider_id, Unit.name, Service.external_id)
        .join(Unit, (Unit.organisation_id == Service.organisation_id) & (Unit.id == Service.provider_id))
        .where(Service.id.in_(service_ids))
        .order_by(Unit.name, Service.external_id, Service.id)
    )
    return [Offered(*row) for row in await session.execute(found)]


async def tree(session: AsyncSession, wave_id: UUID) -> dict[UUID, UUID | None]:
    rows = await session.execute(select(WaveUnit.unit_id, WaveUnit.parent_id).where(WaveUnit.wave_id == wave_id))
    return {row.unit_id: row.parent_id for row in rows}


async def external_ids(session: AsyncSession, service_ids: Sequence[UUID]) -> list[tuple[str, UUID]]:
    rows = await session.execute(
        select(Service.external_id, Service.id).where(Service.id.in_(service_ids), Service.external_id.is_not(None))
    )
    return [(external_id or "", service_id) for external_id, service_id in rows]


async def used(session: AsyncSession, wave_id: UUID, unit_id: UUID) -> Sequence[UUID]:
    """The wave's services whose users the people of this unit were when it was drawn."""
    found = select(WaveUnit.service_ids).where(WaveUnit.wave_id == wave_id, WaveUnit.unit_id == unit_id)
    return (await session.scalars(found)).one_or_none() or []


async def definition(session: AsyncSession, survey_id: UUID, version: int) -> dict[str, Any]:
    found = select(SurveyVersion.definition).where(
        SurveyVersion.survey_id == survey_id, SurveyVersion.number == version
    )
    definition: dict[str, Any] = (await session.scalars(found)).one()
    return definition


async def names(session: AsyncSession) -> AsyncIterator[tuple[str, str]]:
    """Of all people in the organisation's directory, also of those who left; and what an identity system calls them,
    which may be how colleagues do."""
    shown = Employee.scim["displayName"].astext
    async for given_name, family_name, display in await session.stream(
        select(Employee.given_name, Employee.family_name, shown)
    ):
        yield given_name, family_name
        if display and display != f"{given_name} {family_name}":
            family, comma, given = display.partition(",")  # "Bos, Ada"
            given, _, family = (given.strip(), "", family) if comma else display.strip().partition(" ")
            yield given or family, family.strip() or given
