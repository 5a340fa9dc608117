"""The ready-made page of an invitation, `/r/{token}`: plain forms, no script, no cookie. It asks and answers through the
same two functions as `/v1/respond/{token}`, and like it leaves no line in a log."""

import json

import structlog
from fastapi import FastAPI
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from services.shared.outages import is_passing
from services.shared.problems import Problem, unavailable
from services.survey.responses.answering import Answering, submit
from services.survey.responses.looking import look
from services.survey.responses.page import render
from services.survey.responses.page.filled import Filled, Unreadable, answer, parse
from services.survey.responses.page.flow import LANGUAGE, Turn, refused, turn
from services.survey.responses.page.questionnaire import Questionnaire, read
from services.survey.responses.page.words import words_for

log = structlog.get_logger()
PATH = "/r/{name}"
LONGEST = 400_000  # bytes: the longest answers that fit a ballot, with every character escaped
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
    "Cross-Origin-Resource-Policy": "same-origin",
}
FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable", "Cross-Origin-Resource-Policy": "same-origin"}
REFUSED = {404: "forged", 409: "answered", 410: "over", 413: "unreadable", 415: "unreadable", 429: "busy"}


def install(app: FastAPI) -> None:
    app.router.routes.insert(0, Route(PATH, page, methods=["GET", "POST"], include_in_schema=False))


async def page(request: Request) -> Response:
    if request.url.path in render.FILES:
        content, media_type = render.FILES[request.url.path]
        return Response(content, media_type=media_type, headers=FOR_EVER)
    filled = Filled()
    try:
        if request.method == "POST":
            filled = parse(await _body(request))
        return await _answered(request, filled)
    except Unreadable:
        return _message(request, filled, "unreadable", 400)
    except Problem as problem:
        return _message(request, filled, REFUSED.get(problem.status, "failed"), problem.status, problem.headers)
    except Exception as error:
        # Whoever answers must see a page, not a document for programs; the log has the error and no address.
        if is_passing(error):
            return _message(request, filled, "failed", 503, unavailable().headers)
        log.exception("the page failed")
        return _message(request, filled, "failed", 500)


async def _body(request: Request) -> bytes:
    if not request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        raise Unreadable
    pieces: list[bytes] = []
    size = 0
    try:
        async for piece in request.stream():
            size += len(piece)
            if size > LONGEST:
                raise Unreadable
            pieces.append(piece)
    except ClientDisconnect as error:
        raise Unreadable from error
    return b"".join(pieces)


async def _answered(request: Request, filled: Filled) -> Response:
    state: Answering = request.app.state.answering
    token, address = request.path_params["name"], request.client.host if request.client else ""
    view, limit = await look(state, token, address, _language(request, filled))
    questionnaire = read(view)
    shown = turn(questionnaire, filled)
    if not shown.send:
        return _html(questionnaire, filled, shown, 400 if shown.mistakes else 200, limit)
    answers = [answer(place, filled) for place in shown.sent]
    body = json.dumps({"language": questionnaire.language, "answers": answers}).encode()
    try:
        limit = await submit(state, token, body, address)
    except Problem as problem:
        if problem.status not in (400, 503):
            raise
        errors = [(error.pointer, error.code) for error in problem.errors] or [(None, problem.code)]
        return _html(questionnaire, filled, refused(shown, errors), problem.status, limit)
    return _message(request, filled, "thanks", 200, limit)


def _language(request: Request, filled: Filled) -> str:
    """What the respondent chose on the page comes before what the browser prefers."""
    go = filled.one("go")
    chosen = go.removeprefix(LANGUAGE) if go.startswith(LANGUAGE) else filled.one("language")
    return chosen or request.headers.get("accept-language", "")


def _html(questionnaire: Questionnaire, filled: Filled, shown: Turn, status: int, limit: dict[str, str]) -> Response:
    text = render.page(questionnaire, filled, shown.path, shown.step, shown.mistakes)
    headers = {**HEADERS, **limit, "Content-Language": questionnaire.language, "Vary": "Accept-Language"}
    return HTMLResponse(text, status, headers)


def _message(
    request: Request, filled: Filled, what: str, status: int, headers: dict[str, str] | None = None
) -> Response:
    """Without a questionnaire there is no list of languages: Dutch, unless English is preferred to it."""
    preferred = _language(request, filled).lower()
    english = "en" in preferred and ("nl" not in preferred or preferred.index("en") < preferred.index("nl"))
    words = words_for("en" if english else "nl")
    text = render.message(words, what)
    return HTMLResponse(text, status, {**HEADERS, **(headers or {}), "Content-Language": words.language})
