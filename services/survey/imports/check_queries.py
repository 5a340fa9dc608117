"""Which planned rows may take effect together. Rows come in any order and refer to each other and to what is there; what
is refused may take others with it, so each check says how many fell, and is repeated until none does.

Set-based throughout: a file may have more rows than memory. Names in the statements are ours alone.
"""

# ruff: noqa: S608

from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.survey.imports.reading.typed import given_bit
from services.survey.imports.staging_queries import refuse, step_by_step
from services.survey.imports.targets import Reference, Target

STAGED = "EXISTS (SELECT FROM import_staging s WHERE s.external_id = p.{column}_key)"
REFUSED_IN_FILE = (
    "p.{column}_key IS NOT NULL AND (p.{column} IS NULL OR p.{column}_in_file "
    "AND NOT EXISTS (SELECT FROM import_planned m WHERE m.id = p.{column}))"
)


def own_reference(target: Target) -> Reference:
    return next(reference for reference in target.references if reference.own)


async def anything_to_check(session: AsyncSession, target: Target) -> bool:
    """What is unchanged fits together as it is, unless it refers to what is not there: that is no reference at all."""
    column = own_reference(target).column
    found = f"""
        SELECT EXISTS (SELECT FROM import_planned p
            WHERE p.effect <> 'unchanged' OR p.{column}_key IS NOT NULL AND p.{column} IS NULL)
    """
    return bool(await session.scalar(text(found)))


async def anything_refused(session: AsyncSession) -> bool:
    """Then others may refer to it."""
    return bool(await session.scalar(text("SELECT EXISTS (SELECT FROM import_refusals WHERE severity = 'error')")))


async def refuse_unknown_own(session: AsyncSession, target: Target) -> int:
    """References to what is neither there nor in the file."""
    reference = own_reference(target)
    column = reference.column
    where = f"p.{column}_key IS NOT NULL AND p.{column} IS NULL AND NOT {STAGED.format(column=column)}"
    return await refuse(session, where, reference.name, reference.unknown, f"p.{column}_key || ' does not exist'")


async def refuse_orphans(session: AsyncSession, target: Target, code: str) -> int:
    """Rows whose reference is to a refused row, and all that refer to these in turn."""
    reference = own_reference(target)
    column = reference.column
    orphan = REFUSED_IN_FILE.format(column=column)
    if not await session.scalar(text(f"SELECT EXISTS (SELECT FROM import_planned p WHERE {orphan})")):
        return 0
    await session.execute(text(f"CREATE INDEX IF NOT EXISTS import_planned_above ON import_planned ({column})"))
    lost = f"""(
        WITH RECURSIVE lost AS (
            SELECT p.id FROM import_planned p WHERE {orphan}
            UNION SELECT b.id FROM lost JOIN import_planned b ON b.{column} = lost.id AND b.{column}_in_file
        ) SELECT id FROM lost
    ) lost"""
    detail = f"'the row of its parent ' || p.{column}_key || ' is refused'"
    async with step_by_step(session):
        return await refuse(session, "p.id = lost.id", reference.name, code, detail, using=lost)


async def leave_out_refused(session: AsyncSession, target: Target, code: str) -> int:
    """The row is taken without its reference to a refused row, with a warning."""
    reference = own_reference(target)
    column, table = reference.column, target.table.name
    lost = REFUSED_IN_FILE.format(column=column)
    if not await anything_refused(session):
        return 0
    noted: Any = await session.execute(
        text(f"""
        INSERT INTO import_refusals (line, "column", code, detail, severity)
        SELECT p.line, cast(:column AS text), cast(:code AS text),
               'the row of ' || p.{column}_key || ' is refused: left out', 'warning'
        FROM import_planned p WHERE {lost}
        """),
        {"column": reference.name, "code": code},
    )
    if not noted.rowcount:
        return 0
    await session.execute(
        text(f"""
        UPDATE import_planned p SET {column}_key = NULL, {column}_in_file = false,
            given = given & ~{given_bit(target.kind, column)},
            {column} = (SELECT t.{column} FROM {table} t WHERE t.organisation_id = :organisation AND t.id = p.id)
        WHERE {lost}
        """),
        {"organisation": session.info["organisation_id"]},
    )
    differs = " OR ".join(f"p.{name} IS DISTINCT FROM t.{name}" for name in target.columns if name not in target.key)
    await session.execute(
        text(f"""
        UPDATE import_planned p SET effect = CASE WHEN {differs} THEN 'changed' ELSE 'unchanged' END
        FROM {table} t WHERE t.organisation_id = :organisation AND t.id = p.id
        """),
        {"organisation": session.info["organisation_id"]},
    )
    return int(noted.rowcount)


async def refuse_circles(session: AsyncSession, target: Target, code: str) -> int:
    """Whoever cannot be reached from a top hangs below a circle or is part of it. Following everybody's reference at
    least as often as there are such rows, each time twice as far, ends inside the circles, and comes to all of them."""
    reference = own_reference(target)
    stuck = await _stuck(session, target, reference.column)
    if not stuck:
        return 0
    for _ in range(stuck.bit_length() + 1):
        await session.execute(
            text("UPDATE import_stuck s SET jump = n.jump FROM import_stuck n WHERE n.id = s.jump AND n.jump <> s.jump")
        )
    circle = """(
        WITH RECURSIVE inside AS MATERIALIZED (
            SELECT s.id, s.above, coalesce(p.external_id, '…') AS key
            FROM import_stuck s LEFT JOIN import_planned p ON p.id = s.id
            WHERE s.id IN (SELECT jump FROM import_stuck)
        ), path AS (
            SELECT id AS start, above, key AS shown, 1 AS steps, above = id AS closed FROM inside
            UNION ALL
            SELECT path.start, i.above, path.shown || ' → ' || i.key, steps + 1, i.above = path.start
            FROM path JOIN inside i ON i.id = path.above WHERE NOT closed AND steps < 10
        )
        SELECT DISTINCT ON (path.start) path.start, shown || CASE WHEN closed THEN '' ELSE ' → …' END || ' → ' || s.key AS shown
        FROM path JOIN inside s ON s.id = path.start ORDER BY path.start, steps DESC
    ) circle"""
    return await refuse(
        session, "p.id = circle.start", reference.name, code, "'is in a circle: ' || circle.shown", using=circle
    )


