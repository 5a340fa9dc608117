"""Files that are no surveys, and surveys that somebody broke: none may do anything but be refused, or be carried."""

import json
import random
from typing import Any

import pytest

from services.survey.interchange.bringing import brought
from services.survey.interchange.refusal import Unusable
from services.survey.interchange.surveyjs.writing import written
from services.survey.surveys.service import checked
from tests.survey.interchange.limesurvey_files import Asked, document, lss
from tests.survey.interchange.qualtrics_files import block, chosen, displays, logic, qsf, question
from tests.survey.interchange.widest import widest

GOOD_LSS = lss([
    Asked("list", "L", {"nl": "Welke?", "en": "Which?"}, answers=[("A1", "een"), ("A2", "twee")], other="Y"),
    Asked("rows", "F", {"nl": "Rijen"}, parts=[("S1", "r1"), ("S2", "r2")], answers=[("1", "x"), ("2", "y")], relevance='list == "A1"'),
    Asked("some", "M", {"nl": "Wat?"}, parts=[("S1", "r1"), ("S2", "r2")], relevance="rows_S1 > 1 or is_empty(list)"),
])  # fmt: skip
GOOD_QSF = qsf(
    [question("QID1", Choices=displays("A", "B")), question("QID2", "Matrix", "Likert", SubSelector="SingleAnswer",
     Choices=displays("r1", "r2"), Answers=displays("x", "y"), DisplayLogic=logic([chosen("QID1/SelectableChoice/1")])),
     question("QID3", "SBS", "SBSMatrix", Choices=displays("r"), AdditionalQuestions={"1": {"Selector": "Likert", "Answers": displays("a", "b")}})],
    [block("B1", ("QID1", [{"Locator": "q://QID1/SelectableChoice/1", "Condition": "Selected", "SkipToDestination": "QID3"}]), "QID2"),
     block("B2", "QID3")],
)  # fmt: skip
GOOD_JS = json.dumps(written(widest())).encode()
BOMB = b"""<?xml version="1.0"?><!DOCTYPE document [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]><document><LimeSurveyDocType>&c;</LimeSurveyDocType></document>"""
OUTSIDE = b'<!DOCTYPE document [<!ENTITY f SYSTEM "file:///etc/passwd">]><document>&f;</document>'


