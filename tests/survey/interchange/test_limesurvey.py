import pytest

from tests.survey.interchange.carried import Carried, carried
from tests.survey.interchange.limesurvey_files import Asked, Group, lss, old_lss

TEXTS = {"nl": "<p>Hoe <b>goed</b>?</p>", "en": "How good?"}
ANSWERS = [("A1", "Traag"), ("A2", "Duur")]
ROWS = [("SQ1", "Receptie"), ("SQ2", "Schoonmaak")]


def one(code: str, kind: str, **more: object) -> Asked:
    return Asked(code, kind, TEXTS, **more)  # type: ignore[arg-type]  # as the class has them


def test_texts_are_there_in_each_language_without_their_html() -> None:
    made = carried(lss([one("q1", "5"), Asked("q2", "T", {"nl": "Alleen Nederlands"}, help="Kort graag")]))
    assert made.definition["languages"] == ["nl", "en"]
    assert made.definition["title"]["nl"] == "Onze diensten"
    assert made.questions["q1"]["text"] == {"nl": "Hoe goed?", "en": "How good?"}
    assert made.questions["q2"]["text"]["en"] == "Alleen Nederlands\nKort graag"
    assert ("q2", "translationMissing") in made.told()
    assert made.told("textChanged") == [("the survey", "textChanged")]


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [
        (one("q", "5", mandatory="Y"), {"type": "rating", "points": 5, "required": True}),
        (one("q", "Y"), {"type": "yesNo"}),
        (one("q", "S", attributes={"maximum_chars": "80"}), {"type": "text", "maximumLength": 80}),
        (one("q", "N", attributes={"min_num_value_n": "0", "max_num_value_n": "24.5", "suffix": "uur"}),
         {"type": "number", "minimum": 0, "maximum": 24.5, "decimals": 6, "unit": {"nl": "uur", "en": "uur"}}),
        (one("q", "N", attributes={"num_value_int_only": "1"}), {"type": "number"}),
        (one("q", "D", attributes={"date_min": "2026-01-01"}), {"type": "date", "earliestDate": "2026-01-01"}),
        (one("q", "L", answers=ANSWERS, attributes={"random_order": "1"}), {"type": "singleChoice", "randomOptions": True}),
        (one("q", "L", answers=ANSWERS, attributes={"answer_order": "random"}), {"randomOptions": True}),
        (one("q", "M", parts=ROWS, attributes={"subquestion_order": "random"}), {"randomOptions": True}),
        (one("q", "M", parts=ROWS, attributes={"min_answers": "1", "max_answers": "2"}),
         {"type": "multipleChoice", "minimumChoices": 1, "maximumChoices": 2}),
        (one("q", "R", answers=ANSWERS, attributes={"max_answers": "1"}), {"type": "ranking", "maximumChoices": 1}),
        (one("q", "G"), {"type": "singleChoice"}),
    ],
    ids=lambda given: given.type if isinstance(given, Asked) else "",
)  # fmt: skip
def test_types_of_one_question(asked: Asked, wanted: dict[str, object]) -> None:
    made = carried(lss([asked]))
    question = made.questions["q"]
    assert {name: question.get(name) for name in wanted} == wanted
    assert ("decimals" in question) == ("decimals" in wanted)
    assert made.told() == [("the survey", "textChanged")]


@pytest.mark.parametrize(
    ("asked", "keys", "kind"),
    [
        (one("q", "A", parts=ROWS), ["q-SQ1", "q-SQ2"], "rating"),
        (one("q", "B", parts=ROWS), ["q-SQ1", "q-SQ2"], "rating"),
        (one("q", "C", parts=ROWS), ["q-SQ1", "q-SQ2"], "singleChoice"),
        (one("q", "E", parts=ROWS), ["q-SQ1", "q-SQ2"], "singleChoice"),
        (one("q", "F", parts=ROWS, answers=ANSWERS), ["q-SQ1", "q-SQ2"], "singleChoice"),
        (one("q", "F", parts=ROWS, answers=[(str(n), f"punt {n}") for n in range(1, 6)]), ["q-SQ1", "q-SQ2"], "rating"),
    ],
    ids=["5 points", "10 points", "yes and no", "change", "its own answers", "a scale of its own"],
)  # fmt: skip
def test_arrays_become_tables(asked: Asked, keys: list[str], kind: str) -> None:
    made = carried(lss([asked]))
    assert [*made.questions] == keys
    assert {question["type"] for question in made.questions.values()} == {kind}
    assert {question["matrix"] for question in made.questions.values()} == {"q"}
    assert made.questions["q-SQ1"]["text"]["en"] == "How good? – Receptie"
    if asked.answers and kind == "rating":
        assert made.definition["labels"]["q-labels"][4]["nl"] == "punt 5"


