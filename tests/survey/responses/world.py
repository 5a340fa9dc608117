"""An organisation with an open wave, put straight into the tables: what the tests of responses start from."""

import secrets
from base64 import b64decode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import insert, text, update

from services.shared.database import Database
from services.shared.settings import Settings
from services.survey.catalogue.models import Service
from services.survey.organisation.models import Employee, Organisation, Unit
from services.survey.responses.boxes import box_keys, open_box
from services.survey.settings import SurveySettings
from services.survey.surveys.models import Survey, SurveyVersion
from services.survey.waves import tokens
from services.survey.waves.models import Invitation, Wave, WaveUnit

SCALE: dict[str, Any] = {"type": "rating", "points": 10, "required": True}
SERVICE_SECTION = [
    {"key": "overall", **SCALE},
    {"key": "speed", "type": "rating", "points": 5, "notApplicable": True},
    {"key": "nps", "type": "nps"},
    {"key": "comment", "type": "text", "maximumLength": 20_000},
]
ONCE_SECTION = [{"key": "importance", "type": "importance"}, {"key": "last", "type": "text"}]


def definition(
    repeated: Sequence[Mapping[str, Any]] = SERVICE_SECTION, once: Sequence[Mapping[str, Any]] = ONCE_SECTION
) -> dict[str, Any]:
    title = {"nl": "Vraag", "en": "Question"}
    usual = {"text": title, "required": False, "notApplicable": False}
    named = [[{**usual, **question} for question in questions] for questions in (repeated, once)]
    return {
        "key": "internal", "providerId": None, "title": title, "languages": ["nl", "en"], "topics": [], "labels": {},
        "sections": [
            {"key": "service", "title": title, "repeatFor": "ratedService", "minimumServices": 1, "maximumServices": 3,
             "questions": named[0]},
            {"key": "respondent", "title": title, "questions": named[1]},
        ],
    }  # fmt: skip


@dataclass(frozen=True)
class Employed:
    unit: UUID
    attributes: dict[str, str] = field(default_factory=dict)
    services: Sequence[UUID] = ()
    names: tuple[str, str] = ("Fenna", "Aalders")


@dataclass
class World:
    """`tokens` in the order of the people given; `numbers` are their invitations'."""

    organisation_id: UUID
    wave_id: UUID
    box_id: UUID
    tree: dict[UUID, UUID | None]
    services: dict[UUID, UUID]
    numbers: list[int]
    tokens: list[str]

    async def set_wave(self, database: Database, **values: object) -> None:
        async with database.transaction(self.organisation_id) as session:
            await session.execute(update(Wave).where(Wave.id == self.wave_id).values(**values))

    async def count(self, database: Database, table: str) -> int:
        async with database.transaction(self.organisation_id) as session:
            return int((await session.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one())


# long: the rows of one world, from the top down
async def make(
    database: Database, settings: Settings, tree: dict[UUID, UUID | None], services: dict[UUID, UUID],
    people: Sequence[Employed], *, survey: dict[str, Any] | None = None, minimum: int = 5, comment_minimum: int = 10,
) -> World:  # fmt: skip
    """`services` maps each to its provider unit, which must be in the tree."""
    assert isinstance(settings, SurveySettings)
    organisation_id, survey_id, wave_id = uuid4(), uuid4(), uuid4()
    token_number = secrets.randbits(62)
    async with database.transaction(organisation_id) as session:
        own = {"organisation_id": organisation_id}
        attributes = sorted({key for person in people for key in person.attributes})
        session.add(Organisation(
            **own, token_number=token_number, external_id=None, name="Gemeente", time_zone="Europe/Amsterdam",
            languages=["nl", "en"], minimum_group=minimum, comment_minimum_group=comment_minimum,
            attributes=[{"key": key, "name": {"nl": key}} for key in attributes],
        ))  # fmt: skip
        for unit, parent in _parents_first(tree):
            await session.execute(insert(Unit).values(
                **own, id=unit, name=f"Unit {unit}", parent_id=parent, is_provider=unit in services.values(),
                is_consumer=True,
            ))  # fmt: skip
        for service, provider in services.items():
            session.add(Service(**own, id=service, external_id=f"S-{service.int % 10_000}", provider_id=provider,
                                name={"nl": "Dienst", "en": "Service"}))  # fmt: skip
        body = survey or definition()
        session.add(Survey(**own, id=survey_id, key="internal", provider_id=None, maker_unit_ids=[], definition=body,
                           latest_version=1))  # fmt: skip
        await session.flush()
        session.add(SurveyVersion(**own, survey_id=survey_id, number=1, definition=body))
        session.add(Wave(
            **own, id=wave_id, survey_id=survey_id, version=1, title={"nl": "Meting"}, service_ids=list(services),
            service_choice="respondent", sample={"kind": "all"}, opens_at=datetime.now(UTC),
            closes_at=datetime.now(UTC) + timedelta(days=7), reminders=[], minimum_group=minimum,
            comment_minimum_group=comment_minimum, status="open", maximum_services=3,
        ))  # fmt: skip
        await session.flush()
        box_id = await open_box(session, organisation_id, wave_id, box_keys(settings))
        await session.execute(update(Wave).where(Wave.id == wave_id).values(box_id=box_id))
        used: dict[UUID, set[UUID]] = {unit: set() for unit in tree}
        for person in people:
            used[person.unit] |= set(person.services or services)
        session.add_all(
            WaveUnit(**own, wave_id=wave_id, unit_id=unit, parent_id=parent, population=1, invited=1,
                     service_ids=list(used[unit]), provider_ids=[])
            for unit, parent in tree.items()
        )  # fmt: skip
        numbers = await _invite(session, own, wave_id, people, services)
    keys = [b64decode(key.get_secret_value()) for key in settings.token_keys]
    signed = [tokens.sign(token_number, number, keys) for number in numbers]
    return World(organisation_id, wave_id, box_id, tree, services, numbers, signed)


async def _invite(
    session: Any, own: dict[str, UUID], wave_id: UUID, people: Sequence[Employed], services: Mapping[UUID, UUID]
) -> list[int]:
    employees = [uuid4() for _ in people]
    numbers = [int.from_bytes(secrets.token_bytes(8), signed=True) for _ in people]
    await session.execute(insert(Employee), [
        {**own, "id": employee, "given_name": person.names[0], "family_name": person.names[1], "unit_id": person.unit,
         "email": f"{employee}@gemeente.example", "attributes": person.attributes, "active": True}
        for employee, person in zip(employees, people, strict=True)
    ])  # fmt: skip
    await session.execute(insert(Invitation), [
        {**own, "number": number, "wave_id": wave_id, "employee_id": employee, "unit_id": person.unit,
         "service_ids": list(person.services or services), "burned": False}
        for number, employee, person in zip(numbers, employees, people, strict=True)
    ])  # fmt: skip
    return numbers


def _parents_first(tree: Mapping[UUID, UUID | None]) -> list[tuple[UUID, UUID | None]]:
    done: dict[UUID, UUID | None] = {}
    while len(done) < len(tree):
        done |= {unit: parent for unit, parent in tree.items() if parent is None or parent in done}
    return list(done.items())
