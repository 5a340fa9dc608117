"""What the respondent sees before answering."""

from typing import Any

from services.shared.problems import not_found
from services.survey.responses import queries
from services.survey.responses.answering import Answering, about_respondent, questionnaire_of, respondent
from services.survey.surveys.conditions import Circumstances
from services.survey.surveys.languages import preferred
from services.survey.surveys.view import OfferedService, respondent_view


async def look(
    state: Answering, token: str, address: str, accept_language: str
) -> tuple[dict[str, Any], dict[str, str]]:
    """The questionnaire in the language asked for, else in that of the employee; and the limit's headers."""
    who = await respondent(state, token, address)
    async with state.database.transaction(who.organisation_id) as session:
        shown = await queries.shown(session, who.invited.number)
        if shown is None:
            raise not_found("invitation")
        offered = await queries.offered(session, who.invited.service_ids)
    definition = shown.definition
    about = await about_respondent(state, who, await questionnaire_of(state, who))
    view = respondent_view(
        definition,
        organisation=shown.organisation,
        services=[OfferedService(*service) for service in offered],
        language=preferred(accept_language, definition["languages"], shown.language),
        minimum_group=shown.minimum_group,
        comment_minimum_group=shown.comment_minimum_group,
        closes_at=shown.closes_at,
        here=Circumstances(attributes=about.attributes, uses=about.uses),
        token=token,
    )
    return view, {**who.limit, "Content-Language": view["language"], "Vary": "Accept-Language"}
