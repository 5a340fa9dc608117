"""Questions of which it says who somebody is that they are asked: what survey keeps apart, analytics hides with."""

import random
from collections import Counter
from random import Random
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.analytics.releases.asking import needed, questions_of
from services.analytics.releases.decisions import Table
from services.analytics.releases.figures import Released, Row
from services.survey.responses.ballot import Answer, Ballot, Part
from services.survey.responses.submission import GivenAnswer, Submission
from services.survey.surveys.answers import About, Checked, check, compile_definition
from services.survey.surveys.logic import apart, logic_of
from services.survey.surveys.on_their_own import on_their_own
from services.survey.surveys.rules import completed, faults
from tests.analytics.worlds import World, an_id, upwards, wave_of
from tests.survey.surveys.definitions import question, text
from tests.survey.surveys.logical import SERVICES as NAMED
from tests.survey.surveys.logical import Who, condition, definitions, met
from tests.survey.surveys.test_rules import show_if

SERVICES = [an_id("alone 1"), an_id("alone 2")]
WERF = {"attribute": "location", "operator": "equals", "value": "werf"}
LOW = show_if("overall", "lessThan", 3)


@settings(max_examples=300, deadline=None)
@given(definitions())
def test_survey_and_analytics_agree_on_what_goes_on_its_own(definition: dict[str, Any]) -> None:
    alone = {question.key for question in questions_of(definition) if question.alone and question.told}
    assert alone == apart(logic_of(definition))


EARLIER = [question("a", "yesNo"), question("b", "importance")]


@settings(max_examples=300, deadline=None)
@given(
    condition(EARLIER, ["uses", "rates"]),
    st.sampled_from([True, False]),
    st.sampled_from([None, True, False]),
    st.sampled_from([None, 1, 3]),
)
def test_what_is_needed_was_answered_by_whoever_meets_it(
    given_condition: dict[str, Any], holds: bool, a: bool | None, b: int | None
) -> None:
    who = Who("x", uses=(NAMED[1],))
    values = {"a": a, "b": b}
    if met(given_condition, who, values) is holds:
        assert all(values[key] is not None for key in needed(given_condition, met=holds))


def survey(seed: int) -> dict[str, Any]:
    chance = Random(seed)
    options = [{"key": key, "text": text()} for key in "ab"]
    mixed = chance.choice([{"all": [WERF, LOW]}, {"any": [WERF, LOW]}, {"all": [{"not": WERF}, LOW]}])
    rated = [
        question("overall", "rating", points=5, required=True),
        question("parking", "importance", showIf=WERF),
        question("mixed", "singleChoice", options=options, required=chance.random() < 0.5, showIf=mixed),
        question("after", "yesNo", showIf=show_if("parking", "atLeast", 4)),
        question("two", "yesNo", showIf={"any": [LOW, show_if("topic", "notAnswered", None)]}),
    ]  # fmt: skip
    rated.insert(1, question("topic", "importance"))
    rated[-1]["showIf"]["any"][1].pop("value")
    once = [question("weight", "importance"), question("also", "yesNo", showIf={
        "service": str(SERVICES[0]), "operator": chance.choice(["uses", "rates"])})]  # fmt: skip
    return completed({
        "key": f"alone{seed}", "title": text(), "languages": ["nl", "en"], "topics": [], "labels": {}, "sections": [
            {"key": "s", "repeatFor": "ratedService", "minimumServices": 1, "maximumServices": 2, "questions": rated},
            {"key": "o", "questions": once},
        ],
    })  # fmt: skip


def organisation(seed: int) -> tuple[World, list[tuple[UUID, About, Checked]]]:
    """With what each person answered, before it fell apart."""
    chance = Random(seed)
    units = [an_id(f"alone unit {place}") for place in range(5)]
    tree = {unit: chance.choice(units[:place]) if place else None for place, unit in enumerate(units)}
    definition = survey(seed)
    made = compile_definition(definition)
    people, ballots = [], []
    staff = {unit: chance.choice((2, 5, 7, 9)) for unit in units}
    leaning = [chance.gammavariate(0.5, 1) + 0.01 for _ in range(5)]
    for unit in (unit for unit, size in staff.items() for _ in range(size)):
        about = About({"location": chance.choice(["werf", "stad", "stad"])}, list(map(str, SERVICES)))
        checked = answered(made, chance, about, leaning)
        people.append((unit, about, checked))
        parts = [
            Part(service, [Answer(*answer) for answer in given]) for service, given in checked.parts.items() if given
        ]
        parts += [Part(one.service, [Answer(*answer) for answer in one.answers], one.question)
                  for one in on_their_own(made, checked, about)]  # fmt: skip
        ballots.append(Ballot(unit=unit, language="nl", parts=parts))
    world = World(
        tree=tree, staff=staff, providers=dict.fromkeys(SERVICES, units[0]), definition=definition, ballots=ballots,
        audience=dict.fromkeys(SERVICES, frozenset(units)), wave_id=an_id(f"alone {seed}"),
    )  # fmt: skip
    return world, people


