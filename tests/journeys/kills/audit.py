"""What the databases and the mail folder say afterwards, against what was acknowledged."""

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg

from deploy.demo.mailbox import read
from tests.journeys.kills.answering import Line

Counts = Counter[tuple[str, ...]]
NIL = UUID(int=0)
SERVICES = ("survey", "analytics", "notification")
PIECES = ("responses.taken", "comments.taken")


@dataclass(frozen=True)
class Books:
    """Rows of all three databases, read as their superuser."""

    connections: dict[str, "asyncpg.Connection[Any]"]

    async def rows(self, service: str, query: str, *arguments: object) -> list[Any]:
        return list(await self.connections[service].fetch(query, *arguments))

    async def one(self, service: str, query: str, *arguments: object) -> Any:
        return await self.connections[service].fetchval(query, *arguments)

    async def events(self, service: str, kind: str, wave_id: str) -> list[dict[str, Any]]:
        rows = await self.rows(
            service, "SELECT data FROM outbox WHERE type = $1 AND data ->> 'waveId' = $2", kind, wave_id
        )
        return [json.loads(row["data"]) for row in rows]


async def parked(books: Books) -> list[str]:
    return [
        f"{service} parked {row['type']} of {row['source']}: {row['error']}"
        for service in SERVICES
        for row in await books.rows(service, "SELECT source, type, error FROM parked_events")
    ]


async def wave_faults(books: Books, wave_id: str, lines: list[Line], services: dict[str, str]) -> list[str]:
    """Of one released wave: each event once, and every answer of those acknowledged once, nothing else."""
    once = {"wave.opened": "survey", "wave.closed": "survey", "wave.taken": "survey", "release.published": "analytics"}
    faults = [
        f"{kind}: {found} times"
        for kind, service in once.items()
        if (found := len(await books.events(service, kind, wave_id))) != 1
    ]
    taken = (await books.events("survey", "wave.taken", wave_id))[0]
    if taken["participation"]["answered"] != len(lines):
        faults.append(f"{taken['participation']['answered']} ballots taken out, {len(lines)} acknowledged")
    for table in ("releases", "release_log", "takings"):
        found = await books.one("analytics", f"SELECT count(*) FROM {table} WHERE wave_id = $1", UUID(wave_id))
        faults += [f"{table} has {found} rows"] if found != 1 else []
    for table in ("boxes", "ballots"):
        found = await books.one("survey", f"SELECT count(*) FROM {table}")
        faults += [f"{table} has {found} rows left"] if found else []
    destroyed = {entry["serviceId"] for entry in taken["services"] if not entry["groups"]}
    expected = _given(lines, services, destroyed)
    sent, learned = await _sent(books, wave_id), await _learned(books, wave_id)
    faults += [f"outbox: {fault}" for fault in _differences(expected, sent)]
    faults += [f"analytics: {fault}" for fault in _differences(sent, learned)]
    return faults + await _event_faults(books, wave_id)


async def _event_faults(books: Books, wave_id: str) -> list[str]:
    pieces = await books.one("analytics", "SELECT count(*) FROM pieces WHERE wave_id = $1", UUID(wave_id))
    told = sum([len(await books.events("survey", kind, wave_id)) for kind in PIECES])
    comments = sum(len(event["comments"]) for event in await books.events("survey", "comments.taken", wave_id))
    kept = await books.one("analytics", "SELECT count(*) FROM comments WHERE wave_id = $1", UUID(wave_id))
    faults = [f"{told} pieces told, {pieces} learned"] if pieces != told else []
    return faults + ([f"{comments} comments told, {kept} learned"] if comments != kept else [])


def _given(lines: list[Line], services: dict[str, str], destroyed: set[str | None]) -> Counts:
    """By service, question and value; None as a service: asked once."""
    counts: Counts = Counter()
    for line in lines:
        for entry in line["answers"]:
            service = services[entry["service"]] if entry.get("service") else None
            if service not in destroyed and entry["question"] != "remark":
                _add(counts, service, entry)
    return counts


def _add(counts: Counts, service: str | None, entry: dict[str, Any]) -> None:
    key = (str(service or NIL), str(entry["question"]))
    if entry.get("notApplicable"):
        counts[*key, "not applicable"] += 1
        return
    value = entry["value"]
    counts[*key, "n"] += 1
    several = value if isinstance(value, list) else [value]
    counted = several[:1] if entry["question"] == "order" else several  # of a ranking the first
    counts.update((*key, json.dumps(each)) for each in counted)


async def _sent(books: Books, wave_id: str) -> Counts:
    counts: Counts = Counter()
    for event in await books.events("survey", "responses.taken", wave_id):
        for response in event["responses"]:
            for entry in response["answers"]:
                _add(counts, event["serviceId"], entry)
    return counts


async def _learned(books: Books, wave_id: str) -> Counts:
    counts: Counts = Counter()
    totals = "SELECT service_id, question, n, not_applicable FROM answer_totals WHERE wave_id = $1"
    for row in await books.rows("analytics", totals, UUID(wave_id)):
        key = (str(row["service_id"]), row["question"])
        counts[*key, "n"] += row["n"]
        counts[*key, "not applicable"] += row["not_applicable"]
    values = "SELECT service_id, question, value, count FROM answer_counts WHERE wave_id = $1"
    for row in await books.rows("analytics", values, UUID(wave_id)):
        counts[str(row["service_id"]), row["question"], row["value"]] += row["count"]
    return counts


def _differences(one: Counts, other: Counts) -> list[str]:
    return [f"{key}: {one[key]} became {other[key]}" for key in sorted({*one, *other}) if one[key] != other[key]]


async def mail_faults(books: Books, wave_id: str) -> list[str]:
    """Every invitation sent, said so once, and known so to survey."""
    wave, faults = UUID(wave_id), []
    invited = await books.one("survey", "SELECT count(*) FROM invitations WHERE wave_id = $1", wave)
    known = "SELECT count(*) FROM invitations WHERE wave_id = $1 AND delivery_state = 'sent'"
    sent = "SELECT count(*) FROM deliveries WHERE wave_id = $1 AND kind = 'invitation' AND state = 'sent'"
    told = [event["invitationId"] for event in await books.events("notification", "delivery.sent", wave_id)]
    counted = {
        "deliveries sent": await books.one("notification", sent, wave),
        "invitations known as sent": await books.one("survey", known, wave),
        "delivery.sent": len(told),
        "invitations told of": len(set(told)),
    }
    faults += [f"{what}: {count} of {invited}" for what, count in counted.items() if count != invited]
    return faults


def mails_by_token(folder: Path) -> Counter[str]:
    found = (read(path) for path in folder.glob("*.eml"))
    return Counter(mail[1] for mail in found if mail is not None)
