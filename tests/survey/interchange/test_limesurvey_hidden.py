"""LimeSurvey takes an equation for false as a whole if it names a question that is not shown, unless by `.NAOK`."""

from typing import Any

import pytest

from services.survey.interchange.limesurvey.relevance import bare_names
from tests.survey.interchange.carried import carried
from tests.survey.interchange.limesurvey_files import Asked, Group, lss

TEXTS = {"nl": "Hoe?", "en": "How?"}
NOT_MARRIED = {"question": "married", "operator": "equals", "value": True}
ADULT = {"question": "age", "operator": "greaterThan", "value": 17}
AFTER = {"showIf": {"all": [{"not": NOT_MARRIED}, ADULT]}}


def conditions(relevance: str, *, second_group: str | None = None, of_married: str = "age > 17") -> dict[str, Any]:
    kids = Asked("kids", "N", TEXTS, relevance=relevance, group="2" if second_group is not None else "1")
    asked = [Asked("age", "N", TEXTS), Asked("married", "Y", TEXTS, relevance=of_married), kids]
    groups = [Group("1", "You"), *([Group("2", "Kids", second_group)] if second_group is not None else [])]
    made = carried(lss(asked, groups))
    assert "conditionLost" not in {code for _, code in made.told()}
    return {name: value for name, value in made.questions["kids"].items() if name in ("showIf", "skipIf")}


@pytest.mark.parametrize(
    ("relevance", "wanted"),
    [
        ('married != "Y"', AFTER),
        ('married.NAOK != "Y"', {"skipIf": NOT_MARRIED}),
        ('!(married == "Y")', AFTER),
        ("is_empty(married)", {"showIf": {"all": [{"question": "married", "operator": "notAnswered"}, ADULT]}}),
        ('married == "Y"', {"showIf": NOT_MARRIED}),
        ('age != 20 and married == "Y"', {"showIf": {"all": [
            {"not": {"question": "age", "operator": "equals", "value": 20}}, NOT_MARRIED]}}),
        ('married == "Y" or age > 30', {"showIf": {"all": [
            {"any": [NOT_MARRIED, {"question": "age", "operator": "greaterThan", "value": 30}]}, ADULT]}}),
    ],
)  # fmt: skip
def test_what_shows_the_question_that_is_named_joins(relevance: str, wanted: dict[str, Any]) -> None:
    assert conditions(relevance) == wanted


def test_a_group_hands_it_on_to_groups_after_it() -> None:
    assert conditions("1", second_group='married != "Y"') == {}
    made = carried(lss(
        [Asked("age", "N", TEXTS), Asked("married", "Y", TEXTS, group="2"),
         Asked("kids", "N", TEXTS, relevance='married != "Y"', group="3")],
        [Group("1", "You"), Group("2", "Partner", "age > 17"), Group("3", "Kids")],
    ))  # fmt: skip
    assert made.questions["kids"]["showIf"] == AFTER["showIf"]


def test_it_hangs_on_all_before_it_in_a_chain() -> None:
    chain = [Asked("q0", "Y", TEXTS)]
    chain += [Asked(f"q{n}", "Y", TEXTS, relevance=f'q{n - 1} != "Y"') for n in range(1, 30)]
    made = carried(lss(chain))
    assert len(made.questions["q5"]["showIf"]["all"]) == 5
    assert ("q25", "conditionLost") in made.told()


def test_names_without_naok_are_known() -> None:
    equation = 'a.NAOK > 1 and b == "c" and !is_empty(d_SQ1.value) and e.valueNAOK == 1 or 7X1X12 > 3'
    assert bare_names(equation) == ["b", "d_SQ1", "7X1X12"]
