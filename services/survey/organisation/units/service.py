"""Changing the tree. It has one top and no circles; those who change it queue for the organisation's lock."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import delete, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.contracts.events import UnitChanged, UnitRemoved
from services.shared import outbox
from services.shared.auth import Principal
from services.shared.etags import require_match
from services.shared.patch import patched
from services.shared.problems import FieldError, conflict, invalid, not_found
from services.survey.catalogue import audiences
from services.survey.catalogue import queries as catalogue
from services.survey.organisation import queries, rules, schemas
from services.survey.organisation.models import Employee, Unit


async def found(session: AsyncSession, principal: Principal, reference: str, *, lock: bool = False) -> Unit:
    unit = await queries.unit(session, principal, reference, lock=lock)
    if unit is None:
        raise not_found("unit")
    return unit


async def make(session: AsyncSession, body: schemas.UnitBody) -> Unit:
    await queries.organisation(session, lock=True)
    unit = Unit(organisation_id=session.info["organisation_id"], **await _columns(session, body, None))
    session.add(unit)
    await session.flush()
    await outbox.append(session, changed(unit), str(unit.id))
    return unit


async def change(
    session: AsyncSession, principal: Principal, reference: str, if_match: str | None, patch: Mapping[str, Any]
) -> Unit:
    await queries.organisation(session, lock=True)
    unit = await found(session, principal, reference, lock=True)
    require_match(if_match, unit.version)
    body = patched(_body_of(unit), patch)
    columns = await _columns(session, body, unit.id)
    if rules.closes_circle(unit.id, columns["parent_id"], await queries.unit_parents(session)):
        raise conflict("unitCircle", "The new parent is the unit itself or below it.")
    if not body.is_provider and await catalogue.provides(session, unit.id):
        raise conflict("unitHasServices", "This unit provides services; give these to another unit first.")
    for name, value in columns.items():
        setattr(unit, name, value)
    unit.version += 1
    await session.flush()
    await outbox.append(session, changed(unit), str(unit.id))
    return unit


async def remove(session: AsyncSession, principal: Principal, reference: str, if_match: str | None) -> None:
    await queries.organisation(session, lock=True)
    unit = await found(session, principal, reference, lock=True)
    require_match(if_match, unit.version)
    if await queries.has_units(session, unit.id):
        raise conflict("unitHasUnits", "There are units below this one; move or remove these first.")
    if await queries.has_employees(session, unit.id, also_left=unit.parent_id is None):
        raise conflict("unitHasEmployees", "People work in this unit; move them first.")
    if await catalogue.provides(session, unit.id):
        raise conflict("unitHasServices", "This unit provides services; give these to another unit first.")
    await take_away(session, unit.id, unit.parent_id)
    await outbox.append(session, UnitRemoved(unit_id=unit.id), str(unit.id))


async def take_away(session: AsyncSession, unit_id: UUID, parent_id: UUID | None) -> None:
    await empty(session, unit_id, parent_id)
    await session.execute(delete(Unit).where(Unit.id == unit_id))


async def empty(session: AsyncSession, unit_id: UUID, above: UUID | None) -> None:
    """Those who left the organisation from here are put under `above`. The unit leaves all audiences."""
    await audiences.leave(session, unit_id)
    moved = {"unit_id": above, "version": Employee.version + 1}
    await session.execute(update(Employee).where(Employee.unit_id == unit_id).values(moved))


def changed(unit: Unit) -> UnitChanged:
    return UnitChanged(
        unit_id=unit.id, external_id=unit.external_id, name=unit.name, parent_id=unit.parent_id,
        is_provider=unit.is_provider, is_consumer=unit.is_consumer,
    )  # fmt: skip


async def _columns(session: AsyncSession, body: schemas.UnitBody, unit_id: UUID | None) -> dict[str, Any]:
    if body.external_id is not None and await queries.external_unit_taken(session, body.external_id, unit_id):
        raise conflict("externalIdTaken", "Another unit has this externalId.")
    if body.parent_id is None:
        if await queries.root_but(session, unit_id) is not None:
            raise conflict("secondRoot", "There is a unit at the top already; name a parent.")
        return body.model_dump(by_alias=False)
    parent = await queries.unit_named(session, body.parent_id)
    if parent is None:
        raise invalid([FieldError(pointer="/parentId", code="unknownReference", detail="is no unit here")])
    return {**body.model_dump(by_alias=False), "parent_id": parent.id}


def _body_of(unit: Unit) -> schemas.UnitBody:
    names = ("external_id", "name", "is_provider", "is_consumer")
    parent_id = None if unit.parent_id is None else str(unit.parent_id)
    return schemas.UnitBody.model_validate({**{name: getattr(unit, name) for name in names}, "parent_id": parent_id})
