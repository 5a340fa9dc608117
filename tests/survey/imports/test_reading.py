"""Files as bytes, without a database."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.survey.imports.columns import Known, Told
from services.survey.imports.reading.encoding import Text
from services.survey.imports.reading.files import CSV, NDJSON, batches
from services.survey.imports.reading.source import Source
from services.survey.imports.reading.typed import typed
from services.survey.imports.refusals import Refusal, Unusable

HEADER = b"externalId,name,parentExternalId\n"


def in_pieces(data: bytes, size: int = 7) -> Source:
    """Small ones, so that rows, letters and line ends are cut anywhere."""
    pieces = [data[start : start + size] for start in range(0, len(data), size)]
    return Source(len(pieces), pieces.__getitem__)


@dataclass
class Reading:
    """Rows as the staging table would have them."""

    rows: list[tuple[Any, ...]] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    read: int = 0
    unidentified: int = 0


def units(data: bytes, media_type: str = CSV, charset: str | None = None, size: int = 7) -> Reading:
    reading = Reading()
    for batch in batches(in_pieces(data, size), media_type, Known("units", told=Told(charset=charset))):
        found = typed("units", batch)
        reading.rows += found.records
        reading.refusals += found.refusals
        reading.ignored = batch.ignored
        reading.read += batch.read
        reading.unidentified += found.unidentified
    return reading


def found(reading: Reading) -> list[tuple[int, str, str | None]]:
    return [(row[0], row[4], row[5]) for row in reading.rows if not row[3]]


def codes(reading: Reading) -> list[tuple[int | None, str]]:
    return [(refusal.line, refusal.code) for refusal in reading.refusals]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_ends(delimiter: str, line_end: str) -> None:
    lines = ["externalId,name,parentExternalId", "A,Één,", "", 'B,"a ""b""",A']
    data = line_end.join(lines).replace(",", delimiter).encode()
    assert found(units(data)) == [(2, "A", "Één"), (4, "B", 'a "b"')]


def test_excel_s_own_first_line() -> None:
    assert found(units(b"sep=;\r\nexternalId;name;parentExternalId\r\nA;x,y;\r\n")) == [(3, "A", "x,y")]


@pytest.mark.parametrize("data", [b"", b"\n \n", b"sep=;", b"\xef\xbb\xbf", "\ufeff".encode("utf-16-le")])
def test_nothing_at_all(data: bytes) -> None:
    with pytest.raises(Unusable) as refused:
        units(data)
    assert refused.value.code == "emptyFile"


def test_ten_thousand_stray_quotes_cost_little_more_than_one() -> None:
    reading = units(HEADER + b'A,"x"y,\n' * 10_000)
    assert (len(reading.refusals), reading.refusals[-1].line) == (10_000, 10_001)


def test_names_of_columns_in_any_case() -> None:
    assert found(units(b"EXTERNALID, Name ,parentexternalid\nA,x,\n")) == [(2, "A", "x")]


def test_a_charset_that_is_named() -> None:
    assert found(units("externalId,name,parentExternalId\nA,Łódź,\n".encode("iso8859-2"), charset="iso-8859-2")) == [
        (2, "A", "Łódź")
    ]
    for charset in ("klingon", "base64", "rot13"):
        with pytest.raises(Unusable) as refused:
            units(HEADER, charset=charset)
        assert refused.value.code == "unknownCharset"


def test_a_few_broken_bytes_do_not_change_the_encoding() -> None:
    reading = units(HEADER + "A,Zoë,\n".encode() + b"B,\xe9\xe9,\nC,x\xff,\n" + "D,Één,\n".encode())
    assert found(reading) == [(2, "A", "Zoë"), (5, "D", "Één")]
    assert [refusal.detail[-23:] for refusal in reading.refusals] == [
        "byte 44, 45 of the file", "see byte 51 of the file"
    ]  # fmt: skip
    assert reading.unidentified == 2


def test_one_letter_in_utf8_is_enough_beside_a_few_broken_bytes() -> None:
    """Every byte is a letter of Windows-1252: É would be read as another word, and nobody told."""
    reading = units(HEADER + "A,JÉ,\n".encode() + b"B,\xff\xfe,\n")
    assert (found(reading), codes(reading)) == ([(2, "A", "JÉ")], [(3, "unreadableBytes")])


