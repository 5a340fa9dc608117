"""What a file says, in tables that live with one connection: the rows (`import_staging`), what is wrong with them
(`import_refusals`), and what each would do (`import_planned`).

A row names the columns that it gives; the others are filled from the row that is there, so that a file without a column
leaves it alone. Maps (JSON) are merged by key, and null removes a key. Names in the statements are ours alone.
"""

# ruff: noqa: S608

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.survey.imports.reading.typed import LEADING, given_bit
from services.survey.imports.refusals import Refusal
from services.survey.imports.targets import Reference, Target

REFUSED = ("line", "column", "code", "detail", "severity")
LONGEST_DETAIL = 500


async def create(session: AsyncSession, staged: Sequence[str], types: Sequence[str]) -> None:
    columns = ", ".join(f"{name} {kind}" for name, kind in zip(staged, types, strict=True))
    await session.execute(text(
        "CREATE TEMPORARY TABLE import_staging "
        f"(line int NOT NULL, id uuid NOT NULL, given int NOT NULL, refused boolean NOT NULL, {columns})"
    ))  # fmt: skip
    await session.execute(text(
        "CREATE TEMPORARY TABLE import_refusals (number int GENERATED ALWAYS AS IDENTITY, line int, "
        '"column" text, code text NOT NULL, detail text NOT NULL, severity text NOT NULL DEFAULT \'error\')'
    ))  # fmt: skip


def staged_types(target: Target) -> list[str]:
    """References are the keys that stand in the file."""
    keys = {reference.column for reference in target.references}
    return ["text" if name in keys or name not in target.table.c else target.type_of(name) for name in target.staged]


async def add(
    session: AsyncSession, staged: Sequence[str], records: Sequence[Any], refusals: Sequence[Refusal]
) -> None:
    """By COPY."""
    connection = await session.connection()
    driver: Any = (await connection.get_raw_connection()).driver_connection
    if records:
        await driver.copy_records_to_table("import_staging", columns=[*LEADING, *staged], records=records)
    if refusals:
        await driver.copy_records_to_table("import_refusals", columns=REFUSED, records=[
            (each.line, each.column, each.code, each.detail[:LONGEST_DETAIL], each.severity) for each in refusals
        ])  # fmt: skip


async def refuse_doubles(session: AsyncSession, target: Target, column: str | None) -> None:
    """The first of a key stays, refused or not; the others never win in silence."""
    await session.execute(text("SET LOCAL work_mem = '64MB'"))
    # After a first import there may be no statistics yet, and looking up each row costs the square of what joining does.
    await session.execute(text("SET LOCAL enable_nestloop = off"))
    await session.execute(text("SET LOCAL default_statistics_target = 10"))  # how many rows there are is enough
    await session.execute(text("ANALYZE import_staging"))
    key = ", ".join(target.key)
    same = " AND ".join(f"s.{name} = d.{name}" for name in target.key)
    shown = ", ".join(f"s.{name}" for name in target.key)
    await session.execute(
        text(f"""
        WITH doubled AS (SELECT {key}, min(line) AS first FROM import_staging GROUP BY {key} HAVING count(*) > 1),
        later AS (
            UPDATE import_staging s SET refused = true FROM doubled d WHERE {same} AND s.line > d.first AND NOT s.refused
            RETURNING s.line, concat_ws(' and ', {shown}) || ' is on line ' || d.first || ' already' AS detail
        )
        INSERT INTO import_refusals (line, "column", code, detail)
        SELECT line, cast(:column AS text), 'doubledInFile', detail FROM later
        """),
        {"column": column},
    )


async def plan(session: AsyncSession, target: Target, otherwise: dict[str, str]) -> None:
    """`otherwise` is SQL for columns that a row does not give, in place of what is there."""
    columns = [f"{name} {target.type_of(name)}" for name in target.columns]
    for reference in target.references:
        columns.append(f"{reference.column}_key text")
        columns += [f"{reference.column}_in_file boolean"] if reference.own else []
    await session.execute(text(
        "CREATE TEMPORARY TABLE import_planned (line int NOT NULL, id uuid NOT NULL, given int NOT NULL, "
        f"effect text NOT NULL, {', '.join(columns)}) ON COMMIT DROP"
    ))  # fmt: skip
    filled = {name: _filled(target, name, otherwise) for name in target.columns}
    rest = [name for name in target.columns if name not in target.key]
    differs = " OR ".join(f"{filled[name]} IS DISTINCT FROM t.{name}" for name in rest) or "false"
    told = [f"{filled[name]} AS {name}" for name in target.columns]
    for place, reference in enumerate(target.references):
        told.append(f"s.{reference.column}")
        told += [f"r{place}.id IS NULL AND f{place}.id IS NOT NULL"] if reference.own else []
    found = "coalesce(t.id, s.id)" if target.has_id else "s.id"
    await session.execute(
        text(f"""
        INSERT INTO import_planned
        SELECT s.line, {found}, s.given,
               CASE WHEN t.organisation_id IS NULL THEN 'created' WHEN {differs} THEN 'changed' ELSE 'unchanged' END,
               {", ".join(told)}
        FROM import_staging s {_joins(target)} WHERE NOT s.refused
        """),
        {"organisation": session.info["organisation_id"]},
    )
    await session.execute(text("ANALYZE import_planned"))


