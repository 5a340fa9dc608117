"""Groups, as units or as they are kept: by the organisation's setting. Each kind is a module of these functions."""

from collections.abc import Collection, Sequence
from typing import Any, Protocol
from uuid import UUID

from scim2_models import InvalidValueException, Meta, Reference
from sqlalchemy import ColumnElement
from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.auth import Principal
from services.survey.organisation.models import Employee, Organisation
from services.survey.organisation.queries import as_id
from services.survey.scim import kept_groups, queries, unit_groups
from services.survey.scim.filters import Terms
from services.survey.scim.group_queries import GroupRow, Memberships
from services.survey.scim.schemas import Group, Member


class Kind(Protocol):
    """`members` of `rows`: None for all of them. `terms` are a group's, `membership_terms` a user's of its groups."""

    @property
    def ID(self) -> ColumnElement[Any]: ...  # noqa: N802 - a module's constant
    async def rows(
        self, session: AsyncSession, ids: Collection[UUID], *, members: Collection[UUID] | None, lock: bool = False
    ) -> list[GroupRow]: ...
    async def of(self, session: AsyncSession, employees: Collection[Employee]) -> Memberships: ...
    def terms(self) -> Terms: ...
    def membership_terms(self) -> Terms: ...
    async def make(self, session: AsyncSession, name: str, external_id: str | None) -> UUID: ...
    async def rename(
        self, session: AsyncSession, principal: Principal, group_id: UUID, name: str, external_id: str | None
    ) -> None: ...
    async def remove(self, session: AsyncSession, principal: Principal, group_id: UUID) -> None: ...
    async def join(self, session: AsyncSession, group_id: UUID, employee_ids: Collection[UUID]) -> None: ...
    async def leave(self, session: AsyncSession, group_id: UUID, employee_ids: Collection[UUID]) -> None: ...


def kind_of(organisation: Organisation) -> Kind:
    return kept_groups if organisation.scim_groups == "roles" else unit_groups


def shown(row: GroupRow) -> Group:
    return Group(
        id=str(row.id), external_id=row.external_id, display_name=row.name,
        members=[
            Member(value=str(member), ref=Reference(f"Users/{member}"), type="User") for member in row.members
        ] or None,
        meta=Meta(resource_type="Group", created=row.created_at, last_modified=row.updated_at,
                  version=f'W/"{row.version}"'),
    )  # fmt: skip


def ids_of(members: Sequence[Member] | None) -> set[UUID]:
    found: set[UUID] = set()
    for member in members or ():
        member_id = as_id(member.value or "")
        if member_id is None:
            raise InvalidValueException(detail=f"members: there is no user of id {member.value!r}")
        found.add(member_id)
    return found


async def make(session: AsyncSession, kind: Kind, group: Group) -> UUID:
    group_id = await kind.make(session, group.display_name or "", group.external_id or None)
    await _join(session, kind, group_id, ids_of(group.members))
    return group_id


async def change(session: AsyncSession, principal: Principal, kind: Kind, before: GroupRow, group: Group) -> None:
    """`before` may have only those members of whom `group` may speak: nobody else comes or goes."""
    name, external_id = group.display_name or "", group.external_id or None
    if (name, external_id) != (before.name, before.external_id):
        await kind.rename(session, principal, before.id, name, external_id)
    now, then = ids_of(group.members), set(before.members)
    if then - now:
        await kind.leave(session, before.id, sorted(then - now))
    await _join(session, kind, before.id, now - then)


async def _join(session: AsyncSession, kind: Kind, group_id: UUID, new: set[UUID]) -> None:
    if unknown := new - await queries.existing_users(session, new):
        named = ", ".join(sorted(map(str, unknown))[:10])
        raise InvalidValueException(detail=f"members: there are no users of these ids: {named}")
    if new:
        await kind.join(session, group_id, sorted(new))
