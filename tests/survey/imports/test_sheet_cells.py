"""What cells of a workbook hold beside what they show."""

from contextlib import nullcontext
from datetime import time, timedelta
from typing import Any

import pytest

from services.survey.imports.instants import minutes, told_minutes
from services.survey.imports.reading.files import XLSX
from services.survey.imports.refusals import Wrong
from tests.fixtures.services import Running
from tests.survey import people
from tests.survey.imports.pushing import UNITS, push
from tests.survey.imports.test_sheets import HEADER, rows, saved, workbook

OF_A_DAY = ('h":"mm', 'hh":"mm', "h\\:mm", "h:mm AM/PM", "h:mm;-h:mm", 'h:mm "uur; min"', "HH:MM")
LASTING = ("[h]:mm;[Red]-[h]:mm", r"[h]:mm_ ;[Red]\-[h]:mm\ ", "[Blue][h]:mm;@")


@pytest.mark.parametrize(
    ("cell", "form", "as_hours", "as_minutes"),
    [
        (time(1, 35), "h:mm", 95, 2),
        (time(1, 35, 20), "hh:mm;@", 95, 2),
        (time(1, 35), "[$-413]h:mm;@", 95, 2),
        (timedelta(hours=30, minutes=5), "[h]:mm", 1805, 30),
        (timedelta(hours=30, minutes=5), "[hh]:mm", 1805, 30),
        ("1:35", "@", 95, 2),
        (time(1, 35), "h:mm:ss", 95, 95),
        (time(0, 1, 35), "mm:ss", 2, 2),
        (timedelta(minutes=95), "[mm]:ss", 95, 95),
        (95, "General", 95, 95),
        *((time(1, 35), form, 95, 2) for form in OF_A_DAY),
        *((timedelta(minutes=95), form, 95, 2) for form in LASTING),
        (time(1, 35), "[$-F400]h:mm:ss\\ AM/PM", 95, 95),
        (time(1, 35), "h", 95, None),
        (time(1, 35), "[>1]h:mm;h:mm:ss", 95, None),
        (timedelta(minutes=95), "[mm]", 95, None),
        (time(1, 34, 59, 998_000), "mm:ss", 95, 95),
        (time(1, 34, 59, 998_000), "h:mm", 95, 2),
        (timedelta(hours=1, minutes=34, seconds=59.998), "[h]:mm", 95, 2),
        (time(23, 59, 59, 998_000), "h:mm:ss", 1440, 1440),
    ],
)
def test_a_length_is_the_pair_that_a_cell_shows(cell: Any, form: str, as_hours: int, as_minutes: int | None) -> None:
    [_, row] = rows(saved(("Blad1", [["duration"], [cell]]), formats={"A2": form}))
    raw: Any = row.fields[0]
    assert told_minutes("h:mm")(raw) == as_hours
    with pytest.raises(Wrong) if as_minutes is None else nullcontext():
        assert told_minutes("m:ss")(raw) == as_minutes
    if not isinstance(cell, str):
        assert minutes(raw) == as_hours


def test_a_time_of_day_is_never_that_of_the_next() -> None:
    [_, row] = rows(saved(("Blad1", [["at"], [time(23, 59, 59, 700_000)]]), formats={"A2": "h:mm:ss"}))
    assert list(row.fields) == ["23:59:59"]


async def test_a_formula_without_its_value_is_not_taken_for_nothing(survey: Running) -> None:
    """As programs leave it who write workbooks and work nothing out."""
    organisation = await people.make(survey)
    await push(organisation, UNITS, "units")
    first = ["E1", "Zoe", "Geerts", "zoe@x.example", "OE-2"]
    await push(organisation, saved(("Blad1", [HEADER[:5], first])), "employees", media_type=XLSX)
    second = ["E2", "Bo", "Kim", None, "OE-2"]
    worked_out = saved(
        ("Blad1", [HEADER[:5], [*first[:3], '=LOWER("X@X.EXAMPLE")', "OE-2"], second, ["=A2", *first[1:]]])
    )
    pushed = await push(organisation, worked_out, "employees", media_type=XLSX)
    assert pushed.counts == {"read": 3, "created": 1, "refused": 2}
    assert pushed.brief() == [(2, "email", "formulaWithoutValue"), (4, "externalId", "formulaWithoutValue")]
    assert (await organisation.admin.get("/v1/employees/external:E1")).json()["email"] == "zoe@x.example"


