"""What the respondent sees before answering."""

from typing import Any

from services.survey.responses import queries
from services.survey.responses.answering import Answering, respondent


async def look(state: Answering, token: str, address: str, accept_language: str) -> tuple[dict[str, Any], dict[str, str]]:
    """The questionnaire, and the limit's headers."""
    who = await respondent(state, token, address)
    raise NotImplementedError(queries, accept_language, who)
