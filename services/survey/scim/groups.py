"""Groups, as units or as they are kept: by the organisation's setting. Each kind is a module of these functions."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any, Protocol
from uuid import UUID

from scim2_models import InvalidValueException, Meta, Reference, ResponseParameters
from sqlalchemy import ColumnElement
from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.auth import Principal
from services.survey.organisation.models import Employee, Organisation
from services.survey.organisation.queries import as_id
from services.survey.scim import kept_groups, queries, unit_groups
from services.survey.scim.filters import Terms
from services.survey.scim.group_queries import GroupRow, Memberships
from services.survey.scim.rules import CORE_GROUP
from services.survey.scim.schemas import Group, Member

PARTS = frozenset({"value", "$ref", "type"})


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


def shown(row: GroupRow, *, with_members: bool) -> Group:
    return Group(
        id=str(row.id), external_id=row.external_id, display_name=row.name,
        members=[
            Member(value=str(member), ref=Reference(f"Users/{member}"), type="User") for member in row.members
        ] if with_members and row.members else None,
        meta=Meta(resource_type="Group", created=row.created_at, last_modified=row.updated_at,
                  version=f'W/"{row.version}"'),
    )  # fmt: skip


def members_shown(row: GroupRow, base_url: str, asked: ResponseParameters[Any] | None) -> list[dict[str, str]]:
    """Made here, since the library takes half a minute for a hundred thousand, in which nobody else is served."""
    kept = _parts_asked(asked)
    users = f"{base_url}/Users/"
    return [
        {name: value for name, value in (("value", each), ("$ref", users + each), ("type", "User")) if name in kept}
        for each in map(str, row.members)
    ]


def wants_members(asked: ResponseParameters[Any] | None) -> bool:
    """Entra asks for a group without its members each time it looks for one."""
    return bool(_parts_asked(asked))


def _parts_asked(asked: ResponseParameters[Any] | None) -> frozenset[str]:
    wanted = None if asked is None or not asked.attributes else _parts_named(asked.attributes)
    unwanted = frozenset[str]() if asked is None else _parts_named(asked.excluded_attributes or ())
    return (PARTS if wanted is None else wanted) - unwanted


def _parts_named(paths: Iterable[Any]) -> frozenset[str]:
    """Of those of a member, by paths such as `members`, `members.value` and `urn:…:Group:members`."""
    named: set[str] = set()
    for path in paths:
        attribute, _, part = str(path).lower().removeprefix(CORE_GROUP.lower() + ":").partition(".")
        if attribute == "members":
            named |= {part} if part else PARTS
    return frozenset(named)


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
