"""Events are appended in the transaction of the change itself; the outbox is the log that consumers read."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID
from zlib import crc32

from sqlalchemy import BigInteger, Identity, Index, SmallInteger, func, insert, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from services.contracts.events import Event
from services.shared.database import SharedBase, Tenant
from services.shared.ids import new_id

CHANNEL = "outbox"
PARTITIONS = 64


class OutboxEvent(Tenant, SharedBase):
    """`transaction_id` is the 64-bit transaction id as a bigint: the order in which consumers read, since positions
    of a sequence commit out of order."""

    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_order", "transaction_id", "position"),)

    position: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    transaction_id: Mapped[int] = mapped_column(BigInteger, server_default=text("(pg_current_xact_id()::text::bigint)"))
    partition: Mapped[int] = mapped_column(SmallInteger)
    id: Mapped[UUID]
    type: Mapped[str]
    subject: Mapped[str | None]
    time: Mapped[datetime] = mapped_column(server_default=func.now())
    data: Mapped[dict[str, Any]]


def partition_of(organisation_id: UUID) -> int:
    return crc32(organisation_id.bytes) % PARTITIONS


async def append(session: AsyncSession, event: Event, subject: str | None = None) -> None:
    await append_many(session, [event], subject)


async def append_many(session: AsyncSession, events: Iterable[Event], subject: str | None = None) -> None:
    """In the order given. Listeners wake when the transaction commits."""
    organisation_id: UUID = session.info["organisation_id"]
    rows = [
        {
            "organisation_id": organisation_id,
            "partition": partition_of(organisation_id),
            "id": new_id(),
            "type": event.type,
            "subject": subject,
            "data": event.model_dump(mode="json", by_alias=True),
        }
        for event in events
    ]
    if rows:
        await session.execute(insert(OutboxEvent), rows)
        await session.execute(text(f"NOTIFY {CHANNEL}"))


async def append_made(session: AsyncSession, kind: type[Event], made: str, values: Mapping[str, Any]) -> None:
    """Events whose data PostgreSQL makes from what it holds, for those that say as much as a table does: `made` is a
    SELECT of one jsonb a row, in their order, and says all that `kind` has."""
    organisation_id: UUID = session.info["organisation_id"]
    own = {"own": organisation_id, "own_partition": partition_of(organisation_id), "own_type": kind.type}
    insertion = f"""
        INSERT INTO outbox (organisation_id, partition, id, type, data)
        SELECT :own, :own_partition, gen_random_uuid(), :own_type, data FROM ({made}) AS made (data)
    """  # noqa: S608  # a constant text
    await session.execute(text(insertion), {**own, **values})
    await session.execute(text(f"NOTIFY {CHANNEL}"))