def code_of(data: bytes, wanted: Any = None) -> str:
    with pytest.raises(Unusable) as raised:
        brought(data, wanted, None, None)
    assert raised.value.detail
    return raised.value.code


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "notASurvey"), (b"  \n", "notASurvey"), (b"PK\x03\x04rest", "notASurvey"), (b"%PDF-1.7", "notASurvey"),
        (b"key,name\n1,x\n", "notASurvey"), (b"\xff\xd8\xff\xe0\x00", "notASurvey"), (b"[1, 2]", "notASurvey"),
        (b"{}", "notASurvey"), (b'{"title": "x"}', "notASurvey"), (b"5", "notASurvey"), (b"NaN", "notASurvey"),
        (b"<html><body/></html>", "notASurvey"), (b"<document/>", "notASurvey"), (b"\x00" * 100, "notASurvey"),
        (b'{"pages": [{"elements": [{"type": "text", "na', "unreadable"), (GOOD_LSS[: len(GOOD_LSS) // 2], "unreadable"),
        (GOOD_QSF[: len(GOOD_QSF) // 2], "unreadable"), (b"<document><a></document>", "unreadable"),
        (b"[" * 150_000, "unreadable"), (b'{"pages":' + b"[" * 150_000, "unreadable"), (b"<a>" * 100, "notASurvey"),
        (b"<document>" + b"<a>" * 1_000_000, "unreadable"), (BOMB, "documentType"), (OUTSIDE, "documentType"),
        (b'{"pages": [{"elements": [{"type": "html", "name": "x"}]}]}', "nothingToCarry"), (b'{"pages": []}', "nothingToCarry"),
        (lss([Asked("x", "X", {"nl": "Lees dit"})]), "nothingToCarry"), (qsf([]), "nothingToCarry"),
        (document({"questions": [], "groups": []}), "notASurvey"),
        (lss([Asked("x", "T", {"nl": "?"})]).replace(b">Survey<", b">Group<"), "notASurvey"),
        (json.dumps({"elements": [{"type": "text", "name": f"q{n}"} for n in range(2_100)]}).encode(), "tooManyQuestions"),
        (b'{"pages": [], "n": ' + b"9" * 5_000 + b"}", "notASurvey"),
    ],
)  # fmt: skip
def test_what_is_no_survey_is_refused(data: bytes, code: str) -> None:
    assert code_of(data) == code


def test_another_format_than_was_asked_for() -> None:
    assert code_of(GOOD_QSF, "surveyjs") == "formatDiffers"
    assert code_of(GOOD_LSS, "qualtrics") == "formatDiffers"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_encodings_are_recognised(encoding: str) -> None:
    for data in (GOOD_QSF, GOOD_JS, GOOD_LSS.replace(b'encoding="UTF-8"', f'encoding="{encoding[:6]}"'.encode())):
        assert brought(data.decode().encode(encoding), None, None, None).body.sections


@pytest.mark.parametrize(
    ("start", "piece", "end", "code"),
    [
        (b"", b"[", b"", "tooManyQuestions"),
        (b'{"pages":[', b"{},", b"{}]}", "tooManyQuestions"),
        (b"<document>", b"<a>", b"", "unreadable"),
        (b"<document><questions><rows>", b"<row/>", b"", "tooManyQuestions"),
    ],
)
def test_twenty_megabytes_of_nothing_are_refused(start: bytes, piece: bytes, end: bytes, code: str) -> None:
    assert code_of(start + piece * (20_000_000 // len(piece)) + end) == code


def is_whole(data: bytes) -> bool:
    """Refused as a whole, or carried into a draft that is accepted as it stands."""
    try:
        made = brought(data, None, None, None)
    except Unusable:
        return False
    checked(made.body)
    for finding in made.report.findings:
        assert finding.detail
        assert finding.instead
    return True


SCRAPS: list[Any] = [None, True, False, 0, -1, 1e300, "", "x", "{q}", "<b>", [], [1], [None], {}, {"1": 1}, {"a": {"b": []}}, "1" * 9_000, "\ud800", "\x00"]  # fmt: skip


def mutated(chance: random.Random, node: Any) -> Any:
    """With something else in a few of its places."""
    if chance.random() < 0.02:
        return chance.choice(SCRAPS)
    if isinstance(node, dict):
        made = {key: mutated(chance, value) for key, value in node.items() if chance.random() > 0.02}
        return made | (
            {chance.choice(["visibleIf", "type", "name", "Choices", "0", "text"]): chance.choice(SCRAPS)}
            if chance.random() < 0.05
            else {}
        )
    if isinstance(node, list):
        made_list = [mutated(chance, value) for value in node if chance.random() > 0.02]
        return made_list * 2 if chance.random() < 0.02 else made_list
    return node


def broken(chance: random.Random, source: bytes) -> bytes:
    """XML with pieces moved, doubled and taken out, that is still XML."""
    lines = source.decode().splitlines()
    fields = [
        place
        for place, line in enumerate(lines)
        if line.strip().endswith("]]></" + line.strip().split(">")[0].strip("<") + ">")
    ]
    for place in chance.sample(fields, k=min(len(fields), chance.randint(1, 12))):
        name = lines[place].strip().split(">")[0].strip("<")
        said = chance.choice(["", "0", "-1", "9" * 30, "Y", "x > (", 'list == "A9"', "<p>", "{a}", "nl", "M", "1"])
        lines[place] = f"<{name}><![CDATA[{said}]]></{name}>" if chance.random() < 0.8 else ""
    return "\n".join(lines).encode()


def test_broken_files_are_refused_or_carried() -> None:
    chance, carried = random.Random(11), 0
    for _ in range(40):
        for source in (GOOD_QSF, GOOD_JS):
            carried += is_whole(json.dumps(mutated(chance, json.loads(source))).encode())
        carried += is_whole(broken(chance, GOOD_LSS))
    assert carried > 60


@pytest.mark.proof
def test_many_broken_files_are_refused_or_carried() -> None:
    chance, carried = random.Random(12), 0
    for _ in range(3_000):
        for source in (GOOD_QSF, GOOD_JS):
            carried += is_whole(json.dumps(mutated(chance, json.loads(source))).encode())
        carried += is_whole(broken(chance, GOOD_LSS))
    assert carried > 4_000


def test_characters_that_cannot_be_kept_are_left_out() -> None:
    """Also where they are all that a name, an answer or a title has."""
    choice = {"type": "radiogroup", "name": "\x00\ud800", "title": "\ud800", "choices": ["\x00", "\ud800"]}
    pages = [{"name": "a\x00b", "elements": [{"type": "text", "name": "q\x00\ud800", "maxLength": 9_000}, choice]}]
    made = brought(json.dumps({"title": "\ud800", "pages": pages}).encode(), None, None, None)
    first, second = made.body.sections[0].questions
    assert first.text == {"en": "q"}
    assert len(second.model_dump()["options"]) == 2
    assert [finding.as_json()["element"] for finding in made.report.findings] == ["q"]


def test_nothing_that_is_left_is_said_in_words() -> None:
    short = [{"type": "text", "name": "q", "visible": False}]
    with pytest.raises(Unusable) as refused:
        brought(json.dumps({"pages": [{"elements": short}]}).encode(), None, None, None)
    assert "hidden" in refused.value.detail
    assert "List should" not in refused.value.detail
