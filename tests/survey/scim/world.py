"""An organisation, and a client that speaks SCIM to it."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import uvicorn
from scim2_models import ScimFilter
from sqlalchemy import TextClause, select, text
from sqlalchemy.dialects import postgresql

from services.survey.organisation.models import Employee
from services.survey.organisation.queries import VISIBLE
from services.survey.scim import queries
from services.survey.scim.filters import condition
from services.survey.scim.schemas import provider_for
from tests.fixtures.services import Running
from tests.survey import people

CORE = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
DECLARED = "urn:ietf:params:scim:schemas:extension:klankbord:2.0:User"
PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
ATTRIBUTES = [
    {"key": "location", "name": {"nl": "Locatie"}},
    {"key": "role family", "name": {"nl": "Functie"}},
    {"key": "department", "name": {"nl": "Afdeling"}},
]


@dataclass
class Scim:
    made: people.Made
    client: httpx.AsyncClient

    async def send(self, method: str, path: str, body: Any = None, *, status: int, **headers: str) -> Any:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        named.setdefault("Content-Type", "application/scim+json")
        answer = await self.client.request(method, f"/scim/v2{path}", json=body, headers=named)
        assert answer.status_code == status, (answer.status_code, answer.text)
        if answer.content:
            assert answer.headers["content-type"] == "application/scim+json"
        return answer.json() if answer.content else None

    async def get(self, path: str, status: int = 200) -> Any:
        return await self.send("GET", path, status=status)

    async def user(self, login: str, **more: Any) -> dict[str, Any]:
        body = {"schemas": [CORE], "userName": login, "name": {"givenName": "Ada", "familyName": "Bos"}, **more}
        made: dict[str, Any] = await self.send("POST", "/Users", body, status=201)
        return made

    async def group(self, name: str, *members: dict[str, Any]) -> dict[str, Any]:
        body = {"schemas": [GROUP], "displayName": name, "members": [{"value": each["id"]} for each in members]}
        made: dict[str, Any] = await self.send("POST", "/Groups", body, status=201)
        return made

    async def patch(self, path: str, *operations: dict[str, Any], status: int = 200, **headers: str) -> Any:
        body = {"schemas": [PATCH_OP], "Operations": list(operations)}
        return await self.send("PATCH", path, body, status=status, **headers)

    async def found(self, resource: str, **query: Any) -> dict[str, Any]:
        answer = await self.client.get(f"/scim/v2/{resource}", params=query)
        assert answer.status_code == 200, answer.text
        listed: dict[str, Any] = answer.json()
        return listed

    async def names(self, scim_filter: str, **query: Any) -> list[str]:
        listed = await self.found("Users", filter=scim_filter, **query)
        return [user["userName"] for user in listed["Resources"]]

    async def employee(self, user: dict[str, Any]) -> dict[str, Any]:
        answer = await self.made.admin.get(f"/v1/employees/{user['id']}")
        assert answer.status_code == 200
        shown: dict[str, Any] = answer.json()
        return shown

    async def members(self, group: dict[str, Any]) -> set[str]:
        return {member["value"] for member in (await self.get(f"/Groups/{group['id']}")).get("members", [])}


async def made(survey: Running, **more: Any) -> Scim:
    """With a top unit, as most organisations have before SCIM."""
    organisation = await people.make(survey, attributes=ATTRIBUTES, **more)
    await organisation.unit("OE", None)
    return Scim(organisation, await organisation.key("integrator"))


@asynccontextmanager
async def served(survey: Running) -> AsyncIterator[str]:
    """Over real HTTP."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(survey.app, lifespan="off", log_config=None, access_log=False))
        serving = asyncio.create_task(server.serve([listening]))
        while not server.started:  # noqa: ASYNC110 - uvicorn tells no other way
            await asyncio.sleep(0.01)
        host, port = listening.getsockname()
        yield f"http://{host}:{port}/scim/v2"
        server.should_exit = True
        await serving


def crowd(organisation_id: UUID) -> TextClause:
    return text(
        "INSERT INTO employees (organisation_id, id, external_id, given_name, family_name, email, unit_id, attributes)"
        f" SELECT '{organisation_id}', gen_random_uuid(), 'C' || n, 'Ada', 'Bos', 'crowd' || n || '@x.example',"
        "  (SELECT id FROM units LIMIT 1), '{}' FROM generate_series(1, 20000) n"
    )


def explain(scim_filter: str) -> TextClause:
    model: Any = provider_for(()).model_for("User")
    bound: Any = ScimFilter
    terms = queries.user_terms((), {})
    found = select(Employee.id).where(VISIBLE, condition(bound[model](scim_filter), terms))
    dialect: Any = postgresql.dialect  # SQLAlchemy has no types for it
    compiled = found.compile(dialect=dialect(), compile_kwargs={"literal_binds": True})
    return text(f"EXPLAIN {compiled}".replace(":", "\\:"))
