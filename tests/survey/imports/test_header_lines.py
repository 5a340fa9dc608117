"""Reports whose headers stand below a title, and exports with a second line of headers."""

import io
from typing import Any

import pytest
from openpyxl import Workbook

from services.survey.imports.reading.files import XLSX
from tests.fixtures.services import Running
from tests.survey.imports.pushing import push
from tests.survey.imports.test_mappings import WORKDAY, WORKDAY_FILE, employee, prepared

LABELS = "Personeelsnummer,Naam,Voornaam,Achternaam,Mail,Afdeling,Chef,In dienst,Actief"
NUMBER, *FURTHER = WORKDAY_FILE.splitlines()
REPORT = "\n".join(["Workers; a report of “HR”", '"Ann\'s ""own""', "", NUMBER, LABELS, *FURTHER, "21003,too,few", ""])
BELOW: dict[str, Any] = {**WORKDAY, "headerLine": 4, "dataLine": 6}


def workbook(text: str) -> bytes:
    book = Workbook()
    for line in text.splitlines():
        book.active.append(line.split(","))
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


@pytest.mark.parametrize(("content", "media_type"), [(REPORT.encode("cp1252"), "text/csv"), (workbook(REPORT), XLSX)])
async def test_headers_below_a_title_and_labels_below_them(survey: Running, content: bytes, media_type: str) -> None:
    organisation = await prepared(survey, BELOW)
    pushed = await push(organisation, content, "employees", mapping="Workday workers", media_type=media_type)
    assert (pushed.counts["read"], pushed.counts["created"], pushed.ignored) == (3, 2, ["Worker"])
    assert {error["line"] for error in pushed.errors} == {8}
    assert (await employee(organisation, "21002"))["familyName"] == "Kim"


async def test_the_delimiter_may_be_told_above_the_titles(survey: Running) -> None:
    organisation = await prepared(survey, {**BELOW, "headerLine": 3.0, "dataLine": None})
    content = "sep=;\nWorkers, all, of, them\n" + WORKDAY_FILE.replace(",", ";")
    pushed = await push(organisation, content, "employees", mapping="Workday workers")
    assert (pushed.counts, pushed.errors) == ({"read": 2, "created": 2}, [])


async def test_without_the_line_the_error_says_what_to_do(survey: Running) -> None:
    organisation = await prepared(survey, WORKDAY)
    pushed = await push(organisation, REPORT, "employees", mapping="Workday workers")
    assert pushed.status == "failed"
    assert pushed.failure is not None
    assert (pushed.failure["code"], pushed.failure["detail"].endswith("a mapping's headerLine says so.")) == (
        "unusableHeader",
        True,
    )


@pytest.mark.parametrize("media_type", ["text/csv", XLSX])
async def test_a_file_that_ends_above_its_headers_is_empty(survey: Running, media_type: str) -> None:
    organisation = await prepared(survey, {**WORKDAY, "headerLine": 40})
    content = REPORT if media_type == "text/csv" else workbook(REPORT)
    pushed = await push(organisation, content, "employees", mapping="Workday workers", media_type=media_type)
    assert pushed.failure is not None
    assert (pushed.status, pushed.failure["code"]) == ("failed", "emptyFile")
    assert "line 40" in pushed.failure["detail"]
