"""Users are employees: what SCIM says of them, and changes of them through the use cases of `/v1/employees`."""

from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Any
from unicodedata import normalize
from uuid import UUID

from pydantic_core import PydanticCustomError
from scim2_models import InvalidValueException, Meta, Reference, Resource, ScimProvider, UniquenessException
from sqlalchemy import func, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.auth import Principal
from services.shared.patch import validated
from services.shared.schemas import storable
from services.survey.contact_policy import service as contact_policy
from services.survey.organisation.employees import service as employees
from services.survey.organisation.models import SCIM_ONLY, Employee
from services.survey.organisation.queries import as_id, login_taken
from services.survey.organisation.schemas import EmployeeBody
from services.survey.scim import queries
from services.survey.scim.group_queries import Memberships
from services.survey.scim.queries import UserRow
from services.survey.scim.rules import DECLARED, MAPPED, address_of, language_of, names_of, scim_names
from services.survey.scim.schemas import AttributeKeys, Email, EnterpriseUser, Manager, Membership, Name

LONGEST = 200


def shown(provider: ScimProvider, row: UserRow, keys: AttributeKeys, memberships: Memberships) -> Resource[Any]:
    employee, groups = row.employee, memberships.get(row.employee.id, [])
    model: Any = provider.model_for("User")
    user: Any = model(
        id=str(employee.id), external_id=employee.external_id, user_name=_user_name(employee),
        name=Name(given_name=employee.given_name, family_name=employee.family_name),
        display_name=employee.scim.get("displayName"), active=employee.active,
        preferred_language=_language_shown(employee),
        emails=_emails(employee),
        groups=[
            Membership(value=str(group_id), ref=Reference(f"Groups/{group_id}"), display=name, type="direct")
            for group_id, name in groups
        ] or None,
        meta=Meta(resource_type="User", created=employee.created_at, last_modified=employee.updated_at,
                  version=_version(employee, groups)),
    )  # fmt: skip
    user[EnterpriseUser] = _enterprise(row, keys)
    extension = model.get_extension_models().get(DECLARED)
    if extension is not None:
        values = {name: employee.attributes.get(key) for key, name in scim_names(keys).items()}
        given = {name: value for name, value in values.items() if value is not None}
        user[extension] = extension.model_validate(given) if given else None
    return user  # type: ignore[no-any-return]  # a class made for this organisation


def _version(employee: Employee, groups: Sequence[tuple[UUID, str]]) -> str:
    """Which groups these are, and their names, is changed in other places than the employee."""
    told = "\n".join(f"{group_id} {name}" for group_id, name in groups)
    return f'W/"{employee.version}-{blake2b(told.encode(), digest_size=8).hexdigest()}"'


def _user_name(employee: Employee) -> str:
    """One who came by another way is known by the address, as identity systems mostly know people."""
    return employee.user_name or employee.email or employee.external_id or str(employee.id)


def _language_shown(employee: Employee) -> str | None:
    """As it was sent, unless it was changed elsewhere meanwhile."""
    sent = employee.scim.get("preferredLanguage")
    return sent if sent and language_of(sent) == employee.language else employee.language


def _emails(employee: Employee) -> list[Email] | None:
    if employee.email is None:
        return None
    return [Email(value=employee.email, type="work", primary=employee.scim.get("primary") != "false")]


def _enterprise(row: UserRow, keys: AttributeKeys) -> EnterpriseUser | None:
    own, employee = {key.lower(): key for key in keys}, row.employee
    values: dict[str, Any] = {
        name: employee.attributes.get(own[key]) if key in own else employee.scim.get(name)
        for key, name in MAPPED.items()
    }
    values["employeeNumber"] = employee.scim.get("employeeNumber")
    made = {name: value for name, value in values.items() if value is not None}
    if row.manager_id is not None:
        made["manager"] = Manager(value=str(row.manager_id), ref=Reference(f"Users/{row.manager_id}"))
    return EnterpriseUser.model_validate(made) if made else None


# --- changes ---


async def make(session: AsyncSession, user: Any, keys: AttributeKeys, unit_id: UUID) -> UUID:
    """In the unit of those of whom no group says more yet."""
    name = _user_name_given(user)
    if await login_taken(session, name, None):
        raise UniquenessException(detail=f"There is a user of userName {name!r} already")
    former = await _released(session, name, _external_id(user))
    values, extra = await _split(session, user, keys, {})
    attributes = {key: value for key, value in values.pop("attributes").items() if value is not None}
    body = validated(EmployeeBody, {**values, "attributes": attributes, "unitId": str(unit_id)})
    employee = await employees.make(session, body, name)
    employee.scim = {**extra, SCIM_ONLY: "true"}
    await _carry_over(session, former, employee)
    await session.flush()
    return employee.id


async def change(session: AsyncSession, principal: Principal, user: Any, keys: AttributeKeys) -> None:
    """`user` is what there shall be, whole."""
    [(before, manager_id)] = await queries.users(session, [UUID(user.id)])
    name = _user_name_given(user)
    taken = await login_taken(session, name, before.id)  # as an address may be that is shown, by two who came at once
    if name != _user_name(before) and taken:
        raise UniquenessException(detail=f"There is another user of userName {name!r}")
    external_id = _external_id(user)
    new = (name, external_id) != (before.user_name, before.external_id)
    former = await _released(session, name, external_id) if new else ()
    values, extra = await _split(session, user, keys, before.attributes)
    extra |= {key: value for key, value in before.scim.items() if key == SCIM_ONLY}
    if values["managerId"] == (None if manager_id is None else str(manager_id)):  # as it was shown
        del values["managerId"]
    if not new and not former and extra == before.scim and _is_so(before, values):
        return
    if taken:
        name = before.user_name or str(before.id)
    employee = await employees.change(session, principal, str(before.id), "*", values, name)
    employee.scim = extra
    await _carry_over(session, former, employee)
    await session.flush()


