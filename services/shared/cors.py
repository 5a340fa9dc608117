"""Cross-origin requests, with refusals in the form of all others."""

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from services.shared.problems import Problem, document


class Cors(CORSMiddleware):
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "OPTIONS":
            headers = Headers(scope=scope)
            if "origin" in headers and "access-control-request-method" in headers:
                answer = self.preflight_response(headers)
                if answer.status_code >= 400:
                    detail = f"{bytes(answer.body).decode()}. Which origins are allowed is a setting of the service."
                    answer = document(Request(scope), Problem(answer.status_code, "corsNotAllowed", detail))
                await answer(scope, receive, send)
                return
        await super().__call__(scope, receive, send)
