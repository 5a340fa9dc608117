"""An organisation made as the operator makes one, and what tests put into it."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import select

from services.shared.outbox import OutboxEvent
from tests.fixtures.services import Running

OPERATOR = "operator-" + "x" * 20


@dataclass
class Made:
    id: UUID
    survey: Running
    admin: httpx.AsyncClient

    async def post(self, path: str, **body: Any) -> dict[str, Any]:
        answer = await self.admin.post(f"/v1/{path}", json=body)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    async def unit(self, external_id: str, parent: str | None, **more: Any) -> dict[str, Any]:
        parent_id = None if parent is None else f"external:{parent}"
        return await self.post("units", externalId=external_id, name=external_id, parentId=parent_id, **more)

    async def employee(self, external_id: str, unit: str, **more: Any) -> dict[str, Any]:
        names = {"givenName": "Paula", "familyName": "Geerts"}
        return await self.post("employees", **{**names, **more}, externalId=external_id, unitId=f"external:{unit}")

    async def key(self, role: str, *units: str) -> httpx.AsyncClient:
        made = await self.post("api-keys", name=role, role=role, unitIds=[f"external:{unit}" for unit in units])
        return self.survey.with_key(made["key"])

    async def events(self, kind: str) -> list[Any]:
        """Their data, read from the outbox: the feed waits for whatever else runs on the server."""
        found = select(OutboxEvent.data).where(OutboxEvent.type == kind).order_by(OutboxEvent.position)
        async with self.survey.database.transaction(self.id) as session:
            return list((await session.scalars(found)).all())


async def make(survey: Running, **more: Any) -> Made:
    body = {"name": "Gemeente Rivierenmark", "languages": ["nl", "en"], **more}
    answer = await survey.with_key(OPERATOR).post("/v1/organisations", json=body)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    return Made(UUID(made["id"]), survey, survey.with_key(made["adminKey"]))


async def a_small_tree(organisation: Made) -> dict[str, str]:
    """A root, a provider with a team, a consumer with two teams. Ids by external id."""
    tree = [("OE", None, {}), ("OE-1", "OE", {"isProvider": True}), ("OE-1-1", "OE-1", {"isProvider": True}),
            ("OE-2", "OE", {}), ("OE-2-1", "OE-2", {}), ("OE-2-2", "OE-2", {})]  # fmt: skip
    return {
        external_id: (await organisation.unit(external_id, parent, **more))["id"] for external_id, parent, more in tree
    }
