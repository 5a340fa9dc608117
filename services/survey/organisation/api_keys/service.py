"""Keys: issued once, known elsewhere by their hash, revoked for good."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.contracts.events import ApiKeyChanged
from services.shared import keys, outbox
from services.shared.auth import Role
from services.shared.etags import require_match
from services.shared.ids import new_id
from services.shared.keys import ApiKey
from services.shared.patch import patched
from services.shared.problems import FieldError, body_error, conflict, invalid, not_found
from services.survey.organisation import queries as organisation
from services.survey.organisation import schemas
from services.survey.organisation.api_keys import queries
from services.survey.organisation.rules import LIMITED_ROLES


async def issue(
    session: AsyncSession, *, name: str, role: Role, unit_ids: Sequence[UUID], expires_at: datetime | None
) -> tuple[ApiKey, str]:
    """The key itself is nowhere kept."""
    organisation_id: UUID = session.info["organisation_id"]
    key = keys.make_key(organisation_id)
    row = ApiKey(
        organisation_id=organisation_id, id=new_id(), name=name, hash=keys.hash_of(key), role=role,
        unit_ids=list(unit_ids), expires_at=expires_at,
    )  # fmt: skip
    session.add(row)
    await session.flush()
    await _tell(session, row)
    return row, key


async def issue_as_asked(session: AsyncSession, body: schemas.ApiKeyBody) -> tuple[ApiKey, str]:
    unit_ids = await _units(session, body)
    _refuse_past(body.expires_at)
    return await issue(session, name=body.name, role=body.role, unit_ids=unit_ids, expires_at=body.expires_at)


async def found(session: AsyncSession, key_id: UUID, *, lock: bool = False) -> ApiKey:
    row = await queries.api_key(session, key_id, lock=lock)
    if row is None:
        raise not_found("API key")
    return row


async def change(
    session: AsyncSession, key_id: UUID, if_match: str | None, patch: Mapping[str, Any], *, own: UUID
) -> ApiKey:
    row = await _to_change(session, key_id, if_match)
    body = patched(_body_of(row), patch)
    unit_ids = await _units(session, body)
    if body.expires_at != row.expires_at:
        _refuse_past(body.expires_at)
    if row.role == "admin" and (body.role != "admin" or body.expires_at is not None):
        await _keep_an_admin(session, row, own)
    row.name, row.role, row.unit_ids, row.expires_at = body.name, body.role, unit_ids, body.expires_at
    row.version += 1
    await session.flush()
    await _tell(session, row)
    return row


async def revoke(session: AsyncSession, key_id: UUID, if_match: str | None, *, own: UUID) -> None:
    """The row stays, so that the other services learn that it is refused."""
    row = await _to_change(session, key_id, if_match)
    if row.role == "admin":
        await _keep_an_admin(session, row, own)
    row.revoked = True
    row.version += 1
    await session.flush()
    await _tell(session, row)


async def _to_change(session: AsyncSession, key_id: UUID, if_match: str | None) -> ApiKey:
    """The organisation is locked first, or two admins could revoke each other's last key at the same time."""
    await organisation.organisation(session, lock=True)
    row = await found(session, key_id, lock=True)
    require_match(if_match, row.version)
    return row


async def _keep_an_admin(session: AsyncSession, row: ApiKey, own: UUID) -> None:
    """Nobody shuts themselves out by mistake, and never everybody."""
    if not await queries.another_admin_key(session, but=row.id):
        raise conflict("lastAdminKey", "This is the last valid admin key; make another one first.")
    if row.id == own:
        raise conflict("ownKey", "An admin key cannot be limited or revoked with itself; use another one.")


def _refuse_past(expires_at: datetime | None) -> None:
    if expires_at is not None and expires_at <= datetime.now(UTC):
        raise body_error("/expiresAt", "inThePast", "must be in the future; to end a key, revoke it")


async def _units(session: AsyncSession, body: schemas.ApiKeyBody) -> list[UUID]:
    if body.unit_ids and body.role not in LIMITED_ROLES:
        raise invalid([FieldError(
            pointer="/unitIds", code="roleWithoutUnits", detail=f"must be empty: {body.role} is not limited to units",
        )])  # fmt: skip
    known = await organisation.unit_ids_named(session, body.unit_ids)
    errors = [
        FieldError(pointer=f"/unitIds/{place}", code="unknownReference", detail="is no unit here")
        for place, reference in enumerate(body.unit_ids)
        if reference not in known
    ]
    if errors:
        raise invalid(errors)
    return list(dict.fromkeys(known[reference] for reference in body.unit_ids))


async def _tell(session: AsyncSession, row: ApiKey) -> None:
    event = ApiKeyChanged(
        key_id=row.id, hash=row.hash, role=row.role, unit_ids=row.unit_ids, expires_at=row.expires_at,
        revoked=row.revoked,
    )  # fmt: skip
    await outbox.append(session, event, str(row.id))


def _body_of(row: ApiKey) -> schemas.ApiKeyBody:
    return schemas.ApiKeyBody.model_validate(
        {"name": row.name, "role": row.role, "unit_ids": [str(unit) for unit in row.unit_ids],
         "expires_at": row.expires_at}
    )  # fmt: skip
