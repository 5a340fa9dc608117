"""What a push is answered."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec
from fastapi import Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from services.shared import keys
from services.shared.auth import credential, organisation_of
from services.shared.database import Database
from services.shared.idempotency import HEADER
from services.shared.outages import is_passing
from services.shared.problems import conflict, invalid, unavailable
from services.shared.turns import Turns
from services.survey.interactions import queries
from services.survey.interactions.pushed import Pushed, pointed
from services.survey.interactions.rules import Outcome, Taken, Use
from services.survey.interactions.service import shown, take, take_at_once

JSON = "application/json"
PUSHES = Turns(3)


class _Told(msgspec.Struct, gc=False, rename="camel"):
    external_id: str
    id: str | None
    outcome: Outcome
    parked: bool


_encoder = msgspec.json.Encoder()


async def push_at_once(request: Request, pushed: Pushed) -> Response | None:
    """A batch in which nothing is unusual. None: push it with a session, which alone refuses and repeats answers."""
    if pushed.one or pushed.refused or HEADER in request.headers:
        return None
    database: Database = request.app.state.database
    organisation_id, uses = organisation_of(request), list(pushed.uses.values())
    try:
        async with PUSHES.of(organisation_id):
            taken = await take_at_once(database, organisation_id, keys.hash_of(credential(request)), uses)
    except Exception as error:
        if not is_passing(error):
            raise
        raise unavailable() from error
    return None if taken is None else _answer([_told(use, each) for use, each in zip(uses, taken, strict=True)])


async def push(session: AsyncSession, pushed: Pushed) -> Response:
    """Of one: itself, 201 if it is new. Of a batch what became of each; if none of them can be taken, a problem."""
    places = list(pushed.uses)
    taken = dict(zip(places, await take(session, list(pushed.uses.values())), strict=True))
    for place, each in taken.items():
        if each.faults:
            pushed.refused[place] = pointed(each.faults, () if pushed.one else ("items", place))
    if len(pushed.refused) == len(pushed.sent):
        raise invalid([error for place in sorted(pushed.refused) for error in pushed.refused[place]])
    return await _one(session, taken[0]) if pushed.one else _batch(pushed, taken)


def _batch(pushed: Pushed, taken: Mapping[int, Taken]) -> Response:
    told = {place: _told(pushed.uses[place], each) for place, each in taken.items() if not each.faults}
    return _answer([told.get(place) or _refusal(pushed, place) for place in range(len(pushed.sent))])


def _told(use: Use, taken: Taken) -> _Told:
    return _Told(use.external_id, taken.id, taken.outcome, taken.parked)


def _answer(items: Sequence[_Told | dict[str, Any]]) -> Response:
    return Response(_encoder.encode({"items": items}), media_type=JSON)


async def _one(session: AsyncSession, taken: Taken) -> Response:
    there = await queries.interaction_with_id(session, UUID(taken.id) if taken.id else None)
    if there is None:
        raise conflict("conflict", "Somebody removed it at the same time; send it again.")
    body = shown(there).model_dump_json()
    if taken.outcome == "created":
        return Response(body, 201, {"Location": f"/v1/interactions/{there.id}"}, JSON)
    return Response(body, media_type=JSON)


def _refusal(pushed: Pushed, place: int) -> dict[str, Any]:
    errors = [error.model_dump(exclude_none=True, by_alias=True) for error in pushed.refused[place]]
    sent = pushed.sent[place]
    named = pushed.uses[place].external_id if place in pushed.uses else _name_in(sent)
    return {"externalId": named, "id": None, "outcome": "refused", "parked": False, "errors": errors}


def _name_in(sent: Any) -> str | None:
    name = sent.get("externalId") if isinstance(sent, dict) else None
    return name if isinstance(name, str) else None
