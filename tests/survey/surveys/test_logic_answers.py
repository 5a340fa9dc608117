"""Answers judged by the logic of a questionnaire that has all of it, and what a respondent sees."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec
import pytest

from services.shared.problems import Problem
from services.survey.responses.submission import Submission
from services.survey.surveys import piping
from services.survey.surveys.answers import About, Checked, check, compile_definition
from services.survey.surveys.conditions import Circumstances
from services.survey.surveys.logic import logic_of
from services.survey.surveys.on_their_own import on_their_own
from services.survey.surveys.order import in_order
from services.survey.surveys.personal import Personal
from services.survey.surveys.rules import completed
from services.survey.surveys.schemas import SurveyBody
from services.survey.surveys.service import checked
from tests.survey.surveys.definitions import OPTIONS, body, question, text
from tests.survey.surveys.test_rules import refusals, show_if

A, B = UUID(int=10), UUID(int=11)
WERF = {"attribute": "location", "operator": "equals", "value": "werf"}


def test_a_survey_with_everything_is_accepted() -> None:
    assert refusals(full()) == []


def full() -> dict[str, Any]:
    asked = [
        question("team", "ranking", options=OPTIONS, maximumChoices=2, randomOptions=True),
        question("hours", "number", minimum=0, maximum=80, decimals=1, unit=text("uur {{per}} week")),
        question("since", "date", earliestDate="2020-01-01", latestDate="2026-12-31"),
        question("parking", "rating", points=5, showIf=WERF),
        question("parkingWhy", "singleChoice", options=OPTIONS, required=True,
                 showIf={"all": [WERF, show_if("parking", "lessThan", 3)]}),
        question("both", "yesNo", showIf={"service": str(B), "operator": "rates"}),
        question("ways", "multipleChoice", minimumChoices=2, requireIf=show_if("hours", "greaterThan", 40), options=[
            {**OPTIONS[0], "showIf": show_if("hours", "atLeast", 10)}, *OPTIONS[1:],
        ]),
    ]  # fmt: skip
    changed = body()
    service = changed["sections"][0]
    service["questions"][0]["text"] = text("Hoe was {service} van {provider}?")
    service["questions"] += [question("onlyA", "yesNo", showIf={"service": str(A), "operator": "is"})]
    changed["sections"].append({"key": "more", "questions": asked, "randomOrder": "questions"})
    return changed


QUESTIONNAIRE = compile_definition(completed(full()))
HERE = About({"location": "werf"}, [str(A), str(B)])


def judged(about: About = HERE, services: Mapping[UUID, dict[str, Any]] | None = None, **once: Any) -> Any:
    rated = services or {A: {"overall": 8}}
    answers = [
        {"question": key, "serviceId": str(service), "value": value}
        for service, given in rated.items() for key, value in given.items()
    ]  # fmt: skip
    answers += [{"question": key, "value": value} for key, value in once.items()]
    return check(QUESTIONNAIRE, msgspec.convert({"language": "nl", "answers": answers}, Submission), [A, B], about)


JUDGED: list[tuple[dict[str, Any], str | None]] = [
    ({"team": ["blue", "red"]}, None), ({"team": ["blue", "blue"]}, "duplicate"), ({"team": ["pink"]}, "unknownOption"),
    ({"team": ["red", "green", "blue"]}, "tooManyOptions"), ({"team": []}, "blank"), ({"team": "red"}, "wrongType"),
    ({"hours": 7.5}, None), ({"hours": 7.25}, "tooManyDecimals"), ({"hours": 81}, "outOfRange"), ({"hours": True}, "wrongType"),
    ({"since": "2024-02-29"}, None), ({"since": "2025-02-29"}, "notADate"), ({"since": "2019-12-31"}, "outOfRange"),
    ({"since": 2024}, "wrongType"), ({"since": "20240229"}, "notADate"),
    ({"parking": 4}, None), ({"parking": 2}, "required"), ({"parking": 2, "parkingWhy": "red"}, None),
    ({"parkingWhy": "red"}, "notShown"), ({"both": True}, "notShown"),
    ({"hours": 12, "ways": ["red", "green"]}, None), ({"hours": 9, "ways": ["red", "green"]}, "optionNotShown"),
    ({"ways": ["green"]}, "tooFewOptions"), ({"hours": 41}, "required"), ({"hours": 41, "ways": ["red", "blue"]}, None),
]  # fmt: skip


@pytest.mark.parametrize(("once", "code"), JUDGED)
def test_answers_of_every_type_are_judged(once: dict[str, Any], code: str | None) -> None:
    result = judged(**once)
    assert (None if isinstance(result, Checked) else result[0].code) == code


def test_attributes_and_services_decide_who_is_asked() -> None:
    elsewhere = About({"location": "stadhuis"}, [str(A)])
    assert judged(elsewhere, parking=4)[0].code == "notShown"
    assert isinstance(judged(HERE, {A: {"overall": 8}, B: {"overall": 9}}, both=True), Checked)
    assert isinstance(judged(HERE, {A: {"overall": 8, "onlyA": True}}), Checked)
    assert judged(HERE, {B: {"overall": 8, "onlyA": True}})[0].code == "notShown"


def test_what_says_who_somebody_is_goes_on_its_own() -> None:
    assert QUESTIONNAIRE.apart == {"parking", "parkingWhy", "both"}
    result = judged(HERE, {A: {"overall": 8}, B: {"overall": 9}}, hours=3, parking=2, parkingWhy="red", both=False)
    assert dict(result.parts) == {A: [("overall", 8)], B: [("overall", 9)], None: [("hours", 3)]}
    alone = {one.question: list(one.answers) for one in on_their_own(QUESTIONNAIRE, result, HERE)}
    assert alone == {
        "parking": [("parking", 2)], "both": [("both", False)],
        "parkingWhy": [("asked:parkingWhy", "required"), ("parkingWhy", "red")],
    }  # fmt: skip
    content = judged(HERE, parking=5)
    assert [one.answers for one in on_their_own(QUESTIONNAIRE, content, HERE)][1] == [("asked:parkingWhy", "no")]
    assert list(on_their_own(QUESTIONNAIRE, judged(About()), About())) == []


def test_a_question_about_a_service_may_hang_on_what_was_asked_once_before() -> None:
    changed = body()
    changed["sections"].reverse()
    changed["sections"][1]["questions"].append(question("after", "yesNo", showIf=show_if("tell", "equals", True)))
    assert refusals(changed) == []
    made = compile_definition(completed(changed))
    assert made.apart == {"after"}
    given = [
        {"question": "overall", "serviceId": str(A), "value": 8},
        {"question": "after", "serviceId": str(A), "value": True},
    ]
    yes = [{"question": "tell", "value": True}, {"question": "told", "value": "x"}]
    for extra, right in ((yes, True), ([], False)):
        sent = msgspec.convert({"language": "nl", "answers": [*given, *extra]}, Submission)
        assert isinstance(check(made, sent, [A]), Checked) is right


def test_a_respondent_s_own_questionnaire_has_no_condition_on_who_they_are() -> None:
    definition = completed(full())
    inside = Personal(Circumstances(attributes={"location": "werf"})).of(definition)["sections"][2]["questions"]
    outside = Personal(Circumstances(attributes={"location": "x"})).of(definition)["sections"][2]["questions"]
    keys = [each["key"] for each in inside]
    assert [key for key in keys if key not in [each["key"] for each in outside]] == ["parking", "parkingWhy"]
    asked = {each["key"]: each for each in inside}
    assert "showIf" not in asked["parking"]
    assert asked["parkingWhy"]["showIf"] == show_if("parking", "lessThan", 3)
    assert asked["both"]["showIf"] == {"service": str(B), "operator": "rates"}


def test_no_more_options_must_be_chosen_than_somebody_is_shown() -> None:
    options = [OPTIONS[0], *({**each, "showIf": WERF} for each in OPTIONS[1:])]
    asked = question("ways", "multipleChoice", options=options, minimumChoices=2)
    definition = completed({**body(), "sections": [{"key": "a", "questions": [asked]}]})
    for location, least in (("werf", 2), ("stad", 1)):
        mine = Personal(Circumstances(attributes={"location": location})).of(definition)["sections"][0]["questions"][0]
        assert mine["minimumChoices"] == least


def test_the_order_is_the_token_s_and_keeps_what_others_hang_on_before_them() -> None:
    definition = completed(full())
    logic, section = logic_of(definition), definition["sections"][2]

    def order(token: str) -> list[str]:
        return [each["key"] for each in in_order(section, logic, token)["questions"]]

    orders = {tuple(order(f"token{n}")) for n in range(200)}
    assert order("token1") == order("token1")
    assert len(orders) > 100
    assert all(each.index("parking") < each.index("parkingWhy") for each in orders)
    assert all(each.index("hours") < each.index("ways") for each in orders)
    first = [order(f"t{n}")[0] for n in range(400)]
    assert {first.count(key) > 30 for key in ("team", "since", "hours")} == {True}
    options = {tuple(option["key"] for each in in_order(section, logic, f"t{n}")["questions"] if each["key"] == "team"
                     for option in each["options"]) for n in range(100)}  # fmt: skip
    assert len(options) == 6
    assert in_order(section, logic, None) == section


def test_a_table_of_which_a_row_hangs_on_another_question_stays_whole() -> None:
    asked = [question("used", "yesNo")] + [
        question(f"row{n}", "rating", points=5, matrix="table", **({"showIf": show_if("used", "equals", True)} if n == 2 else {}))
        for n in (1, 2, 3)
    ] + [question("end", "text")]  # fmt: skip
    section = {"key": "s", "randomOrder": "questions", "questions": asked}
    logic = logic_of({"sections": [section]})
    orders = {" ".join(each["key"] for each in in_order(section, logic, f"t{n}")["questions"]) for n in range(50)}
    rows = "row1 row2 row3"
    assert orders == {f"used {rows} end", f"used end {rows}", f"end used {rows}"}


def test_topics_change_places_and_their_questions_do_not() -> None:
    asked = [question("start", "nps")] + [
        question(f"{topic}{n}", "rating", points=5, topic=topic) for topic in ("speed", "care") for n in (1, 2)
    ] + [question("end", "text")]  # fmt: skip
    section = {"key": "s", "randomOrder": "topics", "questions": asked}
    logic = logic_of({"sections": [section]})
    orders = {" ".join(each["key"] for each in in_order(section, logic, f"t{n}")["questions"]) for n in range(50)}
    assert orders == {"start speed1 speed2 care1 care2 end", "start care1 care2 speed1 speed2 end"}


def test_names_are_put_into_texts() -> None:
    names = {"service": "Schoonmaak {A}", "provider": "FB"}
    assert piping.filled("{service} van {provider}, {{ja}} {organisation}", names) == (
        "Schoonmaak {A} van FB, {ja} {organisation}"
    )
    assert piping.filled(piping.partly("{service} in {organisation} {{x}}", {"organisation": "A{B}"}), names) == (
        "Schoonmaak {A} in A{B} {x}"
    )


def test_services_are_kept_as_they_were_sent_until_they_are_looked_up() -> None:
    made = full()
    made["sections"][2]["questions"][5]["showIf"]["service"] = "external:FAC-1"
    assert (
        checked(SurveyBody.model_validate(made))["sections"][2]["questions"][5]["showIf"]["service"] == "external:FAC-1"
    )
    with pytest.raises(Problem):
        checked(SurveyBody.model_validate({**made, "languages": ["nl", "nl"]}))
