from typing import Any

import pytest

from tests.survey.interchange.carried import Carried, carried
from tests.survey.interchange.qualtrics_files import block, chosen, displays, logic, qsf, question, validated

LIKERT = {"Choices": displays("Desk", "Mail"), "Answers": displays("Bad", "Poor", "Fair", "Good", "Great")}


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        (question("QID1", Choices=displays("A", "B"), **validated(ForceResponse="ON")), {"type": "singleChoice", "required": True}),
        (question("QID1", selector="MAVR", Choices=displays("A", "B"), **validated(MinChoices="1", MaxChoices=2)),
         {"type": "multipleChoice", "minimumChoices": 1, "maximumChoices": 2}),
        (question("QID1", selector="SAVR", Choices=displays("A", "B"), Randomization={"Type": "All"}), {"randomOptions": True}),
        (question("QID1", selector="NPS", Choices=displays(*map(str, range(11))), ColumnLabels=[{"Display": "no"}, {"Display": "yes"}]),
         {"type": "nps", "minimumLabel": {"en": "no"}, "maximumLabel": {"en": "yes"}}),
        (question("QID1", "TE", "ML", **validated(MaxChars="300")), {"type": "text", "maximumLength": 300}),
        (question("QID1", "TE", "SL", **validated(ContentType="ValidNumber", ValidNumber={"Min": "0", "Max": "99.5", "NumDecimals": "1"})),
         {"type": "number", "minimum": 0, "maximum": 99.5, "decimals": 1}),
        (question("QID1", "TE", "SL", **validated(ContentType="ValidDate")), {"type": "date"}),
        (question("QID1", "RO", "DND", Choices=displays("A", "B")), {"type": "ranking"}),
    ],
)  # fmt: skip
def test_types_of_one_question(given: dict[str, Any], wanted: dict[str, Any]) -> None:
    made = carried(qsf([given]))
    assert {name: made.questions["Q1"].get(name) for name in wanted} == wanted
    assert made.questions["Q1"]["text"] == {"en": "Question QID1?"}
    assert made.told() == []


def test_tables_become_rows() -> None:
    made = carried(qsf([
        question("QID1", "Matrix", "Likert", SubSelector="SingleAnswer", **LIKERT),
        question("QID2", "Matrix", "Likert", SubSelector="SingleAnswer", **{**LIKERT, "Answers": displays("No", "Yes")}),
        question("QID3", "Matrix", "Likert", SubSelector="MultipleAnswer", **{**LIKERT, "Answers": displays("No", "Yes")}),
        question("QID4", "Matrix", "Likert", SubSelector="SingleAnswer", **LIKERT,
                 RecodeValues={"1": "5", "2": "4", "3": "3", "4": "2", "5": "1"}),
        question("QID5", "SBS", "SBSMatrix", Choices=displays("Desk", "Mail"), AdditionalQuestions={
            "1": {"QuestionText": "Use", "QuestionType": "Matrix", "Selector": "Likert", "SubSelector": "SingleAnswer",
                  "Answers": displays("No", "Yes")},
            "2": {"QuestionText": "Why", "QuestionType": "Matrix", "Selector": "TE", "Answers": displays("Reason")},
        }),
        question("QID6", "Slider", "HSLIDER", Choices=displays("Desk"), Configuration={"CSSliderMin": 0, "CSSliderMax": 10}),
        question("QID7", "TE", "FORM", Choices=displays("Name", "Place")),
        question("QID8", "CS", "VRTL", Choices=displays("A", "B")),
    ]))  # fmt: skip
    types = {key: each["type"] for key, each in made.questions.items()}
    assert types == {
        "Q1-1": "rating", "Q1-2": "rating", "Q2-1": "singleChoice", "Q2-2": "singleChoice", "Q3-1": "multipleChoice",
        "Q3-2": "multipleChoice", "Q4-1": "rating", "Q4-2": "rating", "Q5-1-1": "singleChoice", "Q5-1-2": "singleChoice",
        "Q5-2-1-1": "text", "Q5-2-2-1": "text", "Q6-1": "number", "Q7-1": "text", "Q7-2": "text",
        "Q8-1": "number", "Q8-2": "number",
    }  # fmt: skip
    assert made.questions["Q1-1"]["text"] == {"en": "Question QID1? – Desk"}
    assert made.definition["labels"]["Q1-labels"][0] == {"en": "Bad"}
    assert made.definition["labels"][made.questions["Q4-1"]["labels"]][0] == {"en": "Great"}
    assert made.questions["Q6-1"]["maximum"] == 10
    assert {element for element, _ in made.told("layoutLost")} >= {"Q5", "Q6"}
    assert ("Q8", "validationLost") in made.told()


