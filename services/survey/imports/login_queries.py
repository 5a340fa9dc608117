"""Who has no userName is looked up by the address, so an address must not be the userName of another. Names in the statements
are ours alone."""

from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.survey.imports.staging_queries import refuse


async def refuse_logins_of_others(session: AsyncSession) -> int:
    """Of addresses that are new, or come back; SCIM in turn makes no user whose userName is somebody's address."""
    using = """(
        SELECT p.id, coalesce(t.external_id, t.id::text) AS owner
        FROM import_planned p
        JOIN employees t ON t.organisation_id = :organisation AND t.login = lower(p.email) AND t.user_name IS NOT NULL
            AND t.id <> p.id AND (t.active OR NOT t.deprovisioned)
        LEFT JOIN employees own ON own.organisation_id = :organisation AND own.id = p.id
        WHERE p.effect <> 'unchanged' AND (own.mail IS DISTINCT FROM lower(p.email) OR p.active AND NOT own.active)
            AND (own.user_name IS NULL OR own.user_name = own.id::text AND p.active AND NOT own.active)
    ) login"""
    return await refuse(
        session, "p.id = login.id", "email", "emailTaken", "'is the userName of employee ' || login.owner",
        using=using, organisation=session.info["organisation_id"],
    )  # fmt: skip


async def keep_who_is_refused(session: AsyncSession) -> int:
    """Whoever has the address of a row that is refused is most likely the same person by another externalId, and does not
    leave by not being named, unless another row has that address now. How many."""
    staying: Any = await session.execute(
        text("""
        WITH refused AS (
            SELECT lower(s.email) AS mail FROM import_staging s
            WHERE s.email IS NOT NULL AND NOT EXISTS (SELECT FROM import_planned p WHERE p.line = s.line)
        )
        DELETE FROM import_leaving l USING employees t
        WHERE t.organisation_id = :organisation AND t.id = l.id
            AND (t.mail IN (SELECT mail FROM refused) OR t.login IN (SELECT mail FROM refused))
            AND NOT EXISTS (SELECT FROM import_planned p WHERE p.active AND lower(p.email) = t.mail)
        """),
        {"organisation": session.info["organisation_id"]},
    )
    return int(staying.rowcount)


async def release_logins(session: AsyncSession) -> None:
    """Who has left is not looked up by an address that is an active employee's now, but by the id, until they are back."""
    await session.execute(
        text("""
        WITH named AS (SELECT id FROM import_planned WHERE effect <> 'unchanged')
        UPDATE employees t SET user_name = t.id::text, version = t.version + 1, updated_at = now()
        FROM employees o WHERE o.organisation_id = :organisation AND o.active AND o.mail = t.login AND o.id <> t.id
            AND t.organisation_id = :organisation AND NOT t.active AND t.user_name IS NULL
            AND (t.id IN (SELECT id FROM named) OR o.id IN (SELECT id FROM named))
        """),
        {"organisation": session.info["organisation_id"]},
    )


async def restore_logins(session: AsyncSession) -> None:
    """Before they are back, unless their key, by which they would be known without an address, is a user's name by now."""
    await session.execute(
        text("""
        UPDATE employees t SET user_name = NULL FROM import_planned p
        WHERE t.organisation_id = :organisation AND t.id = p.id AND p.active AND NOT t.active AND t.user_name = t.id::text
            AND (p.email IS NOT NULL OR lower(t.external_id) NOT IN (
                SELECT o.login FROM employees o WHERE o.organisation_id = :organisation AND o.user_name IS NOT NULL
                    AND (o.active OR NOT o.deprovisioned)
            ))
        """),
        {"organisation": session.info["organisation_id"]},
    )
