"""Files as bytes, without a database."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.survey.imports.reading.encoding import decode
from services.survey.imports.reading.files import CSV, NDJSON, Reading, read
from services.survey.imports.refusals import Unusable

HEADER = b"externalId,name,parentExternalId\n"


def units(data: bytes, media_type: str = CSV, charset: str | None = None) -> Reading:
    return read(data, "units", media_type, charset, (), lambda _share: None)


def found(reading: Reading) -> list[tuple[int, str, str | None]]:
    return [(row.line, row.values["external_id"], row.values["name"]) for row in reading.rows]


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


def test_a_utf16_file_that_is_cut_off() -> None:
    with pytest.raises(Unusable) as refused:
        units(HEADER.decode().encode("utf-16")[:-1])
    assert refused.value.code == "unreadableText"


def test_a_stray_quote_costs_its_row_only() -> None:
    reading = units(HEADER + b'A,"x"y,\nB,z,\n')
    assert (found(reading), codes(reading)) == ([(3, "B", "z")], [(2, "strayQuote")])


def test_an_endless_field_ends_the_reading() -> None:
    reading = units(HEADER + b'A,x,\nB,"' + b"word\n" * 50_000)
    assert (found(reading), codes(reading)) == ([(2, "A", "x")], [(3, "fieldTooLong")])


def test_the_quote_that_is_not_closed_is_named_by_its_line() -> None:
    reading = units(HEADER + b'A,"x\ny",\n"B\nb","z,\nC,c,\n')
    assert codes(reading) == [(5, "quoteNotClosed")]


def test_a_second_of_a_key_is_refused_even_if_the_first_was() -> None:
    reading = units(HEADER + b"A,,\nA,x,\nB,x,\n")
    assert (found(reading), codes(reading)) == ([(4, "B", "x")], [(2, "empty"), (3, "doubledInFile")])


def test_a_wide_header_is_named_up_to_a_limit() -> None:
    names = ",".join(f"column{number}" for number in range(5000))
    reading = units(f"externalId,name,parentExternalId,{names}\n".encode())
    assert len(reading.ignored) == 1000


@pytest.mark.parametrize("line", ["{", "null", '"text"', "NaN", "[" * 100_000, '{"a": ' * 5000, "1" * 5000, "\ufffe"])
def test_lines_that_are_no_objects(line: str) -> None:
    reading = units(f'{line}\n{{"externalId": "A", "name": "x", "parentExternalId": null}}'.encode(), NDJSON)
    assert (len(reading.rows), len(reading.refusals), reading.unidentified) == (1, 1, 1)


@given(st.binary(max_size=300))
def test_no_bytes_break_the_reading(data: bytes) -> None:
    for media_type in (CSV, NDJSON):
        for content in (data, HEADER + data):
            try:
                reading = units(content, media_type)
            except Unusable:
                continue
            assert reading.read == len(reading.rows) + len({refusal.line for refusal in reading.refusals})


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=200))
def test_utf8_is_read_as_it_is(text: str) -> None:
    decoded = decode(text.encode())
    assert (decoded.text, decoded.broken) == (text.removeprefix("\ufeff"), [])