def test_languages_of_the_file() -> None:
    nl = {"QuestionText": "Waarom?", "Choices": displays("Traag", "Duur")}
    made = carried(
        qsf([question("QID1", Choices=displays("Slow", "Dear"), Language={"NL": nl}), question("QID2", "TE", "SL")])
    )
    assert made.definition["languages"] == ["en", "nl"]
    assert made.questions["Q1"]["text"] == {"en": "Question QID1?", "nl": "Waarom?"}
    assert made.questions["Q1"]["options"][1]["text"] == {"en": "Dear", "nl": "Duur"}
    assert made.told() == [("Q2", "translationMissing")]


def test_an_answer_with_a_text_field() -> None:
    made = carried(qsf([question("QID1", Choices=displays("A", "Other", c2={"TextEntry": "true"}))]))
    assert made.questions["Q1-option-2-text"]["showIf"] == {"question": "Q1", "operator": "equals", "value": "option-2"}
    assert [code for _, code in made.told()] == ["questionChanged"]
    made = carried(qsf([question("QID1", "RO", "DND", Choices=displays("A", "Other", c2={"TextEntry": "true"}))]))
    assert made.questions["Q1-option-2-text"]["showIf"] == {
        "question": "Q1",
        "operator": "contains",
        "value": "option-2",
    }
    assert [code for _, code in made.told()] == ["questionChanged"]


def test_what_is_no_question_is_told() -> None:
    kinds = ["DB", "Captcha", "Timing", "FileUpload", "Draw", "HeatMap", "Meta", "Nonsense"]
    made = carried(qsf([*(question(f"QID{number}", kind) for number, kind in enumerate(kinds, 10)), question("QID1", "TE", "PW"),
                        question("QID2", "TE", "SL")]))  # fmt: skip
    assert [*made.questions] == ["Q2"]
    assert len(made.told("questionOmitted")) == len(kinds) + 1
    pointers = [finding.place.pointer for finding in made.brought.report.findings]
    assert pointers[0] == "/SurveyElements/2/Payload"


CHOICE = question("QID1", Choices=displays("A", "B"))
SEVERAL = question("QID2", selector="MAVR", Choices=displays("A", "B"))
NUMBER = question("QID3", "TE", "SL", **validated(ContentType="ValidNumber"))
TABLE = question("QID4", "Matrix", "Likert", SubSelector="SingleAnswer", **LIKERT)


def gated(shown: dict[str, Any]) -> Carried:
    return carried(qsf([CHOICE, SEVERAL, NUMBER, TABLE, question("QID9", "TE", "SL", DisplayLogic=shown)]))


A = {"question": "Q1", "operator": "equals", "value": "option-1"}


