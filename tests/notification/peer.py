"""A stand-in for survey's side of the contract, over real HTTP: its feed, and who is to get mail."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from services.contracts.events import (
    Event,
    InvitationsIssued,
    OrganisationChanged,
    ReminderDue,
    WaveClosed,
    WaveOpened,
)

TITLE = {"nl": "Tevredenheid 2026", "en": "Satisfaction 2026"}


@dataclass
class SurveyPeer:
    """`answered` get no reminder, `gone` get nothing; `away` makes it answer 503."""

    port: int = 0
    events: list[dict[str, Any]] = field(default_factory=list)
    languages: dict[int, str] = field(default_factory=dict)
    addresses: dict[int, str] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)
    answered: set[int] = field(default_factory=set)
    gone: set[int] = field(default_factory=set)
    asked: list[dict[str, Any]] = field(default_factory=list)
    away: bool = False
    quiet_until: datetime | None = None
    closes_at: datetime = field(default_factory=lambda: datetime.now(UTC) + timedelta(days=10))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def say(self, organisation_id: UUID, *events: Event) -> None:
        for event in events:
            self.events.append(
                {
                    "specversion": "1.0", "id": str(uuid4()), "source": "/survey", "type": event.type,
                    "time": datetime.now(UTC).isoformat(), "datacontenttype": "application/json",
                    "organisationid": str(organisation_id), "position": f"1-{len(self.events) + 1}",
                    "data": event.model_dump(mode="json", by_alias=True),
                }
            )  # fmt: skip

    def open_wave(self, organisation_id: UUID, count: int, *, first: int = 1, minimum: int = 5) -> UUID:
        """An organisation whose wave invites `count` people, numbered from `first`."""
        wave_id = uuid4()
        numbers = [str(number) for number in range(first, first + count)]
        self.say(
            organisation_id,
            OrganisationChanged(
                organisation_id=organisation_id, name="Gemeente Rivierenmark", time_zone="Europe/Amsterdam",
                languages=["nl", "en"], minimum_group=5, comment_minimum_group=10,
            ),
            WaveOpened(
                wave_id=wave_id, survey_id=uuid4(), version=1, title=TITLE, service_ids=[], minimum_group=minimum,
                comment_minimum_group=10, maximum_services=3, opens_at=datetime.now(UTC), closes_at=self.closes_at,
            ),
            *(
                InvitationsIssued(wave_id=wave_id, invitation_ids=numbers[start : start + 500])
                for start in range(0, count, 500)
            ),
        )  # fmt: skip
        return wave_id

    def remind(
        self, organisation_id: UUID, wave_id: UUID, number: int = 1, invitations: list[str] | None = None
    ) -> None:
        self.say(organisation_id, ReminderDue(wave_id=wave_id, number=number, invitation_ids=invitations))

    def close_wave(self, organisation_id: UUID, wave_id: UUID) -> None:
        self.say(organisation_id, WaveClosed(wave_id=wave_id, closed_at=datetime.now(UTC)))

    async def feed(self, request: Request) -> JSONResponse:
        after = int(request.query_params["after"].partition("-")[2])
        deadline = asyncio.get_running_loop().time() + min(float(request.query_params.get("wait", 0)), 1)
        while len(self.events) <= after and asyncio.get_running_loop().time() < deadline:  # noqa: ASYNC110  # a test in another thread appends
            await asyncio.sleep(0.05)
        return JSONResponse(self.events[after : after + 500])

    async def recipients(self, request: Request) -> JSONResponse:
        body = await request.json()
        self.asked.append({**body, "authorization": request.headers["authorization"]})
        if self.away:
            return JSONResponse({}, 503)
        left_out = self.gone | (self.answered if body["kind"] == "reminder" else set())
        items = [self.recipient(int(number)) for number in body["invitationIds"] if int(number) not in left_out]
        wave = {
            "title": TITLE, "closesAt": self.closes_at.isoformat(), "organisationName": "Gemeente Rivierenmark",
            "minimumGroup": 5, "quietUntil": self.quiet_until and self.quiet_until.isoformat(),
        }  # fmt: skip
        return JSONResponse({"items": items, "wave": wave})

    def recipient(self, number: int) -> dict[str, Any]:
        return {
            "invitationId": str(number),
            "address": self.addresses.get(number, f"person{number}@rivierenmark.example"),
            "name": self.names.get(number, f"Person {number}"),
            "language": self.languages.get(number, "nl"),
            "link": f"https://klankbord.example/r/token-of-{number}",
        }


@contextmanager
def survey_peer() -> Iterator[SurveyPeer]:
    """In a thread of its own, so that it answers while a test waits for a process."""
    peer = SurveyPeer()
    app = Starlette(
        routes=[Route("/v1/events", peer.feed), Route("/v1/peer/recipients", peer.recipients, methods=["POST"])]
    )
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", ws="none", lifespan="off"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        pass
    peer.port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield peer
    finally:
        server.should_exit = True
        thread.join()
