import pytest

from services.analytics.charts.answers import harmless, language_of, write_csv
from services.analytics.charts.media import Media, negotiate
from services.shared.problems import Problem


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        (None, Media.JSON),
        ("*/*", Media.JSON),
        ("image/svg+xml", Media.SVG),
        ("image/*", Media.SVG),
        ("IMAGE/PNG", Media.PNG),
        ("text/csv;q=0.5, image/png;q=0.9", Media.PNG),
        ("text/html, application/json;q=0.1", Media.JSON),
        ("application/vnd.vegalite.v6+json", Media.VEGA_LITE),
        ("image/png;q=0, text/csv", Media.CSV),
    ],
)
def test_the_best_quality_wins(accept: str | None, media: Media) -> None:
    assert negotiate(accept) is media


@pytest.mark.parametrize("accept", ["text/html", "image/png;q=0", "image/png;q=nonsense", ""])
def test_what_cannot_be_made_is_a_406(accept: str) -> None:
    if accept == "":
        assert negotiate(accept) is Media.JSON
        return
    with pytest.raises(Problem) as refused:
        negotiate(accept)
    assert refused.value.status == 406


def test_a_table_is_harmless_to_a_spreadsheet() -> None:
    rows = [("=1+1", "@a", "-b", "+c", "\td", "plain", -1.5, None)]
    assert write_csv(rows) == "'=1+1,'@a,'-b,'+c,'\td,plain,-1.5,\r\n"
    assert harmless("a=b") == "a=b"


@pytest.mark.parametrize(
    ("header", "language"), [(None, "en"), ("nl-NL,en;q=0.8", "nl"), ("fr, nl;q=0.5", "nl"), ("fr", "en")]
)
def test_the_first_language_that_there_are_words_for(header: str | None, language: str) -> None:
    assert language_of(header) == language
