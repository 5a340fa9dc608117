"""LimeSurvey's tables with a field of its own in each cell: numbers to write, to pick from a list, or to tick."""

import pytest

from tests.survey.interchange.carried import carried
from tests.survey.interchange.limesurvey_files import lss
from tests.survey.interchange.test_limesurvey import ROWS, one

CELLS = [("SQ1", "Receptie"), ("c1", "min", "1"), ("c2", "max", "1")]


@pytest.mark.parametrize(
    ("attributes", "wanted"),
    [
        ({}, {"minimum": 1, "maximum": 10, "decimals": None}),
        ({"multiflexible_min": "0", "multiflexible_max": "2", "multiflexible_step": "0.5"}, {"minimum": 0, "maximum": 2, "decimals": 1}),
        ({"multiflexible_min": "0.25", "multiflexible_step": "1"}, {"minimum": 0.25, "maximum": 10.25, "decimals": 2}),
        ({"input_boxes": "1", "multiflexible_max": "3"}, {"minimum": None, "maximum": 3, "decimals": 6}),
    ],
)  # fmt: skip
def test_a_cell_of_numbers_is_a_list_to_pick_from_unless_it_is_a_box(
    attributes: dict[str, str], wanted: dict[str, object]
) -> None:
    made = carried(lss([one("q", ":", parts=CELLS, attributes=attributes)]))
    assert {name: made.questions["q-SQ1-c1"].get(name) for name in wanted} == wanted


@pytest.mark.parametrize(("step", "told"), [("1", False), ("0.5", True), ("5", True)])
def test_steps_between_numbers_are_told(step: str, told: bool) -> None:
    made = carried(lss([one("q", ":", parts=CELLS, attributes={"multiflexible_step": step})]))
    assert (("q", "validationLost") in made.told()) == told


TICKED = {"question": "q-SQ1-c1", "operator": "equals", "value": True}


@pytest.mark.parametrize("mandatory", ["Y", "N"])
@pytest.mark.parametrize(
    ("relevance", "wanted"),
    [
        ('q_SQ1_c1.NAOK == "1"', {"showIf": TICKED}), ("7X1X101SQ1_c1.NAOK == 1", {"showIf": TICKED}),
        ("!is_empty(q_SQ1_c1.NAOK)", {"showIf": TICKED}), ("is_empty(q_SQ1_c1.NAOK)", {"skipIf": TICKED}),
        ('q_SQ1_c1.NAOK != "1"', {"skipIf": TICKED}),
    ],
)  # fmt: skip
def test_one_cell_to_tick_a_row_is_a_yes(relevance: str, wanted: dict[str, object], mandatory: str) -> None:
    cells = one("q", ":", parts=CELLS[:2], attributes={"multiflexible_checkbox": "1"}, mandatory=mandatory)
    made = carried(lss([cells, one("then", "T", relevance=relevance)]))
    assert made.questions["q-SQ1-c1"]["type"] == "yesNo"
    assert {name: made.questions["then"].get(name) for name in wanted} == wanted


def test_cells_to_tick_are_a_choice_a_row() -> None:
    cells = one("q", ":", parts=[*ROWS, *CELLS[1:]], attributes={"multiflexible_checkbox": "1"}, mandatory="Y")
    made = carried(lss([cells, one("then", "T", relevance='q_SQ2_c1 == "1" or 7X1X101SQ1_c2.NAOK == 1')]))
    assert [(key, each["type"], each.get("matrix")) for key, each in made.questions.items()][:2] == [
        ("q-SQ1", "multipleChoice", "q"), ("q-SQ2", "multipleChoice", "q")]  # fmt: skip
    assert [option["key"] for option in made.questions["q-SQ1"]["options"]] == ["c1", "c2"]
    assert made.questions["then"]["showIf"] == {"any": [
        {"question": "q-SQ2", "operator": "contains", "value": "c1"}, {"question": "q-SQ1", "operator": "contains", "value": "c2"}]}  # fmt: skip
    assert [code for _, code in made.told()] == ["textChanged"]
