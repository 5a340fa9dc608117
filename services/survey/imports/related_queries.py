"""What hangs on a service or a unit, and goes with it or is left without it: by kind, of which table `n` which rows."""

# ruff: noqa: S608  # names of ours

from collections.abc import Collection, Mapping
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

Related = Mapping[str, tuple[str, str]]
OF_SERVICE: Related = {
    "interactions": ("interactions", "n.service_id = ANY({these})"),
    "costs": ("service_costs", "n.service_id = ANY({these})"),
    "audiences": ("audience_units", "n.service_id = ANY({these})"),
    "programmes": ("programmes", "n.service_ids && {these}"),
}
OF_UNIT: Related = {
    "audiences": ("audience_units", "n.unit_id = ANY({these})"),
    "surveys": ("surveys", "(n.provider_id = ANY({these}) OR n.maker_unit_ids && {these})"),
    "programmes": ("programmes", "(n.audience && {these} OR n.maker_unit_ids && {these})"),
    "waves": ("waves", "n.status IN ('draft', 'open') AND n.maker_unit_ids && {these}"),
    "apiKeys": ("api_keys", "NOT n.revoked AND n.unit_ids && {these}"),
}


def told(related: Related) -> str:
    """Of the row `t` that would go, as SQL."""
    counts = ", ".join(f"'{kind}', ({_count(*each, these='ARRAY[t.id]')})" for kind, each in related.items())
    return f"jsonb_build_object('takenAlong', jsonb_build_object({counts}))"


async def counted(session: AsyncSession, related: Related, ids: Collection[UUID]) -> dict[str, int]:
    """Of all these together."""
    if not ids:
        return {}
    counts = ", ".join(f'({_count(*each, these=":these")}) AS "{kind}"' for kind, each in related.items())
    found = text(f"SELECT {counts}").bindparams(bindparam("these", type_=ARRAY(Uuid)))
    values = {"organisation": session.info["organisation_id"], "these": list(ids)}
    return dict((await session.execute(found, values)).mappings().one())


def _count(table: str, which: str, *, these: str) -> str:
    return f"SELECT count(*) FROM {table} n WHERE n.organisation_id = :organisation AND {which.format(these=these)}"