async def test_what_is_wrong_in_a_column_that_nobody_reads_is_nobody_s_concern(survey: Running) -> None:
    """And of a row that is refused for a cell, the key is read: who stands in it has not left."""
    organisation = await people.make(survey)
    await push(organisation, UNITS, "units")
    known: list[list[Any]] = [[f"E{at}", "Zoe", "Geerts", f"e{at}@x.example", "OE-2"] for at in range(5)]
    await push(organisation, saved(("Blad1", [HEADER[:5], *known])), "employees", media_type=XLSX)
    header = [*HEADER[:5], "fullName"]
    unread: list[list[Any]] = [[*known[0], "=B2&C2"], [*known[1], "#N/A"], *known[2:4], [*known[4], None, None, "=A1"]]
    book = saved(("Blad1", [header, *unread]))
    pushed = await push(organisation, book, "employees", media_type=XLSX, mode="snapshot", atomic="true")
    assert (pushed.status, pushed.counts) == ("done", {"read": 5, "unchanged": 5})
    assert (pushed.ignored, pushed.errors) == (["fullName"], [])
    unread[0][3], unread[1][2] = "=A1", "#REF!"
    pushed = await push(
        organisation, saved(("Blad1", [header, *unread])), "employees", media_type=XLSX, mode="snapshot"
    )
    assert (pushed.status, pushed.counts) == ("done", {"read": 5, "unchanged": 3, "refused": 2})
    assert pushed.brief() == [(2, "email", "formulaWithoutValue"), (3, "familyName", "errorInCell")]


async def test_totals_without_a_value_are_no_rows(survey: Running) -> None:
    organisation = await people.make(survey)
    await push(organisation, UNITS, "units")
    person: list[Any] = ["E1", "Zoe", "Geerts", "zoe@x.example", "OE-2"]
    totals: list[list[Any]] = [[None] * 4 + ["=COUNTA(A2:A3)"], ["=COUNTA(A2:A3)"], [None] * 8 + ["=1"]]
    book = saved(("Blad1", [HEADER[:5], person, *totals]))
    pushed = await push(organisation, book, "employees", media_type=XLSX, atomic="true")
    assert (pushed.status, pushed.counts, pushed.errors) == ("done", {"read": 1, "created": 1}, [])
    within = saved(("Blad1", [HEADER[:5], person, ["=X!A2", "=X!B2"], ["E2", *person[1:3], None, "OE-2"], *totals]))
    pushed = await push(organisation, within, "employees", media_type=XLSX)
    assert pushed.counts == {"read": 3, "created": 1, "unchanged": 1, "refused": 1}
    alike = saved(("Blad1", [HEADER[:5], ["=X!A2", "=X!B2", "=X!C2", None, "=X!E2"]]))
    pushed = await push(organisation, alike, "employees", media_type=XLSX)
    assert (pushed.counts, {each["code"] for each in pushed.errors}) == (
        {"read": 1, "refused": 1}, {"formulaWithoutValue"}
    )  # fmt: skip
    header = saved(("Blad1", [[*HEADER[:4], '="unit"&"ExternalId"'], person]))
    pushed = await push(organisation, header, "employees", media_type=XLSX)
    assert (pushed.failure or {})["code"] == "unreadableHeader"
    assert pushed.brief() == [(1, None, "formulaWithoutValue")]


async def test_what_is_wrong_in_a_cell_is_not_translated_nor_joined(survey: Running) -> None:
    organisation = await people.make(survey)
    await push(organisation, UNITS, "units")
    columns = {**{name: name for name in HEADER[:5]}, "prefix": "familyName", "state": "active"}
    mapping = {"name": "a", "kind": "employees", "columns": columns, "values": {"active": {"*": "false"}}}
    assert (await organisation.admin.post("/v1/import-mappings", json=mapping)).status_code == 201
    wrong = [["E1", "Zoe", "Geerts", None, "OE-2", "=A1", "=B1"], ["E2", "Zoe", "#N/A", None, "OE-2", "van", "#REF!"]]
    book = saved(("Blad1", [[*HEADER[:5], "prefix", "state"], *wrong]))
    pushed = await push(organisation, book, "employees", media_type=XLSX, mapping="a")
    assert sorted(pushed.brief()) == [
        (line, column, code)
        for line, code in ((2, "formulaWithoutValue"), (3, "errorInCell")) for column in ("active", "familyName")
    ]  # fmt: skip


def test_a_formula_whose_value_is_an_empty_text_is_empty() -> None:
    cells = '<c r="A2" t="str"><f>X</f><v></v></c><c r="B2"><f>1+1</f><v>2</v></c>'
    header = '<row r="1"><c t="str"><v>a</v></c><c t="str"><v>b</v></c></row>'
    [_, row] = rows(workbook(f'{header}<row r="2">{cells}</row>'))
    assert (row.refusal, list(row.fields)) == (None, [None, 2])
