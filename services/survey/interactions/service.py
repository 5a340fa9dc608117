"""Taking uses of services in, as they are pushed or imported."""

from collections.abc import Sequence
from typing import Literal, NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.survey.interactions import merge_queries, queries
from services.survey.interactions.models import Interaction
from services.survey.interactions.rules import Use, latest

Outcome = Literal["created", "changed", "unchanged", "overtaken", "unknownService", "unknownEmployee"]


class Taken(NamedTuple):
    """What became of a use. `overtaken`: a later state of the same interaction is there, or among the same uses.
    `unknownService`, `unknownEmployee`: an id that is nobody's, which is refused; an externalId is parked instead."""

    outcome: Outcome
    id: UUID | None = None
    parked: bool = False


async def take(session: AsyncSession, uses: Sequence[Use]) -> list[Taken]:
    """What became of each, in their order. Some thousands at a time are fine; all take effect or none."""
    taken = await _refused(session, uses)
    places = [place for place in range(len(uses)) if place not in taken]
    newest = {places[place] for place in latest([uses[place] for place in places]).values()}
    merged = {uses[place].external_id: place for place in newest}
    if merged:
        taken |= await _merged(session, uses, merged)
    for place in places:
        if place not in newest:
            winner = taken[merged[uses[place].external_id]]
            taken[place] = Taken("overtaken", winner.id, winner.parked)
    return [taken[place] for place in range(len(uses))]


async def _merged(session: AsyncSession, uses: Sequence[Use], places: dict[str, int]) -> dict[int, Taken]:
    merged = await merge_queries.merge(session, [uses[place] for place in places.values()])
    taken = {
        places[row.external_id]: Taken("created" if row.created else "changed", row.id, row.parked) for row in merged
    }
    untouched = {external_id: place for external_id, place in places.items() if place not in taken}
    there = await queries.there(session, untouched) if untouched else {}
    for external_id, place in untouched.items():
        taken[place] = _untouched(uses[place], there.get(external_id))
    return taken


def _untouched(use: Use, there: Interaction | None) -> Taken:
    """It is gone if somebody removed it since the statement before."""
    if there is None:
        return Taken("overtaken")
    parked = there.service_id is None or there.employee_id is None
    overtaken = use.state_at < (there.closed_at or there.opened_at)
    return Taken("overtaken" if overtaken else "unchanged", there.id, parked)


async def _refused(session: AsyncSession, uses: Sequence[Use]) -> dict[int, Taken]:
    services = await queries.known_services(session, {use.service_id for use in uses if use.service_id})
    employees = await queries.known_employees(session, {use.employee_id for use in uses if use.employee_id})
    refused: dict[int, Taken] = {}
    for place, use in enumerate(uses):
        if use.service_id is not None and use.service_id not in services:
            refused[place] = Taken("unknownService")
        elif use.employee_id is not None and use.employee_id not in employees:
            refused[place] = Taken("unknownEmployee")
    return refused
