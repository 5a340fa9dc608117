"""Every select of questionnaires from other tools. Who sees the survey sees what became of the file."""

from uuid import UUID

from sqlalchemy import Select, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.auth import Principal
from services.survey.interchange.models import SurveyImport
from services.survey.surveys import queries as surveys
from services.survey.surveys.models import Survey


def survey_imports(principal: Principal) -> Select[SurveyImport]:
    seen = surveys.surveys(principal).with_only_columns(Survey.id)
    return select(SurveyImport).where(
        SurveyImport.organisation_id == principal.organisation_id, SurveyImport.survey_id.in_(seen)
    )


async def survey_import(session: AsyncSession, principal: Principal, import_id: UUID) -> SurveyImport | None:
    return (await session.scalars(survey_imports(principal).where(SurveyImport.id == import_id))).one_or_none()


async def keys_like(session: AsyncSession, key: str) -> set[str]:
    alike = select(Survey.key).where(or_(Survey.key == key, Survey.key.startswith(f"{key}-", autoescape=True)))
    return set((await session.scalars(alike)).all())
