"""Each refusal of logic where it stands."""

from copy import deepcopy
from typing import Any
from uuid import UUID

import pytest

from tests.survey.surveys.definitions import OPTIONS, body, question, text
from tests.survey.surveys.test_rules import Change, refusals, set_in, show_if

A, B = UUID(int=10), UUID(int=11)
Q, ONCE = "/sections/0/questions", "/sections/1/questions"
WERF = {"attribute": "location", "operator": "equals", "value": "werf"}
LOW = show_if("overall", "lessThan", 6)
DEEP: dict[str, Any] = {"not": {"not": {"not": {"not": {"not": {"not": LOW}}}}}}
REFUSED: list[tuple[Change, str, str]] = [
    (set_in(f"{Q}/2/skipIf", LOW), f"{Q}/2/skipIf", "showAndSkip"),
    (set_in(f"{Q}/0/requireIf", WERF), f"{Q}/0/requireIf", "alwaysRequired"),
    (set_in(f"{Q}/2/showIf", DEEP), f"{Q}/2/showIf", "tooDeep"),
    (set_in(f"{Q}/2/showIf", {"when": 1}), f"{Q}/2/showIf", "notACondition"),
    (set_in(f"{Q}/2/showIf", [LOW]), f"{Q}/2/showIf", "notACondition"),
    (set_in(f"{Q}/2/showIf", {**LOW, **WERF}), f"{Q}/2/showIf", "notACondition"),
    (set_in(f"{Q}/2/showIf", {"all": []}), f"{Q}/2/showIf/all", "too_short"),
    (set_in(f"{Q}/2/showIf", {"any": [LOW, show_if("nothing", "equals", 1)]}), f"{Q}/2/showIf/any/1/question",
     "unknownQuestion"),
    (set_in(f"{Q}/2/showIf", {"not": show_if("overall", "contains", "x")}), f"{Q}/2/showIf/not/operator",
     "unfitOperator"),
    (set_in(f"{Q}/2/showIf", {"question": "overall", "operator": "equals"}), f"{Q}/2/showIf/value", "missing"),
    (set_in(f"{Q}/2/showIf", show_if("overall", "answered", 3)), f"{Q}/2/showIf/value", "notAllowed"),
    (set_in(f"{Q}/2/showIf", {**WERF, "value": ["a"]}), f"{Q}/2/showIf/value", "wrongType"),
    (set_in(f"{Q}/2/showIf", {**WERF, "operator": "in"}), f"{Q}/2/showIf/value", "wrongType"),
    (set_in(f"{ONCE}/0/showIf", {"service": str(A), "operator": "is"}), f"{ONCE}/0/showIf/operator", "notRepeated"),
    (set_in(f"{Q}/1/showIf", show_if("recommend", "equals", 3)), f"{Q}/1/showIf/question", "notEarlier"),
    (set_in("/sections/0/showIf", show_if("overall", "equals", 3)), "/sections/0/showIf/question", "notEarlier"),
    (set_in(f"{Q}/1/showIf", {"service": str(A), "operator": "rates"}), f"{Q}/1/showIf/operator", "notEarlier"),
    (set_in(f"{Q}/2/options/0/showIf", show_if("lost", "equals", 3)), f"{Q}/2/options/0/showIf/question", "notEarlier"),
    (set_in(f"{Q}/2/showIf", {"all": [LOW, show_if("overall", "greaterThan", 7)]}), f"{Q}/2/showIf", "neverShown"),
    (set_in(f"{Q}/2/skipIf", {"question": "overall", "operator": "answered"}), f"{Q}/2/skipIf", "showAndSkip"),
    (set_in(f"{Q}/3/showIf", {"all": [show_if("why", "equals", "red"), show_if("overall", "equals", 8)]}),
     f"{Q}/3/showIf", "neverShown"),
    (set_in(f"{Q}/2/options/0/showIf", show_if("overall", "atLeast", 6)), f"{Q}/2/options/0/showIf", "neverShown"),
    (set_in(f"{ONCE}/2/requireIf", show_if("tell", "equals", False)), f"{ONCE}/2/requireIf", "alwaysRequired"),
    (set_in(f"{Q}/4/text/nl", "Over {dienst}"), f"{Q}/4/text/nl", "unknownName"),
    (set_in(f"{Q}/4/text/en", "About {"), f"{Q}/4/text/en", "loneBrace"),
    (set_in(f"{ONCE}/0/text/en", "About {service}"), f"{ONCE}/0/text/en", "unknownName"),
    (set_in("/labels/five/2/nl", "{provider}"), "/labels/five/2/nl", "unknownName"),
    (set_in("/title/nl", "{service}"), "/title/nl", "unknownName"),
    (set_in(f"{Q}/8/minimumChoices", 4), f"{Q}/8/minimumChoices", "moreThanOptions"),
    (set_in(f"{Q}/8/maximumChoices", 4), f"{Q}/8/maximumChoices", "moreThanOptions"),
    (set_in(f"{Q}/6", question("n", "number", minimum=3, maximum=2)), f"{Q}/6/minimum", "aboveMaximum"),
    (set_in(f"{Q}/6", question("n", "number", minimum=0.2, maximum=0.8)), f"{Q}/6/decimals", "deadEnd"),
    (set_in(f"{Q}/6", question("n", "number", decimals=7)), f"{Q}/6/decimals", "less_than_equal"),
    (set_in(f"{Q}/6", question("d", "date", earliestDate="2026-02-30")), f"{Q}/6/earliestDate", "date_from_datetime_parsing"),
    (set_in(f"{Q}/6", question("d", "date", earliestDate="2026-02-02", latestDate="2026-02-01")),
     f"{Q}/6/earliestDate", "aboveMaximum"),
    (set_in(f"{Q}/6", question("d", "date", latestDate="2300-02-02")), f"{Q}/6/latestDate", "outOfRange"),
    (set_in(f"{Q}/0/matrix", "m"), f"{Q}/4/matrix", "notNeighbours"),
    (set_in(f"{Q}/3/matrix", "m"), f"{Q}/4/matrix", "rowsDiffer"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "pointer", "code"), REFUSED, ids=[f"{code} {at}" for _, at, code in REFUSED])
