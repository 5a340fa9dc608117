"""`/v1/question-bank`."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from typing import Annotated

from fastapi import Query

from services.shared.auth import Caller, allow
from services.shared.pages import Page, Paging, UnsortedPages
from services.shared.problems import parameter_error
from services.shared.routing import Router
from services.shared.schemas import Key
from services.survey.surveys.bank.bank import chosen
from services.survey.surveys.bank.schemas import BankItem, BankLanguage, Category

router = Router(tag="surveys")
READERS = [allow("admin", "director", "provider-manager", "provider-staff")]


@router.get("/question-bank", dependencies=READERS, response_model_exclude_unset=True)
async def list_bank_questions(
    _principal: Caller,
    paging: UnsortedPages,
    category: Annotated[Category | None, Query(description="The category of services that the questions suit")] = None,
    topic: Annotated[Key | None, Query(description="The key of a topic", examples=["reliability"])] = None,
    language: Annotated[BankLanguage | None, Query(description="Texts in this language only")] = None,
) -> Page[BankItem]:
    """Ready-made questions with their sources, to be copied into a survey: `question` into a section, `topics` and
    `labels` into the survey's."""
    return _page(chosen(category, topic, language), paging)


def _page(items: list[BankItem], paging: Paging) -> Page[BankItem]:
    """The bank is not in the database, so its cursor is the last key shown."""
    start = 0
    if paging.cursor is not None:
        keys = [item.key for item in items]
        last = _decoded(paging.cursor)
        if last not in keys:
            raise parameter_error("cursor", "invalidCursor", "is not a cursor of this list")
        start = keys.index(last) + 1
    shown = items[start : start + paging.limit]
    following = None
    if start + paging.limit < len(items):
        following = urlsafe_b64encode(shown[-1].key.encode()).decode().rstrip("=")
        url = paging.request.url.include_query_params(cursor=following)
        paging.response.headers["Link"] = f'<{url.path}?{url.query}>; rel="next"'
    return Page[BankItem](items=shown, next_cursor=following)


def _decoded(cursor: str) -> str:
    try:
        return urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except (Error, ValueError):
        return ""
