"""Every select of SCIM: users are employees, groups are units or kept for themselves.

What is looked for is first a set of ids in order (`found`), then what these are. Employees that SCIM deleted are not
there, unless they are active again.
"""

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    Text,
    and_,
    case,
    cast,
    false,
    func,
    literal,
    not_,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from services.survey.organisation.models import Employee
from services.survey.organisation.queries import VISIBLE
from services.survey.scim.filters import Condition, Term, Terms
from services.survey.scim.rules import CORE_USER, DECLARED, ENTERPRISE, MAPPED, scim_names


class Searched(NamedTuple):
    """One kind of resource to look for: its name, its rows, what of them is wanted and by what they are sorted."""

    kind: str
    id: ColumnElement[Any]
    where: Sequence[Condition]
    key: ColumnElement[Any] | None


async def found(
    session: AsyncSession, searched: Sequence[Searched], *, descending: bool, offset: int, limit: int
) -> tuple[int, list[tuple[str, UUID]]]:
    """How many there are, and the kind and id of those on the page. Sorted by nothing they come in the order in which
    they were made; what has no value to sort by comes last."""
    several = len(searched) > 1
    parts = [_part(each, as_text=several) for each in searched]
    total = sum([await session.scalar(select(func.count()).select_from(part.subquery())) or 0 for part in parts])
    if limit <= 0 or total <= offset:
        return total, []
    rows = (union_all(*parts) if several else parts[0]).subquery()
    by = rows.c.key.desc() if descending else rows.c.key.asc()
    order = (
        [by.nulls_last(), rows.c.id] if any(each.key is not None for each in searched) else [rows.c.place, rows.c.id]
    )
    page = select(rows.c.kind, rows.c.id).order_by(*order).offset(offset).limit(limit)
    return total, [(row.kind, row.id) for row in await session.execute(page)]


def _part(searched: Searched, *, as_text: bool) -> Select[Any]:
    key = literal(None, Text) if searched.key is None else searched.key
    return select(
        literal(searched.kind).label("kind"), literal(0 if searched.kind == "User" else 1).label("place"),
        searched.id.label("id"), (cast(key, Text) if as_text else key).label("key"),
    ).where(*searched.where)  # fmt: skip


# --- users ---


class UserRow(NamedTuple):
    employee: Employee
    manager_id: UUID | None


async def users(session: AsyncSession, ids: Collection[UUID], *, lock: bool = False) -> list[UserRow]:
    """In the order of the ids. A manager whom SCIM does not show is none.

    Locked first and read after that: with a lock and a join in one statement, PostgreSQL would look at an employee anew
    after it waited for it, but keep the manager whom it had joined before."""
    if lock:
        await session.execute(select(Employee.id).where(Employee.id.in_(ids), VISIBLE).with_for_update())
    manager = aliased(Employee)
    shown = or_(manager.active, not_(manager.deprovisioned))
    same = and_(manager.organisation_id == Employee.organisation_id, manager.id == Employee.manager_id, shown)
    rows = select(Employee, manager.id).outerjoin(manager, same).where(Employee.id.in_(ids), VISIBLE)
    result = await session.execute(rows.execution_options(populate_existing=True))
    by_id = {row[0].id: UserRow(*row) for row in result}
    return [by_id[each] for each in ids if each in by_id]


async def gone(session: AsyncSession, user_name: str, external_id: str | None) -> Sequence[Employee]:
    """Those whom SCIM deleted and who were known by one of these; the last first."""
    same = or_(Employee.login == func.lower(user_name), Employee.external_id == external_id if external_id else false())
    return (await session.scalars(select(Employee).where(not_(VISIBLE), same).order_by(Employee.id.desc()))).all()


async def existing_users(session: AsyncSession, ids: Collection[UUID]) -> set[UUID]:
    return set((await session.scalars(select(Employee.id).where(Employee.id.in_(ids), VISIBLE))).all())


def user_terms(declared: Sequence[str], memberships: Terms) -> Terms:
    plain = {
        f"{CORE_USER}:id": Term(_column(Employee.id)),
        f"{CORE_USER}:externalId": Term(_column(Employee.external_id), exact=True),
        f"{CORE_USER}:userName": Term(_login(), lowered=_column(Employee.login)),
        f"{CORE_USER}:name.givenName": Term(_column(Employee.given_name)),
        f"{CORE_USER}:name.familyName": Term(_column(Employee.family_name)),
        f"{CORE_USER}:displayName": Term(Employee.scim["displayName"].astext),
        f"{CORE_USER}:active": Term(_column(Employee.active)),
        f"{CORE_USER}:preferredLanguage": Term(
            func.coalesce(Employee.scim["preferredLanguage"].astext, Employee.language)
        ),
        f"{CORE_USER}:meta.resourceType": Term(literal("User")),
        f"{CORE_USER}:meta.created": Term(_column(Employee.created_at)),
        f"{CORE_USER}:meta.lastModified": Term(_column(Employee.updated_at)),
        f"{ENTERPRISE}:employeeNumber": Term(Employee.scim["employeeNumber"].astext),
        f"{ENTERPRISE}:manager": Term(_column(Employee.manager_id)),
        f"{ENTERPRISE}:manager.value": Term(_column(Employee.manager_id)),
    }
    terms = {**plain, **_mail_terms(), **_attribute_terms(declared), **memberships}
    return {urn.lower(): term for urn, term in terms.items()}


def _column(column: Any) -> ColumnElement[Any]:
    made: ColumnElement[Any] = column
    return made


def _login() -> ColumnElement[Any]:
    return func.coalesce(Employee.user_name, Employee.email, Employee.external_id, cast(Employee.id, Text))


def _mail_terms() -> Terms:
    """There is one address at the most, and it is the work one."""
    mail = _column(Employee.email)
    there = mail.is_not(None)
    return {
        f"{CORE_USER}:emails": Term(mail, lowered=_column(Employee.mail)),
        f"{CORE_USER}:emails.value": Term(mail, lowered=_column(Employee.mail)),
        f"{CORE_USER}:emails.type": Term(case((there, "work"))),
        f"{CORE_USER}:emails.primary": Term(case((there, true()))),
    }


def _attribute_terms(declared: Sequence[str]) -> Terms:
    own = {key.lower(): key for key in declared}
    enterprise = {
        f"{ENTERPRISE}:{name}": Term(Employee.attributes[own[key]].astext if key in own else Employee.scim[name].astext)
        for key, name in MAPPED.items()
    }
    names = scim_names(declared)
    return enterprise | {f"{DECLARED}:{name}": Term(Employee.attributes[key].astext) for key, name in names.items()}
