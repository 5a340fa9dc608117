"""Reading a wave's facts for its release, and what was released."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, any_, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import Uuid

from services.analytics.facts import models as facts
from services.analytics.facts.models import NONE
from services.analytics.facts.reach import Reach
from services.analytics.releases.decisions import Decided
from services.analytics.releases.models import Decision, Release, ReleaseLog, ReleaseRequest
from services.analytics.releases.rules import Answers
from services.analytics.releases.wave import Cell, Population, Taken, Wave, questions_of

Scope = tuple[UUID | None, UUID | None]


async def waiting(session: AsyncSession) -> Sequence[UUID]:
    """The organisation of each wave that waits."""
    return (await session.scalars(select(ReleaseRequest.organisation_id))).all()


async def claim(session: AsyncSession, tried: Sequence[UUID]) -> ReleaseRequest | None:
    waiting = select(ReleaseRequest).where(ReleaseRequest.wave_id.not_in(tried))
    oldest = waiting.order_by(ReleaseRequest.requested_at).limit(1).with_for_update(skip_locked=True)
    return (await session.scalars(oldest)).one_or_none()


async def wave_facts(session: AsyncSession, wave: facts.Wave, definition: Mapping[str, Any]) -> Wave:
    taking = (await session.scalars(select(facts.Taking).where(facts.Taking.wave_id == wave.id))).one()
    units = (await session.scalars(select(facts.WaveUnit).where(facts.WaveUnit.wave_id == wave.id))).all()
    parents = {unit.unit_id: unit.parent_id for unit in units}
    return Wave(
        id=wave.id,
        minimum=wave.minimum_group,
        each=max(1, wave.maximum_services),
        parents=parents,
        questions=questions_of(definition),
        providers={UUID(service): UUID(provider) for service, provider in wave.providers.items()},
        taken={_service(said): _taken(said) for said in taking.services if said.get("question") is None},
        turnout={UUID(unit["unit_id"]): unit["answered"] for unit in taking.participation.get("units", ())},
        enough=taking.enough,
        answered=taking.participation.get("answered"),
        people=Population(parents, {unit.unit_id: unit.population for unit in units}),
        invited=Population(parents, {unit.unit_id: unit.invited for unit in units}),
        users=await _users(session, wave.id, parents),
        answers=await _answers(session, wave.id),
        alone={(_service(said), said["question"]): _taken(said) for said in taking.services if said.get("question")},
    )


def _service(said: Mapping[str, Any]) -> UUID | None:
    return UUID(said["service_id"]) if said["service_id"] else None


def _taken(said: Mapping[str, Any]) -> Taken:
    return Taken(
        groups={UUID(group["unit_id"]): group["people"] for group in said["groups"]},
        closed=frozenset(map(UUID, said["closed_units"])),
        protected=frozenset(map(UUID, said["protected_units"])),
    )


async def _users(session: AsyncSession, wave_id: UUID, parents: Mapping[UUID, UUID | None]) -> dict[Scope, Population]:
    found: dict[Scope, dict[UUID, int]] = {}
    for row in await session.scalars(select(facts.WaveUsers).where(facts.WaveUsers.wave_id == wave_id)):
        found.setdefault((_or_none(row.provider_id), _or_none(row.service_id)), {})[row.unit_id] = row.users
    return {scope: Population(parents, own) for scope, own in found.items()}


async def _answers(session: AsyncSession, wave_id: UUID) -> dict[tuple[UUID | None, str], dict[UUID, Answers]]:
    table, values = facts.AnswerTotal, facts.AnswerCount
    result: dict[tuple[UUID | None, str], dict[UUID, Answers]] = {}
    totals = select(table.service_id, table.question, table.group_id, table.n, table.not_applicable)
    for service, question, group, n, not_applicable in await session.execute(totals.where(table.wave_id == wave_id)):
        answers = Answers(not_applicable=not_applicable)
        if n:
            answers.persons[service] = n
        result.setdefault((_or_none(service), question), {})[group] = answers
    counts = select(values.service_id, values.question, values.group_id, values.value, values.count)
    for service, question, group, value, count in await session.execute(counts.where(values.wave_id == wave_id)):
        result[_or_none(service), question][group].counts[value] = count
    return result


def _or_none(key: UUID) -> UUID | None:
    return None if key == NONE else key


async def logged(session: AsyncSession, wave_id: UUID) -> ReleaseLog | None:
    return (await session.scalars(select(ReleaseLog).where(ReleaseLog.wave_id == wave_id))).one_or_none()


async def decided(session: AsyncSession, release_id: UUID) -> Decided:
    rows = select(Decision).where(Decision.release_id == release_id).order_by(Decision.position)
    result: Decided = {}
    for row in await session.scalars(rows):
        cell = Cell(row.provider_id, row.service_id, row.consumer_id)
        result.setdefault(row.question, {})[cell] = row.reason  # type: ignore[assignment]  # only reasons were logged
    return result


def among(column: Any, units: frozenset[UUID]) -> ColumnElement[bool]:
    """One array instead of a parameter for each unit."""
    matches: ColumnElement[bool] = column == any_(literal(sorted(units), ARRAY(Uuid())))
    return matches


def releases_within(reach: Reach) -> Select[Release]:
    """Releases that hold rows which the caller reaches."""
    statement = select(Release)
    if reach.providers is not None:
        return statement.where(Release.provider_ids.overlap(literal(sorted(reach.providers), ARRAY(Uuid()))))
    if reach.consumers is not None:
        return statement.where(Release.unit_ids.overlap(literal(sorted(reach.consumers), ARRAY(Uuid()))))
    return statement


def whole_for(providers: frozenset[UUID]) -> ColumnElement[bool]:
    """Of releases: all services are of these providers."""
    within: ColumnElement[bool] = Release.provider_ids.contained_by(literal(sorted(providers), ARRAY(Uuid())))
    return within & (Release.provider_ids != [])
