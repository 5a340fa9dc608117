"""API keys, as every service knows them: survey issues them, the others learn them by event."""

import hashlib
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Index, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from services.shared.database import SharedBase, Tenant, Timestamps

PREFIX = "kb_"
ISSUER = "survey"


class ApiKey(Tenant, Timestamps, SharedBase):
    __tablename__ = "api_keys"
    __table_args__ = (Index("ix_api_keys_hash", "organisation_id", "hash", unique=True),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(default="")
    hash: Mapped[str]
    role: Mapped[str]
    unit_ids: Mapped[list[UUID]]
    expires_at: Mapped[datetime | None]
    revoked: Mapped[bool] = mapped_column(default=False)
    last_used_date: Mapped[date | None]


def make_key(organisation_id: UUID) -> str:
    """Names its organisation, so that looking it up needs no view across organisations."""
    return PREFIX + urlsafe_b64encode(organisation_id.bytes + secrets.token_bytes(26)).decode()


def hash_of(key: str) -> str:
    """A plain hash suffices: a key has 208 random bits, so there is nothing to guess."""
    return hashlib.sha256(key.encode()).hexdigest()


def organisation_of(key: str) -> UUID | None:
    try:
        raw = urlsafe_b64decode(key.removeprefix(PREFIX))
    except (Error, ValueError):
        return None
    return UUID(bytes=raw[:16]) if key.startswith(PREFIX) and len(raw) == 42 else None


async def key_with_hash(session: AsyncSession, key_hash: str) -> ApiKey | None:
    return (await session.scalars(select(ApiKey).where(ApiKey.hash == key_hash))).one_or_none()