@pytest.mark.parametrize(
    ("shown", "condition"),
    [
        (logic([chosen("QID1/SelectableChoice/1")]), A),
        (logic([chosen("QID2/SelectableChoice/2")]), {"question": "Q2", "operator": "contains", "value": "option-2"}),
        (logic([chosen("QID3/ChoiceTextEntryValue", "GreaterThanOrEqual", RightOperand="5")]),
         {"question": "Q3", "operator": "greaterOrEqual", "value": 5}),
        (logic([chosen("QID3/ChoiceTextEntryValue", "NotEmpty")]), {"question": "Q3", "operator": "answered"}),
        (logic([chosen("QID4/SelectableChoice/1/5")]), {"question": "Q4-1", "operator": "equals", "value": 5}),
        (logic([chosen("QID4/SelectableAnswer/1")]), {"any": [{"question": "Q4-1", "operator": "equals", "value": 1},
                                                             {"question": "Q4-2", "operator": "equals", "value": 1}]}),
        (logic([chosen("QID1/SelectableChoice/1"), chosen("QID1/SelectableChoice/2", conjunction="Or")]),
         {"question": "Q1", "operator": "in", "value": ["option-1", "option-2"]}),
        (logic([chosen("QID2/SelectableChoice/1"), chosen("QID3/ChoiceTextEntryValue", "NotEmpty", "And"),
                chosen("QID1/SelectableChoice/1", conjunction="Or")]),
         {"any": [{"all": [{"question": "Q2", "operator": "contains", "value": "option-1"},
                           {"question": "Q3", "operator": "answered"}]}, A]}),
        (logic([chosen("QID1/SelectableChoice/1")], [chosen("QID3/ChoiceTextEntryValue", "Empty")]),
         {"all": [A, {"question": "Q3", "operator": "notAnswered"}]}),
        (logic([chosen("QID1/SelectableChoice/1")], [chosen("QID3/ChoiceTextEntryValue", "Empty")], joined="OrIf"),
         {"any": [A, {"question": "Q3", "operator": "notAnswered"}]}),
    ],
)  # fmt: skip
def test_display_logic_that_can_be_said(shown: dict[str, Any], condition: dict[str, Any]) -> None:
    made = gated(shown)
    assert made.questions["Q9"]["showIf"] == condition
    assert made.told("conditionLost") == []


def test_what_is_displayed_hangs_on_its_own_condition() -> None:
    first = question("QID2", "TE", "SL", DisplayLogic=logic([chosen("QID1/SelectableChoice/1")]))
    then = question("QID9", "TE", "SL", DisplayLogic=logic([chosen("QID2/QuestionDisplayed", "Displayed")]))
    made = carried(qsf([CHOICE, first, then]))
    assert made.questions["Q9"]["showIf"] == made.questions["Q2"]["showIf"] == A
    always = question("QID9", "TE", "SL", DisplayLogic=logic([chosen("QID1/ChoiceDisplayed/1", "Displayed")]))
    assert "showIf" not in carried(qsf([CHOICE, always])).questions["Q9"]


@pytest.mark.parametrize(
    "shown",
    [
        logic([{"LogicType": "EmbeddedField", "LeftOperand": "Department", "Operator": "EqualTo", "Type": "Expression"}]),
        logic([{"LogicType": "GeoIP", "LeftOperand": "loc://City"}]), logic([chosen("QID7/SelectableChoice/1")]),
        logic([chosen("QID1/SelectableChoice/7")]), logic([chosen("QID3/ChoiceTextEntryValue", "MatchesRegex")]),
        logic([chosen("QID2/SelectedChoicesCount", "GreaterThan", RightOperand="1")]), logic([{"LeftOperand": "nonsense"}]),
    ],
)  # fmt: skip
def test_display_logic_that_cannot_be_said_is_told(shown: dict[str, Any]) -> None:
    made = gated(shown)
    assert made.questions["Q9"].keys().isdisjoint({"showIf", "skipIf"})
    assert [element for element, _ in made.told("conditionLost")] == ["Q9"]


def test_half_a_condition_is_kept() -> None:
    made = gated(
        logic(
            [
                chosen("QID1/SelectableChoice/1"),
                {"LogicType": "GeoIP", "LeftOperand": "loc://City", "Conjuction": "And"},
            ]
        )
    )
    assert made.questions["Q9"]["showIf"] == A
    assert [(finding.place.name, finding.instead) for finding in made.brought.report.findings] == [
        ("Q9", "The rest of its condition is kept.")]  # fmt: skip


