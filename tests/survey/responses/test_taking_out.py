import asyncio
from collections import Counter
from collections.abc import Sequence
from typing import Any, TypeVar
from uuid import UUID

import pytest
from sqlalchemy import select, update

from services.contracts import events
from services.shared.outbox import OutboxEvent
from services.survey.responses.boxes import box_keys
from services.survey.responses.models import Box
from services.survey.responses.taking_out import take_out_due
from services.survey.settings import SurveySettings
from tests.fixtures.services import Running
from tests.survey.responses import world
from tests.survey.responses.test_respond import body, put
from tests.survey.responses.world import Employed, World

ROOT, LEFT, RIGHT = (UUID(int=n) for n in range(1, 4))
CLEANING, CATERING = UUID(int=77), UUID(int=78)
TREE = {ROOT: None, LEFT: ROOT, RIGHT: ROOT}
E = TypeVar("E", bound=events.Event)


async def an_organisation(survey: Running, people: Sequence[Employed], **more: Any) -> World:
    return await world.make(survey.database, survey.settings, TREE, {CLEANING: LEFT, CATERING: RIGHT}, people, **more)


def keys_of(survey: Running) -> list[bytes]:
    assert isinstance(survey.settings, SurveySettings)
    return box_keys(survey.settings)


async def close_and_take_out(survey: Running, there: World) -> list[events.Event]:
    await there.set_wave(survey.database, status="closed")
    assert await take_out_due(survey.database, keys_of(survey)) == 1
    return await told(survey, there)


async def told(survey: Running, there: World) -> list[events.Event]:
    async with survey.database.transaction(there.organisation_id) as session:
        rows = (await session.scalars(select(OutboxEvent).order_by(OutboxEvent.position))).all()
        return [events.BY_TYPE[row.type].model_validate(row.data) for row in rows]


def of(kind: type[E], all_events: Sequence[events.Event]) -> list[E]:
    return [event for event in all_events if isinstance(event, kind)]


def rating(service: UUID, value: int, **more: Any) -> list[dict[str, Any]]:
    answers = [{"question": "overall", "serviceId": str(service), "value": value}]
    for question, given in more.items():
        answer = {"notApplicable": True} if given is None else {"value": given}
        answers.append({"question": question, "serviceId": str(service), **answer})
    return answers


async def answer_all(survey: Running, there: World, answers: Sequence[list[dict[str, Any]]]) -> None:
    taken = await asyncio.gather(*(
        put(survey, token, body(*given)) for token, given in zip(there.tokens, answers, strict=False)
    ))  # fmt: skip
    assert {each.status_code for each in taken} == {204}


async def test_what_was_answered_comes_out_tied_to_nobody(survey: Running) -> None:
    people = [Employed(LEFT, {"location": "werf"})] * 7 + [Employed(RIGHT, {"location": "stad"})] * 3
    there = await an_organisation(survey, people, comment_minimum=6)
    await answer_all(survey, there, [
        *[rating(CLEANING, value, comment=f"Nummer {value}") for value in range(1, 7)],
        [*rating(CLEANING, 7, speed=None), {"question": "importance", "value": 4}],
        *[[*rating(CLEANING, 8), *rating(CATERING, 9)]] * 3,
    ])  # fmt: skip
    all_events = await close_and_take_out(survey, there)
    assert isinstance(all_events[-1], events.WaveTaken)
    [cleaning] = of(events.ResponsesTaken, all_events)
    assert cleaning.service_id == CLEANING
    values = Counter((response.group_id, *(a.value for a in response.answers)) for response in cleaning.responses)
    # the three on the right dissolved the seven on the left into the whole
    expected: dict[tuple[Any, ...], int] = {(ROOT, value): 1 for value in range(1, 7)}
    assert values == {**expected, (ROOT, 7, None): 1, (ROOT, 8): 3}
    [comments] = of(events.CommentsTaken, all_events)
    assert sorted(comment.text for comment in comments.comments) == [f"Nummer {value}" for value in range(1, 7)]
    assert {comment.group_id for comment in comments.comments} == {LEFT}, "comments have groups of their own"
    assert not any("werf" in event.model_dump_json() for event in all_events), "attributes stay behind"
    ids = [*(comment.id for comment in comments.comments), *(response.id for response in cleaning.responses)]
    assert len(set(ids)) == 16


async def test_the_summary_counts_and_names_closed_and_protected_units(survey: Running) -> None:
    there = await an_organisation(survey, [Employed(LEFT)] * 6 + [Employed(RIGHT)] * 9)
    await answer_all(survey, there, [rating(CLEANING, 5)] * 6 + [rating(CATERING, 6)] * 6 + [rating(CLEANING, 7)] * 2)
    summary = of(events.WaveTaken, await close_and_take_out(survey, there))[0]
    turnout = {unit.unit_id: unit.answered for unit in summary.participation.units}
    assert (summary.enough, summary.participation.answered, turnout) == (True, 14, {ROOT: 14, LEFT: 6, RIGHT: 8})
    services = {service.service_id: service for service in summary.services}
    assert set(services) == {None, CLEANING, CATERING}
    cleaning = services[CLEANING]
    assert (cleaning.closed_units, cleaning.protected_units) == ([ROOT], [LEFT])
    assert cleaning.groups == [events.GroupSize(unit_id=ROOT, people=8)]
    assert services[CATERING].closed_units == [ROOT, RIGHT]
    assert services[None].groups == []


