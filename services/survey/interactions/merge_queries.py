"""The one statement by which uses become interactions, many at a time: a call of the function in `ddl.py`."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ARRAY, Integer, Text, Uuid, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.database import Database
from services.shared.ids import new_id
from services.survey.interactions.rules import Taken, Use

_TAKE = text(
    "SELECT merged, names, ids, waiting FROM take_uses(:organisation, NULL, :start, :digits, :given)"
).bindparams(
    bindparam("organisation", type_=Uuid()), bindparam("start", type_=Text()), bindparam("digits", type_=Integer()),
    bindparam("given", type_=ARRAY(Text)),
)  # fmt: skip
_PUSH = "SELECT merged, names, ids, waiting FROM take_uses($1, $2, $3, $4, $5)"
MOST = 5_000  # uses at a time
FEW = 64  # of so many uses one is looked for first
_DIGITS = 5
_ENDS = [f"{place:0{_DIGITS}x}" for place in range(1, MOST + 1)]  # of their ids
_JSON = msgspec.json.Encoder()


async def merge(session: AsyncSession, uses: Sequence[Use]) -> dict[str, Taken]:
    """Those that were made or changed, by their externalIds, each of which may be there once."""
    start = _start(uses)
    row = (await session.execute(_TAKE, {
        "organisation": session.info["organisation_id"], "start": start, "digits": _DIGITS, "given": _columns(uses),
    })).one()  # fmt: skip
    return _merged(row, uses, start)


async def push(
    database: Database, organisation_id: UUID, key_hash: str, uses: Sequence[Use]
) -> dict[str, Taken] | None:
    """The same in a transaction of its own, for whoever has this key. None, and nothing was done, if it is not one that
    may push and was used today already."""
    start = _start(uses)
    row = await database.call(_PUSH, organisation_id, key_hash, start, _DIGITS, _columns(uses))
    return None if row is None else _merged(row, uses, start)


def _start(uses: Sequence[Use]) -> str:
    """Making an id for each would cost as much as reading its interaction."""
    if len(uses) > MOST:
        raise ValueError(f"{len(uses)} at a time are too many")
    return new_id().hex[:-_DIGITS]


def _columns(uses: Sequence[Use]) -> list[str]:
    columns = (
        [use.external_id for use in uses], [use.service_id for use in uses], [use.service_external_id for use in uses],
        [use.employee_id for use in uses], [use.employee_external_id for use in uses], [use.kind for use in uses],
        [use.channel for use in uses], [use.opened_at for use in uses], [use.closed_at for use in uses],
        [use.duration_minutes for use in uses], [use.external_id for use in uses[::FEW]],
    )  # fmt: skip
    return [_JSON.encode(column).decode() if any(value is not None for value in column) else "[]" for column in columns]


def _merged(row: Any, uses: Sequence[Use], start: str) -> dict[str, Taken]:
    """Ids as texts, which is what becomes of them, and costs a tenth."""
    merged, names, ids, waiting = row
    first = str(UUID(start + "0" * _DIGITS))[:-_DIGITS]
    if merged:
        told = zip(names or (), map(str, ids or ()), waiting or (), strict=True)
        return {
            name: Taken("created" if id_.startswith(first) else "changed", id_, parked) for name, id_, parked in told
        }
    parked = set(names or ())
    return {
        use.external_id: Taken("created", first + end, use.external_id in parked)
        for use, end in zip(uses, _ENDS, strict=False)
    }
