"""The draw, in one statement and so from one snapshot: who is counted is who can be invited, whatever changes meanwhile.
It writes the ledger of the contact policy too; draws queue for the policy's row (`contact_policy.service.held`), or two
of them could both find that somebody may still be asked.

Within a unit everybody who may be asked has the same chance: a systematic sample with a seeded start of a list in the
order of people's attributes, and of a seeded hash among those alike. So attributes are spread as in the unit (implicit
stratification), and change nobody's chance. Madow and Madow, On the theory of systematic sampling I, Ann. Math. Stat. 15
(1944); Cochran, Sampling Techniques (1977), 8.1.

Which services somebody is asked about is not drawn from the seed: its maker could find one under which a single person
is asked about a service, and read from its figures whether that person answered.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.survey.contact_policy.queries import LEDGER
from services.survey.contact_policy.rules import Limits
from services.survey.waves import rules, statements
from services.survey.waves.models import Wave
from services.survey.waves.statements import COVERED, INVITED, JUDGED, TOLD, statement

_SAMPLED = LEDGER, JUDGED, statements.PRESENT, statements.SHARED, statements.CHOSEN, INVITED
DRAW = statement(COVERED, statements.SERVED, *_SAMPLED, statements.TREE, told=TOLD)
ADD = statement(COVERED, statements.SERVED_THEN, *_SAMPLED, statements.ADDED, told=TOLD)


class Turns(NamedTuple):
    """Who had their turn already: those whom these waves invited since the day on which the cycle began, and those whom
    the wave itself did since it opened. `apart`: days from an invitation of these waves to the next."""

    siblings: Sequence[UUID] = ()
    cycle: date | None = None
    opened: date | None = None
    apart: int | None = None


class Drawn(NamedTuple):
    """The invitations' numbers in their own order, which is random; and what was found in each unit, which is for
    `rules.told` alone. `skipped`: what is told of it."""

    numbers: list[int]
    units: Sequence[rules.Judged] = ()
    skipped: Mapping[str, Any] = MappingProxyType({})

    @property
    def audience(self) -> int:
        return sum(unit.people for unit in self.units if unit.served)


def portion_of(day: date, turns: Turns) -> int:
    assert turns.opened is not None
    return (day - turns.opened).days


def values(wave: Wave, limits: Limits, turns: Turns = Turns()) -> dict[str, Any]:
    """What says whose turn it is; for the strata, and for every draw."""
    since = min((day for day in (turns.cycle, turns.opened) if day is not None), default=None)
    return {
        "organisation": wave.organisation_id, "wave": wave.id, "services": wave.service_ids, "audience": wave.audience,
        "siblings": list(turns.siblings), "since": since, "cycle": turns.cycle, "day": limits.day,
        "within": limits.within, "look_back": max(limits.look_back, turns.apart or 0), "between": limits.between,
        "maximum": limits.maximum, "policy_between": limits.policy_between, "apart": turns.apart,
    }  # fmt: skip


@asynccontextmanager
async def set_based(session: AsyncSession) -> AsyncIterator[None]:
    """For statements over all people. PostgreSQL has no statistics of their parts, nor of the ledger's last days, and takes
    them for a row or two: it then goes through all of the ledger for each person, which took a minute instead of a
    second. Without nested loops it hashes. The memory keeps 100,000 people off the disk."""
    await session.execute(text("SET LOCAL enable_nestloop = off"))
    await session.execute(text("SET LOCAL work_mem = '64MB'"))
    yield
    await session.execute(text("SET LOCAL enable_nestloop TO DEFAULT"))
    await session.execute(text("SET LOCAL work_mem TO DEFAULT"))


async def draw(session: AsyncSession, wave: Wave, size: int, limits: Limits) -> Drawn:
    """Stores the invitations of the wave, the counts and the tree as they are now. The size is cut to those who may be
    asked; it is 0 of a wave that is added to daily, which invites nobody yet."""
    return await _drawn(session, DRAW, wave, size, wave.sample["seed"], values(wave, limits))


async def add(session: AsyncSession, wave: Wave, size: int, limits: Limits, turns: Turns, seed: int) -> Drawn:
    """Today's portion of a wave that is open."""
    given = values(wave, limits, turns) | {"portion": portion_of(limits.day, turns)}
    return await _drawn(session, ADD, wave, size, seed, given)


async def _drawn(
    session: AsyncSession, made: TextClause, wave: Wave, size: int, seed: int, given: dict[str, Any]
) -> Drawn:
    more = {
        "seed": seed, "size": size, "offset": Decimal(rules.offset(seed)),
        "most": wave.maximum_services if wave.service_choice == "random" else None, "daily": wave.last_day is not None,
    }  # fmt: skip
    async with set_based(session):
        rows = (await session.execute(made, {"portion": None, **given, **more})).all()
    (numbers,) = (row.numbers or [] for row in rows if row.unit_id is None)
    return Drawn(numbers, [rules.Judged(*row[:5]) for row in rows if row.unit_id is not None])
