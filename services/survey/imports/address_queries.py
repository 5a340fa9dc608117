"""Who of a file of employees may have the mail address that it gives them."""

from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.survey.imports.staging_queries import refuse, step_by_step


async def refuse_taken_addresses(session: AsyncSession) -> int:
    """Who has an address keeps it before those who would get it; and so does who would have given it up, if that row is
    refused."""
    if not await _doubled_addresses(session):
        return 0
    lost = """(
        WITH RECURSIVE lost AS (
            SELECT id, owner FROM import_claims
            UNION SELECT h.heir, 'employee ' || h.key FROM lost JOIN import_heirs h ON h.id = lost.id
        ) SELECT DISTINCT ON (id) id, owner FROM lost ORDER BY id, owner
    ) claim"""
    detail = "'is the address of ' || claim.owner || ' already'"
    async with step_by_step(session):
        return await refuse(session, "p.id = claim.id", "email", "emailTaken", detail, using=lost)


async def _doubled_addresses(session: AsyncSession) -> bool:
    """Puts into `import_claims` whose address goes to somebody else, and into `import_heirs` who would get the address
    that somebody of the file has now."""
    claims = """
        CREATE TEMPORARY TABLE import_claims ON COMMIT DROP AS
        WITH after AS (
            SELECT p.id, lower(p.email) AS email, p.line, NULL AS key FROM import_planned p
            WHERE p.active AND p.email IS NOT NULL
            UNION ALL
            SELECT t.id, t.mail, NULL, coalesce(t.external_id, t.id::text) FROM employees t
            WHERE t.organisation_id = :organisation AND t.active AND t.email IS NOT NULL
                AND NOT EXISTS (SELECT FROM import_planned p WHERE p.id = t.id)
                AND NOT EXISTS (SELECT FROM import_leaving l WHERE l.id = t.id)
        ), doubled AS (SELECT email FROM after GROUP BY email HAVING count(*) > 1),
        ranked AS (
            SELECT after.id, after.line, row_number() OVER claims AS place,
                first_value(CASE WHEN after.line IS NULL THEN 'employee ' || after.key
                    ELSE 'line ' || after.line END) OVER claims AS owner
            FROM after JOIN doubled USING (email)
            LEFT JOIN employees t ON t.organisation_id = :organisation AND t.id = after.id
            WINDOW claims AS (PARTITION BY after.email ORDER BY
                after.line IS NOT NULL, (t.active AND t.mail = after.email) IS NOT TRUE, after.line)
        ) SELECT id, owner FROM ranked WHERE place > 1 AND line IS NOT NULL
    """
    heirs = """
        CREATE TEMPORARY TABLE import_heirs ON COMMIT DROP AS
        SELECT t.id, p.id AS heir, coalesce(t.external_id, t.id::text) AS key
        FROM employees t JOIN import_planned p ON lower(p.email) = t.mail AND p.active AND p.id <> t.id
        WHERE t.organisation_id = :organisation AND t.active
    """
    organisation = {"organisation": session.info["organisation_id"]}
    await session.execute(text("DROP TABLE IF EXISTS import_claims, import_heirs"))
    made: Any = await session.execute(text(claims), organisation)
    if not made.rowcount:
        return False
    await session.execute(text(heirs), organisation)
    await session.execute(text("CREATE INDEX ON import_heirs (id)"))
    await session.execute(text("ANALYZE import_claims, import_heirs"))
    return True
