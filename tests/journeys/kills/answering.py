"""Respondents who know what became of their answer, whatever dies meanwhile: acknowledged, refused, or asked again."""

import asyncio
from collections import Counter
from random import Random
from typing import Any

import httpx

from tests.journeys.folders import NL_EN

Line = dict[str, Any]
FORGED = "A" * 43


class Respondents:
    """Each invitation is answered by one caller, so `alreadyAnswered` after a broken connection is about this answer."""

    def __init__(self, client: httpx.AsyncClient, base: str, services: dict[str, str], random: Random) -> None:
        self.client, self.base, self.services, self.random = client, base, services, random
        self.acknowledged: list[Line] = []
        self.used: list[tuple[str, Line]] = []
        self.said: Counter[str] = Counter()
        self.faults: list[str] = []

    async def answer(self, token: str, line: Line) -> bool:
        """Repeated until it is acknowledged or refused."""
        in_doubt, pause = False, 0.2
        while True:
            given = await self._put(token, self.body(line))
            if given is None or given.status_code >= 500 or given.status_code == 429:
                in_doubt |= given is None or given.status_code >= 500
                wait = pause if given is None else float(given.headers.get("Retry-After", pause))
                await asyncio.sleep(self.random.uniform(0.5, 1) * min(wait, 10))
                pause = min(pause * 2, 3)
                continue
            code = "" if given.status_code == 204 else given.json()["code"]
            taken = given.status_code == 204 or (in_doubt and code == "alreadyAnswered")
            if taken:
                self.said["repeated and found taken"] += given.status_code != 204
                self.acknowledged.append(line)
                self.used.append((token, line))
            elif code != "waveClosed":
                self.faults.append(f"an answer got {given.status_code} {given.text[:300]}")
            return taken

    async def nuisance(self, unused: list[tuple[str, Line]]) -> None:
        """An answer that must be refused: forged, given before, or one that does not fit its question."""
        kind = self.random.choice(["forged", "used", "invalid"])
        token, line = self.random.choice(self.used) if kind == "used" and self.used else (FORGED, {})
        body: Line = {"language": "nl", "answers": []}
        wanted = 404
        if kind == "used" and line:
            body, wanted = self.changed(line), 409
        elif kind == "invalid" and unused:
            token, line = self.random.choice(unused)
            body, wanted = self.spoilt(line), 400
        given = await self._put(token, body)
        if given is None or given.status_code >= 500 or given.status_code == 429:
            return
        self.said[f"refused as {given.status_code}"] += 1
        if given.status_code != wanted:
            self.faults.append(f"{kind}: {given.status_code} instead of {wanted}: {given.text[:300]}")

    async def _put(self, token: str, body: Line) -> httpx.Response | None:
        """None: the connection broke, and nobody knows."""
        try:
            given = await self.client.put(f"{self.base}/v1/respond/{token}", json=body, timeout=20)
        except httpx.TransportError:
            self.said["connection broke"] += 1
            return None
        if given.status_code >= 500:
            self.said[f"answered {given.status_code}"] += 1
            if given.status_code != 503:
                self.faults.append(f"{given.status_code}: {given.text[:300]}")
        return given

    def body(self, line: Line) -> Line:
        entries = [dict(entry) for entry in line["answers"]]
        for entry in entries:
            if service := entry.pop("service", None):
                entry["serviceId"] = self.services[service]
        return {"language": line["language"] if line["language"] in NL_EN else "nl", "answers": entries}

    def changed(self, line: Line) -> Line:
        """Another answer of the same people, which would show in the figures."""
        body = self.body(line)
        body["answers"] = [entry for entry in body["answers"] if entry["question"] == "mark"]
        for entry in body["answers"]:
            entry["value"] = 1
        return body

    def spoilt(self, line: Line) -> Line:
        body = self.body(line)
        body["answers"][-1] = {**body["answers"][-1], "question": "nobody-asked-this"}
        return body
