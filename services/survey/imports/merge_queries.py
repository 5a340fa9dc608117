"""What does it: planned rows into the table that they are for. What is unchanged is not touched. Names in the statements
are ours alone."""

# ruff: noqa: S608

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.survey.imports.rules import FEW
from services.survey.imports.targets import Target
from services.survey.organisation.models import SCIM_ONLY

AT_ONCE = 5_000


async def merge(session: AsyncSession, target: Target, effects: dict[str, int]) -> None:
    """New rows first, in one statement, so that rows may refer to rows further down; then what has changed."""
    organisation = {"organisation": session.info["organisation_id"]}
    table, identity = target.table.name, ["id"] if target.has_id else []
    # A connection keeps its plans for the checks of foreign keys, and those of an empty table read all of it each time.
    await session.execute(text("DISCARD PLANS"))
    if effects.get("created"):
        names = ", ".join([*identity, *target.columns])
        await session.execute(
            text(f"""
            INSERT INTO {table} (organisation_id, {names})
            SELECT cast(:organisation AS uuid), {names} FROM import_planned WHERE effect = 'created'
            """),
            organisation,
        )
    if effects.get("changed"):
        changed = [f"{name} = p.{name}" for name in target.columns if name not in target.key]
        same = " AND ".join(f"t.{name} = p.{name}" for name in identity or target.key)
        await session.execute(
            text(f"""
            UPDATE {table} t SET {", ".join(changed)}, version = t.version + 1, updated_at = now()
            FROM import_planned p WHERE p.effect = 'changed' AND t.organisation_id = :organisation AND {same}
            """),
            organisation,
        )


async def changed_ids(session: AsyncSession, after: UUID | None) -> list[UUID]:
    """Of those that were created or changed, in the order of their ids: a page of those after this one."""
    found = text("""
        SELECT id FROM import_planned WHERE effect <> 'unchanged' AND (cast(:after AS uuid) IS NULL OR id > :after)
        ORDER BY id LIMIT :most
    """)
    return list(await session.scalars(found, {"after": after, "most": AT_ONCE}))


async def changed_services(session: AsyncSession) -> set[UUID]:
    """Whose audience is another."""
    return set(await session.scalars(text("SELECT DISTINCT service_id FROM import_planned WHERE effect = 'created'")))


async def free_addresses(session: AsyncSession) -> None:
    """Two may swap their addresses in one file, or one may get that of another who leaves, which an index that is checked
    row by row would refuse."""
    await session.execute(
        text("""
        UPDATE employees t SET email = NULL FROM import_planned p
        WHERE p.effect = 'changed' AND t.organisation_id = :organisation AND t.id = p.id AND t.email IS NOT NULL
            AND (t.mail IS DISTINCT FROM lower(p.email) OR NOT p.active)
        """),
        {"organisation": session.info["organisation_id"]},
    )


async def plan_leaving(session: AsyncSession, *, snapshot: bool) -> tuple[int, int]:
    """Who could leave (active, and from outside), and who would: those whom a snapshot does not name. Rows that are
    refused name theirs all the same. Of whom SCIM alone speaks a file says nothing by not naming them."""
    await session.execute(text("CREATE TEMPORARY TABLE import_leaving (id uuid PRIMARY KEY) ON COMMIT DROP"))
    if not snapshot:
        return 0, 0
    organisation = {"organisation": session.info["organisation_id"]}
    there = "FROM employees t WHERE t.organisation_id = :organisation AND t.active AND t.external_id IS NOT NULL"
    named = "EXISTS (SELECT FROM import_staging s WHERE s.external_id = t.external_id)"
    only = f"t.scim ? '{SCIM_ONLY}'"
    existing = await session.scalar(text(f"SELECT count(*) {there} AND (NOT {only} OR {named})"), organisation)
    await session.execute(
        text(f"INSERT INTO import_leaving SELECT t.id {there} AND NOT {only} AND NOT {named}"), organisation
    )
    leaving = await session.scalar(text("SELECT count(*) FROM import_leaving"))
    return int(existing or 0), int(leaving or 0)


