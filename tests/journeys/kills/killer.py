"""Ends processes of an embedded system with `kill -9` at random moments; the system starts them again."""

import asyncio
import time
from collections import Counter
from dataclasses import dataclass
from random import Random

import psutil

from tests.deploy.running import Embedded

# Of the database its first process, with which all of it goes down, and any one of its workers, after which it recovers.
PROCESSES = ("survey", "analytics", "notification", "postgres")
WORKER = "a worker of postgres"
VICTIMS = (*PROCESSES, WORKER)
REST = 15.0  # seconds between two ends of one process: the embedded run gives up on what dies six times in a minute


@dataclass(frozen=True)
class Kill:
    victim: str
    phase: str
    after: float


class Killer:
    def __init__(self, system: Embedded, random: Random, each: int) -> None:
        self.system, self.random = system, random
        self.left = Counter({**dict.fromkeys(PROCESSES, each), WORKER: -(-each // 4)})
        self.rest = REST if each > 2 else 1.0
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
        rested = [
            name for name in VICTIMS if self.left[name] and now - self.last.get(process(name), -REST) >= self.rest
        ]
        if not rested:
            return False
        (victim,) = self.random.choices(rested, [self.left[name] for name in rested])
        if not self._kill(victim):
            return False
        self.last[process(victim)] = now
        self.left[victim] -= 1
        self.kills.append(Kill(victim, phase, now - self.begun))
        return True

    def _kill(self, victim: str) -> bool:
        try:
            found = self.system.family()[process(victim)]
            (self.random.choice(found.children()) if victim == WORKER else found).kill()
        except (KeyError, IndexError, psutil.Error, ValueError):  # it is down at this moment
            return False
        return True


def process(victim: str) -> str:
    return "postgres" if victim == WORKER else victim