def _is_so(employee: Employee, values: Mapping[str, Any]) -> bool:
    """Of what is sent and not stored, as a second address, nothing changes: the version stays too. A `managerId` is there
    only where it is another."""
    so = {
        "externalId": employee.external_id, "givenName": employee.given_name, "familyName": employee.family_name,
        "email": employee.email, "language": employee.language, "active": employee.active,
        "attributes": {key: employee.attributes.get(key) for key in values["attributes"]},
    }  # fmt: skip
    return so == values


async def remove(session: AsyncSession, principal: Principal, user_id: UUID) -> None:
    """Gone for SCIM; the employee has left, and is erased at `/v1/employees` alone."""
    employee = await employees.change(session, principal, str(user_id), "*", {"active": False})
    employee.deprovisioned = True
    await session.flush()


def _external_id(user: Any) -> str | None:
    """As files have it: who comes by both is one."""
    return normalize("NFC", _text("externalId", user.external_id) or "") or None


def _user_name_given(user: Any) -> str:
    name = normalize("NFC", _text("userName", user.user_name) or "")
    if not name.strip():
        raise InvalidValueException(detail="userName must not be empty")
    return name


async def _released(session: AsyncSession, user_name: str, external_id: str | None) -> Sequence[Employee]:
    """Those whom SCIM deleted, and who keep neither userName nor externalId from who has them now."""
    former = await queries.gone(session, user_name, external_id)
    if former:
        those = update(Employee).where(Employee.id.in_([each.id for each in former]))
        await session.execute(those.where(Employee.login == func.lower(user_name)).values(user_name=None))
        await session.execute(those.where(Employee.external_id == external_id).values(external_id=None))
    return former


async def _carry_over(session: AsyncSession, former: Sequence[Employee], employee: Employee) -> None:
    """Who is deleted and made again is most likely the same person, whom files named, who asked once not to be asked, is
    still on leave, and was invited when that was."""
    if not former:
        return
    if any(SCIM_ONLY not in each.scim for each in former):
        employee.scim = {key: value for key, value in employee.scim.items() if key != SCIM_ONLY}
    employee.opted_out = employee.opted_out or any(each.opted_out for each in former)
    away = next((each for each in former if each.leave_start_date or each.leave_end_date), None)
    if away is not None and not (employee.leave_start_date or employee.leave_end_date):
        employee.leave_start_date, employee.leave_end_date = away.leave_start_date, away.leave_end_date
    await contact_policy.carry_over(session, [each.id for each in former], employee.id)


async def _split(
    session: AsyncSession, user: Any, keys: AttributeKeys, stored: Mapping[str, str]
) -> tuple[dict[str, Any], dict[str, str]]:
    """What `/v1/employees` knows, as a merge patch of it, and what is kept for SCIM alone."""
    enterprise: EnterpriseUser = user[EnterpriseUser] or EnterpriseUser()
    name = user.name or Name()
    given, family = names_of(name.given_name, name.family_name, user.display_name, user.user_name)
    mail = address_of([each.model_dump() for each in user.emails or ()])
    extra = {
        "primary": "false" if mail is not None and mail.get("primary") is False else None,
        "displayName": user.display_name,
        "preferredLanguage": user.preferred_language,
        "employeeNumber": enterprise.employee_number,
    }
    sent = {"department": enterprise.department, "division": enterprise.division, "costcenter": enterprise.cost_center}
    attributes = _attributes(user, keys, sent, stored)
    extra |= {MAPPED[key]: value for key, value in sent.items() if key not in {own.lower() for own in keys}}
    values = {
        "externalId": _external_id(user), "givenName": given, "familyName": family,
        "email": None if mail is None else mail["value"],
        "language": language_of(user.preferred_language), "active": user.active is not False,
        "managerId": await _manager(session, enterprise), "attributes": attributes,
    }  # fmt: skip
    return values, {key: text for key, value in extra.items() if (text := _text(key, value))}


def _attributes(
    user: Any, keys: AttributeKeys, enterprise: Mapping[str, str | None], stored: Mapping[str, str]
) -> dict[str, str | None]:
    """One that is in both extensions is what either of them changes."""
    model = type(user).get_extension_models().get(DECLARED)
    own: Any = user[model] if model is not None else None
    values = own.model_dump() if own is not None else {}
    attributes: dict[str, str | None] = {}
    for key, name in scim_names(keys).items():
        said = [values.get(name) or None, *([enterprise[key.lower()] or None] if key.lower() in enterprise else [])]
        new = [value for value in said if value != stored.get(key)]
        attributes[key] = next((value for value in new if value is not None), None) if new else stored.get(key)
    return attributes


async def _manager(session: AsyncSession, enterprise: EnterpriseUser) -> str | None:
    said = enterprise.manager.value if enterprise.manager else None
    if not said:
        return None
    found = as_id(said)
    if found is None or not await queries.existing_users(session, [found]):
        raise InvalidValueException(detail=f"manager: there is no user of id {said!r}")
    return str(found)


def _text(name: str, value: str | None) -> str | None:
    if value is None:
        return None
    if len(value) > LONGEST:
        raise InvalidValueException(detail=f"{name} may have {LONGEST} characters at the most")
    try:
        return storable(value)
    except PydanticCustomError as refused:
        raise InvalidValueException(detail=f"{name} {refused}") from None
