"""Every select of waves. Who may not see a wave does not find it."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, false, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from services.shared.auth import Principal
from services.survey.catalogue.models import Service
from services.survey.contact_policy.queries import LEDGER
from services.survey.contact_policy.rules import Limits
from services.survey.organisation.models import Employee, Organisation
from services.survey.organisation.queries import as_id, within
from services.survey.surveys.models import Survey, SurveyVersion
from services.survey.waves.drawing import Turns, set_based, values
from services.survey.waves.models import Invitation, Wave, WaveProgress, WaveUnit
from services.survey.waves.right_queries import made_by
from services.survey.waves.statements import COVERED, JUDGED, statement
from services.survey.waves.turnouts import Turnout

SORTABLE: dict[str, InstrumentedAttribute[datetime]] = {"createdAt": Wave.created_at, "closesAt": Wave.closes_at}


class Stratum(NamedTuple):
    """A unit's own people: all of them, those who may be asked, those who had their turn, those of the others who opted
    out or are on leave, and those of all whom the organisation's policy leaves out. `served`: it uses at least one of
    the services, and is in the audience."""

    unit_id: UUID
    parent_id: UUID | None
    served: bool
    population: int
    free: int
    had_turn: int
    away: int
    left_out: int


class NamedService(NamedTuple):
    id: UUID
    external_id: str | None
    mine: bool


def visible(principal: Principal, *, status: str | None = None, survey_id: UUID | None = None) -> Select[Wave]:
    """All of the organisation, or those whose services are all of the caller's providers, or whose makers' units are."""
    waves = select(Wave).where(Wave.organisation_id == principal.organisation_id)
    if status is not None:
        waves = waves.where(Wave.status == status)
    if survey_id is not None:
        waves = waves.where(Wave.survey_id == survey_id)
    return waves.where(made_by(principal, Wave.service_ids, Wave.maker_unit_ids))


async def wave_of(session: AsyncSession, principal: Principal, wave_id: UUID, *, lock: bool = False) -> Wave | None:
    found = visible(principal).where(Wave.id == wave_id)
    return (await session.scalars(found.with_for_update() if lock else found)).one_or_none()


async def wave_by_id(session: AsyncSession, wave_id: UUID) -> Wave | None:
    """For peers, who may see all."""
    return (await session.scalars(select(Wave).where(Wave.id == wave_id))).one_or_none()


async def services_named(
    session: AsyncSession, principal: Principal, references: Sequence[str]
) -> dict[str, NamedService]:
    """By what names them: the id, or `external:` and the external id."""
    ids = [one for given in references if (one := as_id(given))]
    externals = [given.removeprefix("external:") for given in references if given.startswith("external:")]
    rows = await session.execute(
        select(Service.id, Service.external_id, within(principal, Service.provider_id)).where(
            or_(Service.id.in_(ids), Service.external_id.in_(externals))
        )
    )
    found = [NamedService(*row) for row in rows]
    by_id = {str(service.id): service for service in found}
    return by_id | {f"external:{service.external_id}": service for service in found if service.external_id}


async def organisation(session: AsyncSession) -> Organisation:
    return await session.get_one(Organisation, session.info["organisation_id"])


async def latest_version(session: AsyncSession, survey_id: UUID) -> int | None:
    return await session.scalar(select(Survey.latest_version).where(Survey.id == survey_id))


async def definition(session: AsyncSession, survey_id: UUID, version: int) -> dict[str, Any] | None:
    found: dict[str, Any] | None = await session.scalar(
        select(SurveyVersion.definition).where(SurveyVersion.survey_id == survey_id, SurveyVersion.number == version)
    )
    return found


_COUNTED = """
counted AS MATERIALIZED (
    SELECT unit_id, sum(people) AS people, sum(people) FILTER (WHERE reason IS NULL AND NOT had_turn) AS free,
           sum(people) FILTER (WHERE had_turn) AS had_turn,
           sum(people) FILTER (WHERE reason IN ('optedOut', 'onLeave') AND NOT had_turn) AS away,
           sum(people) FILTER (WHERE left_out) AS left_out
    FROM (
        SELECT unit_id, reason, had_turn, left_out, count(*) AS people FROM staff
        GROUP BY unit_id, reason, had_turn, left_out
    ) AS alike
    GROUP BY unit_id
)"""
_STRATA = statement(COVERED, LEDGER, JUDGED, _COUNTED, told="""
SELECT units.id, units.parent_id, served.unit_id IS NOT NULL, coalesce(people, 0)::integer, coalesce(free, 0)::integer,
       coalesce(had_turn, 0)::integer, coalesce(away, 0)::integer, coalesce(left_out, 0)::integer
