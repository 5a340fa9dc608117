"""`/v1/unsubscribe/{token}`: the link in each mail, and the one click of a mail program (RFC 8058)."""

from collections.abc import AsyncIterator
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Header, Path, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse
from sqlalchemy.ext.asyncio import AsyncSession

from services.notification.preferences import page, service, tokens
from services.notification.preferences.queries import opted_out
from services.notification.settings import NotificationSettings
from services.shared import idempotency
from services.shared.database import Database
from services.shared.problems import not_found
from services.shared.routing import Router
from services.shared.schemas import Schema

router = Router(tag="preferences")
Invitation = tuple[UUID, int]


class Unsubscription(Schema):
    """Whether mails about this invitation have been stopped."""

    unsubscribed: bool


def _invitation(
    request: Request,
    token: Annotated[str, Path(min_length=1, max_length=100, description="From the mail", examples=["A" * 54])],
) -> Invitation:
    settings: NotificationSettings = request.app.state.settings
    found = tokens.read(token, tokens.keys_of(settings.unsubscribe_keys))
    if found is None:
        raise not_found("link")
    return found


Holder = Annotated[Invitation, Depends(_invitation)]


async def _of_holder(request: Request, holder: Holder) -> AsyncIterator[AsyncSession]:
    """The link is the credential, and says whose database rows these are."""
    database: Database = request.app.state.database
    async with database.transaction(holder[0]) as session:
        await idempotency.claim(request, session, f"unsubscribe {holder[1]}")
        yield session


HolderSession = Annotated[AsyncSession, Depends(_of_holder, scope="function")]
Wanted = Annotated[str, Header(alias="Accept", include_in_schema=False)]
Spoken = Annotated[str, Header(alias="Accept-Language", max_length=500)]
ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {"model": Unsubscription, "content": {"text/html": {"schema": {"type": "string"}}}}
}


@router.get("/unsubscribe/{token}", responses=ANSWERS)
async def show_unsubscription(
    session: HolderSession, holder: Holder, accept: Wanted = "*/*", accept_language: Spoken = ""
) -> Response:
    """What the link is for, as a page with a button (`text/html`) or as JSON. It changes nothing, since mail programs
    follow links by themselves."""
    done = bool(await opted_out(session, holder[0], [holder[1]]))
    return _answer(done, accept, accept_language)


@router.post("/unsubscribe/{token}", responses=ANSWERS)
async def unsubscribe(
    session: HolderSession, holder: Holder, accept: Wanted = "*/*", accept_language: Spoken = ""
) -> Response:
    """No more mail about this invitation: reminders of the wave are not sent to its holder. The right to answer stays,
    and nobody is told. Mail programs POST `List-Unsubscribe=One-Click`; what the body says does not matter."""
    await service.opt_out(session, *holder)
    return _answer(True, accept, accept_language)


def _answer(done: bool, accept: str, accept_language: str) -> Response:
    if "text/html" in accept:
        text = page.page(page.language_wanted(accept_language), done=done)
        return HTMLResponse(text, headers={"Content-Security-Policy": page.POLICY})
    return JSONResponse(Unsubscription(unsubscribed=done).model_dump(by_alias=True))