def test_logic_that_makes_no_sense_is_refused_where_it_stands(change: Change, pointer: str, code: str) -> None:
    changed = body()
    if "/4/matrix" in pointer:
        changed["sections"][0]["questions"][4]["matrix"] = "m"
    change(changed)
    assert (pointer, code) in refusals(changed)


def test_sections_about_services_are_asked_at_the_place_of_the_first() -> None:
    rates = {"service": str(A), "operator": "rates"}
    before = {"key": "before", "questions": [question("known", "yesNo"), question("use", "yesNo", skipIf=rates)]}
    between = {"key": "between", "questions": [question("early", "yesNo", showIf=rates)]}
    again = {"key": "again", "repeatFor": "ratedService", "maximumServices": 2,
             "questions": [question("late", "yesNo", showIf=show_if("known", "equals", True)),
                           question("later", "yesNo", showIf={"any": [WERF, show_if("tell", "equals", True)]})]}  # fmt: skip
    changed = body()
    end = {"key": "end", "questions": [question("end", "yesNo", showIf=rates)]}
    changed["sections"] = [before, *changed["sections"], between, again, end]
    assert refusals(changed) == [
        ("/sections/0/questions/1/skipIf/operator", "notEarlier"),
        ("/sections/3/questions/0/showIf/operator", "notEarlier"),
        ("/sections/4/questions/1/showIf/any/1/question", "notEarlier"),
    ]


def test_nobody_rates_what_nothing_is_asked_about() -> None:
    changed = body()
    changed["sections"][0]["skipIf"] = {"service": str(A), "operator": "is"}
    for service, found in ((A, [(f"{ONCE}/0/showIf", "neverShown")]), (B, [])):
        changed["sections"][1]["questions"][0]["showIf"] = {"service": str(service), "operator": "rates"}
        assert refusals(changed) == found


def test_questions_that_hang_on_each_other_are_a_cycle() -> None:
    changed = body()
    first, second = changed["sections"][0]["questions"][4:6]
    first["showIf"], second["showIf"] = show_if("easy", "equals", 3), show_if("recommend", "equals", 3)
    assert refusals(changed) == [(f"{Q}/4/showIf/question", "cycle")]


def test_a_required_question_that_may_have_no_option_is_a_dead_end() -> None:
    changed = body()
    options: list[Any] = deepcopy(OPTIONS)
    changed["sections"][0]["questions"][2]["options"] = options
    for option, points in zip(options, ([1, 2], [2, 3], [3, 4]), strict=True):
        option["showIf"] = show_if("overall", "in", points)
    assert refusals(changed) == [(f"{Q}/2/options", "deadEnd")]
    options[2]["showIf"]["value"] = [4, 5]
    assert (f"{Q}/2/options", "deadEnd") not in refusals(changed)


def test_nobody_may_be_asked_nothing() -> None:
    changed = body()
    for section in changed["sections"]:
        section["showIf"] = WERF
    assert refusals(changed) == [("/sections", "deadEnd")]


def test_what_hangs_on_too_much_is_not_believed() -> None:
    """Ten pigeons cannot each have one of nine holes, as only trying would tell."""
    changed = body()
    holes = [{"key": f"h{n}", "text": text()} for n in range(9)]
    pigeons = [question(f"p{n}", "singleChoice", required=True, options=holes) for n in range(10)]
    apart = [
        {"not": {"any": [{"all": [show_if(f"p{a}", "equals", f"h{n}"), show_if(f"p{b}", "equals", f"h{n}")]}
                         for n in range(9)]}}
        for a in range(10) for b in range(a)
    ]  # fmt: skip
    chunks = [{"all": apart[at : at + 20]} for at in range(0, len(apart), 20)]
    changed["sections"][1]["questions"] = [*pigeons, question("last", "yesNo", showIf={"all": chunks})]
    assert refusals(changed) == [(f"{ONCE}/10/showIf", "tooComplex")]
