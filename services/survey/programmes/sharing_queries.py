"""Where continuous programmes ask the same people."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import chain
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.survey.catalogue.models import AudienceUnit, Service
from services.survey.contact_policy.models import ContactPolicy
from services.survey.contact_policy.service import limits_of
from services.survey.organisation.models import Employee, Organisation, Unit
from services.survey.programmes.models import Programme
from services.survey.programmes.rules import planned_length
from services.survey.programmes.sharing import Asking, People, Share, shares, up
from services.survey.surveys.models import Survey


async def others(session: AsyncSession, programme: Programme, day: date) -> list[Programme]:
    """The other continuous ones that have begun by then, are not paused, and have questions to ask."""
    published = select(Survey.id).where(Survey.latest_version.is_not(None))
    found = select(Programme).where(
        Programme.active, Programme.schedule["kind"].astext == "continuous", Programme.id != programme.id,
        Programme.schedule["startDate"].astext <= day.isoformat(), Programme.survey_id.in_(published),
    )  # fmt: skip
    return list(await session.scalars(found))


def least_of(programme: Programme, organisation: Organisation) -> int:
    """People of a figure of its waves."""
    return max(programme.minimum_group or 0, organisation.minimum_group)


async def shared(
    session: AsyncSession, programmes: Sequence[Programme], policy: ContactPolicy, day: date, organisation: Organisation
) -> dict[Programme, Share]:
    """Among these."""
    programmes = sorted(programmes, key=lambda programme: programme.id)  # as they were made
    units = await _own_people(session)
    above = {unit.unit_id: unit.parent_id for unit in units}
    found = select(Service.id, Service.provider_id, func.array_agg(AudienceUnit.unit_id)).join(
        AudienceUnit,
        (AudienceUnit.organisation_id == Service.organisation_id) & (AudienceUnit.service_id == Service.id),
    )
    named = {service for programme in programmes for service in programme.service_ids}
    rows = await session.execute(found.where(Service.id.in_(named)).group_by(Service.id, Service.provider_id))
    services = {service: (set(up(provider, above)), users) for service, provider, users in rows}
    asking = [
        Asking(
            frozenset(chain.from_iterable(_users(services, programme))), frozenset(programme.audience),
            programme.schedule["period"],
            planned_length(programme.schedule["cycleDays"], limits_of(policy, day, programme.minimum_days_between).apart),
            frozenset(programme.maker_unit_ids), least_of(programme, organisation),
        )
        for programme in programmes
    ]  # fmt: skip
    parts = shares(units, asking, limits_of(policy, day).apart, organisation.minimum_group)
    return dict(zip(programmes, parts, strict=True))


def _users(services: Mapping[UUID, tuple[set[UUID], Sequence[UUID]]], programme: Programme) -> Iterator[Sequence[UUID]]:
    """Of its services that are there still and still its makers' (as `right_queries.still_theirs`)."""
    for service in programme.service_ids:
        providers, users = services.get(service, (set(), ()))
        if not programme.maker_unit_ids or not providers.isdisjoint(programme.maker_unit_ids):
            yield users


async def _own_people(session: AsyncSession) -> list[People]:
    """Of each unit, those who work there themselves."""
    counted = select(Employee.unit_id, func.count().label("people")).where(Employee.active)
    there = counted.group_by(Employee.unit_id).subquery()
    rows = await session.execute(
        select(Unit.id, Unit.parent_id, func.coalesce(there.c.people, 0)).outerjoin(there, there.c.unit_id == Unit.id)
    )
    return [People(*row) for row in rows]
