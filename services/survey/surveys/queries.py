"""Every select of surveys. A survey of one provider is there for who may see that unit, one of several for all who
measure: a questionnaire is no secret."""

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.auth import Principal
from services.shared.schemas import NONE
from services.survey.catalogue.models import Service
from services.survey.organisation.models import Unit
from services.survey.organisation.queries import named, within
from services.survey.surveys.models import Survey, SurveyVersion
from services.survey.waves.models import Wave


class Example(NamedTuple):
    service: Service
    provider_name: str


def surveys(principal: Principal) -> Select[Survey]:
    return select(Survey).where(
        Survey.organisation_id == principal.organisation_id,
        or_(Survey.provider_id.is_(None), within(principal, Survey.provider_id)),  # type: ignore[arg-type]  # null is within nothing
    )


def of_provider(reference: str) -> ColumnElement[bool]:
    if reference == NONE:
        return Survey.provider_id.is_(None)
    same = named(Unit.id, Unit.external_id, reference)
    return Survey.provider_id.in_(select(Unit.id).where(Unit.organisation_id == Survey.organisation_id, same))


async def survey(session: AsyncSession, principal: Principal, survey_id: UUID, *, lock: bool = False) -> Survey | None:
    found = surveys(principal).where(Survey.id == survey_id)
    return (await session.scalars(found.with_for_update(of=Survey) if lock else found)).one_or_none()


async def key_taken(session: AsyncSession, key: str, but: UUID | None) -> bool:
    others = select(Survey.id).where(Survey.key == key)
    return bool(await session.scalar(select(exists(others.where(Survey.id != but) if but else others))))


def versions(survey_id: UUID) -> Select[SurveyVersion]:
    return select(SurveyVersion).where(SurveyVersion.survey_id == survey_id)


async def version(session: AsyncSession, survey_id: UUID, number: int) -> SurveyVersion | None:
    return (await session.scalars(versions(survey_id).where(SurveyVersion.number == number))).one_or_none()


async def has_waves(session: AsyncSession, survey_id: UUID) -> bool:
    return bool(await session.scalar(select(exists(select(Wave.id).where(Wave.survey_id == survey_id)))))


async def example_services(session: AsyncSession, principal: Principal, provider_id: UUID | None) -> Sequence[Example]:
    """A few that a respondent might rate, for a preview."""
    found = (
        select(Service, Unit.name)
        .join(Unit, (Unit.organisation_id == Service.organisation_id) & (Unit.id == Service.provider_id))
        .where(Service.organisation_id == principal.organisation_id, within(principal, Service.provider_id))
        .order_by(Service.external_id, Service.id)
        .limit(6)
    )
    rows: Any = await session.execute(found.where(Service.provider_id == provider_id) if provider_id else found)
    return [Example(*row) for row in rows]


async def service_ids(session: AsyncSession, references: Sequence[str]) -> dict[str, UUID]:
    """By reference; a questionnaire may name any of the organisation's services."""
    found: dict[str, UUID] = {}
    for reference in dict.fromkeys(references):
        same = named(Service.id, Service.external_id, reference)
        service_id = await session.scalar(select(Service.id).where(same))
        if service_id is not None:
            found[reference] = service_id
    return found
