"""Respond, in front of FastAPI's routes and, for answers, of most of the middleware: a whole organisation answers on
the same morning. For the published document the operations are described in `described.py`."""

from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from services.shared.middleware import drained
from services.shared.outages import is_passing
from services.shared.problems import FieldError, Problem, document, invalid, unavailable
from services.shared.tasks import Task, every
from services.survey.responses import submission
from services.survey.responses.answering import Answering, submit
from services.survey.responses.boxes import box_keys
from services.survey.responses.looking import look
from services.survey.responses.taking_out import take_out_due
from services.survey.settings import SurveySettings

PREFIX = "/v1/respond/"
EVERY = 2.0  # seconds between looks for boxes to empty


def install(app: FastAPI) -> None:
    """Before all other routes, so that none is compared in vain. `app.state.answering` serves the ready-made page too."""
    settings = app.state.settings
    assert isinstance(settings, SurveySettings)
    app.state.answering = Answering.of(app.state.database, settings)
    route = Route(PREFIX + "{token}", respond, methods=["GET", "PUT"], include_in_schema=False)
    app.router.routes.insert(0, route)
    app.user_middleware.insert(1, Middleware(Lane, state=app.state.answering, route=route))


async def close(app: FastAPI) -> None:
    answering: Answering = app.state.answering
    await answering.intake.close()


def taking_out(app: FastAPI) -> Task:
    keys = box_keys(app.state.settings)
    return every(EVERY, lambda: take_out_due(app.state.database, keys), "taking out")


class Lane:
    """Answers of no other origin pass by CORS, compression, routing and dependencies, which have nothing to do for them
    and cost as much as the answer itself. It stands behind the outermost layer, which marks and counts all alike."""

    def __init__(self, app: ASGIApp, *, state: Answering, route: Route) -> None:
        self.app, self.state, self.route = app, state, route

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not _is_answer(scope):
            await self.app(scope, receive, send)
            return
        scope["route"] = self.route
        token = scope["path"].removeprefix(PREFIX)
        try:
            limit = await _submit(self.state, scope, receive, token)
        except Problem as problem:
            await document(Request(scope), problem)(scope, receive, send)
            return
        except Exception as error:
            if not is_passing(error):
                raise
            await document(Request(scope), unavailable())(scope, receive, send)
            return
        headers = [(name.lower().encode(), value.encode()) for name, value in limit.items()]
        await send({"type": "http.response.start", "status": 204, "headers": headers})
        await send({"type": "http.response.body"})


def _is_answer(scope: Scope) -> bool:
    return (
        scope["type"] == "http"
        and scope["method"] == "PUT"
        and scope["path"].startswith(PREFIX)
        and "/" not in scope["path"][len(PREFIX) :]
        and all(name != b"origin" for name, _ in scope["headers"])
    )


async def respond(request: Request) -> Response:
    state: Answering = request.app.state.answering
    token = request.path_params["token"]
    if request.method == "PUT":
        limit = await _submit(state, request.scope, request.receive, token)
        return Response(status_code=204, headers=limit)
    _refuse_query(request.scope)
    view, limit = await look(state, token, _address(request.scope), request.headers.get("accept-language", ""))
    return JSONResponse(view, headers=limit)


async def _submit(state: Answering, scope: Scope, receive: Receive, token: str) -> dict[str, str]:
    _refuse_query(scope)
    media_type = next((value for name, value in scope["headers"] if name == b"content-type"), b"")
    if media_type.partition(b";")[0].strip().lower() != b"application/json":
        raise Problem(415, "unsupportedMediaType", "Send the answers as application/json.")
    return await submit(state, token, await _body(receive), _address(scope))


def _refuse_query(scope: Scope) -> None:
    if scope["query_string"]:
        errors = [
            FieldError(parameter=key, code="unknownParameter", detail=f"{key} is not known here")
            for key in sorted(set(Request(scope).query_params))
        ]
        if errors:
            raise invalid(errors)


def _address(scope: Scope) -> str:
    client = scope.get("client")
    return client[0] if client else ""


async def _body(receive: Receive) -> bytes:
    """No more than is looked at: `submission.read` refuses what is longer."""
    body, more = b"", True
    while more and len(body) <= submission.LONGEST:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Problem(400, "bodyIncomplete", "The body ended early.")
        body += message.get("body", b"")
        more = message.get("more_body", False)
    if more:
        await drained(receive)
    return body