def test_a_utf16_file_that_is_cut_off() -> None:
    with pytest.raises(Unusable) as refused:
        units(HEADER.decode().encode("utf-16")[:-1])
    assert refused.value.code == "unreadableText"


def test_a_stray_quote_costs_its_row_only() -> None:
    reading = units(HEADER + b'A,"x"y,\nB,z,\n')
    assert (found(reading), codes(reading)) == ([(3, "B", "z")], [(2, "strayQuote")])


def test_an_endless_field_ends_the_reading() -> None:
    reading = units(HEADER + b'A,x,\nB,"' + b"word\n" * 50_000, size=1000)
    assert (found(reading), codes(reading)) == ([(2, "A", "x")], [(3, "fieldTooLong")])


def test_the_quote_that_is_not_closed_is_named_by_its_line() -> None:
    reading = units(HEADER + b'A,"x\ny",\n"B\nb","z,\nC,c,\n')
    assert codes(reading) == [(5, "quoteNotClosed")]


def test_a_refused_row_keeps_its_key() -> None:
    reading = units(HEADER + b"A,,\nB,x,\n,y,\n")
    assert [(row[0], row[3], row[4]) for row in reading.rows] == [(3, False, "B"), (2, True, "A")]
    assert (codes(reading), reading.unidentified) == ([(2, "empty"), (4, "empty")], 1)


def test_a_row_without_an_end_is_no_row() -> None:
    for data in (HEADER + b"A," + b"x" * 1_100_000, HEADER + b"A,x,\n" + b'"\n",' * 400_000):
        with pytest.raises(Unusable) as refused:
            units(data, size=100_000)
        assert refused.value.code == "rowTooLong"


def test_a_wide_header_is_named_up_to_a_limit() -> None:
    names = ",".join(f"column{number}" for number in range(5000))
    reading = units(f"externalId,name,parentExternalId,{names}\n".encode())
    assert len(reading.ignored) == 1000


@pytest.mark.parametrize("line", ["{", "null", '"text"', "NaN", "[" * 100_000, '{"a": ' * 5000, "1" * 5000, "\ufffe"])
def test_lines_that_are_no_objects(line: str) -> None:
    reading = units(f'{line}\n{{"externalId": "A", "name": "x", "parentExternalId": null}}'.encode(), NDJSON)
    assert (len(reading.rows), len(reading.refusals), reading.unidentified) == (1, 1, 1)


@given(st.binary(max_size=300), st.integers(1, 50))
def test_no_bytes_break_the_reading(data: bytes, size: int) -> None:
    for media_type in (CSV, NDJSON):
        for content in (data, HEADER + data):
            try:
                reading = units(content, media_type, size=size)
            except Unusable:
                continue
            whole = units(content, media_type, size=1000)
            assert (found(whole), whole.refusals) == (found(reading), reading.refusals)
            errors = {refusal.line for refusal in reading.refusals if refusal.severity == "error"}
            assert reading.read == len(found(reading)) + len(errors)


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=200), st.integers(1, 20))
def test_utf8_is_read_as_it_is(content: str, size: int) -> None:
    text = Text(in_pieces(content.encode(), size))
    assert "".join(text) == content.removeprefix("\ufeff")
    assert not text.broken


@given(st.lists(st.sampled_from([b"a", "é".encode(), "語".encode(), b"\xff", b"\xe9"]), max_size=60), st.integers(1, 9))
def test_broken_bytes_are_where_they_are(letters: list[bytes], size: int) -> None:
    """Held against a decoder of the whole."""
    data = "ééééééé".encode() * 10 + b"".join(letters)
    text = Text(in_pieces(data, size))
    decoded = "".join(text)
    assert decoded == data.decode(errors="surrogateescape")
    assert [data[position - 1] for position in text.broken] == [
        ord(letter) - 0xDC00 for letter in decoded if "\udc80" <= letter <= "\udcff"
    ]  # fmt: skip


@pytest.mark.parametrize("data", [HEADER + b"A,B,\n", b'[{"externalId": "A"}]\n', b"<units/>\n"])
def test_what_is_no_ndjson_is_named(data: bytes) -> None:
    with pytest.raises(Unusable) as refused:
        units(data, NDJSON)
    assert refused.value.code == "wrongKind"
    assert refused.value.refusals
    good = b'{"externalId": "A", "name": "B", "parentExternalId": null}\n'
    assert len(found(units(data + good, NDJSON))) == 1
