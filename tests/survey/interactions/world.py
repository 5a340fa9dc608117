"""An organisation with a service that one employee uses, and what is pushed about it."""

from typing import Any

import httpx

from tests.fixtures.services import Running
from tests.survey import people

SENT = {
    "externalId": "I-1", "serviceId": "external:FAC-01", "employeeId": "external:E-1", "kind": "ticket",
    "channel": "portal", "openedAt": "2026-03-02T09:12:00+01:00", "closedAt": None, "durationMinutes": None,
}  # fmt: skip
CLOSED = {"closedAt": "2026-03-04T11:30:00+01:00", "durationMinutes": 3018}


async def organisation(survey: Running) -> people.Made:
    made = await people.make(survey)
    await people.a_small_tree(made)
    await made.employee("E-1", "OE-2")
    await service(made, "FAC-01", "OE-1")
    return made


async def service(made: people.Made, external_id: str, provider: str) -> dict[str, Any]:
    return await made.post(
        "services", externalId=external_id, providerId=f"external:{provider}", name={"nl": external_id}
    )


def sent(**more: Any) -> dict[str, Any]:
    return {**SENT, **more}


async def push(client: httpx.AsyncClient, *items: Any) -> list[dict[str, Any]]:
    answer = await client.post("/v1/interactions", json={"items": items})
    assert answer.status_code == 200, answer.text
    taken: list[dict[str, Any]] = answer.json()["items"]
    assert len(taken) == len(items)
    return taken


async def shown(client: httpx.AsyncClient, external_id: str = "I-1") -> dict[str, Any]:
    answer = await client.get(f"/v1/interactions/external:{external_id}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def listed(client: httpx.AsyncClient, query: str = "") -> list[str]:
    answer = await client.get(f"/v1/interactions{query}")
    assert answer.status_code == 200, answer.text
    return [item["externalId"] for item in answer.json()["items"]]
