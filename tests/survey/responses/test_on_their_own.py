"""Questions that some only are asked, from the answer to what comes out: in responses of their own."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import update

from services.contracts import events
from services.survey.surveys.rules import completed
from services.survey.waves.models import WaveUnit
from tests.fixtures.services import Running
from tests.survey.responses import world
from tests.survey.responses.test_respond import body, code_of, put
from tests.survey.responses.test_taking_out import (
    CATERING,
    CLEANING,
    LEFT,
    RIGHT,
    ROOT,
    TREE,
    answer_all,
    close_and_take_out,
    of,
    rating,
)
from tests.survey.responses.world import Employed, World

WERF = {"attribute": "location", "operator": "equals", "value": "werf"}
USES = {"service": str(CATERING), "operator": "uses"}
RATES = {"service": str(CATERING), "operator": "rates"}


def asked() -> dict[str, Any]:
    low = {"question": "overall", "operator": "lessThan", "value": 6}
    rated: list[Any] = [*world.SERVICE_SECTION, {"key": "parking", "type": "rating", "points": 5, "showIf": WERF},
             {"key": "why", "type": "yesNo", "showIf": {"all": [WERF, low]}},
             {"key": "said", "type": "text", "showIf": WERF}]  # fmt: skip
    once: list[Any] = [*world.ONCE_SECTION, {"key": "also", "type": "yesNo", "showIf": RATES},
            {"key": "user", "type": "yesNo", "showIf": USES},
            {"key": "order", "type": "ranking", "options": [{"key": key, "text": {"nl": key}} for key in "abc"]}]  # fmt: skip
    return completed(world.definition(rated, once))


async def there_with(survey: Running, people: Sequence[Employed], **more: Any) -> World:
    services = {CLEANING: LEFT, CATERING: RIGHT}
    return await world.make(survey.database, survey.settings, TREE, services, people, survey=asked(), **more)


def once(**values: Any) -> list[dict[str, Any]]:
    return [{"question": key, "value": value} for key, value in values.items()]


async def test_who_is_asked_is_judged_by_attribute_and_service(survey: Running) -> None:
    people = [Employed(LEFT, {"location": "werf"}), Employed(RIGHT, {"location": "stad"}, [CLEANING])] * 4
    there = await there_with(survey, people)
    at_werf, in_town = there.tokens[0], there.tokens[1]
    for token, wrong in ((in_town, rating(CLEANING, 8, parking=3)), (at_werf, rating(CLEANING, 8, why=True)),
                         (at_werf, [*rating(CLEANING, 8), *once(also=True)]),
                         (in_town, [*rating(CLEANING, 8), *once(user=True)])):  # fmt: skip
        refused = await put(survey, token, body(*wrong))
        assert code_of(refused) == (400, "invalidAnswer")
        assert [error["code"] for error in refused.json()["errors"]] == ["notShown"]
    view = (await survey.client.get(f"/v1/respond/{in_town}")).json()
    assert [question["key"] for section in view["sections"] for question in section["questions"]] == [
        "overall", "speed", "nps", "comment", "importance", "last", "also", "order",
    ]  # fmt: skip
    right = [
        *rating(CLEANING, 4, parking=3, why=True),
        *rating(CATERING, 8),
        *once(also=True, user=False, order=["b", "a"]),
    ]
    assert (await put(survey, at_werf, body(*right))).status_code == 204


async def test_of_drawn_services_a_respondent_uses_more_than_they_may_rate(survey: Running) -> None:
    there = await there_with(survey, [Employed(LEFT, {}, [CLEANING])] * 2 + [Employed(RIGHT, {}, [CLEANING])] * 2)  # fmt: skip
    async with survey.database.transaction(there.organisation_id) as session:
        of_unit = update(WaveUnit).where(WaveUnit.wave_id == there.wave_id, WaveUnit.unit_id == LEFT)
        await session.execute(of_unit.values(service_ids=[CLEANING, CATERING]))
    given = [*rating(CLEANING, 8), *once(user=True)]
    assert (await put(survey, there.tokens[0], body(*given))).status_code == 204
    assert (await put(survey, there.tokens[2], body(*given))).status_code == 400


async def test_they_come_out_in_responses_and_groups_of_their_own(survey: Running) -> None:
    werf, town = {"location": "werf", "tenure": "long"}, {"location": "stad", "tenure": "short"}
    people = (
        [Employed(LEFT, werf)] * 8
        + [Employed(LEFT, town)] * 3
        + [Employed(RIGHT, town)] * 4
        + [Employed(RIGHT, werf)] * 2
    )
    there = await there_with(survey, people, comment_minimum=5)
    await answer_all(survey, there, [
        *[[*rating(CLEANING, 3 + at, parking=1 + at % 5, said=f"Nummer {at}", **({"why": at == 0} if at < 3 else {})),
           *once(order=["b", "a", "c"])] for at in range(8)],
        *[rating(CLEANING, 9)] * 7,
        *[rating(CLEANING, 9, parking=4)] * 2,
    ])  # fmt: skip
    all_events = await close_and_take_out(survey, there)
    kinds = Counter[frozenset[str]]()
    for event in of(events.ResponsesTaken, all_events):
        for response in event.responses:
            kinds[frozenset(answer.question for answer in response.answers)] += 1
    assert kinds == {
        frozenset({"overall"}): 17, frozenset({"parking"}): 10, frozenset({"asked:why", "why"}): 3,
        frozenset({"asked:why"}): 7, frozenset({"order"}): 8,
    }  # fmt: skip
    summary = of(events.WaveTaken, all_events)[0]
    alone = {one.question: one for one in summary.alone}
    assert set(alone) == {"parking", "why"}
    assert {one.service_id for one in alone.values()} == {CLEANING}
    assert [group.people for group in alone["parking"].groups] == [10]
    assert alone["parking"].groups[0].unit_id == ROOT, "two at the right would be few: they are told with the others"
    [comments] = of(events.CommentsTaken, all_events)
    assert {comment.group_id for comment in comments.comments} == {LEFT}
    ranked = [answer for event in of(events.ResponsesTaken, all_events) for response in event.responses
              for answer in response.answers if answer.ranked]  # fmt: skip
    assert [answer.value for answer in ranked] == [["b", "a", "c"]] * 8
