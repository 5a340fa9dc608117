"""A small server over real HTTP for what the survey service cannot be made to do on demand: break off, be busy, or answer
for parts of the contract that come from elsewhere."""

import json
import threading
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

BREAK_OFF = -1  # in place of a status: the connection is closed without an answer


@dataclass
class Answer:
    """`body`: bytes as they are, all else as JSON."""

    status: int = 200
    body: Any = b""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Asked:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class Scripted:
    """`on` says what is answered, one after the other and then the last for ever; the rest is a 404 as Klankbord
    gives it, beside a document that lists what is offered."""

    def __init__(self) -> None:
        self.answers: dict[tuple[str, str], list[Answer]] = defaultdict(list)
        self.offered: dict[str, dict[str, Any]] = defaultdict(dict)
        self.asked: list[Asked] = []
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def __enter__(self) -> Self:
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,))
        self.thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    def on(self, method: str, path: str, *answers: Answer) -> None:
        self.answers[method, path].extend(answers)

    def offers(self, method: str, template: str) -> None:
        self.offered[template][method.lower()] = {}

    def calls(self, method: str, path: str) -> list[Asked]:
        return [each for each in self.asked if (each.method, each.path.split("?")[0]) == (method, path)]

    def answer(self, asked: Asked) -> Answer:
        path = asked.path.split("?")[0]
        if path == "/v1/openapi.json":
            return Answer(body={"paths": self.offered})
        script = self.answers.get((asked.method, asked.path)) or self.answers.get((asked.method, path))
        if not script:
            return refusal(404, "notFound", "There is nothing at this address.")
        return script.pop(0) if len(script) > 1 else script[0]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        scripted = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _handle(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                asked = Asked(self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, body)
                scripted.asked.append(asked)
                answer = scripted.answer(asked)
                if answer.status == BREAK_OFF:
                    self.close_connection = True
                    return
                content = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
                self.send_response(answer.status)
                for name, value in {"Content-Type": "application/json", **answer.headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_DELETE = _handle

            def log_message(self, *_: Any) -> None:
                pass

        return Handler


def refusal(status: int, code: str, detail: str, **headers: str) -> Answer:
    problem = {"type": "about:blank", "title": "-", "status": status, "detail": detail, "instance": "/", "code": code}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, problem, {"Content-Type": "application/problem+json", **named})


def page(*items: Any, following: str | None = None) -> Answer:
    return Answer(body={"items": list(items), "nextCursor": following})
