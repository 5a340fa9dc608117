"""Who used no service answers what is asked once, and that comes out like any answer."""

from services.contracts import events
from services.survey.responses.page.filled import parse
from services.survey.responses.page.flow import turn
from services.survey.responses.page.questionnaire import read
from tests.fixtures.services import Running
from tests.survey.responses import world
from tests.survey.responses.test_respond import body, put
from tests.survey.responses.test_taking_out import CATERING, CLEANING, LEFT, RIGHT, TREE, close_and_take_out, of, rating
from tests.survey.responses.world import Employed, World


def used_or_not() -> dict[str, object]:
    made = world.definition(once=[{"key": "used", "type": "yesNo", "required": True}])
    about, once = made["sections"]
    about["showIf"] = {"question": "used", "operator": "equals", "value": True}
    return {**made, "sections": [once, about]}


async def an_organisation(survey: Running, people: int) -> World:
    services = {CLEANING: LEFT, CATERING: RIGHT}
    return await world.make(
        survey.database, survey.settings, TREE, services, [Employed(LEFT)] * people, survey=used_or_not()
    )


async def test_who_used_nothing_can_answer(survey: Running) -> None:
    there = await an_organisation(survey, 12)
    nothing, something = ({"question": "used", "value": used} for used in (False, True))
    refused = await put(survey, there.tokens[0], body(something))
    assert [error["code"] for error in refused.json()["errors"]] == ["tooFewServices"]
    for token in there.tokens[:6]:
        assert (await put(survey, token, body(nothing))).status_code == 204
    for token in there.tokens[6:11]:
        assert (await put(survey, token, body(something, *rating(CLEANING, 8)))).status_code == 204
    taken = of(events.ResponsesTaken, await close_and_take_out(survey, there))
    answers = [answer for event in taken for response in event.responses for answer in response.answers]
    answered = [answer.value for answer in answers if answer.question in ("used", "overall")]
    assert sorted(map(str, answered)) == ["8"] * 5 + ["False"] * 6 + ["True"] * 5


async def test_the_page_takes_them_by_the_services(survey: Running) -> None:
    there = await an_organisation(survey, 1)
    view = (await survey.client.get(f"/v1/respond/{there.tokens[0]}")).json()
    shown = turn(read(view), parse(b"step=check&go=next&q.used=false"))
    assert shown.send
    page = await survey.client.post(
        f"/r/{there.tokens[0]}", content="step=check&go=next&q.used=false",
        headers={"content-type": "application/x-www-form-urlencoded"},
    )  # fmt: skip
    assert page.status_code == 200
    assert await there.count(survey.database, "ballots") == 1
