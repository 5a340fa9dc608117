"""Rows into a table by the ten thousand, in few statements."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from services.analytics.base import Base

BATCH: Final = 20_000
POSTGRESQL: Final = postgresql.dialect()  # type: ignore[no-untyped-call]  # untyped in SQLAlchemy


async def insert_many(
    session: AsyncSession,
    entity: type[Base],
    columns: Sequence[str],
    rows: Sequence[tuple[Any, ...]],
    *,
    adding: Sequence[str] = (),
) -> None:
    """One array a column. COPY would be as fast, but is refused on tables with row-level security.

    Arrays and JSON go as text. `adding`: columns that are added to what a row of the same key has.
    """
    statement = _statement(entity, columns, adding)
    connection = await (await session.connection()).get_raw_connection()
    assert connection.driver_connection is not None
    for start in range(0, len(rows), BATCH):
        arrays = zip(*rows[start : start + BATCH], strict=True)
        await connection.driver_connection.execute(statement, session.info["organisation_id"], *map(list, arrays))


def _statement(entity: type[Base], columns: Sequence[str], adding: Sequence[str]) -> str:
    table = entity.__table__
    assert isinstance(table, Table)
    types = [table.columns[column].type for column in columns]
    names = [str(kind.compile(POSTGRESQL)) for kind in types]
    sent = ["TEXT" if isinstance(kind, ARRAY | JSONB) else name for kind, name in zip(types, names, strict=True)]
    sources = ", ".join(f"${place}::{name}[]" for place, name in enumerate(sent, start=2))
    targets = ", ".join(f"{column}::{name}" for column, name in zip(columns, names, strict=True))
    statement = (
        f"INSERT INTO {table.name} (organisation_id, {', '.join(columns)}) "  # noqa: S608  # names of our own columns
        f"SELECT $1::uuid, {targets} FROM unnest({sources}) AS given ({', '.join(columns)})"
    )
    if not adding:
        return statement
    key = ", ".join(column.name for column in table.primary_key)
    sums = ", ".join(f"{column} = {table.name}.{column} + excluded.{column}" for column in adding)
    return f"{statement} ON CONFLICT ({key}) DO UPDATE SET {sums}"
