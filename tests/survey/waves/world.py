"""A small organisation: two providers, their services, two teams that use them and one that uses none."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
from sqlalchemy import insert, select, text

from services.shared.database import Database
from services.shared.outbox import OutboxEvent
from services.survey.catalogue.models import AudienceUnit, Service
from services.survey.organisation.models import Employee, Organisation, Unit
from services.survey.surveys.models import Survey, SurveyVersion
from services.survey.waves.models import Wave
from tests.fixtures.services import Running

DEFINITION: dict[str, Any] = {
    "key": "internal",
    "providerId": None,
    "title": {"nl": "Hoe helpen wij u?", "en": "How do we help you?"},
    "languages": ["nl", "en"],
    "topics": [],
    "sections": [
        {
            "key": "service",
            "title": {"nl": "Dienst", "en": "Service"},
            "repeatFor": "ratedService",
            "minimumServices": 1,
            "maximumServices": 2,
            "questions": [{"key": "overall", "type": "rating", "points": 10, "text": {"nl": "Cijfer?", "en": "Mark?"}}],
        }
    ],
}


@dataclass
class World:
    """`root` > `it`, `hr` (providers), `line` > `north`, `south`; `remote` under the root uses nothing.

    Services: `laptops` and `network` of IT and `payroll` of HR for the line, `phones` of IT for north alone.
    """

    service: Running
    organisation_id: UUID
    units: dict[str, UUID]
    services: dict[str, UUID]
    survey_id: UUID
    employees: dict[UUID, str] = field(default_factory=dict)

    async def client(self, role: str = "admin", *units: str) -> httpx.AsyncClient:
        return await self.service.as_role(role, self.organisation_id, [self.units[unit] for unit in units])

    def body(self, *services: str, **more: Any) -> dict[str, Any]:
        chosen = services or ("laptops", "network", "payroll", "phones")
        return {
            "surveyId": str(self.survey_id),
            "serviceIds": [f"external:{service}" for service in chosen],
            "closesAt": (datetime.now(UTC) + timedelta(days=20)).isoformat(),
            **more,
        }

    async def draft(self, client: httpx.AsyncClient, *services: str, **more: Any) -> str:
        answer = await client.post("/v1/waves", json=self.body(*services, **more))
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    async def opened(self, client: httpx.AsyncClient, *services: str, **more: Any) -> str:
        wave = await self.draft(client, *services, **more)
        answer = await client.post(f"/v1/waves/{wave}/open")
        assert answer.status_code == 200, answer.text
        return wave

    async def events(self, kind: str | None = None) -> list[OutboxEvent]:
        async with self.service.database.transaction(self.organisation_id) as session:
            found = (await session.scalars(select(OutboxEvent).order_by(OutboxEvent.position))).all()
        return [event for event in found if kind in (None, event.type)]

    async def rows(self, statement: str, **values: Any) -> Sequence[Any]:
        async with self.service.database.transaction(self.organisation_id) as session:
            return (await session.execute(text(statement), values)).all()

    async def run(self, statement: str, **values: Any) -> None:
        async with self.service.database.transaction(self.organisation_id) as session:
            await session.execute(text(statement), values)

    async def burn(self, wave: str, unit: str, people: int) -> None:
        """As answering does, without a ballot."""
        await self.run(
            "UPDATE invitations SET burned = true WHERE number IN (SELECT number FROM invitations"
            " WHERE wave_id = :wave AND unit_id = :unit AND NOT burned ORDER BY number LIMIT :people)",
            wave=UUID(wave), unit=self.units[unit], people=people,
        )  # fmt: skip

    async def wave(self, wave: str) -> Wave:
        async with self.service.database.transaction(self.organisation_id) as session:
            return (await session.scalars(select(Wave).where(Wave.id == UUID(wave)))).one()


async def waiting(database: Database, sessions: int) -> None:
    """Until so many wait for a lock."""
    blocked = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    while True:
        async with database.sessions() as session:
            if (await session.execute(blocked)).scalar_one() >= sessions:
                return
        await asyncio.sleep(0.02)


async def make(service: Running, *, north: int = 12, south: int = 8, published: bool = True) -> World:
    organisation_id = uuid4()
    units = {name: uuid4() for name in ("root", "it", "hr", "line", "north", "south", "remote")}
    parents = {"it": "root", "hr": "root", "line": "root", "remote": "root", "north": "line", "south": "line"}
    services = {name: uuid4() for name in ("laptops", "network", "payroll", "phones")}
    audience = {"laptops": "line", "network": "line", "payroll": "line", "phones": "north"}
    world = World(service, organisation_id, units, services, uuid4())
    own = {"organisation_id": organisation_id}
    async with service.database.transaction(organisation_id) as session:
        session.add(_organisation(organisation_id))
        for name, unit in units.items():
            parent = units.get(parents.get(name, ""))
            provider = name in ("it", "hr")
            row = {"id": unit, "external_id": name, "name": name, "parent_id": parent, "is_provider": provider}
            await session.execute(insert(Unit).values(**own, **row, is_consumer=True))
        for name, key in services.items():
            provider_id = units["hr" if name == "payroll" else "it"]
            row = {"id": key, "external_id": name, "provider_id": provider_id, "name": {"nl": name, "en": name}}
            await session.execute(insert(Service).values(**own, **row))
            await session.execute(insert(AudienceUnit).values(**own, service_id=key, unit_id=units[audience[name]]))
        for name, count in {"north": north, "south": south, "remote": 5, "it": 3}.items():
            for number in range(count):
                session.add(_employee(world, name, number))
        await session.flush()
        await _survey(world, session, published=published)
    return world


def _organisation(organisation_id: UUID) -> Organisation:
    return Organisation(
        organisation_id=organisation_id, token_number=organisation_id.int >> 65, name="Rivierenmark",
        time_zone="Europe/Amsterdam", languages=["nl", "en"], minimum_group=5, comment_minimum_group=10, attributes=[],
    )  # fmt: skip


def _employee(world: World, unit: str, number: int) -> Employee:
    name, key = f"{unit}-{number}", uuid4()
    world.employees[key] = name
    return Employee(
        organisation_id=world.organisation_id, id=key, external_id=name, given_name="Sam", family_name=name,
        email=f"{name}@rivierenmark.example", unit_id=world.units[unit], language="nl", attributes={}, active=True,
    )  # fmt: skip


async def _survey(world: World, session: Any, *, published: bool) -> None:
    own = {"organisation_id": world.organisation_id}
    await session.execute(
        insert(Survey).values(
            **own, id=world.survey_id, key="internal", provider_id=None, maker_unit_ids=[], definition=DEFINITION,
            latest_version=1 if published else None,
        )
    )  # fmt: skip
    if published:
        row = {"survey_id": world.survey_id, "number": 1, "definition": DEFINITION}
        await session.execute(insert(SurveyVersion).values(**own, **row))