def test_fields_of_one_question_become_questions() -> None:
    made = carried(lss([
        one("ages", "K", parts=ROWS), one("names", "Q", parts=ROWS),
        one("cells", ":", parts=[*ROWS, ("c1", "min", "1"), ("c2", "max", "1")]),
        one("two", "1", parts=ROWS, answers=[("a", "veel"), ("b", "weinig"), ("a", "ja", "1"), ("b", "nee", "1")]),
        one("list", "O", answers=ANSWERS), one("which", "P", parts=ROWS, other="Y"),
    ]))  # fmt: skip
    types = {key: question["type"] for key, question in made.questions.items()}
    assert types["ages-SQ2"] == types["cells-SQ1-c2"] == "number"
    assert types["names-SQ1"] == types["list-comment"] == types["which-SQ1-text"] == types["which-other-text"] == "text"
    assert made.questions["two-SQ1-1"]["options"][0]["text"]["nl"] == "veel"
    assert made.questions["two-SQ1-2"]["options"][0]["text"]["nl"] == "ja"
    assert made.questions["which-other-text"]["showIf"] == {
        "question": "which",
        "operator": "contains",
        "value": "other",
    }
    assert {"cells", "two"} <= {element for element, code in made.told("layoutLost")}


def test_what_is_no_question_is_told() -> None:
    kinds = [
        one("text", "X"),
        one("sum", "*"),
        one("file", "|"),
        one("language", "I"),
        one("new", "?"),
        one("none", "L"),
    ]
    made = carried(
        lss([*kinds, one("hidden", "T", attributes={"hidden": "1"}), one("never", "T", relevance="0"), one("q", "T")])
    )
    assert [*made.questions] == ["q"]
    assert {element for element, _ in made.told("questionOmitted")} == {
        "text", "sum", "file", "language", "new", "none", "hidden", "never"}  # fmt: skip
    lines = [finding.place.line for finding in made.brought.report.findings if finding.place.line]
    assert lines == sorted(lines)
    source = lss([*kinds, one("q", "T")]).decode().splitlines()
    at = next(each.place.line for each in made.brought.report.findings if each.place.name == "text")
    assert at is not None
    assert source[at - 1].strip() == "<row>"


@pytest.mark.parametrize(
    ("relevance", "condition"),
    [
        ('list == "A1"', {"question": "list", "operator": "equals", "value": "A1"}),
        ('((list.NAOK == "A1") or list eq "A2")', {"question": "list", "operator": "in", "value": ["A1", "A2"]}),
        ("{mark >= 3 && mark.NAOK < 5}", {"all": [{"question": "mark", "operator": "greaterOrEqual", "value": 3},
                                                 {"question": "mark", "operator": "lessThan", "value": 5}]}),
        ("3 < mark", {"question": "mark", "operator": "greaterThan", "value": 3}),
        ("!is_empty(mark)", {"question": "mark", "operator": "answered"}),
        ('list != ""', {"question": "list", "operator": "answered"}),
        ("is_empty(mark)", {"question": "mark", "operator": "notAnswered"}),
        ('some_SQ1 == "Y"', {"question": "some", "operator": "contains", "value": "SQ1"}),
        ('7X1X105SQ2.NAOK == "Y"', {"question": "some", "operator": "contains", "value": "SQ2"}),
        ('yes == "N"', {"question": "yes", "operator": "equals", "value": False}),
        ("7X1X104 > 3", {"question": "mark", "operator": "greaterThan", "value": 3}),
        ("rows_SQ1 <= 2", {"question": "rows-SQ1", "operator": "lessOrEqual", "value": 2}),
    ],
)  # fmt: skip
def test_relevance_that_can_be_said(relevance: str, condition: dict[str, object]) -> None:
    made = gated(relevance)
    assert made.questions["gated"]["showIf"] == condition
    assert made.questions["gated"]["required"] is True
    assert made.told("conditionLost") == []


@pytest.mark.parametrize(("relevance", "condition"), [
    ('list != "A1"', {"question": "list", "operator": "equals", "value": "A1"}),
    ('some_SQ1 != "Y"', {"question": "some", "operator": "contains", "value": "SQ1"}),
])  # fmt: skip
def test_who_did_not_answer_is_not_equal(relevance: str, condition: dict[str, object]) -> None:
    """To LimeSurvey no answer is another answer; our `notEquals` wants one."""
    assert gated(relevance).questions["gated"]["skipIf"] == condition


@pytest.mark.parametrize(
    ("relevance", "why"),
    [
        ("count(mark, list) > 1", "count()"), ("mark + 1 > 2", "+ 1"), ("mark > list", "each other"),
        ("nothing == 1", "nothing"), ('list == "A9"', "A9"), ("mark.shown == 3", ".shown"), ("gated > 1", "earlier"),
        ("mark == 'x", "'x"), ("(mark > 1", "parenthesis"), ("(" * 50 + "mark > 1" + ")" * 50, "deeply"),
        ("mark > 9", "from 1 to 5"), ("later == 1", "earlier"),
    ],
)  # fmt: skip
def test_relevance_that_cannot_be_said_is_told(relevance: str, why: str) -> None:
    made = gated(relevance)
    question = made.questions["gated"]
    assert question.keys().isdisjoint({"showIf", "skipIf", "required"})
    assert [element for element, _ in made.told("conditionLost")] == ["gated"]
    assert why in made.said_of("gated")


