"""Making and changing the organisation itself."""

import secrets
from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import literal, update
from sqlalchemy.dialects.postgresql import ARRAY, array
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import Text

from services.contracts.events import Attribute, OrganisationChanged
from services.shared import outbox
from services.shared.database import EVERYONE, enter
from services.shared.etags import require_match
from services.shared.ids import new_id
from services.shared.patch import patched
from services.shared.problems import not_found
from services.shared.schemas import Money
from services.survey.organisation import queries, schemas
from services.survey.organisation.api_keys import service as api_keys
from services.survey.organisation.models import Employee, Organisation
from services.survey.programmes import replanning


class Made(NamedTuple):
    organisation: Organisation
    admin_key: str


async def make(session: AsyncSession, body: schemas.OrganisationBody) -> Made:
    """In a transaction of EVERYONE, which it is again afterwards."""
    number = secrets.randbits(63)
    while await queries.token_number_taken(session, number):
        number = secrets.randbits(63)
    organisation = Organisation(organisation_id=new_id(), token_number=number, **_columns(body))
    await enter(session, organisation.organisation_id)
    session.add(organisation)
    await session.flush()
    await _tell(session, organisation)
    _, admin_key = await api_keys.issue(session, name="First key", role="admin", unit_ids=[], expires_at=None)
    await session.flush()
    await enter(session, EVERYONE)
    return Made(organisation, admin_key)


async def own(session: AsyncSession, *, lock: bool = False) -> Organisation:
    found = await queries.organisation(session, lock=lock)
    if found is None:
        raise not_found("organisation")
    return found


async def change(session: AsyncSession, if_match: str | None, patch: Mapping[str, Any]) -> Organisation:
    organisation = await own(session, lock=True)
    require_match(if_match, organisation.version)
    body = patched(body_of(organisation), patch)
    gone = {entry["key"] for entry in organisation.attributes} - {attribute.key for attribute in body.attributes}
    if gone:
        await _forget_attributes(session, sorted(gone))
    if body.time_zone != organisation.time_zone:
        await replanning.by_another_clock(session, organisation.time_zone, body.time_zone)
    for name, value in _columns(body).items():
        setattr(organisation, name, value)
    organisation.version += 1
    await session.flush()
    await _tell(session, organisation)
    return organisation


async def _forget_attributes(session: AsyncSession, keys: list[str]) -> None:
    """What is no longer declared is no longer kept of anybody."""
    await session.execute(
        update(Employee)
        .where(Employee.attributes.op("?|")(array(keys, type_=Text)))
        .values(attributes=Employee.attributes.op("-")(literal(keys, ARRAY(Text))), version=Employee.version + 1)
    )


async def _tell(session: AsyncSession, organisation: Organisation) -> None:
    event = OrganisationChanged(
        organisation_id=organisation.organisation_id,
        name=organisation.name,
        time_zone=organisation.time_zone,
        languages=organisation.languages,
        minimum_group=organisation.minimum_group,
        comment_minimum_group=organisation.comment_minimum_group,
        attributes=[Attribute.model_validate(attribute) for attribute in organisation.attributes],
        hourly_cost=organisation.hourly_cost,
        hourly_cost_currency=organisation.hourly_cost_currency,
    )
    await outbox.append(session, event, str(organisation.organisation_id))


def _columns(body: schemas.OrganisationBody) -> dict[str, Any]:
    values = body.model_dump(by_alias=False, exclude={"attributes", "hourly_cost"})
    cost = body.hourly_cost
    return {
        **values,
        "attributes": [attribute.model_dump(by_alias=False) for attribute in body.attributes],
        "hourly_cost": cost.amount if cost else None,
        "hourly_cost_currency": cost.currency if cost else None,
    }


def body_of(organisation: Organisation) -> schemas.OrganisationBody:
    return schemas.OrganisationBody.model_validate({**_values(organisation)})


def shown(organisation: Organisation) -> schemas.Organisation:
    return schemas.Organisation.model_validate(
        {
            **_values(organisation),
            "id": organisation.organisation_id,
            "created_at": organisation.created_at,
            "updated_at": organisation.updated_at,
        }
    )


def _values(organisation: Organisation) -> dict[str, Any]:
    names = (
        "external_id", "name", "time_zone", "languages", "minimum_group", "comment_minimum_group", "attributes",
        "scim_groups", "import_removal_share",
    )  # fmt: skip
    cost, currency = organisation.hourly_cost, organisation.hourly_cost_currency
    money = None if cost is None or currency is None else Money(amount=cost, currency=currency)
    return {**{name: getattr(organisation, name) for name in names}, "hourly_cost": money}
