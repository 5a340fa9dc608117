"""What cannot be read as HTTP reaches no application: the server itself refuses it, with a problem as all else."""

import json

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from services.shared.ids import random_id
from services.shared.middleware import SECURITY

PROBLEM = {
    "type": "about:blank", "title": "Bad Request", "status": 400, "code": "invalidHttp",
    "detail": "The request is not HTTP that can be read: look for control characters in its headers and its target.",
}  # fmt: skip


def refusing(version: str) -> type[HttpToolsProtocol]:
    """`version` is the API's."""
    body = json.dumps(PROBLEM).encode()
    fixed = [
        (b"content-type", b"application/problem+json"), (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"), (b"api-version", version.encode()), *SECURITY,
    ]  # fmt: skip

    class Protocol(HttpToolsProtocol):
        def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - the server says so to everybody
            headers = [*self.server_state.default_headers, *fixed, (b"x-request-id", str(random_id()).encode())]
            lines = [b"HTTP/1.1 400 Bad Request", *(name + b": " + value for name, value in headers), b"", body]
            self.transport.write(b"\r\n".join(lines))
            self.transport.close()

    return Protocol
