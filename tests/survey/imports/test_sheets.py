"""Workbooks as people and systems save them; made with openpyxl's own writer, and with one of our own for shared texts."""

import io
import tracemalloc
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.utils.datetime import to_excel

from services.survey.imports.reading import sheets
from services.survey.imports.reading.files import XLSX
from services.survey.imports.reading.source import Seekable, Source
from services.survey.imports.reading.tables import Record
from services.survey.imports.refusals import Unusable, Wrong
from tests.fixtures.services import Running
from tests.survey import people
from tests.survey.imports.pushing import ATTRIBUTES, UNITS, push

HEADER = ["externalId", "givenName", "familyName", "email", "unitExternalId", "hiredOn", "active", "location"]


def source(data: bytes, size: int = 1000) -> Source:
    pieces = [data[start : start + size] for start in range(0, len(data), size)]
    return Source(len(pieces), pieces.__getitem__)


def saved(*named: tuple[str, list[list[Any]]], formats: dict[str, str] | None = None) -> bytes:
    book = Workbook()
    book.remove(book["Sheet"])
    for name, rows in named:
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
        for cell, number_format in (formats or {}).items():
            sheet[cell].number_format = number_format
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def rows(data: bytes, sheet: str | None = None) -> list[Record]:
    return list(sheets.rows_of_sheet(source(data), sheet))


PEOPLE: list[list[Any]] = [
    HEADER,
    [1209, "Zoë", "Geerts", "zoe@x.example", "OE-2", date(2019, 2, 1), True, "Waalplein"],
    [None] * 8,
    ["E2", "Bo", "Kim", None, "OE-2", datetime(2020, 11, 12, tzinfo=UTC).replace(tzinfo=None), "nee", 3.0],
]


async def test_a_workbook_is_read_as_people_see_it(survey: Running) -> None:
    organisation = await people.make(survey, attributes=ATTRIBUTES)
    await push(organisation, UNITS, "units")
    book = saved(("Medewerkers", PEOPLE), ("Uitleg", [["Lees mij"]]), formats={"A2": "000000"})
    pushed = await push(organisation, book, "employees", media_type=XLSX)
    assert (pushed.counts, pushed.errors) == ({"read": 2, "created": 2}, [])
    zoe = (await organisation.admin.get("/v1/employees/external:001209")).json()
    assert (zoe["hiredOn"], zoe["active"], zoe["attributes"]) == ("2019-02-01", True, {"location": "Waalplein"})
    bo = (await organisation.admin.get("/v1/employees/external:E2")).json()
    assert (bo["hiredOn"], bo["active"], bo["attributes"], bo["email"]) == (
        "2020-11-12",
        False,
        {"location": "3"},
        None,
    )
    again = await push(organisation, book, "employees", media_type=XLSX)
    assert again.counts == {"read": 2, "unchanged": 2}


async def test_amounts_in_a_sheet_have_one_reading(survey: Running) -> None:
    organisation = await people.make(survey)
    await push(organisation, UNITS, "units")
    header = ["externalId", "providerExternalId", "nameNl", "yearlyCost", "currency"]
    book = saved(("Blad1", [header, ["S1", "OE-1", "A", 1.31, "EUR"], ["S2", "OE-1", "A", 1310, "EUR"],
                            ["S3", "OE-1", "A", 0.1 + 0.2, "EUR"], ["S4", "OE-1", "A", "1.310", "EUR"]]))  # fmt: skip
    pushed = await push(organisation, book, "services", media_type=XLSX)
    assert pushed.brief() == [(5, "yearlyCost", "ambiguousAmount")]
    found = [(await organisation.admin.get(f"/v1/services/external:S{n}")).json() for n in (1, 2, 3)]
    assert [each["yearlyCost"]["amount"] for each in found] == ["1.31", "1310.00", "0.30"]


async def test_another_sheet_is_named(survey: Running) -> None:
    organisation = await people.make(survey, attributes=ATTRIBUTES)
    await push(organisation, UNITS, "units")
    book = saved(("Uitleg", [["Lees mij"]]), ("Medewerkers", PEOPLE))
    first = await push(organisation, book, "employees", media_type=XLSX)
    assert first.failure is not None
    assert first.failure["code"] == "unusableHeader"
    assert (await push(organisation, book, "employees", media_type=XLSX, sheet="medewerkers")).status == "done"
    unknown = await push(organisation, book, "employees", media_type=XLSX, sheet="Blad3")
    assert unknown.failure == {
        "code": "unknownSheet", "detail": "There is no sheet Blad3; there are: Uitleg, Medewerkers."
    }  # fmt: skip


def test_errors_in_cells_and_rows_that_are_too_long() -> None:
    found = rows(saved(("A", [["a", "b"], ["x", "#N/A"], ["x", "y", "z"], ["x", None, None], ["", ""]])))
    assert [(record.line, list(record.fields)) for record in found[::3]] == [(1, ["a", "b"]), (4, ["x", None])]
    value, wrong = found[1].fields
    assert isinstance(wrong, Wrong)
    assert (value, wrong.code, wrong.detail) == ("x", "errorInCell", "shows the error #N/A")
    assert [(each.line, each.code, each.detail) for record in found if (each := record.refusal)] == [
        (3, "wrongNumberOfFields", "has 3 fields; the header has 2")
    ]


