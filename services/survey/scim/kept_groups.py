"""Groups that are roles: kept with their members, and no more than that. Nobody logs in to Klankbord yet."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.auth import Principal
from services.shared.patch import validated
from services.survey.organisation.schemas import UnitBody
from services.survey.scim import group_queries
from services.survey.scim.models import ScimGroup, ScimGroupMember

ID: ColumnElement[Any] = ScimGroup.id  # type: ignore[assignment]  # a mapped column is one
rows = group_queries.kept
of = group_queries.kept_of
terms = group_queries.kept_terms
membership_terms = group_queries.kept_membership_terms


async def make(session: AsyncSession, name: str, external_id: str | None) -> UUID:
    body = validated(UnitBody, {"name": name, "externalId": external_id})  # what holds for names holds for these
    group = ScimGroup(organisation_id=session.info["organisation_id"], name=body.name, external_id=body.external_id)
    session.add(group)
    await session.flush()
    return group.id


async def rename(
    session: AsyncSession, _principal: Principal, group_id: UUID, name: str, external_id: str | None
) -> None:
    body = validated(UnitBody, {"name": name, "externalId": external_id})
    group = await group_queries.kept_group(session, group_id)
    group.name, group.external_id = body.name, body.external_id
    group.version += 1
    await session.flush()


async def remove(session: AsyncSession, _principal: Principal, group_id: UUID) -> None:
    await session.execute(delete(ScimGroup).where(ScimGroup.id == group_id))


async def join(session: AsyncSession, group_id: UUID, employee_ids: Collection[UUID]) -> None:
    own = {"organisation_id": session.info["organisation_id"], "group_id": group_id}
    members = [{**own, "employee_id": each} for each in employee_ids]
    await session.execute(insert(ScimGroupMember).on_conflict_do_nothing(), members)
    await _changed(session, group_id)


async def leave(session: AsyncSession, group_id: UUID, employee_ids: Collection[UUID]) -> None:
    gone = ScimGroupMember.employee_id.in_(employee_ids)
    await session.execute(delete(ScimGroupMember).where(ScimGroupMember.group_id == group_id, gone))
    await _changed(session, group_id)


async def _changed(session: AsyncSession, group_id: UUID) -> None:
    (await group_queries.kept_group(session, group_id)).version += 1
    await session.flush()
