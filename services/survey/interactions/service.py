"""Taking uses of services in, as they are pushed or imported, and showing them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.auth import Principal
from services.shared.database import Database
from services.shared.etags import require_match
from services.shared.problems import not_found
from services.survey.interactions import merge_queries, queries, schemas
from services.survey.interactions.models import Interaction
from services.survey.interactions.rules import Fault, Taken, Use, faults, latest


async def take(session: AsyncSession, uses: Sequence[Use]) -> list[Taken]:
    """What became of each, in their order. Some thousands at a time are fine; all that are not refused take effect
    together."""
    taken = await _refused(session, uses)
    newest = latest(uses, (place for place in range(len(uses)) if place not in taken))
    if newest:
        taken |= await _merged(session, uses, newest)
    for place, use in enumerate(uses):
        if place not in taken:
            winner = taken[newest[use.external_id]]
            taken[place] = Taken("overtaken", winner.id, winner.parked)
    return [taken[place] for place in range(len(uses))]


async def _refused(session: AsyncSession, uses: Sequence[Use]) -> dict[int, Taken]:
    if any(use.service_id or use.employee_id for use in uses):
        await queries.all_stay(session)
    services = await queries.known_services(session, {use.service_id for use in uses if use.service_id})
    employees = await queries.known_employees(session, {use.employee_id for use in uses if use.employee_id})
    now = datetime.now(UTC)
    refused: dict[int, Taken] = {}
    for place, use in enumerate(uses):
        found = faults(use, now)
        if use.service_id is not None and use.service_id not in services:
            found.append(Fault("serviceId", "unknownReference", "is no service here"))
        if use.employee_id is not None and use.employee_id not in employees:
            found.append(Fault("employeeId", "unknownReference", "is no employee here"))
        if found:
            refused[place] = Taken("refused", faults=found)
    return refused


async def _merged(session: AsyncSession, uses: Sequence[Use], places: Mapping[str, int]) -> dict[int, Taken]:
    merged = await merge_queries.merge(session, [uses[place] for place in places.values()])
    taken = {places[name]: each for name, each in merged.items()}
    untouched = [place for place in places.values() if place not in taken]
    return taken | await _untouched(session, uses, untouched) if untouched else taken


async def take_at_once(
    database: Database, organisation_id: UUID, key_hash: str, uses: Sequence[Use]
) -> list[Taken] | None:
    """The same in one round trip, if nothing is unusual: no fault, no id, no interaction twice, and a key that may push.
    Else None, and nothing was done."""
    now, names = datetime.now(UTC), {use.external_id for use in uses}
    if len(names) < len(uses) or any(use.service_id or use.employee_id or faults(use, now) for use in uses):
        return None
    merged = await merge_queries.push(database, organisation_id, key_hash, uses)
    if merged is None:
        return None
    if len(merged) < len(uses):
        untouched = [place for place, use in enumerate(uses) if use.external_id not in merged]
        async with database.transaction(organisation_id) as session:
            for place, each in (await _untouched(session, uses, untouched)).items():
                merged[uses[place].external_id] = each
    return [merged[use.external_id] for use in uses]


async def _untouched(session: AsyncSession, uses: Sequence[Use], places: Iterable[int]) -> dict[int, Taken]:
    there = await queries.states(session, {uses[place].external_id for place in places})
    return {place: _compared(uses[place], there.get(uses[place].external_id)) for place in places}


def _compared(use: Use, there: queries.State | None) -> Taken:
    """It is gone if somebody removed it since the statement before."""
    if there is None:
        return Taken("overtaken")
    return Taken("overtaken" if use.state_at < there.state_at else "unchanged", str(there.id), there.parked)


async def found(session: AsyncSession, principal: Principal, reference: str, *, lock: bool = False) -> Interaction:
    interaction = await queries.interaction(session, principal, reference, lock=lock)
    if interaction is None:
        raise not_found("interaction")
    return interaction


async def remove(session: AsyncSession, principal: Principal, reference: str, if_match: str | None) -> None:
    interaction = await found(session, principal, reference, lock=True)
    require_match(if_match, interaction.version)
    await session.execute(delete(Interaction).where(Interaction.id == interaction.id))


def shown(interaction: Interaction) -> schemas.Interaction:
    names = schemas.Interaction.model_fields.keys() - {"parked"}
    parked = interaction.service_id is None or interaction.employee_id is None
    return schemas.Interaction(**{name: getattr(interaction, name) for name in names}, parked=parked)