async def test_what_too_few_rated_is_destroyed_and_not_even_counted(survey: Running) -> None:
    there = await an_organisation(survey, [Employed(LEFT)] * 8)
    await answer_all(
        survey, there, [[*rating(CLEANING, 5), *rating(CATERING, 1, comment="Weg")]] * 4 + [rating(CLEANING, 6)]
    )
    all_events = await close_and_take_out(survey, there)
    assert {event.service_id for event in of(events.ResponsesTaken, all_events)} == {CLEANING}
    assert of(events.CommentsTaken, all_events) == []
    catering = {service.service_id: service for service in of(events.WaveTaken, all_events)[0].services}[CATERING]
    assert catering == events.TakenService(service_id=CATERING, groups=[], closed_units=[], protected_units=[])


async def test_fewer_ballots_than_the_minimum_are_destroyed_unopened(survey: Running) -> None:
    there = await an_organisation(survey, [Employed(LEFT)] * 8)
    await answer_all(survey, there, [rating(CLEANING, 5)] * 4)
    await there.set_wave(survey.database, status="closed")
    assert await take_out_due(survey.database, [b"no key opens this box, and none is asked"]) == 1
    [summary] = await told(survey, there)
    assert isinstance(summary, events.WaveTaken)
    assert summary == events.WaveTaken(
        wave_id=there.wave_id, pieces=0, enough=False, participation=events.Participation(), services=[]
    )
    assert await there.count(survey.database, "ballots") == 0


async def test_the_emptied_box_is_gone_with_its_key_and_an_open_wave_keeps_its(survey: Running) -> None:
    there = await an_organisation(survey, [Employed(LEFT)] * 6)
    await answer_all(survey, there, [rating(CLEANING, 5)] * 6)
    assert await take_out_due(survey.database, keys_of(survey)) == 0
    await close_and_take_out(survey, there)
    assert [await there.count(survey.database, table) for table in ("ballots", "boxes")] == [0, 0]
    assert await take_out_due(survey.database, keys_of(survey)) == 0


async def test_without_the_key_everything_stays_for_the_next_try(survey: Running) -> None:
    there = await an_organisation(survey, [Employed(LEFT)] * 6)
    await answer_all(survey, there, [rating(CLEANING, 5)] * 6)
    await there.set_wave(survey.database, status="closed")
    assert await take_out_due(survey.database, [b"x" * 32]) == 0
    assert [await there.count(survey.database, table) for table in ("ballots", "boxes", "outbox")] == [6, 1, 0]
    await close_and_take_out(survey, there)


async def test_a_box_that_cannot_be_opened_is_in_nobody_s_way(survey: Running) -> None:
    """Wherever it stands in the queue."""
    places = [await an_organisation(survey, [Employed(LEFT)] * 6) for _ in range(3)]
    for there in places:
        await answer_all(survey, there, [rating(CLEANING, 5)] * 6)
        await there.set_wave(survey.database, status="closed")
    async with survey.database.transaction(places[1].organisation_id) as session:
        await session.execute(update(Box).values(wrapped_key=Box.public_key))
    assert await take_out_due(survey.database, keys_of(survey)) == 2
    assert [await there.count(survey.database, "boxes") for there in places] == [0, 1, 0]


async def test_comments_lose_the_names_of_the_directory(survey: Running) -> None:
    there = await an_organisation(survey, [Employed(LEFT, names=("Suzanne", "de Vries"))] * 10)
    await answer_all(
        survey, there, [rating(CLEANING, 5, comment="Suzanne (suzanne@gemeente.example) was kortaf.")] * 10
    )
    [comments] = of(events.CommentsTaken, await close_and_take_out(survey, there))
    assert {comment.text for comment in comments.comments} == {"[naam] ([e-mailadres]) was kortaf."}


@pytest.mark.parametrize("of_one", [rating(CATERING, 4), [*rating(CATERING, 4), *rating(CLEANING, 4)]])
async def test_nothing_but_turnouts_says_whether_one_person_rated_a_service(
    survey: Running, of_one: list[dict[str, Any]]
) -> None:
    """Of a hundred who rate cleaning, and one who alone rates catering."""

    async def said(last: list[dict[str, Any]]) -> tuple[list[UUID | None], events.WaveTaken]:
        there = await an_organisation(survey, [Employed(LEFT)] * 101)
        await answer_all(survey, there, [*[rating(CLEANING, 7)] * 100, *([last] if last else [])])
        told = await close_and_take_out(survey, there)
        end = told[-1]
        assert isinstance(end, events.WaveTaken)
        nothing = {"participation": events.Participation(), "wave_id": CLEANING}
        return [event.service_id for event in of(events.ResponsesTaken, told)], end.model_copy(update=nothing)

    both = of_one != rating(CATERING, 4)
    assert await said(of_one) == await said(rating(CLEANING, 4) if both else [])


async def test_two_services_of_one_person_come_out_in_different_orders(survey: Running) -> None:
    """One order for both would tie the two responses of each person to each other."""
    there = await an_organisation(survey, [Employed(LEFT)] * 100)
    given = [[*rating(CLEANING, 1 + at // 10), *rating(CATERING, 1 + at // 10)] for at in range(100)]
    await answer_all(survey, there, given)
    by_service = {
        event.service_id: event for event in of(events.ResponsesTaken, await close_and_take_out(survey, there))
    }
    orders = [
        [response.answers[0].value for response in by_service[service].responses] for service in (CLEANING, CATERING)
    ]
    asked = [1 + at // 10 for at in range(100)]
    for first, second in (orders, (orders[0], asked), (orders[1], asked)):
        assert sum(a == b for a, b in zip(first, second, strict=True)) < 35, "ten are expected by chance"
