import re
from html.parser import HTMLParser
from urllib.parse import urlencode

import pytest

from services.survey.responses.page import render, words
from services.survey.responses.page.filled import parse
from services.survey.responses.page.flow import turn
from services.survey.responses.page.words import words_for
from tests.survey.responses.page.view import CLEANING, DESK, small, small_view


def shown(fields: dict[str, str], **view: object) -> str:
    questionnaire, filled = small(**view), parse(urlencode(fields).encode())
    step = turn(questionnaire, filled)
    return render.page(questionnaire, filled, step.path, step.step, step.mistakes)


class Hidden(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "input" and given.get("type") == "hidden":
            self.fields[given["name"] or ""] = given.get("value") or ""


NASTY = "\"><script>alert(1)</script>\n\u202e&amp;'{{ 7*7 }}"
FIRST = f"service.{CLEANING}.0"


def test_what_happens_with_the_answers_is_said_before_the_first_question() -> None:
    text = shown({})
    assert text.index("Nobody sees who said what.") < text.index("<fieldset")


def test_nothing_that_was_filled_in_can_leave_its_place() -> None:
    fields = {"step": FIRST, "service": CLEANING, f"q.comment.{CLEANING}": NASTY, f"q.lostTime.{CLEANING}": NASTY}
    for go in ("next", "back", "language.nl"):
        text = shown({**fields, "go": go})
        assert "<script" not in text
        assert "49" not in re.sub(r"[0-9a-f]{12}", "", text)
    assert "&lt;script&gt;" in shown({**fields, "go": "language.nl"})


def test_names_and_texts_of_a_survey_are_escaped() -> None:
    assert "Service desk &lt;b&gt;" in shown({})
    assert "<i>" not in shown({"step": f"service.{DESK}.0", "service": DESK}, title="<i>", introduction="<i>")


def test_answers_of_other_pages_travel_along() -> None:
    fields = {"step": "section.once.0", "go": "language.en", "service": CLEANING, f"q.overall.{CLEANING}": "8",
              f"q.comment.{CLEANING}": NASTY}  # fmt: skip
    hidden = Hidden(shown(fields)).fields
    assert hidden[f"q.comment.{CLEANING}"] == NASTY
    assert (hidden[f"q.overall.{CLEANING}"], hidden["service"], hidden["step"]) == ("8", CLEANING, "section.once.0")


def test_what_the_page_did_not_ask_is_not_carried() -> None:
    hidden = Hidden(shown({"step": FIRST, "service": CLEANING, "go": "language.en", "evil": "1"})).fields
    assert set(hidden) == {"step", "language", "service"}


def test_there_is_no_script_no_style_attribute_and_no_foreign_address() -> None:
    for fields in (
        {},
        {"step": FIRST, "service": CLEANING, "go": "language.en"},
        {"step": "check", "go": "language.en"},
    ):
        text = shown(fields)
        assert not re.search(r"<script|\sstyle=|\son[a-z]+=|javascript:|https?://", text)


def test_the_first_button_goes_on() -> None:
    """Enter in a text field presses it."""
    text = shown({"step": FIRST, "service": CLEANING, "go": "language.en"})
    assert 'value="next"' in (re.search(r"<button[^>]*>", text) or [""])[0]


def test_mistakes_are_summed_up_and_lead_to_their_fields() -> None:
    text = shown({"step": FIRST, "service": CLEANING, "go": "next", f"q.lostTime.{CLEANING}": "much"})
    for key in ("overall", "lostTime"):
        assert f'href="#q.{key}.{CLEANING}"' in text
        assert f'id="q.{key}.{CLEANING}"' in text
        assert f'id="q.{key}.{CLEANING}-error"' in text
    assert text.index("<title>Error:") < text.index('class="summary"') < text.index("<fieldset")


def test_the_check_says_answers_in_their_words() -> None:
    fields = {"step": "check", "go": "language.en", "service": CLEANING, f"q.overall.{CLEANING}": "3",
              f"q.speed.{CLEANING}": "4", f"q.lostTime.{CLEANING}.na": ".", "q.again": "false"}  # fmt: skip
    said = re.findall(r"<dd>(.*?)</dd>", shown(fields))
    assert said == ["3", "rather", "Not applicable", "No"]


@pytest.mark.parametrize("language", ["nl", "en", "en-GB", "fy"])
def test_the_page_speaks_the_language(language: str) -> None:
    text = shown({}, language=language, languages=["nl", "en", "en-GB", "fy"])
    assert f'<html lang="{language}">' in text
    assert words_for(language).start in text


def test_both_languages_know_the_same_mistakes() -> None:
    assert set(words.NL.mistakes) == set(words.EN.mistakes)


def test_there_is_a_message_for_everything_that_can_happen() -> None:
    for what in ("thanks", "answered", "over", "forged", "busy", "unreadable", "failed"):
        for language in ("nl", "en"):
            assert getattr(words_for(language), what) in render.message(words_for(language), what)


def test_a_view_without_services_asks_once_only() -> None:
    view = small_view()
    text = shown({"step": "start", "go": "next"}, services=[], sections=view["sections"][1:])
    assert "About again?" in text
