"""Every select of interactions. A provider's manager finds those with the services of their units."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Select, Text, and_, exists, func, literal, not_, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from services.shared.auth import Principal
from services.survey.catalogue.models import Service
from services.survey.interactions.ddl import GOING
from services.survey.interactions.models import Interaction
from services.survey.organisation.models import Employee, Organisation
from services.survey.organisation.queries import lock_of, named, within
from services.survey.organisation.rules import LIMITED_ROLES

# Ids of version 7 are in the order in which they were made, and have an index already.
SORTABLE = {"openedAt": Interaction.opened_at, "createdAt": Interaction.id}
Waiting = aliased(Interaction)


class Filters(NamedTuple):
    """None: whatever it is. `opened_until` is not within."""

    service: str | None
    employee: str | None
    kind: str | None
    channel: str | None
    opened_from: datetime | None
    opened_until: datetime | None
    parked: bool | None


class State(NamedTuple):
    """Of an interaction that is there: see `Use.state_at`."""

    id: UUID
    state_at: datetime
    parked: bool


def parked() -> ColumnElement[bool]:
    """Its service or its employee is not known yet."""
    return or_(Interaction.service_external_id.is_not(None), Interaction.employee_external_id.is_not(None))


def interactions(principal: Principal) -> Select[Interaction]:
    found = select(Interaction).where(Interaction.organisation_id == principal.organisation_id)
    if principal.role not in LIMITED_ROLES:
        return found
    theirs = select(Service.id).where(
        Service.organisation_id == principal.organisation_id, within(principal, Service.provider_id)
    )
    return found.where(Interaction.service_id.in_(theirs))


def filtered(principal: Principal, filters: Filters) -> Select[Interaction]:
    conditions = [
        None if filters.service is None else Interaction.service_id.in_(_service(principal, filters.service)),
        None if filters.employee is None else Interaction.employee_id.in_(_employee(principal, filters.employee)),
        None if filters.kind is None else Interaction.kind == filters.kind,
        None if filters.channel is None else Interaction.channel == filters.channel,
        None if filters.opened_from is None else Interaction.opened_at >= filters.opened_from,
        None if filters.opened_until is None else Interaction.opened_at < filters.opened_until,
        None if filters.parked is None else (parked() if filters.parked else not_(parked())),
    ]
    return interactions(principal).where(*(condition for condition in conditions if condition is not None))


def _service(principal: Principal, reference: str) -> Select[UUID]:
    same = named(Service.id, Service.external_id, reference)
    return select(Service.id).where(Service.organisation_id == principal.organisation_id, same)


def _employee(principal: Principal, reference: str) -> Select[UUID]:
    same = named(Employee.id, Employee.external_id, reference)
    return select(Employee.id).where(Employee.organisation_id == principal.organisation_id, same)


async def interaction(
    session: AsyncSession, principal: Principal, reference: str, *, lock: bool = False
) -> Interaction | None:
    found = interactions(principal).where(named(Interaction.id, Interaction.external_id, reference))
    return (await session.scalars(found.with_for_update(of=Interaction) if lock else found)).one_or_none()


async def interaction_with_id(session: AsyncSession, interaction_id: UUID | None) -> Interaction | None:
    return await session.scalar(select(Interaction).where(Interaction.id == interaction_id))


async def organisations_with_parked(session: AsyncSession) -> Sequence[UUID]:
    """Needs a transaction of EVERYONE. Two questions, since each has an index that holds none but the parked."""
    waiting = [
        exists().where(Interaction.organisation_id == Organisation.organisation_id, name.is_not(None))
        for name in (Interaction.service_external_id, Interaction.employee_external_id)
    ]
    return (await session.scalars(select(Organisation.organisation_id).where(or_(*waiting)))).all()


async def states(session: AsyncSession, external_ids: Collection[str]) -> dict[str, State]:
    """By the externalId. Looked up one by one: of a table that has just filled up the planner thinks that reading the
    whole of it is as good."""
    given = func.unnest(literal(list(external_ids), ARRAY(Text))).table_valued("external_id").render_derived()
    there = (
        select(Interaction.id, func.coalesce(Interaction.closed_at, Interaction.opened_at), parked())
        .where(
            Interaction.organisation_id == session.info["organisation_id"],
            Interaction.external_id == given.c.external_id,
        )
        .limit(1)
        .lateral()
    )
    rows = await session.execute(select(given.c.external_id, *there.c).select_from(given.join(there, true())))
    return {row[0]: State(*row[1:]) for row in rows}


async def known_services(session: AsyncSession, ids: Collection[UUID]) -> set[UUID]:
    return set((await session.scalars(select(Service.id).where(Service.id.in_(ids)))).all()) if ids else set()


async def known_employees(session: AsyncSession, ids: Collection[UUID]) -> set[UUID]:
    return set((await session.scalars(select(Employee.id).where(Employee.id.in_(ids)))).all()) if ids else set()


def arrived(session: AsyncSession, which: ColumnElement[bool]) -> Select[UUID, UUID | None, UUID | None]:
    """Those of `Waiting` whose employee or service is there, with these: locked, in the order in which pushes go through
    theirs, so that nobody waits for each other in a circle."""
    organisation_id = session.info["organisation_id"]
    return (
        select(Waiting.id, Employee.id.label("employee_id"), Service.id.label("service_id"))
        .outerjoin(Employee, and_(Employee.organisation_id == organisation_id, Employee.external_id == Waiting.employee_external_id))
        .outerjoin(Service, and_(Service.organisation_id == organisation_id, Service.external_id == Waiting.service_external_id))
        .where(
            Waiting.organisation_id == organisation_id,
            or_(Waiting.employee_external_id.is_not(None), Waiting.service_external_id.is_not(None)),
            or_(Employee.id.is_not(None), Service.id.is_not(None)),
            which,
        )
        .order_by(Waiting.external_id.collate("C"))
        .with_for_update(of=Waiting)
    )  # fmt: skip


async def all_stay(session: AsyncSession) -> None:
    """Employees and services, until this transaction is over."""
    await session.execute(select(func.pg_advisory_xact_lock_shared(*lock_of(session, GOING))))


async def wait_for_pushes(session: AsyncSession) -> None:
    """Those that come wait in turn, until this transaction is over. It is given up soon if a file holds it up: meanwhile
    nobody could push."""
    usual = await session.scalar(select(func.current_setting("lock_timeout")))
    await session.execute(select(func.set_config("lock_timeout", "2s", True)))
    await session.execute(select(func.pg_advisory_xact_lock(*lock_of(session, GOING))))
    await session.execute(select(func.set_config("lock_timeout", usual, True)))
