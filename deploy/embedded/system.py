"""A whole system: what is started in which order, what is watched, and how it ends."""

import asyncio
import os
import socket
import sys
import time
from collections import deque
from collections.abc import Awaitable, Callable
from urllib.error import HTTPError

from deploy.embedded import http, migrations, postgres, services
from deploy.embedded.home import Home, write_private
from deploy.embedded.postgres import Cluster
from deploy.embedded.processes import Child, Command, how_it_ended, run, start, stop, stop_leftovers
from deploy.embedded.secrets import SERVICES, Secrets, load_or_make, save
from deploy.embedded.services import Addresses
from deploy.embedded.trouble import Trouble

FIRST_ORGANISATION = {"name": "Klankbord", "timeZone": "Europe/Amsterdam", "languages": ["nl", "en"]}
RESTARTS, WITHIN = 5, 60.0  # more restarts of one process within so many seconds are a fault, not a mishap
PATIENCE = 60.0  # seconds for a service to become ready

Say = Callable[[str], None]
Begin = Callable[[], Awaitable[Child]]


class System:
    def __init__(self, home: Home, survey_port: int, say: Say) -> None:
        self.home, self.say = home, say
        self.children: list[Child] = []
        self.stopping = False
        stop_leftovers(home)
        check_ports(survey_port)
        self.secrets: Secrets = load_or_make(home)
        self.addresses = Addresses(survey_port, postgres.free_port())
        self.cluster = Cluster(home, postgres.free_port(), self.secrets.superuser)

    async def start(self, watch: asyncio.TaskGroup) -> None:
        home = self.home
        await self._step("data folder", postgres.initialise(home, self.secrets.superuser))
        await self._step("database", self._keep(watch, "postgres", lambda: postgres.start_server(self.cluster)))
        await self._step("roles and databases", postgres.make_databases(self.cluster, self.secrets))
        sink = [sys.executable, "-m", "deploy.mails", str(home.mails), "--port", str(self.addresses.smtp)]
        mails = Command("mails", sink, dict(os.environ))
        await self._keep(watch, "mails", lambda: start(mails, home))
        given = {s: services.environment(s, self.secrets, self.cluster, self.addresses) for s in SERVICES}
        behind = [service for service in SERVICES if await migrations.pending(service, self.cluster)]
        jobs = [run(services.migrating(service, self.secrets, self.cluster), home) for service in behind]
        await self._step("migrations", _all(*jobs))
        kept = [self._keep(watch, s, self._beginning(services.serving(s, given[s]))) for s in SERVICES]
        await _all(*kept)
        await self._step("services", _all(*(self._ready(service) for service in SERVICES)))
        await self._first_organisation()
        write_private(home.run, self._run_file())

    def _beginning(self, command: Command) -> Begin:
        return lambda: start(command, self.home)

    async def stop(self) -> None:
        """The services first, so that none loses its database in the middle of something."""
        self.stopping = True
        self.home.run.unlink(missing_ok=True)
        last = [child for child in self.children if child.command.name == "postgres"]
        await asyncio.gather(*(stop(child) for child in self.children if child not in last))
        await asyncio.gather(*(stop(child) for child in last))
        self.home.processes.unlink(missing_ok=True)

    async def _step(self, name: str, work: Awaitable[object]) -> None:
        begun = time.monotonic()
        await work
        self.say(f"{name:<20} ready in {time.monotonic() - begun:4.1f} s")

    async def _keep(self, watch: asyncio.TaskGroup, name: str, begin: Begin) -> None:
        child = await begin()
        self.children.append(child)
        watch.create_task(self._watch(child, begin), name=name)

    async def _watch(self, child: Child, begin: Begin) -> None:
        """As containers are: what dies is started again, unless it keeps dying."""
        deaths: deque[float] = deque(maxlen=RESTARTS)
        while True:
            code = await child.process.wait()
            if self.stopping:
                return
            ended = f"{child.command.name} {how_it_ended(code)}"
            if _too_often(deaths):
                raise Trouble(f"{ended}, again and again; the end of {child.log}:\n{child.tail()}")
            self.say(f"{ended}: it is started again (its log: {child.log})")
            self.children.remove(child)
            child = await self._begun_again(begin, deaths)
            self.children.append(child)

    async def _begun_again(self, begin: Begin, deaths: deque[float]) -> Child:
        """A death on the way up, as of a database that is killed while it recovers, is one more death."""
        while True:
            try:
                return await begin()
            except Trouble as trouble:
                if self.stopping or _too_often(deaths):
                    raise
                self.say(f"{str(trouble).splitlines()[0]} It is tried again.")
                await asyncio.sleep(0.5)

    async def _ready(self, service: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while not await http.is_ready(self.addresses.url(service)):
            if time.monotonic() > deadline:
                child = next(child for child in self.children if child.command.name == service)
                raise Trouble(f"{service} is not ready after {PATIENCE:.0f} s; the end of {child.log}:\n{child.tail()}")
            await asyncio.sleep(0.1)

    async def _first_organisation(self) -> None:
        if self.secrets.admin_key is not None:
            return
        url = f"{self.addresses.url('survey')}/v1/organisations"
        try:
            made = await http.post(url, self.secrets.operator_key, FIRST_ORGANISATION, self.secrets.first_organisation)
        except HTTPError as error:
            raise Trouble(f"the first organisation could not be made: {error} {error.read().decode()}") from error
        self.secrets.admin_key = made["adminKey"]
        save(self.home, self.secrets)

    def _run_file(self) -> dict[str, object]:
        return {
            **{service: self.addresses.url(service) for service in SERVICES},
            "operatorKey": self.secrets.operator_key,
            "adminKey": self.secrets.admin_key,
            "mailFolder": str(self.home.mails),
            "databases": {service: self.cluster.dsn(f"klankbord_{service}") for service in SERVICES},
        }


def _too_often(deaths: deque[float]) -> bool:
    """Notes one more."""
    now = time.monotonic()
    too_often = len(deaths) == RESTARTS and now - deaths[0] < WITHIN
    deaths.append(now)
    return too_often


async def _all(*work: Awaitable[object]) -> None:
    """The first failure is raised, after the others have ended, so that none goes on behind our back."""
    results = await asyncio.gather(*work, return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            raise result


def check_ports(survey_port: int) -> None:
    """Before anything is started; a port in the state after a close is free enough for a server."""
    for service, port in zip(SERVICES, range(survey_port, survey_port + len(SERVICES)), strict=True):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except (OSError, OverflowError) as error:
                raise Trouble(
                    f"port {port}, meant for {service}, cannot be used ({error}): "
                    f"stop what listens there, or choose another with KLANKBORD_PORT (now {survey_port})"
                ) from error
