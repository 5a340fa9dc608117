"""Storing what events say. Counts are added, all else is put in place of what was there."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.analytics.base import Base
from services.analytics.bulk import insert_many
from services.analytics.facts.models import AnswerCount, AnswerTotal, Piece
from services.analytics.facts.rules import Counts


async def put(session: AsyncSession, table: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """All rows have the same columns."""
    if not rows:
        return
    columns = table.__table__.columns
    statement = insert(table)
    changed = {name: statement.excluded[name] for name in rows[0] if not columns[name].primary_key}
    key = [column.name for column in columns if column.primary_key]
    upsert = (
        statement.on_conflict_do_update(index_elements=key, set_=changed) if changed
        else statement.on_conflict_do_nothing()
    )  # fmt: skip
    organisation_id: UUID = session.info["organisation_id"]
    await session.execute(upsert, [{"organisation_id": organisation_id, **row} for row in rows])


async def is_new(session: AsyncSession, wave_id: UUID, event_id: UUID) -> bool:
    """Remembers a piece of a taking out; one that is handled twice adds once."""
    row = {"organisation_id": session.info["organisation_id"], "wave_id": wave_id, "event_id": event_id}
    inserted = insert(Piece).values(row).on_conflict_do_nothing().returning(Piece.event_id)
    return (await session.execute(inserted)).scalar_one_or_none() is not None


async def add_counts(session: AsyncSession, wave_id: UUID, service_id: UUID, counts: Counts) -> None:
    """In the order of the keys, so that two processes never wait for each other."""
    totals = [
        (wave_id, service_id, *place, counts.given[place], counts.not_applicable[place]) for place in counts.places
    ]
    values = [(wave_id, service_id, *place, value, count) for (place, value), count in sorted(counts.values.items())]
    key = ("wave_id", "service_id", "group_id", "question")
    added = ("n", "not_applicable")
    await insert_many(session, AnswerTotal, (*key, *added), totals, adding=added)
    await insert_many(session, AnswerCount, (*key, "value", "count"), values, adding=("count",))
