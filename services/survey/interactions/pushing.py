"""What a push is answered."""

from typing import Any

import msgspec
from fastapi import Response
from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.problems import conflict, invalid
from services.survey.interactions import queries
from services.survey.interactions.pushed import Pushed, pointed
from services.survey.interactions.service import Taken, shown, take

JSON = "application/json"
_encoder = msgspec.json.Encoder()


async def push(session: AsyncSession, pushed: Pushed) -> Response:
    """Of one: itself, 201 if it is new. Of a batch what became of each; if none of them can be taken, a problem."""
    places = list(pushed.uses)
    taken = dict(zip(places, await take(session, list(pushed.uses.values())), strict=True))
    for place, each in taken.items():
        if each.faults:
            pushed.refused[place] = pointed(each.faults, () if pushed.one else ("items", place))
    if len(pushed.refused) == len(pushed.sent):
        raise invalid([error for place in sorted(pushed.refused) for error in pushed.refused[place]])
    if pushed.one:
        return await _one(session, taken[0])
    items = [_item(pushed, place, taken.get(place)) for place in range(len(pushed.sent))]
    return Response(_encoder.encode({"items": items}), media_type=JSON)


async def _one(session: AsyncSession, taken: Taken) -> Response:
    there = await queries.interaction_with_id(session, taken.id)
    if there is None:
        raise conflict("conflict", "Somebody removed it at the same time; send it again.")
    body = shown(there).model_dump_json()
    if taken.outcome == "created":
        return Response(body, 201, {"Location": f"/v1/interactions/{there.id}"}, JSON)
    return Response(body, media_type=JSON)


def _item(pushed: Pushed, place: int, taken: Taken | None) -> dict[str, Any]:
    if taken is not None and not taken.faults:
        use = pushed.uses[place]
        return {"externalId": use.external_id, "id": taken.id, "outcome": taken.outcome, "parked": taken.parked}
    errors = [error.model_dump(exclude_none=True, by_alias=True) for error in pushed.refused[place]]
    sent = pushed.sent[place]
    named = pushed.uses[place].external_id if place in pushed.uses else _name_in(sent)
    return {"externalId": named, "id": None, "outcome": "refused", "parked": False, "errors": errors}


def _name_in(sent: Any) -> str | None:
    name = sent.get("externalId") if isinstance(sent, dict) else None
    return name if isinstance(name, str) else None
