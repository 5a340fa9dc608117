"""Movers and leavers of a file, from the day that it speaks of: `organisation/employment_queries.py`, for many at once."""

from datetime import date
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

MOVED = """
    CREATE TEMPORARY TABLE import_moved ON COMMIT DROP AS
    SELECT e.id, CASE WHEN e.active THEN e.unit_id END AS unit_id
    FROM (SELECT id FROM import_planned WHERE effect = 'changed' UNION SELECT id FROM import_leaving) who
    JOIN employees e ON e.organisation_id = :organisation AND e.id = who.id
    LEFT JOIN employments o ON o.organisation_id = :organisation AND o.employee_id = e.id AND o.to_date IS NULL
    WHERE CASE WHEN e.active THEN o.unit_id IS DISTINCT FROM e.unit_id ELSE o.unit_id IS NOT NULL END
"""
FOLLOWED = (
    """
    DELETE FROM employments h USING import_moved m
    WHERE h.organisation_id = :organisation AND h.employee_id = m.id AND h.from_date >= :day
    """,
    """
    UPDATE employments h SET to_date = :day FROM import_moved m
    WHERE h.organisation_id = :organisation AND h.employee_id = m.id AND (h.to_date IS NULL OR h.to_date > :day)
    """,
    """
    INSERT INTO employments (organisation_id, employee_id, unit_id, from_date)
    SELECT cast(:organisation AS uuid), id, unit_id, cast(:day AS date) FROM import_moved WHERE unit_id IS NOT NULL
    """,
)
CREATED = """
    INSERT INTO employments (organisation_id, employee_id, unit_id, from_date)
    SELECT cast(:organisation AS uuid), id, unit_id, cast(:day AS date) FROM import_planned
    WHERE effect = 'created' AND active
"""


async def follow(session: AsyncSession, effects: dict[str, int], leaving: int, day: date) -> None:
    """Who is where they were is not touched."""
    values: dict[str, Any] = {"organisation": session.info["organisation_id"], "day": day}
    if effects.get("created"):
        await session.execute(text(CREATED), values)
    if effects.get("changed") or leaving:
        await session.execute(text(MOVED), {"organisation": values["organisation"]})
        for statement in FOLLOWED:
            await session.execute(text(statement), values)