async def not_of_scim_alone(session: AsyncSession) -> None:
    """Whom the file names: from now on it speaks of them, and whom it makes active SCIM did not delete. Their userName may
    be somebody else's by now; they are then looked up by their address, if that is nobody's userName either."""

    def taken(login: str, *, given: bool) -> str:
        by = "NOT o.deprovisioned AND o.user_name IS NOT NULL" if given else "NOT o.deprovisioned"
        return f"""EXISTS (
            SELECT FROM employees o WHERE o.organisation_id = :organisation AND o.login = {login} AND o.id <> t.id
                AND (o.active OR {by})
        )"""

    name, address = taken("t.login", given=False), taken("lower(p.email)", given=True)
    await session.execute(
        text(f"""
        UPDATE employees t SET scim = t.scim - '{SCIM_ONLY}', deprovisioned = t.deprovisioned AND NOT p.active,
            user_name = CASE WHEN t.user_name IS NULL OR NOT (t.deprovisioned AND p.active) OR NOT {name} THEN t.user_name
                             WHEN p.email IS NULL OR {address} THEN t.id::text END
        FROM import_planned p
        WHERE t.organisation_id = :organisation AND t.id = p.id
            AND (t.scim ? '{SCIM_ONLY}' OR t.deprovisioned AND p.active)
        """),
        {"organisation": session.info["organisation_id"]},
    )


async def units_not_of_scim_alone(session: AsyncSession) -> None:
    await session.execute(
        text("""
        UPDATE units t SET scim_only = false FROM import_planned p
        WHERE t.organisation_id = :organisation AND t.id = p.id AND t.scim_only
        """),
        {"organisation": session.info["organisation_id"]},
    )


async def ended(session: AsyncSession) -> int:
    """How many are active whom the file names as one who has left."""
    found = text("""
        SELECT count(*) FROM import_planned p
        JOIN employees t ON t.organisation_id = :organisation AND t.id = p.id AND t.active
        WHERE p.effect = 'changed' AND NOT p.active
    """)
    return int(await session.scalar(found, {"organisation": session.info["organisation_id"]}) or 0)


async def leave(session: AsyncSession) -> None:
    await session.execute(
        text("""
        UPDATE employees t SET active = false, version = t.version + 1, updated_at = now()
        FROM import_leaving l WHERE t.organisation_id = :organisation AND t.id = l.id
        """),
        {"organisation": session.info["organisation_id"]},
    )


async def missing_keys(session: AsyncSession, table: str, *, unspoken: str = "false") -> tuple[int, dict[str, UUID]]:
    """Of units or services, which are few: how many from outside could go, and those that the file does not name. Of those
    for which `unspoken` holds it says nothing by that."""
    found = await session.execute(
        text(f"""
        SELECT * FROM (
            SELECT t.external_id, t.id, {unspoken} AS unspoken,
                EXISTS (SELECT FROM import_staging s WHERE s.external_id = t.external_id) AS named
            FROM {table} t WHERE t.organisation_id = :organisation AND t.external_id IS NOT NULL
        ) found WHERE named OR NOT unspoken
        """),
        {"organisation": session.info["organisation_id"]},
    )
    there = found.all()
    return len(there), {row.external_id: row.id for row in there if not row.named}


async def planned_parents(session: AsyncSession) -> dict[UUID, UUID | None]:
    return {row[0]: row[1] for row in await session.execute(text("SELECT id, parent_id FROM import_planned"))}