FROM units LEFT JOIN counted ON counted.unit_id = units.id
LEFT JOIN (SELECT DISTINCT unit_id FROM covered) AS served ON served.unit_id = units.id
WHERE units.organisation_id = :organisation
""")  # fmt: skip


async def strata(session: AsyncSession, wave: Wave, limits: Limits, turns: Turns = Turns()) -> list[Stratum]:
    """Every unit with its people, as a draw on that day would find them."""
    async with set_based(session):
        rows = await session.execute(_STRATA, values(wave, limits, turns))
    return [Stratum._make(row) for row in rows]


async def used(session: AsyncSession, wave_id: UUID) -> dict[UUID, Sequence[UUID]]:
    """Of each service the own units of its users, as they were when the wave was drawn."""
    service_id = func.unnest(WaveUnit.service_ids).label("service_id")
    found = select(service_id, func.array_agg(WaveUnit.unit_id)).where(WaveUnit.wave_id == wave_id)
    return dict((await session.execute(found.group_by(service_id))).all())


TURNOUT = (
    func.count(), func.count().filter(Invitation.delivery_state == "bounced"), func.count().filter(Invitation.burned),
)  # fmt: skip


async def asked(session: AsyncSession, wave: Wave) -> dict[UUID, dict[UUID, Turnout]] | None:
    """Of those who were asked about each service, by own unit, where it is the one they used; None in other waves."""
    if wave.service_choice != "used":
        return None
    rows = await session.execute(
        select(Invitation.service_ids, Invitation.unit_id, *TURNOUT)
        .where(Invitation.wave_id == wave.id)
        .group_by(Invitation.service_ids, Invitation.unit_id)
    )
    counted: dict[UUID, dict[UUID, Turnout]] = {}
    for services, unit_id, invited, bounced, answered in rows:
        counted.setdefault(services[0], {})[unit_id] = Turnout(invited, bounced, answered)
    return counted


async def portions(session: AsyncSession, wave_id: UUID, asked_for: Collection[int]) -> dict[int, list[int]]:
    """The numbers of those who were invited in each of these portions, answered or not."""
    rows = await session.execute(
        select(Invitation.portion, func.array_agg(Invitation.number))
        .where(Invitation.wave_id == wave_id, Invitation.portion.in_(asked_for))
        .group_by(Invitation.portion)
    )
    return {portion: sorted(numbers) for portion, numbers in rows if portion is not None}


async def due(session: AsyncSession, now: datetime) -> Sequence[Row[UUID, UUID]]:
    """Organisation and wave, over all organisations: the transaction is EVERYONE's."""
    found = await session.execute(select(Wave.organisation_id, Wave.id).where(Wave.due_at <= now).order_by(Wave.due_at))
    return found.all()


async def claim(session: AsyncSession, wave_id: UUID, now: datetime) -> Wave | None:
    """None when another replica has it, or had."""
    claimed = select(Wave).where(Wave.id == wave_id, Wave.due_at <= now).with_for_update(skip_locked=True)
    return (await session.scalars(claimed)).one_or_none()


async def tree(session: AsyncSession, wave_id: UUID) -> dict[UUID, UUID | None]:
    rows = await session.execute(select(WaveUnit.unit_id, WaveUnit.parent_id).where(WaveUnit.wave_id == wave_id))
    return dict(rows.all())


async def turnouts(session: AsyncSession, wave_id: UUID) -> dict[UUID, Turnout]:
    """By own unit: for `turnouts.tellable`, never to be shown as they are."""
    rows = await session.execute(
        select(Invitation.unit_id, *TURNOUT).where(Invitation.wave_id == wave_id).group_by(Invitation.unit_id)
    )
    return {unit_id: Turnout(invited, bounced, answered) for unit_id, invited, bounced, answered in rows}


async def told(session: AsyncSession, wave_id: UUID) -> dict[UUID | None, Turnout]:
    """The turnouts that were told last, by unit (None: the whole wave). Nobody's, as it opens, is none."""
    rows = await session.execute(
        select(WaveProgress.unit_id, WaveProgress.invited, WaveProgress.bounced, WaveProgress.answered).where(
            WaveProgress.wave_id == wave_id, WaveProgress.answered > 0
        )
    )
    return {unit_id: Turnout(invited, bounced, answered or 0) for unit_id, invited, bounced, answered in rows}


async def progress(session: AsyncSession, wave_id: UUID) -> Sequence[WaveProgress]:
    found = select(WaveProgress).where(WaveProgress.wave_id == wave_id).order_by(WaveProgress.unit_id.nulls_first())
    return (await session.scalars(found)).all()


def invitations(wave_id: UUID) -> Select[Invitation]:
    return select(Invitation).where(Invitation.wave_id == wave_id)


async def addressed(
    session: AsyncSession, wave_id: UUID, numbers: Sequence[int], *, reminded_on: date | None
) -> Sequence[Row[int, Employee]]:
    """Invitations with those who can be written to. People who left, or left no address, are not there; of a reminder
    neither are those who answered, or who opted out or went on leave since they were invited."""
    asked = (
        select(Invitation.number, Employee)
        .join(Employee, (Employee.organisation_id == Invitation.organisation_id)
              & (Employee.id == Invitation.employee_id))
        .where(Invitation.wave_id == wave_id, Invitation.number.in_(numbers), Employee.active, Employee.email != "")
    )  # fmt: skip
    if reminded_on is not None:
        asked = asked.where(~Invitation.burned, ~Employee.opted_out, ~on_leave(reminded_on))
    return (await session.execute(asked)).all()


def on_leave(day: date) -> ColumnElement[bool]:
    begun = func.coalesce(Employee.leave_start_date <= day, false())
    return and_(begun, or_(Employee.leave_end_date.is_(None), Employee.leave_end_date >= day))