def answered(made: Any, chance: Random, about: About, leaning: list[float]) -> Checked:
    """Answers are tried until they fit."""
    while True:
        answers = []
        for service in chance.sample(SERVICES, chance.randint(1, 2)):
            for key in made.repeated:
                answers += given_answer(chance, key, str(service), leaning)
        for key in made.once:
            answers += given_answer(chance, key, None, leaning)
        result = check(made, Submission("nl", answers), SERVICES, about)
        if not isinstance(result, Checked):
            wrong = {int(e.pointer.split("/")[2]) for e in result if e.pointer and e.code == "notShown"}
            result = check(
                made, Submission("nl", [a for n, a in enumerate(answers) if n not in wrong]), SERVICES, about
            )
        if isinstance(result, Checked):
            return result


def given_answer(chance: Random, key: str, service: str | None, leaning: list[float]) -> list[GivenAnswer]:
    if key != "overall" and chance.random() < 0.15:
        return []
    five = chance.choices(range(1, 6), leaning)[0]
    value: Any = {"mixed": chance.choice("aab"), "overall": five, "topic": five, "parking": five, "weight": five}.get(
        key, chance.random() < 0.8
    )
    return [GivenAnswer(key, service, value)]


def rows_of(world: World, seed: int) -> list[Row]:
    wave = wave_of(world)
    return list(Released(wave, Table(wave).decide(random.Random(seed))).rows())


SEEDS = range(60)


def test_the_survey_can_be_published() -> None:
    assert all(list(faults(survey(seed))) == [] for seed in SEEDS)


@pytest.mark.parametrize("chunk", range(4))
def test_no_block_of_few_or_alike_can_be_had_of_a_question_that_some_are_asked(chunk: int) -> None:
    """Of each question and service: what a shown cell has beyond the shown cells below it, from the answers themselves."""
    shown = 0
    for seed in SEEDS[chunk::4]:
        world, people = organisation(seed)
        rows = [row for row in rows_of(world, seed) if row.figures is not None and row.cell.service is not None]
        for row in rows:
            shown += row.question.alone is not None
            below = [other for other in rows if other.question.key == row.question.key
                     and other.cell.service == row.cell.service and other.cell != row.cell and inside(world, other, row)]  # fmt: skip
            given = Counter(
                checked.given.get(str(row.cell.service), {})[row.question.key]
                for unit, _, checked in people
                if within(world, unit, row) and not any(within(world, unit, other) for other in below)
                and row.question.key in checked.given.get(str(row.cell.service), {})
            )  # fmt: skip
            assert not given or (given.total() >= world.minimum and len(given) > 1), (seed, row.question.key, given)
    assert shown > 20, "something is shown"


@pytest.mark.parametrize("chunk", range(2))
def test_how_many_were_asked_is_no_answer_of_few(chunk: int) -> None:
    """Of those of whom it hung on answers whether they were asked, in what is shown: nobody, or enough who differ."""
    for seed in SEEDS[chunk::2]:
        world, people = organisation(seed)
        made = compile_definition(world.definition)
        rows = [row for row in rows_of(world, seed) if row.figures and row.question.key in ("mixed", "after")]
        for row in (row for row in rows if row.cell.service is not None):
            how: Counter[Any] = Counter()
            for unit, about, checked in people:
                if within(world, unit, row):
                    how.update(
                        one.answers[0][1] for one in on_their_own(made, checked, about)
                        if one.service == row.cell.service and one.question == row.question.key
                        and one.answers[0][0].startswith("asked:")
                    )  # fmt: skip
            assert how.total() >= world.minimum
            assert len(how) > 1


def test_nothing_of_how_a_question_was_asked_is_told() -> None:
    rows = [row for seed in range(10) for row in rows_of(organisation(seed)[0], seed)]
    assert rows
    assert not [row for row in rows if row.question.key.startswith("asked:")]


def inside(world: World, other: Row, row: Row) -> bool:
    return row.cell.unit is None or (
        other.cell.unit is not None and row.cell.unit in upwards(world.tree, other.cell.unit)
    )


def within(world: World, unit: UUID, row: Row) -> bool:
    return row.cell.unit is None or row.cell.unit in upwards(world.tree, unit)
