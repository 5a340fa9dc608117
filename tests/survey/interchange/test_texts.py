import pytest

from services.survey.interchange.keys import made_key
from services.survey.interchange.texts import braces_kept, cut, plain


@pytest.mark.parametrize(
    ("source", "text", "lost"),
    [
        ("no markup: 3 < 4 & 5", "no markup: 3 < 4 & 5", set()),
        ("<p>One&nbsp;two</p>\n<p>three</p>", "One two\nthree", set()),
        ("a<br>b<br/><br/>c", "a\nb\nc", set()),
        ("<ul><li>x</li><li>y</li></ul>", "- x\n- y", set()),
        ("&lt;b&gt; stays", "<b> stays", set()),
        ("<img src='cat.png' alt='a cat'>", "a cat", {"an image"}),
        ("see <a href='https://example.org'>here</a>", "see here", {"the address of a link"}),
        ("<a name='x'>anchor</a>", "anchor", set()),
        ("<script>alert('x')</script>rest<style>p {}</style>", "rest", {"a script"}),
        ("<table><tr><td>1</td><td>2</td></tr></table>", "1 2", {"a table"}),
        ("<b>unclosed <i>tags", "unclosed tags", set()),
        ("a\x00b\x07c\ud800d\r\n\r\n e", "abcd\ne", set()),
        ("<!-- hidden --><p>shown", "shown", set()),
    ],
)  # fmt: skip
def test_html_becomes_plain_text(source: str, text: str, lost: set[str]) -> None:
    made = plain(source)
    assert (made.text, set(made.lost)) == (text, lost)


def test_formatting_is_noticed() -> None:
    assert plain("<strong>so</strong>").formatted
    assert not plain("<p>so</p>").formatted


def test_long_texts_are_cut_between_braces() -> None:
    assert cut("x" * 10, 10) == "x" * 10
    assert cut(braces_kept("abc{{{d"), 6) == "abc…"
    assert len(cut("x" * 6_000)) == 5_000


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("overall", "overall"), ("How good?", "How-good"), ("Ünïcode naïve", "Unicode-naive"), ("1st", "question-1st"),
        ("???", "question"), ("", "question"), ("_x_", "x"), ("日本", "question"), ("a" * 300, "a" * 56),
    ],
)  # fmt: skip
def test_keys(name: str, key: str) -> None:
    assert made_key(name, (), "question") == key


def test_a_key_that_is_taken_gets_a_number() -> None:
    assert made_key("a", {"a", "a-2"}, "question") == "a-3"