# Would the row `p` give what is there, `t`, what is another's now? An address says who somebody is; where it stays, the
# name does. A service has a name a language, of which the file need not give each. `{other}`: what holds of whose it is.
LOOKS_SWAPPED = {
    "employees": """
        CASE WHEN p.email IS NOT NULL AND lower(p.email) IS DISTINCT FROM t.mail THEN EXISTS (
            SELECT FROM employees o WHERE o.organisation_id = :organisation AND o.active
            AND o.mail = lower(p.email) AND o.id <> p.id AND {other})
        ELSE (p.given_name, p.family_name) <> (t.given_name, t.family_name)
            AND (p.given_name, p.family_name) IN (
                SELECT o.given_name, o.family_name FROM employees o
                WHERE o.organisation_id = :organisation AND {other})
        END""",
    "units": """
        p.name <> t.name AND p.name IN (SELECT o.name FROM units o WHERE o.organisation_id = :organisation AND {other})""",
    "services": """
        EXISTS (SELECT FROM jsonb_each_text(p.name) n WHERE n.value IS DISTINCT FROM t.name ->> n.key
            AND (n.key, n.value) IN (
                SELECT e.key, e.value FROM services o CROSS JOIN jsonb_each_text(o.name) e
                WHERE o.organisation_id = :organisation AND {other}))""",
}


async def swaps(session: AsyncSession, target: Target, effects: dict[str, int]) -> tuple[int, int]:
    """How many of the file's rows were there before, and how many of these look as if they had the id of another. Of so few
    that it may be all of them only what they trade with each other counts: namesakes are told by no more than that."""
    known = effects.get("changed", 0) + effects.get("unchanged", 0)
    if not effects.get("changed"):
        return known, 0
    looks = LOOKS_SWAPPED[target.kind].format(
        other="o.id IN (SELECT id FROM import_planned)" if known <= FEW else "true"
    )
    found = await session.scalar(
        text(f"""
        SELECT count(*) FROM import_planned p
        JOIN {target.table.name} t ON t.organisation_id = :organisation AND t.id = p.id
        WHERE p.effect = 'changed' AND {looks}
        """),
        {"organisation": session.info["organisation_id"]},
    )
    return known, int(found or 0)


async def plan_ending(session: AsyncSession, target: Target, *, snapshot: bool) -> tuple[int, int]:
    """Rows without an id that a snapshot does not name: how many there are, and how many would go. Of audiences and costs
    whose service and unit come from outside."""
    keys = ", ".join(f"{name} {target.type_of(name)}" for name in target.key)
    await session.execute(text(f"CREATE TEMPORARY TABLE import_ending ({keys}) ON COMMIT DROP"))
    if not snapshot:
        return 0, 0
    organisation = {"organisation": session.info["organisation_id"]}
    names = ", ".join(f"t.{name}" for name in target.key)
    joins = " ".join(
        f"JOIN {each.table} r{at} ON r{at}.organisation_id = t.organisation_id AND r{at}.id = t.{each.column} "
        f"AND r{at}.external_id IS NOT NULL"
        for at, each in enumerate(target.references)
    )
    there = f"FROM {target.table.name} t {joins} WHERE t.organisation_id = :organisation"
    columns = {each.column: f"r{at}.external_id" for at, each in enumerate(target.references)}
    same = " AND ".join(f"s.{name} = {columns.get(name, f't.{name}')}" for name in target.key)
    existing = await session.scalar(text(f"SELECT count(*) {there}"), organisation)
    await session.execute(
        text(f"""
        INSERT INTO import_ending SELECT {names} {there} AND NOT EXISTS (SELECT FROM import_staging s WHERE {same})
        """),
        organisation,
    )
    ending = await session.scalar(text("SELECT count(*) FROM import_ending"))
    return int(existing or 0), int(ending or 0)


async def end(session: AsyncSession, target: Target) -> None:
    same = " AND ".join(f"t.{name} = e.{name}" for name in target.key)
    await session.execute(
        text(
            f"DELETE FROM {target.table.name} t USING import_ending e WHERE t.organisation_id = :organisation AND {same}"
        ),
        {"organisation": session.info["organisation_id"]},
    )


async def ending_services(session: AsyncSession) -> set[UUID]:
    return set(await session.scalars(text("SELECT DISTINCT service_id FROM import_ending")))
