import pytest

from services.analytics.charts.answers import harmless, language_of, write_csv
from services.analytics.charts.media import Media, negotiate
from services.analytics.charts.render import SCHEMA, Form, draw
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
    assert [harmless(text) for text in ("\n=1", "  =1", "＝1")] == ["'\n=1", "'  =1", "'＝1"]
    assert write_csv([("x;=1+2", "y", 3)]) == '"x;=1+2","y",3\r\n'


@pytest.mark.parametrize("form", ["svg", "png"])
async def test_no_text_is_too_much_for_a_picture(form: Form) -> None:
    """The renderer ends its process at a character that XML does not have, and its memory is not ours."""
    nasty = {"a": "Fac\x01ility \ufffe\ud800 <b>&", "b": 2, "c": "x" * 50_000}
    specification = {
        "$schema": SCHEMA, "title": {"text": "y" * 50_000}, "data": {"values": [nasty]}, "mark": "bar",
        "encoding": {"x": {"field": "a", "type": "nominal"}, "y": {"field": "b", "type": "quantitative"},
                     "color": {"field": "c", "type": "nominal"}},
    }  # fmt: skip
    picture = await draw(specification, form)
    assert picture.startswith(b"<svg" if form == "svg" else b"\x89PNG")


@pytest.mark.parametrize(
    ("header", "language"), [(None, "en"), ("nl-NL,en;q=0.8", "nl"), ("fr, nl;q=0.5", "nl"), ("fr", "en")]
)
def test_the_first_language_that_there_are_words_for(header: str | None, language: str) -> None:
    assert language_of(header) == language
