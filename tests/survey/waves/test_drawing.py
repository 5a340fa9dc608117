"""The statement that draws, over many seeds: it shares out as the rule does, and everybody has the same chance."""

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import pytest
from scipy.stats import binom, chi2
from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.contracts.events import WaveDrawn
from services.survey.contact_policy.rules import Limits
from services.survey.organisation.models import Employee, Unit
from services.survey.waves import announcing, queries
from services.survey.waves.drawing import draw
from services.survey.waves.models import Wave
from services.survey.waves.previewing import allotted
from tests.fixtures.services import Running
from tests.survey.waves.world import World, make

DAY = Limits(date(2031, 3, 3))
SIZES = {"A": 1, "B": 2, "C": 3, "D": 5, "E": 9, "F": 14, "G": 26}  # beside north's 12 and south's 8
AUDIENCE = sum(SIZES.values()) + 20
ASKED = 24
CHANCE = 1e-6  # of a failure by chance alone: the people's ids, and so their order, are others each time


class Seeds(NamedTuple):
    """What became of each seed: by unit how many were drawn, and by person how often."""

    units: list[Counter[UUID]]
    people: Counter[UUID]


async def larger(survey: Running, attributes: Sequence[dict[str, str]]) -> World:
    """Units of 1 to 26 people in a tree of three levels, whose attributes follow each other."""
    world = await make(survey)
    own = {"organisation_id": world.organisation_id}
    above = world.units["line"]
    async with world.service.database.transaction(world.organisation_id) as session:
        for place, (name, size) in enumerate(SIZES.items()):
            unit = world.units[name] = uuid4()
            row = {"id": unit, "external_id": name, "name": name, "parent_id": above, "is_provider": False}
            await session.execute(insert(Unit).values(**own, **row, is_consumer=True))
            above = unit if place % 3 == 0 else above
            await session.execute(insert(Employee), [
                {**own, "id": uuid4(), "external_id": f"{name}-{number}", "given_name": "Sam", "family_name": name,
                 "unit_id": unit, "attributes": attributes[number % len(attributes)]} for number in range(size)
            ])  # fmt: skip
    return world


def wave_of(world: World, number: int = ASKED) -> Wave:
    return Wave(
        organisation_id=world.organisation_id, id=uuid4(), service_ids=list(world.services.values()), audience=[],
        service_choice="respondent", sample={"kind": "number", "number": number, "seed": 0}, maximum_services=2,
    )  # fmt: skip


@asynccontextmanager
async def drawn(session: AsyncSession, wave: Wave, seed: int) -> AsyncIterator[dict[UUID, UUID]]:
    """Of each person drawn the unit; afterwards all is as before."""
    wave.sample = {**wave.sample, "seed": seed}
    whole = await session.begin_nested()
    done = await draw(session, wave, wave.sample["number"], DAY)
    rows = (await session.execute(text("SELECT employee_id, unit_id, number FROM invitations"))).all()
    assert sorted(row.number for row in rows) == done.numbers
    assert done.audience == AUDIENCE
    assert (await session.execute(text("SELECT count(*) FROM contacts"))).scalar_one() == len(rows)
    yield {row.employee_id: row.unit_id for row in rows}
    await whole.rollback()


async def over(world: World, seeds: int) -> Seeds:
    units, people = [], Counter[UUID]()
    async with world.service.database.transaction(world.organisation_id) as session:
        for seed in range(seeds):
            async with drawn(session, wave_of(world), seed) as found:
                assert len(found) == ASKED
                units.append(Counter(found.values()))
                people.update(found.keys())
    return Seeds(units, people)


async def members(world: World) -> dict[UUID, list[UUID]]:
    rows = await world.rows("SELECT unit_id, array_agg(id) FROM employees WHERE unit_id <> ALL(:without) GROUP BY unit_id",
                            without=[world.units["remote"], world.units["it"]])  # fmt: skip
    return {row[0]: row[1] for row in rows}


def within_units(of: dict[UUID, list[UUID]], seeds: Seeds) -> float:
    """Is everybody of a unit drawn as often as the others there? The p-value.

    Of N people, of whom a draw takes n without replacement, each is in it with variance f (1 - f), f = n / N, and two of
    them with covariance -f (1 - f) / (N - 1) (Cornfield, J. Am. Stat. Assoc. 39 (1944), in Cochran, Sampling Techniques
    (1977), 2.9). So with V the sum of f (1 - f) over the draws, the counts of N people have the covariance matrix
    V N / (N - 1) (I - J / N), whose rank is N - 1: their squared deviations from their mean, over V N / (N - 1), are
    chi-squared with N - 1 degrees of freedom, where the usual statistic would divide by the mean and be too small by
    1 - f. Units are drawn independently, given their sizes, and add up.
    """
    statistic, freedom = 0.0, 0
    for unit, people in of.items():
        there, taken = len(people), [drawn[unit] for drawn in seeds.units]
        variance = sum(n / there * (1 - n / there) for n in taken)
        if there > 1 and variance:
            mean = sum(taken) / there
            statistic += sum((seeds.people[person] - mean) ** 2 for person in people) * (there - 1) / there / variance
            freedom += there - 1
    assert freedom == AUDIENCE - len(of)
    return float(chi2.sf(statistic, freedom))