def gated(relevance: str) -> Carried:
    return carried(lss([
        one("list", "L", answers=ANSWERS), one("mark", "5"), one("some", "M", parts=ROWS), one("yes", "Y"),
        one("rows", "A", parts=ROWS), one("gated", "T", relevance=relevance, mandatory="Y"), one("later", "5"),
    ]))  # fmt: skip


def test_what_is_written_beside_an_answer_can_be_looked_at() -> None:
    asked = [one("list", "L", answers=ANSWERS, other="Y"), one("some", "P", parts=ROWS, other="Y")]
    looked = ["list_other.NAOK", "7X1X101other", "some_other", "some_SQ1comment.NAOK"]
    made = carried(
        lss([*asked, *(one(f"q{place}", "T", relevance=f"!is_empty({name})") for place, name in enumerate(looked))])
    )
    assert made.told("conditionLost") == []
    shown = [made.questions[f"q{place}"]["showIf"] for place in range(4)]
    assert [each["operator"] for each in shown] == ["answered"] * 4
    assert [each["question"] for each in shown] == [
        "list-other-text",
        "list-other-text",
        "some-other-text",
        "some-SQ1-text",
    ]


def test_groups_have_conditions_and_what_cannot_be_carried_of_them() -> None:
    groups = [Group("1", "Eerste"), Group("2", "Tweede", "mark > 3"), Group("3", "Derde", "sum(mark) > 3"),
              Group("4", "Vierde", more={"randomization_group": "x"}), Group("5", "Lege")]  # fmt: skip
    questions = [one("mark", "5"), *(one(f"q{group}", "T", group=group, mandatory="Y") for group in "234")]
    made = carried(lss(questions, groups))
    sections = {section["key"]: section for section in made.definition["sections"]}
    assert [*sections] == ["Eerste", "Tweede", "Derde", "Vierde"]
    assert sections["Tweede"]["showIf"] == {"question": "mark", "operator": "greaterThan", "value": 3}
    assert "showIf" not in sections["Derde"]
    assert "required" not in made.questions["q3"]
    assert made.questions["q2"]["required"] is True
    assert ("group Derde", "conditionLost") in made.told()
    assert ("group Vierde", "orderLost") in made.told()


def test_rules_and_settings_that_are_lost_are_told() -> None:
    attributes = {"em_validation_q": "q > 3", "exclude_all_others": "SQ1", "array_filter": "other", "time_limit": "30"}
    made = carried(lss([one("q", "M", parts=ROWS, attributes=attributes, mandatory="S")], quota=[{"id": "1"}],
                       defaultvalues=[{"qid": "101"}],
                       surveys_languagesettings=[{"surveyls_language": "nl", "surveyls_welcometext": "Welkom"}]))  # fmt: skip
    assert len(made.told("validationLost")) == 3
    assert len(made.told("layoutLost")) == 2
    assert {element for element, _ in made.told("settingLost")} == {"the survey", "quota", "defaultvalues"}
    assert "required" not in made.questions["q"]


def test_what_is_filled_in_is_told() -> None:
    made = carried(lss([Asked("q", "T", {"nl": "Dag {TOKEN:FIRSTNAME}, hoe { gaat } het?"})], languages="nl"))
    assert made.questions["q"]["text"] == {"nl": "Dag …, hoe {{ gaat }} het?"}
    assert made.told("textChanged") == [("q", "textChanged")]


def test_files_from_before_relevance_equations() -> None:
    made = carried(old_lss())
    assert made.questions["more"]["showIf"] == {"question": "why", "operator": "in", "value": ["A1", "A2"]}
    assert made.definition["title"] == {"en": "Old"}
    assert made.told() == []


def test_many_questions_and_groups_fit() -> None:
    groups = [Group(str(number), f"Groep {number}", "q0 > 3" if number > 3 else "") for number in range(30)]
    questions = [one(f"q{number}", "5", group=str(number % 30)) for number in range(240)]
    made = carried(lss(questions, groups, languages="nl"))
    assert len(made.definition["sections"]) == 20
    assert len(made.questions) == 240
    assert len([question for question in made.questions.values() if "showIf" in question]) + sum(
        len(section["questions"]) for section in made.definition["sections"] if "showIf" in section) == 26 * 8  # fmt: skip
    assert len(made.told("sectionChanged")) == 10
    long = carried(lss([one(f"q{number}", "5") for number in range(140)]))
    assert [len(section["questions"]) for section in long.definition["sections"]] == [100, 40]
