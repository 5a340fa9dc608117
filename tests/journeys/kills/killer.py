"""Ends processes of an embedded system with `kill -9` at random moments; the system starts them again."""

import asyncio
import time
from collections import Counter
from dataclasses import dataclass
from random import Random

import psutil

from tests.deploy.running import Embedded

# Of the database its first process, with which all of it goes down, and any one of its workers, after which it recovers.
VICTIMS = ("survey", "analytics", "notification", "postgres", "a worker of postgres")
REST = 15.0  # seconds between two ends of one process: the embedded run gives up on what dies six times in a minute


@dataclass(frozen=True)
class Kill:
    victim: str
    phase: str
    after: float


class Killer:
    def __init__(self, system: Embedded, random: Random, each: int) -> None:
        self.system, self.random = system, random
        self.left = Counter(dict.fromkeys(VICTIMS, each))
        self.kills: list[Kill] = []
        self.last: dict[str, float] = {}
        self.begun = time.monotonic()

    def count(self, victim: str) -> int:
        return sum(kill.victim == victim for kill in self.kills)

    async def strikes(self, phase: str, count: int, pause: tuple[float, float]) -> None:
        """So many kills, each after a random pause, of whom it may be at that moment."""
        for _ in range(min(count, self.left.total())):
            await asyncio.sleep(self.random.uniform(*pause))
            async with asyncio.timeout(REST * 4):
                while not self._strike(phase):  # noqa: ASYNC110 - only looking tells
                    await asyncio.sleep(self.random.uniform(0, 0.5))

    def _strike(self, phase: str) -> bool:
        now = time.monotonic()
        rested = [name for name in VICTIMS if self.left[name] and now - self.last.get(name, -REST) >= REST]
        if not rested:
            return False
        most = max(self.left[name] for name in rested)
        victim = self.random.choice([name for name in rested if self.left[name] > most - 2])
        if not self._kill(victim):
            return False
        self.last[victim] = now
        self.left[victim] -= 1
        self.kills.append(Kill(victim, phase, now - self.begun))
        return True

    def _kill(self, victim: str) -> bool:
        try:
            process = self.system.family()[victim.rsplit(maxsplit=1)[-1]]
            if victim not in self.system.family():
                process = self.random.choice(process.children())
            process.kill()
        except (KeyError, IndexError, psutil.Error, ValueError):  # it is down at this moment
            return False
        return True
