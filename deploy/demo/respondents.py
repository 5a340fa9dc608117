"""The recorded answers, given through the public respond path with the tokens that came by mail."""

import asyncio
import time
from collections.abc import Iterable
from typing import Any

from deploy.demo.api import Api
from deploy.demo.folder import Folder
from deploy.demo.mailbox import Mailbox
from deploy.demo.progress import Step
from deploy.embedded.trouble import Trouble

AT_ONCE = 32  # requests on their way
SILENCE = 90.0  # seconds without a mail after which no more are expected
AFTER_ALL = 15.0  # the same, once everybody has one: another may come where two demos have people of the same addresses


class Wave:
    """One wave's answers: each is given as soon as its invitation has come."""

    def __init__(self, folder: Folder, name: str, respondent: Api, service_ids: dict[str, str]) -> None:
        self.respondent, self.service_ids, self.languages = respondent, service_ids, folder.survey["languages"]
        self.by_address: dict[str, list[dict[str, Any]]] = {}
        for line in folder.answers(name):
            address = folder.employees[line["employeeExternalId"]]["email"].strip().lower()
            self.by_address.setdefault(address, []).append(line)
        self.refusals: dict[str, str] = {}

    async def play(self, mailbox: Mailbox, invited: set[str], mails: Step, answers: Step) -> None:
        """Ends when all who are invited have their mail, and all recorded answers are given."""
        came: set[str] = set()
        last = time.monotonic()
        while self.by_address or not invited <= came:
            fresh = await asyncio.to_thread(mailbox.look)
            if fresh:
                last = time.monotonic()
            elif time.monotonic() - last > (AFTER_ALL if invited <= came else SILENCE):
                raise Trouble(self._lost(invited - came))
            came.update(address for address, _ in fresh)
            mails.done(len(came & invited))
            await self._give(fresh, answers)
            if not fresh:
                await asyncio.sleep(0.2)

    async def _give(self, fresh: Iterable[tuple[str, str]], answers: Step) -> None:
        waiting = asyncio.Queue[tuple[str, str]]()
        for invitation in fresh:
            if invitation[0] in self.by_address:
                waiting.put_nowait(invitation)

        async def work() -> None:
            while not waiting.empty():
                address, token = waiting.get_nowait()
                lines = self.by_address.get(address)
                if lines and await self._answer(address, token, lines[0]):
                    answers.more()
                    del lines[0]
                    if not lines:
                        del self.by_address[address]

        async with asyncio.TaskGroup() as group:
            for _ in range(min(AT_ONCE, waiting.qsize())):
                group.create_task(work())

    async def _answer(self, address: str, token: str, line: dict[str, Any]) -> bool:
        given = [{**entry, **self._service(entry)} for entry in line["answers"]]
        for entry in given:
            entry.pop("service", None)
        offered = line["language"] if line["language"] in self.languages else self.languages[0]
        body = {"language": offered, "answers": given}
        answer = await self.respondent.send("PUT", f"/respond/{token}", json=body)
        if answer.status_code != 204:
            self.refusals[address] = f"{answer.status_code} {answer.text[:500]}"
        return answer.status_code == 204

    def _service(self, entry: dict[str, Any]) -> dict[str, str]:
        return {"serviceId": self.service_ids[entry["service"]]} if entry.get("service") else {}

    def _lost(self, missing: set[str]) -> str:
        said = ["no more mails came"]
        if missing:
            said.append(f"{len(missing)} of those invited have none, such as {min(missing)}")
        if self.by_address:
            said.append(f"{len(self.by_address)} of the recorded answers could not be given")
        if self.refusals:
            said.append(f"an answer was refused: {next(iter(self.refusals.values()))}")
        return "; ".join(said)
