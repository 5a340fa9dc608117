"""A number is sent as it was meant, shown as it was read, or asked for again."""

import re
from typing import Any
from urllib.parse import urlencode

import pytest

from services.survey.responses.page import render
from services.survey.responses.page.filled import answer, parse
from services.survey.responses.page.flow import turn
from tests.survey.responses.page.view import question, small

ASKED = [question("lost", "lostTime"), question("whole", "number"), question("cost", "number", decimals=2, unit="€"),
         question("exact", "number", decimals=3)]  # fmt: skip
READ: list[tuple[str, str, float]] = [
    ("lost", "1.000", 1000), ("lost", "1,000", 1000), ("lost", "45", 45), ("lost", "7,0", 7), ("whole", "12,000", 12_000),
    ("whole", "-2.000", -2000), ("whole", "1.000.000", 1_000_000), ("whole", "1 000", 1000), ("whole", "1\u202f000", 1000),
    ("whole", "1’000", 1000), ("cost", "1.250,50", 1250.5), ("cost", "1,250.5", 1250.5), ("cost", "1.000.000", 1_000_000),
    ("cost", "1 250", 1250), ("cost", "7,5", 7.5), ("cost", ".5", 0.5), ("cost", "0.250", 0.25), ("cost", "1250,500", 1250.5),
    ("exact", "1,2550", 1.255), ("exact", "0,125", 0.125),
]  # fmt: skip
REFUSED = [
    ("cost", "1.250", "doubtfulNumber"), ("cost", "1,250", "doubtfulNumber"), ("cost", "-1,255", "doubtfulNumber"),
    ("exact", "1,255", "doubtfulNumber"), ("whole", "1000,000", "doubtfulNumber"), ("lost", "0.250", "notWhole"),
    ("lost", "1.000,5", "notWhole"), ("lost", "100.000", "outOfRange"), ("whole", "1.00.000", "wrongType"),
    ("whole", "1.000,000.000", "wrongType"), ("whole", "1 000.000.000", "wrongType"), ("cost", "٣", "wrongType"),
]  # fmt: skip


def pressed(key: str, said: str, step: str, language: str = "nl") -> tuple[Any, Any, Any]:
    asked = small(language=language, services=[], sections=[{"key": "s", "questions": ASKED}])
    filled = parse(urlencode({f"q.{key}": said, "step": step, "go": "next"}).encode())
    return asked, filled, turn(asked, filled)


@pytest.mark.parametrize(("key", "said", "meant"), READ, ids=[f"{key} {said}" for key, said, _ in READ])
def test_a_number_that_can_be_read_in_one_way_is_sent(key: str, said: str, meant: float) -> None:
    _, filled, shown = pressed(key, said, "check")
    assert [answer(place, filled) for place in shown.sent] == [{"question": key, "value": meant}]


@pytest.mark.parametrize(("key", "said", "code"), REFUSED, ids=[f"{key} {said}" for key, said, _ in REFUSED])
def test_any_other_is_asked_for_again(key: str, said: str, code: str) -> None:
    for step in ("section.s.0", "check"):
        _, _, shown = pressed(key, said, step)
        assert (shown.step.name, [each.code for each in shown.mistakes]) == ("section.s.0", [code])


@pytest.mark.parametrize(
    ("key", "said", "language", "checked"),
    [
        ("lost", "1.000", "nl", "1000 minuten per maand"), ("whole", "1,000", "en", "1000"),
        ("cost", "1.250,50", "nl", "1250,5 €"), ("cost", "1.250,50", "en", "1250.5 €"), ("lost", "7,0", "nl", "7 minuten per maand"),
    ],
)  # fmt: skip
def test_the_check_says_what_was_read(key: str, said: str, language: str, checked: str) -> None:
    asked, filled, shown = pressed(key, said, "section.s.0", language)
    text = render.page(asked, filled, shown.path, shown.step, shown.mistakes)
    assert re.findall(r"<dd>(.*?)</dd>", text) == [checked]


@pytest.mark.parametrize("language", ["nl", "en"])
def test_how_to_write_it_is_said(language: str) -> None:
    asked, filled, shown = pressed("cost", "1.250", "section.s.0", language)
    assert "1250" in render.page(asked, filled, shown.path, shown.step, shown.mistakes)
