"""Processes die at any moment, under load, and yet every acknowledged answer counts once and every mail goes once."""

import asyncio
import json
import shutil
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from random import Random

import asyncpg
import httpx
import pytest
from rich.console import Console

from deploy.demo import author, plain, readback
from deploy.demo.api import Api
from deploy.demo.compare import Verdict, compare
from deploy.demo.folder import Folder
from deploy.demo.progress import Steps
from tests.deploy.running import Embedded, free_ports, launched
from tests.journeys.everything import Everything
from tests.journeys.folders import make_folder
from tests.journeys.kills import audit
from tests.journeys.kills.answering import Respondents
from tests.journeys.kills.audit import Books
from tests.journeys.kills.killer import PROCESSES, Killer
from tests.journeys.kills.measuring import Measured, measure

SMTP_CONNECTIONS = 8  # what notification opens at the most
CLOSING = 4  # kills of a wave between its closing and its release


@pytest.mark.parametrize(("each", "waves", "people"), [(1, 1, 120), pytest.param(20, 7, 400, marks=pytest.mark.proof)])
async def test_killed_at_random_moments(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, each: int, waves: int, people: int
) -> None:
    monkeypatch.setenv("KLANKBORD_LEASE_SECONDS", "2")  # what a dead worker had claimed is taken over sooner
    random, folder = Random(each), Folder(make_folder(tmp_path / "input", each + 10, people, waves))
    with launched(tmp_path / "home", free_ports()) as system:
        await asyncio.to_thread(system.wait_ready, 180)
        async with asyncio.timeout(240 * waves), httpx.AsyncClient(timeout=30) as client:
            await journey(system, client, folder, random, each)


async def journey(system: Embedded, client: httpx.AsyncClient, folder: Folder, random: Random, each: int) -> None:
    operator = Api(client, system.run["survey"] + "/v1", system.run["operatorKey"])
    _, admin = await author.organisation(folder, operator)
    await author.push(folder, admin, Steps(Console(quiet=True)))
    manager = await author.provider_manager(folder, admin)
    measured = Measured(folder, manager, await author.questionnaire(folder, manager), invited(folder))
    services = await readback.ids(admin, "/services")
    respondents = Respondents(client, system.run["survey"], dict(services.by_name), random)
    killer, mails = Killer(system, random, each), Path(system.run["mailFolder"])
    for left in range(len(folder.waves), 0, -1):
        name = list(folder.waves)[-left]
        share = -(-killer.left.total() // left)
        closing = min(CLOSING, share // 2)
        await measure(measured, name, respondents, killer, mails, (share - closing, closing))
    report(killer, measured, respondents)
    assert not killer.left.total(), killer.left
    assert respondents.faults == []
    await asyncio.to_thread(system.wait_answers, 60)
    analytics = replace(admin, base=system.run["analytics"] + "/v1")
    await figures_are_right(measured, admin, analytics)
    async with books_of(system) as books:
        await books_are_right(books, measured, dict(services.by_name), mails, killer)
    await idle_and_healthy(system, admin)


def invited(folder: Folder) -> set[str]:
    return {person["email"] for person in folder.employees.values() if folder.uses(person["unitExternalId"])}


def report(killer: Killer, measured: Measured, respondents: Respondents) -> None:
    print("\nkills:", dict(Counter(kill.victim for kill in killer.kills)))
    print("phases:", dict(Counter(kill.phase.split()[1] for kill in killer.kills)))
    print("acknowledged:", {name: len(lines) for name, lines in measured.acknowledged.items()})
    print("respond:", dict(respondents.said))


async def figures_are_right(measured: Measured, admin: Api, analytics: Api) -> None:
    """Against those computed from the acknowledged answers alone."""
    folder = acknowledged_only(measured)
    expected, verdict = plain.figures(folder), Verdict()
    units, services = await readback.ids(admin, "/units"), await readback.ids(admin, "/services")
    for name, wave_id in measured.waves.items():
        said = await readback.wave_figures(folder, analytics, wave_id, units, services, expected[name])
        verdict.join(compare(expected[name], said, int(folder.organisation["minimumGroup"])))
        verdict.wrong += await Everything(folder, name, units, services).faults(analytics, wave_id)
        whole = [row for row in said["questions"] if row["scope"] == "organisation"]
        assert len([row for row in whole if not row.get("suppressed")]) >= len(whole) / 2, whole
    print(f"figures: {verdict.readable} readable, {verdict.hidden} hidden, {len(verdict.wrong)} wrong")
    assert verdict.wrong == []
    assert verdict.readable > verdict.hidden / 4


def acknowledged_only(measured: Measured) -> Folder:
    path = measured.folder.path.with_name("acknowledged")
    shutil.copytree(measured.folder.path, path)
    for name, lines in measured.acknowledged.items():
        (path / f"answers-{name}.ndjson").write_text("".join(json.dumps(line) + "\n" for line in lines))
    return Folder(path)


@asynccontextmanager
async def books_of(system: Embedded) -> AsyncIterator[Books]:
    async with AsyncExitStack() as stack:
        connections = {}
        for service, dsn in system.run["databases"].items():
            connections[service] = await asyncpg.connect(dsn)
            stack.push_async_callback(connections[service].close)
        yield Books(connections)


async def books_are_right(
    books: Books, measured: Measured, services: dict[str, str], mails: Path, killer: Killer
) -> None:
    faults = await audit.parked(books)
    for name, wave_id in measured.waves.items():
        faults += await audit.wave_faults(books, wave_id, measured.acknowledged[name], services)
        await settled(books, wave_id)
        faults += await audit.mail_faults(books, wave_id)
    by_token = await asyncio.to_thread(audit.mails_by_token, mails)
    doubled = by_token.total() - len(by_token)
    print(f"mails: {len(by_token)} invitations, {doubled} doubled, by {killer.count('notification')} kills")
    assert faults == []
    assert len(by_token) == len(measured.waves) * len(measured.invited)
    assert doubled <= SMTP_CONNECTIONS * killer.count("notification")
    said = await books.one("notification", "SELECT count(*) FROM deliveries WHERE maybe_doubled")
    assert doubled <= said * killer.count("notification")


async def settled(books: Books, wave_id: str, seconds: float = 30) -> None:
    """The last mails of a wave may still be on their way into the books."""
    deadline = time.monotonic() + seconds
    while await audit.mail_faults(books, wave_id) and time.monotonic() < deadline:  # noqa: ASYNC110 - only looking tells
        await asyncio.sleep(0.3)


async def idle_and_healthy(system: Embedded, admin: Api) -> None:
    """Everything runs, nothing waits, nothing starts again, and a request is answered."""
    assert system.answers()
    before = {name: process.pid for name, process in system.family().items()}
    await asyncio.sleep(2)
    assert {name: process.pid for name, process in system.family().items()} == before
    assert {*PROCESSES, "supervisor", "mails"} == before.keys()
    async with books_of(system) as books:
        waiting = {
            "deliveries": await books.one("notification", "SELECT count(*) FROM deliveries WHERE due_at IS NOT NULL"),
            "releases": await books.one("analytics", "SELECT count(*) FROM release_requests"),
            "imports": await books.one("survey", "SELECT count(*) FROM import_jobs"),
        }
    assert not any(waiting.values()), waiting
    await admin.get("/waves")
    assert system.process.poll() is None
