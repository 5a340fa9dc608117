"""What is told of a sample before it is drawn. Sizes and margins are those of the plan, before the contact policy: after it
they would tell who is left out. `rules.told` says how many that are."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.survey.contact_policy import service as policies
from services.survey.waves import queries, rules
from services.survey.waves.models import Wave
from services.survey.waves.sampling import margin_of_error
from services.survey.waves.schemas import SamplePreview, UnitSample
from services.survey.waves.service import audience_of, refuse_moved, size_of, today

Margin = Callable[[int, int], float | None]


async def preview(session: AsyncSession, wave: Wave) -> SamplePreview:
    await refuse_moved(session, wave)
    limits = policies.limits_of(
        await policies.found(session), await today(session, datetime.now(UTC)), wave.minimum_days_between
    )
    return previewed(wave, await queries.strata(session, wave, limits), await minimum_of(session))


async def minimum_of(session: AsyncSession) -> int:
    return (await queries.organisation(session)).minimum_group


def previewed(wave: Wave, strata: Sequence[queries.Stratum], minimum: int) -> SamplePreview:
    """By the wave's sample."""
    expected, confidence = wave.sample.get("expectedResponse", 1.0), wave.sample.get("confidence", 0.95)

    def margin(invited: int, audience: int) -> float | None:
        return margin_of_error(invited * expected, audience, confidence)

    shares = allotted(size_of(wave.sample, audience_of(strata)), strata, wave.sample["seed"])
    made = _made(wave, strata, shares, margin)
    made.skipped = skipped_of([judged(stratum) for stratum in strata], minimum)
    return made


def previewed_after_use(
    wave: Wave, strata: Sequence[queries.Stratum], used: Mapping[UUID, int], too_late: int, minimum: int
) -> SamplePreview:
    """Whoever sees interactions can make a condition that one of them meets: of fewer than the minimum nothing is told,
    and of the contact policy nothing at all. Nor has a use a margin, for they are no sample of the audience."""
    if sum(used.values()) < max(wave.minimum_group, minimum):
        made = _made(wave, strata, {}, lambda *_: None)
        made.invited = None
        return made
    made = _made(wave, strata, used, lambda *_: None)
    made.skipped = {"tooLate": too_late} if too_late else {}
    return made


def _made(wave: Wave, strata: Sequence[queries.Stratum], shares: Mapping[UUID, int], margin: Margin) -> SamplePreview:
    parents = {stratum.unit_id: stratum.parent_id for stratum in strata}
    served = {stratum.unit_id: stratum.population for stratum in strata if stratum.served}
    audience, invited = rules.in_or_below(parents, served), rules.in_or_below(parents, shares)
    return SamplePreview(
        population=sum(stratum.population for stratum in strata),
        audience=audience_of(strata),
        invited=sum(shares.values()),
        margin_of_error=margin(sum(shares.values()), audience_of(strata)),
        skipped={},
        units=[
            UnitSample(unit_id=unit, audience=audience[unit], invited=invited[unit],
                       margin_of_error=margin(invited[unit], audience[unit]))
            for unit in rules.tree_order(parents)
            if invited[unit] >= max(wave.minimum_group, 1)
        ],
    )  # fmt: skip


def judged(stratum: queries.Stratum) -> rules.Judged:
    return rules.Judged(stratum.unit_id, stratum.parent_id, stratum.population, stratum.left_out, stratum.served)


def skipped_of(units: Sequence[rules.Judged], minimum: int) -> dict[Any, int]:
    """What nobody was left out for is not there."""
    about = rules.told(units, minimum)
    return {"contactPolicy": about} if about else {}


def allotted(size: int, strata: Sequence[queries.Stratum], seed: int) -> dict[UUID, int]:
    """How many of each unit a sample takes, if nobody is left out."""
    people = {stratum.unit_id: stratum.population for stratum in strata if stratum.served and stratum.population}
    order = rules.tree_order({stratum.unit_id: stratum.parent_id for stratum in strata})
    return rules.allocate(
        min(size, sum(people.values())), [(unit, people[unit]) for unit in order if unit in people], seed
    )
