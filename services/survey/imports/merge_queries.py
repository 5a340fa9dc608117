"""A file's rows in a staging table, what each would do there, and the one statement that does it.

A row names the columns that it gives; the others are filled from the row that is there, so that a file without a column
leaves it alone. Maps (JSON) are merged by key, and null removes a key.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import (
    ARRAY,
    Column,
    ColumnElement,
    FromClause,
    MetaData,
    Table,
    Text,
    Uuid,
    any_,
    case,
    func,
    literal,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.schema import CreateTable

from services.survey.base import Base
from services.survey.imports.rules import Placed


class Effects(NamedTuple):
    created: int
    changed: int
    unchanged: int


@dataclass(frozen=True)
class Staging:
    """`columns` are those of the target that a file may give; `defaults` what a new row has of those it does not."""

    target: Table
    staged: Table
    columns: Sequence[str]
    defaults: dict[str, Any]


def staging_for(model: type[Base], columns: Sequence[str], defaults: dict[str, Any]) -> Staging:
    target = model.__table__
    assert isinstance(target, Table)
    staged = Table(
        "import_staging",
        MetaData(),
        Column("id", Uuid, primary_key=True),
        Column("effect", Text, nullable=False),
        Column("given", ARRAY(Text), nullable=False),
        *(Column(name, target.c[name].type) for name in columns),
        prefixes=["TEMPORARY"],
        postgresql_on_commit="DROP",
    )
    return Staging(target, staged, columns, defaults)


async def stage(session: AsyncSession, staging: Staging, rows: Iterable[Placed]) -> None:
    """By COPY, into a table that goes with the transaction."""
    await session.execute(CreateTable(staging.staged))
    connection = await session.connection()
    driver: Any = (await connection.get_raw_connection()).driver_connection
    names = ["id", "effect", "given", *staging.columns]
    maps = {name for name in staging.columns if isinstance(staging.target.c[name].type, JSONB)}
    await driver.copy_records_to_table(
        staging.staged.name, columns=names, records=(_record(staging, maps, row) for row in rows)
    )
    await session.execute(text(f"ANALYZE {staging.staged.name}"))


def _record(staging: Staging, maps: set[str], row: Placed) -> tuple[Any, ...]:
    given = list(row.values)
    values = {**staging.defaults, **row.values} if row.new else row.values
    for name in maps & values.keys():
        entries = values[name].items()
        kept = {key: value for key, value in entries if value is not None or not row.new}
        values = {**values, name: msgspec.json.encode(kept).decode()}
    effect = "created" if row.new else "unchanged"
    return (row.id, effect, given, *(values.get(name) for name in staging.columns))


async def classify(session: AsyncSession, staging: Staging) -> Effects:
    """Fills the rows in, and says what each of them would do."""
    staged, target = staging.staged, staging.target
    filled = {name: _filled(staging, name) for name in staging.columns}
    differs = or_(*(value.is_distinct_from(target.c[name]) for name, value in filled.items()))
    await session.execute(
        update(staged)
        .where(target.c.organisation_id == session.info["organisation_id"], target.c.id == staged.c.id)
        .values({**filled, "effect": case((differs, "changed"), else_="unchanged")})
    )
    rows = await session.execute(select(staged.c.effect, func.count()).group_by(staged.c.effect))
    counts: dict[str, int] = {row[0]: row[1] for row in rows}
    return Effects(*(counts.get(effect, 0) for effect in Effects._fields))


def _filled(staging: Staging, name: str) -> ColumnElement[Any]:
    given, old = staging.staged.c[name], staging.target.c[name]
    value: ColumnElement[Any] = given
    if isinstance(old.type, JSONB):
        value = func.jsonb_strip_nulls(old.op("||")(given), type_=JSONB)
    return case((literal(name) == any_(staging.staged.c.given), value), else_=old)


async def merge(session: AsyncSession, staging: Staging) -> None:
    """One statement, so that rows may refer to rows further down. What is unchanged is not touched."""
    staged, target = staging.staged, staging.target
    names = ["organisation_id", "id", *staging.columns]
    source = select(
        literal(session.info["organisation_id"], Uuid), staged.c.id, *(staged.c[name] for name in staging.columns)
    ).where(staged.c.effect != "unchanged")
    statement = insert(target).from_select(names, source)
    changed: dict[str, Any] = {name: statement.excluded[name] for name in staging.columns}
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=["organisation_id", "id"],
            set_={**changed, "version": target.c.version + 1, "updated_at": func.now()},
        )
    )


async def changed_ids(session: AsyncSession, staging: Staging) -> list[UUID]:
    """Of those that were created or changed, in the order of their ids."""
    staged: FromClause = staging.staged
    found = select(staged.c.id).where(staged.c.effect != "unchanged").order_by(staged.c.id)
    return list((await session.scalars(found)).all())


async def free_addresses(session: AsyncSession, staging: Staging) -> None:
    """Two may swap their addresses in one file, which an index that is checked row by row would refuse."""
    staged, target = staging.staged, staging.target
    await session.execute(
        update(target)
        .where(
            target.c.organisation_id == session.info["organisation_id"],
            target.c.id == staged.c.id,
            staged.c.effect == "changed",
            func.lower(target.c.email).is_distinct_from(func.lower(staged.c.email)),
        )
        .values(email=None)
    )
