"""Taking turns within an organisation, of a process: what waits for a lock then leaves connections to everybody else."""

from asyncio import Semaphore
from uuid import UUID
from weakref import WeakValueDictionary


class Turns:
    def __init__(self, at_once: int) -> None:
        self._at_once = at_once
        self._of: WeakValueDictionary[UUID, Semaphore] = WeakValueDictionary()

    def of(self, organisation_id: UUID) -> Semaphore:
        """To be entered before a connection is taken."""
        return self._of.setdefault(organisation_id, Semaphore(self._at_once))
