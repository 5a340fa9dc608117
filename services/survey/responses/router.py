"""Respond. One lean ASGI endpoint in front of FastAPI's routes: a whole organisation answers on the same morning.

For the published document they are described in `described.py`.
"""

from fastapi import FastAPI
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from services.shared.problems import FieldError, Problem, invalid
from services.shared.tasks import Task, every
from services.survey.responses import submission
from services.survey.responses.answering import Answering, submit
from services.survey.responses.boxes import box_keys
from services.survey.responses.looking import look
from services.survey.responses.taking_out import take_out_due
from services.survey.settings import SurveySettings

PATH = "/v1/respond/{token}"
EVERY = 2.0  # seconds between looks for boxes to empty


def install(app: FastAPI) -> None:
    """Before all other routes, so that none is compared in vain. `app.state.answering` serves the ready-made page too."""
    settings = app.state.settings
    assert isinstance(settings, SurveySettings)
    app.state.answering = Answering.of(app.state.database, settings)
    app.router.routes.insert(0, Route(PATH, respond, methods=["GET", "PUT"], include_in_schema=False))


async def close(app: FastAPI) -> None:
    answering: Answering = app.state.answering
    await answering.intake.close()


def taking_out(app: FastAPI) -> Task:
    keys = box_keys(app.state.settings)
    return every(EVERY, lambda: take_out_due(app.state.database, keys), "taking out")


async def respond(request: Request) -> Response:
    state: Answering = request.app.state.answering
    if request.url.query:
        raise invalid([
            FieldError(parameter=key, code="unknownParameter", detail=f"{key} is not known here")
            for key in sorted(set(request.query_params))
        ])  # fmt: skip
    token, address = request.path_params["token"], request.client.host if request.client else ""
    if request.method == "PUT":
        body = await _body(request)
        return Response(status_code=204, headers=await submit(state, token, body, address))
    view, limit = await look(state, token, address, request.headers.get("accept-language", ""))
    return JSONResponse(view, headers=limit)


async def _body(request: Request) -> bytes:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise Problem(415, "unsupportedMediaType", "Send the answers as application/json.")
    pieces: list[bytes] = []
    size = 0
    try:
        async for piece in request.stream():
            pieces.append(piece)
            size += len(piece)
            if size > submission.LONGEST:
                break
    except ClientDisconnect:
        raise Problem(400, "bodyIncomplete", "The body ended early.") from None
    return b"".join(pieces)
