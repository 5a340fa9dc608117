"""One wave, played while processes are killed: opened, mailed, answered under load, closed, taken out, released."""

import asyncio
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from deploy.demo import author
from deploy.demo.api import Api
from deploy.demo.author import Questionnaire
from deploy.demo.folder import Folder
from deploy.demo.mailbox import Mailbox
from tests.journeys.kills.answering import Line, Respondents
from tests.journeys.kills.killer import Killer

CLIENTS = 8
LATE = 0.1  # of the answers come while the wave closes
PATIENCE = 240.0  # seconds for a wave to be mailed and answered, and again to be released


@dataclass
class Measured:
    """What was acknowledged, by wave; `invited` are the addresses that a mail is owed."""

    folder: Folder
    manager: Api
    asked: Questionnaire
    invited: set[str]
    waves: dict[str, str] = field(default_factory=dict)
    acknowledged: dict[str, list[Line]] = field(default_factory=dict)


@dataclass
class Load:
    """`unused` belong to people who never give an answer that fits."""

    people: Respondents
    lines: dict[str, Line]
    late: set[str]
    pause: float
    waiting: "asyncio.Queue[tuple[str, Line]]" = field(default_factory=asyncio.Queue)
    kept: list[tuple[str, Line]] = field(default_factory=list)
    unused: list[tuple[str, Line]] = field(default_factory=list)
    came: set[str] = field(default_factory=set)
    over: bool = False

    def sort(self, address: str, token: str) -> None:
        """A mail that came; one that came twice is answered once."""
        if address in self.came:
            return
        self.came.add(address)
        if address in self.late:
            self.kept.append((token, self.lines[address]))
        elif address in self.lines:
            self.waiting.put_nowait((token, self.lines[address]))
        else:
            self.unused.append((token, next(iter(self.lines.values()))))

    async def work(self) -> None:
        random = self.people.random
        while not (self.over and self.waiting.empty()):
            await asyncio.sleep(random.uniform(0, self.pause))
            if self.waiting.empty() or random.random() < 0.2:
                await self.people.nuisance(self.unused)
            else:
                await self.people.answer(*self.waiting.get_nowait())


async def measure(
    measured: Measured, name: str, people: Respondents, killer: Killer, mails: Path, strikes: tuple[int, int]
) -> None:
    """`strikes`: so many kills until all is answered, and so many from the closing to the release."""
    load = _load(measured, name, people, seconds=3.0 * strikes[0])
    people.used.clear()
    mailbox = Mailbox(mails)
    async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as group:
        killing = group.create_task(killer.strikes(f"{name} fielding", strikes[0], (0.3, 3)))
        measured.waves[name] = await author.open_wave(measured.folder, measured.manager, measured.asked, name)
        for _ in range(CLIENTS):
            group.create_task(load.work())
        while not (measured.invited <= load.came and killing.done()):
            for address, token in mailbox.look():
                load.sort(address, token)
            await asyncio.sleep(0.2)
        load.over = True
    async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as group:
        group.create_task(killer.strikes(f"{name} closing", strikes[1], (0, 2)))
        for token, line in load.kept:
            group.create_task(_late(people, token, line))
        await asyncio.sleep(people.random.uniform(0, 0.5))
        await author.close_wave(measured.manager, measured.waves[name])
        await released(measured.manager, measured.waves[name])
    measured.acknowledged[name] = list(people.acknowledged)
    people.acknowledged.clear()


def _load(measured: Measured, name: str, people: Respondents, seconds: float) -> Load:
    folder, random = measured.folder, people.random
    lines = {folder.employees[line["employeeExternalId"]]["email"]: line for line in folder.answers(name)}
    usable = {address: line for address, line in lines.items() if address in measured.invited}
    late = {address for address in usable if random.random() < LATE}
    return Load(people, usable, late, 2 * seconds * CLIENTS / max(1, len(usable)))


async def _late(people: Respondents, token: str, line: Line) -> None:
    await asyncio.sleep(people.random.uniform(0, 1.5))
    await people.answer(token, line)


async def released(manager: Api, wave_id: str) -> None:
    begun, wave = time.monotonic(), dict[str, Any]()
    while wave.get("status") != "released":
        assert time.monotonic() - begun < PATIENCE, wave
        await asyncio.sleep(0.5)
        wave = await manager.get(f"/waves/{wave_id}")