def test_who_skips_is_not_asked_what_is_between() -> None:
    texts = [question(f"QID{number}", "TE", "SL") for number in range(2, 7)]
    skip = {"Locator": "q://QID1/SelectableChoice/1", "Condition": "Selected"}
    blocks = [block("One", ("QID1", [{**skip, "SkipToDestination": "QID3"}]), "QID2",
                    ("QID3", [{**skip, "SkipToDestination": "ENDOFBLOCK"}]), "QID4"),
              block("Two", ("QID5", [{**skip, "SkipToDestination": "ENDOFSURVEY"}]), "QID6")]  # fmt: skip
    made = carried(qsf([CHOICE, *texts], blocks))
    assert {key for key, each in made.questions.items() if each.get("skipIf") == A} == {"Q2", "Q4", "Q6"}
    assert not [key for key, each in made.questions.items() if "showIf" in each]


def test_a_branch_shows_its_blocks_to_some() -> None:
    blocks = [block("One", "QID1"), block("Two", "QID2", Options={"RandomizeQuestions": "RandomWithXPerPage"}), block("Three", "QID3"),
              block("Trash", Type="Trash"), block("Lost", "QID4")]  # fmt: skip
    flow: list[dict[str, Any]] = [{"Type": "Block", "ID": "One"},
            {"Type": "Branch", "BranchLogic": logic([chosen("QID1/SelectableChoice/1")]), "Flow": [{"Type": "Block", "ID": "Two"}, {"Type": "EndSurvey"}]},
            {"Type": "BlockRandomizer", "Flow": [{"Type": "Standard", "ID": "Three"}]}, {"Type": "EmbeddedData"},
            {"Type": "Block", "ID": "One"}, {"Type": "Block", "ID": "Nowhere"}]  # fmt: skip
    made = carried(qsf([CHOICE, SEVERAL, NUMBER, question("QID4", "TE", "SL")], blocks, flow))
    sections = {section["key"]: section for section in made.definition["sections"]}
    assert [*sections] == ["One", "Two", "Three"]
    assert sections["Two"]["showIf"] == A
    assert sections["Two"]["randomOrder"] == "questions"
    assert sorted(code for _, code in made.told()) == [
        "conditionLost", "orderLost", "questionOmitted", "questionOmitted", "questionOmitted", "settingLost"
    ]  # fmt: skip


def test_what_follows_the_end_for_everybody_is_not_asked() -> None:
    blocks, end = [block("One", "QID1"), block("Two", "QID2")], {"Type": "EndSurvey"}
    after = {
        "Type": "Branch",
        "BranchLogic": logic([chosen("QID1/SelectableChoice/1")]),
        "Flow": [{"Type": "Block", "ID": "Two"}, end],
    }
    for last in ([end], [{"Type": "Group", "Flow": [end]}]):
        made = carried(qsf([CHOICE, SEVERAL], blocks, [{"Type": "Block", "ID": "One"}, *last, after]))
        assert [*made.questions] == ["Q1"]
        assert [code for _, code in made.told() if code != "settingLost"] == ["questionOmitted"]
    assert (
        carried(
            qsf([CHOICE, SEVERAL], blocks, [{"Type": "Block", "ID": "One"}, {"Type": "Block", "ID": "Two"}, end])
        ).told()
        == []
    )
    full = {"Type": "QuotaCheck", "Flow": [end]}
    made = carried(
        qsf([CHOICE, SEVERAL], blocks, [{"Type": "Block", "ID": "One"}, full, {"Type": "Block", "ID": "Two"}])
    )
    assert len(made.questions) == 2
    assert sorted(code for _, code in made.told()) == ["conditionLost", "settingLost"]


def test_texts_lose_what_is_filled_in_and_pictures() -> None:
    text = "<p>You said ${q://QID1/ChoiceGroup/SelectedChoices}</p><img src='x' alt='a cat'><script>alert(1)</script>"
    made = carried(qsf([CHOICE, question("QID2", "TE", "SL", QuestionText=text)]))
    assert made.questions["Q2"]["text"] == {"en": "You said …\na cat"}
    assert made.said_of("Q2").count("Its text has") == 3
