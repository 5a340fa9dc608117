"""A questionnaire before anybody is asked: as a respondent of the caller's services would see it."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.auth import Principal
from services.shared.ids import NIL
from services.survey.organisation import queries as organisation
from services.survey.surveys import queries
from services.survey.surveys.conditions import Circumstances
from services.survey.surveys.models import Survey
from services.survey.surveys.view import OfferedService, respondent_view

EXAMPLE = OfferedService(
    id=NIL, name={"nl": "Voorbeelddienst", "en": "Example service"}, provider_id=NIL, provider_name="–"
)


async def preview(
    session: AsyncSession,
    principal: Principal,
    survey: Survey,
    definition: dict[str, Any],
    language: str,
    attributes: dict[str, str] | None = None,
) -> dict[str, Any]:
    """With the services of the survey's provider, or some of the caller's; an example where there are none yet.
    `attributes`: as somebody sees it who has these and uses these services; without, all conditions stay."""
    of = await organisation.organisation(session)
    services = [
        OfferedService(
            id=service.id, name=service.name, provider_id=service.provider_id, provider_name=provider_name,
            external_id=service.external_id,
        )
        for service, provider_name in await queries.example_services(session, principal, survey.provider_id)
    ]  # fmt: skip
    here = None
    if attributes is not None:
        here = Circumstances(attributes=attributes, uses=[str(service.id) for service in services])
    return respondent_view(
        definition, organisation=of.name if of else "", services=services or [EXAMPLE], language=language,
        here=here, minimum_group=of.minimum_group if of else 5, comment_minimum_group=of.comment_minimum_group if of else 10,
    )  # fmt: skip