async def _stuck(session: AsyncSession, target: Target, column: str) -> int:
    """Puts into `import_stuck` who cannot be reached from a top, as everything would be after the import."""
    for statement in (
        "DROP TABLE IF EXISTS import_edges, import_stuck, import_reached",
        "CREATE TEMPORARY TABLE import_edges (id uuid NOT NULL, above uuid) ON COMMIT DROP",
        "CREATE TEMPORARY TABLE import_stuck (id uuid NOT NULL, above uuid, jump uuid) ON COMMIT DROP",
    ):
        await session.execute(text(statement))
    changed = f"""
        SELECT EXISTS (SELECT FROM import_planned p LEFT JOIN {target.table.name} t
            ON t.organisation_id = :organisation AND t.id = p.id
            WHERE p.effect <> 'unchanged' AND p.{column} IS NOT NULL AND p.{column} IS DISTINCT FROM t.{column})
    """
    organisation = {"organisation": session.info["organisation_id"]}
    if not await session.scalar(text(changed), organisation):
        return 0
    await session.execute(
        text(f"""
        INSERT INTO import_edges SELECT id, {column} FROM import_planned
        UNION ALL SELECT t.id, t.{column} FROM {target.table.name} t WHERE t.organisation_id = :organisation
            AND NOT EXISTS (SELECT FROM import_planned p WHERE p.id = t.id)
        """),
        organisation,
    )
    await _reach(session)
    result: Any = await session.execute(
        text("""
        INSERT INTO import_stuck SELECT id, above, above FROM import_edges e
        WHERE NOT EXISTS (SELECT FROM import_reached r WHERE r.id = e.id)
    """)
    )
    return int(result.rowcount)


async def _reach(session: AsyncSession) -> None:
    """Puts into `import_reached` who is at a top, or below it by `import_edges`. Apart from finding who is not: only this
    goes step by step."""
    await session.execute(text("CREATE INDEX ON import_edges (above)"))
    await session.execute(text("ANALYZE import_edges"))
    reached = """
        CREATE TEMPORARY TABLE import_reached ON COMMIT DROP AS
        WITH RECURSIVE reached AS (
            SELECT id FROM import_edges WHERE above IS NULL
            UNION ALL SELECT e.id FROM reached JOIN import_edges e ON e.above = reached.id
        ) SELECT id FROM reached
    """
    async with step_by_step(session):
        await session.execute(text(reached))


async def refuse_second_roots(session: AsyncSession) -> int:
    """Whoever is the root stays it, unless the file puts it below another; else the first in the file is."""
    using = """(
        WITH tops AS (
            SELECT p.id, p.line FROM import_planned p WHERE p.parent_id IS NULL
            UNION ALL SELECT t.id, NULL FROM units t WHERE t.organisation_id = :organisation AND t.parent_id IS NULL
                AND NOT EXISTS (SELECT FROM import_planned p WHERE p.id = t.id)
        ), ranked AS (
            SELECT tops.id, row_number() OVER (ORDER BY (t.id IS NULL OR t.parent_id IS NOT NULL), tops.line) AS place
            FROM tops LEFT JOIN units t ON t.organisation_id = :organisation AND t.id = tops.id
        ) SELECT id FROM ranked WHERE place > 1
    ) second"""
    detail = (
        "'there is a unit at the top already: name it as parent, or give it this externalId if it is the same unit'"
    )
    return await refuse(
        session, "p.id = second.id", "parentExternalId", "secondRoot", detail, using=using,
        organisation=session.info["organisation_id"],
    )  # fmt: skip


async def refuse_backward_leaves(session: AsyncSession) -> int:
    """Of both days together, whichever of them the file gives."""
    detail = "p.leave_end_date || ' is before leaveStartDate, ' || p.leave_start_date"
    where = "p.leave_end_date < p.leave_start_date"
    return await refuse(session, where, "leaveEndDate", "endsBeforeItStarts", detail)


async def refuse_lost_providers(session: AsyncSession) -> int:
    """Who provides services stays a provider."""
    using = "(SELECT DISTINCT provider_id AS id FROM services WHERE organisation_id = :organisation) provider"
    return await refuse(
        session, "p.id = provider.id AND NOT p.is_provider", "isProvider", "unitHasServices",
        "'provides services; give these to another unit first'", using=using,
        organisation=session.info["organisation_id"],
    )  # fmt: skip


async def refuse_other_providers(session: AsyncSession) -> int:
    using = "units u"
    where = "u.organisation_id = :organisation AND u.id = p.provider_id AND NOT u.is_provider"
    return await refuse(
        session, where, "providerExternalId", "notAProvider", "p.provider_id_key || ' is not a provider'", using=using,
        organisation=session.info["organisation_id"],
    )  # fmt: skip