def _filled(target: Target, name: str, otherwise: dict[str, str]) -> str:
    given, old = f"s.{name}", otherwise.get(name, f"t.{name}")
    if name in target.defaults and name not in otherwise:
        old = f"coalesce(t.{name}, {target.defaults[name]})"
    if target.is_map(name):
        given = f"jsonb_strip_nulls(coalesce(t.{name}, '{{}}'::jsonb) || s.{name})"
    for place, reference in enumerate(target.references):
        if reference.column == name:
            given = f"coalesce(r{place}.id, f{place}.id)" if reference.own else f"r{place}.id"
    if name in target.key:
        return given
    return f"CASE WHEN s.given & {given_bit(target.kind, name)} <> 0 THEN {given} ELSE {old} END"


def _joins(target: Target) -> str:
    joins, keys = [], {name: f"s.{name}" for name in target.key}
    for place, reference in enumerate(target.references):
        joins.append(
            f"LEFT JOIN {reference.table} r{place} ON r{place}.organisation_id = :organisation "
            f"AND r{place}.external_id = s.{reference.column}"
        )
        if reference.own:
            joins.append(f"LEFT JOIN import_staging f{place} ON f{place}.external_id = s.{reference.column} "
                         f"AND NOT f{place}.refused")  # fmt: skip
        if reference.column in keys:
            keys[reference.column] = f"r{place}.id"
    same = " AND ".join(f"t.{name} = {value}" for name, value in keys.items())
    return " ".join([*joins, f"LEFT JOIN {target.table.name} t ON t.organisation_id = :organisation AND {same}"])


@asynccontextmanager
async def step_by_step(session: AsyncSession) -> AsyncIterator[None]:
    """For what follows a chain by an index: joining would read the whole table again for each of its links."""
    await session.execute(text("SET LOCAL enable_nestloop = on"))
    yield
    await session.execute(text("SET LOCAL enable_nestloop = off"))


async def refuse(
    session: AsyncSession, where: str, column: str, code: str, detail: str, *, using: str = "", **values: Any
) -> int:
    """Takes rows `p` out of what is planned; `where` and `detail` are SQL. How many."""
    result: Any = await session.execute(
        text(f"""
        WITH gone AS (
            DELETE FROM import_planned p {f"USING {using}" if using else ""} WHERE {where} RETURNING p.line, {detail} AS detail
        )
        INSERT INTO import_refusals (line, "column", code, detail)
        SELECT line, cast(:column AS text), cast(:code AS text), left(detail, {LONGEST_DETAIL}) FROM gone
        """),
        {"column": column, "code": code, **values},
    )
    return int(result.rowcount)


async def refuse_unknown(session: AsyncSession, target: Target) -> None:
    """Of a row that refers to several things, each that is not there is named. Its own kind apart: see `checks`."""
    plain = [reference for reference in target.references if not reference.own]
    for reference in plain:
        await session.execute(
            text(f"""
            INSERT INTO import_refusals (line, "column", code, detail)
            SELECT line, cast(:column AS text), cast(:code AS text), {reference.column}_key || ' does not exist'
            FROM import_planned WHERE {_unknown(reference)}
            """),
            {"column": reference.name, "code": reference.unknown},
        )
    if plain:
        await session.execute(text(f"DELETE FROM import_planned WHERE {' OR '.join(map(_unknown, plain))}"))


def _unknown(reference: Reference) -> str:
    return f"({reference.column}_key IS NOT NULL AND {reference.column} IS NULL)"


async def effects(session: AsyncSession) -> dict[str, int]:
    """How many rows would do what."""
    rows = await session.execute(text("SELECT effect, count(*) FROM import_planned GROUP BY effect"))
    return {row[0]: row[1] for row in rows}


async def refused_rows(session: AsyncSession) -> int:
    """Warnings not counted: those rows were taken."""
    found = "SELECT count(DISTINCT line) FROM import_refusals WHERE severity = 'error' AND line IS NOT NULL"
    return int(await session.scalar(text(found)) or 0)