def between_units(of: dict[UUID, list[UUID]], seeds: Seeds) -> float:
    """Does each unit get its share, rounded up as often as its fraction says? The smallest of the units' exact binomial
    p-values, times their number (Bonferroni)."""
    draws, smallest = len(seeds.units), 1.0
    for unit, people in of.items():
        whole, rest = divmod(ASKED * len(people), AUDIENCE)
        taken = [drawn[unit] for drawn in seeds.units]
        assert set(taken) <= {whole, whole + (rest > 0)}
        up, chance = sum(taken) - draws * whole, rest / AUDIENCE
        smallest = min(smallest, _two_sided(up, draws, chance))
    return smallest * len(of)


def each_person(seeds: Seeds, people: Sequence[UUID]) -> float:
    """The same for each person, whatever the order of the list: of independent seeds, each draws somebody or not."""
    draws = len(seeds.units)
    return min(_two_sided(seeds.people[person], draws, ASKED / AUDIENCE) for person in people) * len(people)


def _two_sided(count: int, draws: int, chance: float) -> float:
    return float(min(1.0, 2 * min(binom.cdf(count, draws, chance), binom.sf(count - 1, draws, chance))))


MANY = [150, pytest.param(5_000, marks=pytest.mark.proof)]


@pytest.mark.parametrize("seeds", MANY)
async def test_everybody_has_the_same_chance(survey: Running, seeds: int) -> None:
    """Without attributes the list of a unit is in random order, and its sample a simple random one."""
    world = await larger(survey, [{}])
    of, found = await members(world), await over(world, seeds)
    everybody = [person for people in of.values() for person in people]
    assert len(everybody) == AUDIENCE
    assert within_units(of, found) > CHANCE
    assert between_units(of, found) > CHANCE
    assert each_person(found, everybody) > CHANCE


@pytest.mark.parametrize("seeds", MANY)
async def test_attributes_balance_a_sample_and_change_nobody_s_chance(survey: Running, seeds: int) -> None:
    world = await larger(survey, [{"location": "East"}, {"location": "East"}, {"location": "West"}])
    of, found = await members(world), await over(world, seeds)
    assert between_units(of, found) > CHANCE
    assert each_person(found, [person for people in of.values() for person in people]) > CHANCE


async def test_each_value_of_an_attribute_gets_its_share_of_a_unit_s_sample(survey: Running) -> None:
    world = await larger(survey, [{"location": "East"}, {"location": "West"}])
    east = {row[0] for row in await world.rows("SELECT id FROM employees WHERE attributes ->> 'location' = 'East'")}
    async with world.service.database.transaction(world.organisation_id) as session:
        for seed in range(30):
            async with drawn(session, wave_of(world, 48), seed) as found:
                there = [person for person, unit in found.items() if unit == world.units["G"]]
                assert abs(sum(person in east for person in there) - len(there) / 2) <= 1


async def test_the_test_of_chances_sees_who_is_favoured(survey: Running) -> None:
    """One of 26 who is in every other draw as well."""
    world = await larger(survey, [{}])
    of, found = await members(world), await over(world, 150)
    favoured = of[world.units["G"]][0]
    found.people[favoured] += 75
    assert within_units(of, found) < CHANCE


@pytest.mark.parametrize("number", [1, 7, ASKED, 60, AUDIENCE, AUDIENCE + 5])
async def test_it_shares_out_as_the_preview_says(survey: Running, number: int) -> None:
    world = await larger(survey, [{}])
    async with world.service.database.transaction(world.organisation_id) as session:
        wave = wave_of(world, number)
        strata = await queries.strata(session, wave, DAY)
        for seed in range(25):
            shares = allotted(number, strata, seed)
            async with drawn(session, wave, seed) as found:
                assert Counter(found.values()) == Counter({unit: size for unit, size in shares.items() if size})


async def test_a_seed_draws_the_same_people_and_never_the_same_numbers(survey: Running) -> None:
    world = await larger(survey, [{}, {"location": "West"}])
    found: list[set[Any]] = []
    numbers: list[int] = []
    async with world.service.database.transaction(world.organisation_id) as session:
        for seed in (4, 4, 5):
            async with drawn(session, wave_of(world), seed) as people:
                found.append(set(people))
                numbers += [row[0] for row in (await session.execute(text("SELECT number FROM invitations"))).all()]
    assert found[0] == found[1] != found[2]
    assert len(set(numbers)) == 3 * ASKED
    assert sum(number < 0 for number in numbers) in range(12, 61), "all 64 bits are random"


async def test_who_lost_the_service_is_not_drawn(world: World) -> None:
    async with world.service.database.transaction(world.organisation_id) as session:
        await session.execute(text("DELETE FROM audience_units WHERE unit_id = :line"), {"line": world.units["line"]})
        wave = wave_of(world, 20)
        await draw(session, wave, 20, DAY)
        units = (await session.execute(text("SELECT DISTINCT unit_id FROM invitations"))).scalars().all()
        await session.rollback()
    assert units == [world.units["north"]], "which alone has phones"


async def test_the_events_made_by_the_database_are_what_the_contract_says(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(announcing, "DRAWN", 4)  # of 14: a unit, or the unit and its services
    await world.opened(await world.client(), sample={"kind": "number", "number": 10})
    told = [event.data for event in await world.events("wave.drawn.v2")]
    assert [WaveDrawn.model_validate(data).model_dump(mode="json", by_alias=True) for data in told] == told
    assert 2 <= len(told) <= 4
    assert sorted(unit["unitId"] for data in told for unit in data["units"]) == sorted(map(str, world.units.values()))