def test_a_row_that_no_sheet_can_have() -> None:
    with pytest.raises(Unusable) as refused:
        rows(workbook('<row r="999999999999"><c t="str"><v>externalId</v></c></row>'))
    assert refused.value.code == "unreadableWorkbook"


def test_an_empty_workbook() -> None:
    assert rows(saved(("A", []))) == []


def workbook(sheet: str, strings: str = "") -> bytes:
    """As small as Excel takes it."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    members = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types">'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{kind}.worksheet+xml"/>'
        f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}.sharedStrings+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" '
        f'Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>'
        '<sheet name="A" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" '
        f'Type="{office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/sharedStrings.xml": f'<sst xmlns="{main}">{strings}</sst>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{sheet}</sheetData></worksheet>',
    }
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return made.getvalue()


def test_shared_texts_rows_without_numbers_and_days_of_1900() -> None:
    texts = (
        "".join(f"<si><t>text {number}</t></si>" for number in range(20_000))
        + "<si><r><t>ri</t></r><r><t>ch</t></r></si>"
    )
    cells = "".join(
        f'<row><c t="s"><v>{number}</v></c><c t="s"><v>{20_000 - number}</v></c></row>' for number in range(20_000)
    )
    found = rows(workbook(cells, texts))
    assert [found[0].fields, found[1].fields] == [["text 0", "rich"], ["text 1", "text 19999"]]
    assert all(list(record.fields) == [f"text {at}", f"text {20_000 - at}"] for at, record in enumerate(found) if at)
    assert to_excel(datetime(2026, 3, 9, tzinfo=UTC).replace(tzinfo=None)) == 46090


@pytest.mark.parametrize(
    "sheet",
    [
        "<row><c t='inlineStr'><is><t>" + "lang " * 400_000 + "</t></is></c></row>",
        "<row>" + "<c><v>1</v></c>" * 150_000 + "</row>",
        "<row>" * 250_000,
        "<row a='" + "x" * 1_500_000 + "'/>",
    ],
)
def test_what_swells_within_the_archive_s_measure(sheet: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "STEEPEST", 10_000)
    with pytest.raises(Unusable) as refused:
        rows(workbook(sheet))
    assert refused.value.code == "unfoldsTooFar"


def test_rows_beyond_the_header_are_refused_before_they_are_unfolded() -> None:
    wide = "".join(f'<row r="{at}"><c r="XFD{at}"><v>1</v></c></row>' for at in range(2, 3000))
    plain = '<row r="3000"><c r="A3000"><v>1</v></c><c r="XFD3000"/></row>'
    tracemalloc.start()
    header, first, *_, last = rows(workbook('<row r="1"><c r="B1" t="str"><v>x</v></c></row>' + wide + plain))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert list(header.fields) == [None, "x"]
    assert first.refusal is not None
    assert (first.refusal.code, first.refusal.detail) == (
        "wrongNumberOfFields", "has 16384 fields; the header has 2"
    )  # fmt: skip
    assert (list(last.fields), last.refusal) == ([Decimal(1), None], None)
    assert peak < 20_000_000


def test_a_strict_workbook_is_named() -> None:
    made = workbook("<row><c><v>1</v></c></row>")
    strict = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(made)) as old, zipfile.ZipFile(strict, "w") as new:
        for name in old.namelist():
            schemas = b"http://schemas.openxmlformats.org/officeDocument/2006/"
            new.writestr(name, old.read(name).replace(schemas, b"http://purl.oclc.org/ooxml/officeDocument/"))
    with pytest.raises(Unusable) as refused:
        rows(strict.getvalue())
    assert (refused.value.code, "Strict" in refused.value.detail) == ("unreadableWorkbook", True)


def test_entities_that_swell() -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + "".join(
        f'<!ENTITY {chr(98 + at)} "{f"&{chr(97 + at)};" * 10}">' for at in range(9)
    )
    made = workbook("<row><c t='str'><v>&j;</v></c></row>")
    with zipfile.ZipFile(io.BytesIO(made)) as old:
        members = {name: old.read(name).decode() for name in old.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    members[sheet] = bomb + "]>" + members[sheet]
    again = io.BytesIO()
    with zipfile.ZipFile(again, "w") as file:
        for name, content in members.items():
            file.writestr(name, content)
    with pytest.raises(Unusable):
        rows(again.getvalue())


def test_memory_does_not_grow_with_the_sheet() -> None:
    def peak(count: int) -> int:
        texts = "".join(f"<si><t>somebody {number}</t></si>" for number in range(count))
        cells = "".join(f'<row r="{at + 1}"><c t="s"><v>{at}</v></c><c><v>{at}</v></c></row>' for at in range(count))
        data = source(workbook(cells, texts), 100_000)
        del texts, cells
        tracemalloc.start()
        try:
            for _ in sheets.rows_of_sheet(data, None):
                pass
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(100)
    assert peak(40_000) < 1.3 * peak(10_000)


def test_seeking_in_pieces() -> None:
    data = bytes(range(256)) * 10
    file = Seekable(source(data, 100))
    for offset, whence, size in ((0, 0, 5), (95, 0, 20), (-7, 2, 20), (3, 0, 0), (2550, 0, 100), (5, 1, 1), (0, 0, -1)):
        place = {0: offset, 1: file.tell() + offset, 2: len(data) + offset}[whence]
        assert file.seek(offset, whence) == place
        assert file.read(size) == data[place : None if size < 0 else place + size]
