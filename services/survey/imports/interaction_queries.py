"""What a file of interactions would do, worked out as the merge of those that are pushed will do it."""

from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.survey.imports.targets import Target
from services.survey.interactions.merge_queries import MOST
from services.survey.interactions.rules import Use

NOTED = (
    """CASE WHEN p.service_id IS NULL OR p.employee_id IS NULL THEN '{"parked": true}'::jsonb ELSE '{}'::jsonb END"""
)


async def plan(session: AsyncSession, target: Target) -> None:
    """A row is a whole state: what it does not say is not so."""
    columns = ", ".join(f"{name} {target.type_of(name)}" for name in target.columns)
    await session.execute(text("ANALYZE import_staging"))
    await session.execute(text(
        "CREATE TEMPORARY TABLE import_planned (line int NOT NULL, id uuid NOT NULL, effect text NOT NULL, "
        f"{columns}, service_id_key text NOT NULL, employee_id_key text NOT NULL) ON COMMIT DROP"
    ))  # fmt: skip
    await session.execute(
        text("""
        INSERT INTO import_planned
        SELECT f.line, coalesce(t.id, f.id),
            CASE WHEN f.place > 1 OR coalesce(f.closed_at, f.opened_at) < coalesce(t.closed_at, t.opened_at) THEN 'overtaken'
                WHEN t.id IS NULL THEN 'created'
                WHEN (s.id, e.id, f.kind, f.channel, f.opened_at, f.closed_at, f.duration_minutes)
                    IS DISTINCT FROM
                    (t.service_id, t.employee_id, t.kind, t.channel, t.opened_at, t.closed_at, t.duration_minutes)
                    OR s.id IS NULL AND t.service_external_id IS DISTINCT FROM f.service_id
                    OR e.id IS NULL AND t.employee_external_id IS DISTINCT FROM f.employee_id THEN 'changed'
                ELSE 'unchanged' END,
            f.external_id, s.id, e.id, f.kind, f.channel, f.opened_at, f.closed_at, f.duration_minutes,
            f.service_id, f.employee_id
        FROM (
            SELECT *, row_number() OVER (
                PARTITION BY external_id ORDER BY coalesce(closed_at, opened_at) DESC, line DESC
            ) AS place
            FROM import_staging WHERE NOT refused
        ) f
        LEFT JOIN services s ON s.organisation_id = :organisation AND s.external_id = f.service_id
        LEFT JOIN employees e ON e.organisation_id = :organisation AND e.external_id = f.employee_id
        LEFT JOIN interactions t ON t.organisation_id = :organisation AND t.external_id = f.external_id
        """),
        {"organisation": session.info["organisation_id"]},
    )


async def leave_out_overtaken(session: AsyncSession) -> None:
    await session.execute(text("DELETE FROM import_planned WHERE effect = 'overtaken'"))
    await session.execute(text('CREATE INDEX ON import_planned (external_id COLLATE "C")'))
    await session.execute(text("ANALYZE import_planned"))


async def parked(session: AsyncSession) -> int:
    found = "SELECT count(*) FROM import_planned WHERE service_id IS NULL OR employee_id IS NULL"
    return int(await session.scalar(text(found)) or 0)


async def planned_after(session: AsyncSession, external_id: str) -> list[Use]:
    """In the order in which the merge takes them, so that file and push never wait for each other in a circle."""
    rows: Any = await session.execute(
        text("""
        SELECT external_id, NULL, service_id_key, NULL, employee_id_key, kind, channel, opened_at, closed_at, duration_minutes
        FROM import_planned WHERE effect <> 'unchanged' AND external_id COLLATE "C" > :after
        ORDER BY external_id COLLATE "C" LIMIT :most
        """),
        {"after": external_id, "most": MOST},
    )
    return [Use(*row) for row in rows]
