"""What a file would change, field by field: kept for a dry run, and for what waits for approval. Names in the statements
are ours alone."""

# ruff: noqa: S608

from sqlalchemy import Numeric, Select, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.survey.imports.kinds.plan import Plan
from services.survey.imports.models import Import, ImportChange
from services.survey.imports.targets import Target


def changes(import_id: object) -> Select[ImportChange]:
    return select(ImportChange).where(ImportChange.import_id == import_id)


async def keep(session: AsyncSession, row: Import, plan: Plan) -> None:
    """Of what is changed only the fields that differ."""
    target, table = plan.target, plan.target.table.name
    same = " AND ".join(f"t.{name} = p.{name}" for name in (["id"] if target.has_id else target.key))
    key = "external_id" if "external_id" in target.columns else None
    new_key = "p.external_id" if key else f"p.{target.references[0].column}_key"
    old_key = "coalesce(t.external_id, t.id::text)" if key else _name_of(target, target.references[0].column, "t")
    await session.execute(
        text(f"""
        INSERT INTO import_changes (organisation_id, import_id, number, kind, external_id, before, after)
        SELECT cast(:organisation AS uuid), cast(:import AS uuid), row_number() OVER (ORDER BY line NULLS LAST, external_id),
            kind, external_id, {_differing("before", "after")}, {_differing("after", "before")}
        FROM (
            SELECT p.line, p.effect AS kind, {new_key} AS external_id,
                CASE WHEN p.effect = 'changed' THEN {_old(target)} END AS before, {_new(target)} || {plan.noted} AS after
            FROM import_planned p
            LEFT JOIN {table} t ON t.organisation_id = :organisation AND {same} WHERE p.effect <> 'unchanged'
            UNION ALL
            SELECT NULL, 'removed', {old_key}, {_old(target)} || {plan.taken}, NULL
            FROM {table} t WHERE t.organisation_id = :organisation AND {plan.removed}
        ) found
        """),
        {"organisation": row.organisation_id, "import": row.id},
    )


def _differing(one: str, other: str) -> str:
    return f"""CASE WHEN kind <> 'changed' THEN {one} ELSE (
        SELECT jsonb_object_agg(key, value) FROM jsonb_each({one}) WHERE value IS DISTINCT FROM {other} -> key) END"""


def _old(target: Target) -> str:
    return _object(target, {name: _name_of(target, name, "t") for name in target.named})


def _new(target: Target) -> str:
    """A reference that the row gives is what the file calls it; another is what it was."""
    keys = {
        each.column: f"coalesce(p.{each.column}_key, {_name_of(target, each.column, 'p')})"
        for each in target.references
    }
    return _object(target, {name: keys.get(name, f"p.{name}") for name in target.named})


def _object(target: Target, values: dict[str, str]) -> str:
    """Amounts are decimal strings."""
    parts = []
    for name, value in values.items():
        decimal = isinstance(target.table.c[name].type, Numeric)
        parts.append(f"'{target.named[name]}', {f'({value})::text' if decimal else value}")
    return f"jsonb_build_object({', '.join(parts)})"


def _name_of(target: Target, column: str, alias: str) -> str:
    """What stands in a reference's column, as files have it."""
    for each in target.references:
        if each.column == column:
            found = (f"(SELECT coalesce(n.external_id, n.id::text) FROM {each.table} n "
                     f"WHERE n.organisation_id = :organisation AND n.id = {alias}.{column})")  # fmt: skip
            return found if alias != "t" or each.waiting is None else f"coalesce({found}, t.{each.waiting})"
    return f"{alias}.{column}"
