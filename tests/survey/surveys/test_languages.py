import pytest

from services.survey.surveys.languages import in_language, preferred


@pytest.mark.parametrize(
    ("header", "expected"),
    [("nl", "nl"), ("en-GB,en;q=0.9,nl;q=0.8", "en"), ("de, nl;q=0.5, en;q=0.7", "en"), ("nl-BE", "nl"), ("*", "fy"),
     ("", "fy"), (None, "fy"), ("de", "fy"), ("en;q=0, nl;q=0.1", "nl"), (";;;q=x,,", "fy"), ("en;q=hoog, nl", "nl"),
     ("NL", "nl"), ("\ud800,nl", "nl")],
)  # fmt: skip
def test_the_header_picks_and_the_default_follows(header: str | None, expected: str) -> None:
    assert preferred(header, ["nl", "en", "fy"], "fy") == expected


def test_the_first_language_offered_is_the_last_resort() -> None:
    assert preferred("de", ["fy", "nl"]) == "fy"
    assert preferred("de", ["fy", "nl"], "en") == "fy"


def test_a_text_is_read_in_the_nearest_language() -> None:
    assert in_language({"nl": "ja", "en": "yes"}, "nl") == "ja"
    assert in_language({"en-GB": "colour", "nl": "kleur"}, "en-US") == "colour"
    assert in_language({"en": "yes", "nl": "ja"}, "de") == "yes"
    assert in_language({"nl": "ja"}, "de") == "ja"
