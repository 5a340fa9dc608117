"""Every select of keys, but the one by which a caller is recognised."""

from uuid import UUID

from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.keys import ApiKey


def api_keys() -> Select[ApiKey]:
    return select(ApiKey).where(ApiKey.revoked.is_(False))


async def api_key(session: AsyncSession, key_id: UUID, *, lock: bool = False) -> ApiKey | None:
    found = api_keys().where(ApiKey.id == key_id)
    return (await session.scalars(found.with_for_update() if lock else found)).one_or_none()


async def another_admin_key(session: AsyncSession, but: UUID) -> bool:
    valid = or_(ApiKey.expires_at.is_(None), ApiKey.expires_at > func.now())
    found = exists().where(ApiKey.role == "admin", ApiKey.revoked.is_(False), valid, ApiKey.id != but)
    return bool(await session.scalar(select(found)))
