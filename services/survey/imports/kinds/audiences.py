"""Files of the product / target-group matrix: a row says that the unit and all below it use the service."""

from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import delete, insert, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from services.survey.catalogue.audiences import touched
from services.survey.catalogue.models import AudienceUnit
from services.survey.imports import queries
from services.survey.imports.kinds.plan import Plan
from services.survey.imports.merge_queries import Effects
from services.survey.imports.reading.files import Reading
from services.survey.imports.refusals import Refusal

Pair = tuple[UUID, UUID]
PIECE = 1000


@dataclass
class AudiencesPlan(Plan):
    new: set[Pair] = field(kw_only=True)
    going: set[Pair] = field(kw_only=True)

    async def apply(self, session: AsyncSession) -> None:
        organisation_id = session.info["organisation_id"]
        rows = [
            {"organisation_id": organisation_id, "service_id": service, "unit_id": unit} for service, unit in self.new
        ]
        if rows:
            await session.execute(insert(AudienceUnit), rows)
        going = sorted(self.going)
        for start in range(0, len(going), PIECE):
            pairs = tuple_(AudienceUnit.service_id, AudienceUnit.unit_id).in_(going[start : start + PIECE])
            await session.execute(delete(AudienceUnit).where(pairs))
        await touched(session, {service for service, _ in self.new | self.going})


async def plan(session: AsyncSession, reading: Reading, *, snapshot: bool) -> Plan:
    there = await queries.audience_pairs(session)
    services, units = await queries.services_there(session), await queries.unit_ids(session)
    refusals: list[Refusal] = []
    named: set[Pair] = set()
    for row in reading.rows:
        service, unit = services.get(row.values["service_id"]), units.get(row.values["unit_id"])
        if service is None:
            detail = f"{row.values['service_id']} does not exist"
            refusals.append(Refusal(row.line, "serviceExternalId", "unknownService", detail))
        if unit is None:
            detail = f"{row.values['unit_id']} does not exist"
            refusals.append(Refusal(row.line, "unitExternalId", "unknownUnit", detail))
        if service is not None and unit is not None:
            named.add((service, unit))
    new = named - there
    of_services, of_units = set(services.values()), set(units.values())
    from_outside = {pair for pair in there if pair[0] in of_services and pair[1] in of_units}
    going = from_outside - named if snapshot else set()
    effects = Effects(len(new), 0, len(named) - len(new))
    return AudiencesPlan(effects, refusals, len(from_outside), len(going), new=new, going=going)
