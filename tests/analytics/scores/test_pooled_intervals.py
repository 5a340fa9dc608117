"""Pooled figures hold several ratings of one person, and seldom all that a person could give."""

from random import Random

import pytest

from services.analytics.releases.decisions import Table
from services.analytics.releases.figures import Released, Row
from services.analytics.releases.wave import Cell
from services.survey.responses.ballot import Answer, Ballot, Part
from tests.analytics.worlds import World, an_id, wave_of

ROOT, PROVIDER = an_id("root"), an_id("provider")
SERVICES = [an_id(f"service {number}") for number in range(4)]


def definition(each: int, kind: str = "rating") -> dict[str, object]:
    question = {"key": "mark", "type": kind, **({"points": 10} if kind == "rating" else {})}
    section = {"key": "s", "repeatFor": "ratedService", "maximumServices": each, "questions": [question]}
    return {"key": "pooled", "sections": [section]}


def pooled(opinions: list[list[int]], rated: list[list[int]], each: int, kind: str = "rating") -> Row:
    """`opinions` by person and service; `rated`: the services that each answers about, none: does not answer."""
    ballots = [
        Ballot(unit=ROOT, language="nl", parts=[Part(SERVICES[at], [Answer("mark", own[at])]) for at in chosen])
        for own, chosen in zip(opinions, rated, strict=True)
        if chosen
    ]
    world = World(
        {ROOT: None}, {ROOT: len(opinions)}, dict.fromkeys(SERVICES, PROVIDER),
        dict.fromkeys(SERVICES, frozenset([ROOT])), definition(each, kind), ballots, an_id("wave"),
    )  # fmt: skip
    wave = wave_of(world)
    rows = Released(wave, Table(wave).decide(Random(1))).rows()
    return next(row for row in rows if row.cell == Cell(PROVIDER))


def test_who_rates_one_of_four_services_leaves_a_doubt() -> None:
    random = Random(5)
    opinions = [[random.randint(1, 10) for _ in SERVICES] for _ in range(60)]
    row = pooled(opinions, [[random.randrange(4)] for _ in opinions], each=1)
    assert row.figures is not None
    assert row.figures.ci95 is not None
    assert (row.population, row.figures.n) == (60, 60)
    assert row.figures.ci95.high - row.figures.ci95.low > 0.5


def test_who_rates_all_services_leaves_none() -> None:
    random = Random(6)
    opinions = [[random.randint(1, 10) for _ in SERVICES] for _ in range(30)]
    row = pooled(opinions, [[0, 1, 2, 3] for _ in opinions], each=4)
    assert row.figures is not None
    assert row.figures.ci95 is not None
    assert row.figures.ci95.low == row.figures.ci95.high == row.figures.mean


@pytest.mark.parametrize("kind", ["rating", "nps"])
@pytest.mark.parametrize(("each", "response", "alike"), [(1, 1.0, 0), (1, 0.5, 1), (2, 1.0, 0), (3, 0.8, 1)])
def test_the_interval_holds_what_all_would_say_of_all(kind: str, each: int, response: float, alike: float) -> None:
    """`alike`: how much of an opinion is the person's own, whatever the service."""
    random, held, runs = Random(f"{kind} {each} {response}"), 0, 100
    for _ in range(runs):
        opinions = []
        for _ in range(60):
            own = random.gauss(0, 2)
            said = [7 + at / 2 + alike * own + (1 - alike) * random.gauss(0, 2) for at in range(4)]
            opinions.append([min(10, max(1, round(value))) for value in said])
        scores = [(value >= 9) - (value <= 6) if kind == "nps" else value for own in opinions for value in own]
        truth = sum(scores) / len(scores) * (100 if kind == "nps" else 1)
        rated = [random.sample(range(4), each) if random.random() < response else [] for _ in opinions]
        figures = pooled(opinions, rated, each, kind).figures
        assert figures is not None
        assert figures.ci95 is not None
        held += figures.ci95.low <= truth <= figures.ci95.high
    assert held >= 90  # fewer happen by chance in 3 of 100 runs at 95 %; these are wider
