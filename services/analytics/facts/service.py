"""Storing what events say. Counts are added, all else is put in place of what was there."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.analytics.base import Base
from services.analytics.facts.models import AnswerCount, AnswerTotal, Piece
from services.analytics.facts.rules import Counts

Row = Mapping[str, Any]


async def put(session: AsyncSession, table: type[Base], rows: Sequence[Row]) -> None:
    """All rows have the same columns."""
    await _merge(session, table, rows, add=False)


async def add(session: AsyncSession, table: type[Base], rows: Sequence[Row]) -> None:
    """What is not in the key is added up."""
    await _merge(session, table, rows, add=True)


async def _merge(session: AsyncSession, table: type[Base], rows: Sequence[Row], *, add: bool) -> None:
    if not rows:
        return
    organisation_id: UUID = session.info["organisation_id"]
    columns = table.__table__.columns
    statement = insert(table)
    changed = {
        name: columns[name] + statement.excluded[name] if add else statement.excluded[name]
        for name in rows[0]
        if not columns[name].primary_key
    }
    key = [column.name for column in columns if column.primary_key]
    upsert = (
        statement.on_conflict_do_update(index_elements=key, set_=changed) if changed
        else statement.on_conflict_do_nothing()
    )  # fmt: skip
    await session.execute(upsert, [{"organisation_id": organisation_id, **row} for row in rows])


async def is_new(session: AsyncSession, wave_id: UUID, event_id: UUID) -> bool:
    """Remembers the event; an event that is handled twice adds once."""
    row = {"organisation_id": session.info["organisation_id"], "wave_id": wave_id, "event_id": event_id}
    inserted = insert(Piece).values(row).on_conflict_do_nothing().returning(Piece.event_id)
    return (await session.execute(inserted)).scalar_one_or_none() is not None


async def add_counts(session: AsyncSession, wave_id: UUID, service_id: UUID, counts: Counts) -> None:
    """In the order of the keys, so that two processes never wait for each other."""
    of = {"wave_id": wave_id, "service_id": service_id}
    totals = [
        {**of, "group_id": place.group, "question": place.question, "n": counts.given[place],
         "not_applicable": counts.not_applicable[place]}
        for place in counts.places
    ]  # fmt: skip
    values = [
        {
            **of,
            "group_id": place.group,
            "question": place.question,
            "value": value,
            "count": counts.values[place, value],
        }
        for place, value in sorted(counts.values)
    ]
    await add(session, AnswerTotal, totals)
    await add(session, AnswerCount, values)
