"""What cells of a workbook hold beside what they show."""

from datetime import time, timedelta
from typing import Any

import pytest

from services.survey.imports.instants import minutes, told_minutes
from services.survey.imports.reading.files import XLSX
from tests.fixtures.services import Running
from tests.survey import people
from tests.survey.imports.pushing import UNITS, push
from tests.survey.imports.test_sheets import HEADER, rows, saved, workbook


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
    ],
)
def test_a_length_is_the_pair_that_a_cell_shows(cell: Any, form: str, as_hours: int, as_minutes: int) -> None:
    [_, row] = rows(saved(("Blad1", [["duration"], [cell]]), formats={"A2": form}))
    [raw] = row.fields
    assert [told_minutes("h:mm")(raw), told_minutes("m:ss")(raw)] == [as_hours, as_minutes]
    if not isinstance(cell, str):
        assert minutes(raw) == as_hours


async def test_a_formula_without_its_value_is_not_taken_for_nothing(survey: Running) -> None:
    """As programs leave it who write workbooks and work nothing out."""
    organisation = await people.make(survey)
    await push(organisation, UNITS, "units")
    first = ["E1", "Zoe", "Geerts", "zoe@x.example", "OE-2"]
    await push(organisation, saved(("Blad1", [HEADER[:5], first])), "employees", media_type=XLSX)
    second = ["E2", "Bo", "Kim", None, "OE-2"]
    worked_out = saved(("Blad1", [HEADER[:5], [*first[:3], '=LOWER("X@X.EXAMPLE")', "OE-2"], second, ["=A2"]]))
    pushed = await push(organisation, worked_out, "employees", media_type=XLSX)
    assert pushed.counts == {"read": 3, "created": 1, "refused": 2}
    assert pushed.brief() == [(2, None, "formulaWithoutValue"), (4, None, "formulaWithoutValue")]
    assert (await organisation.admin.get("/v1/employees/external:E1")).json()["email"] == "zoe@x.example"


def test_a_formula_whose_value_is_an_empty_text_is_empty() -> None:
    cells = '<c r="A2" t="str"><f>X</f><v></v></c><c r="B2"><f>1+1</f><v>2</v></c>'
    header = '<row r="1"><c t="str"><v>a</v></c><c t="str"><v>b</v></c></row>'
    [_, row] = rows(workbook(f'{header}<row r="2">{cells}</row>'))
    assert (row.refusal, list(row.fields)) == (None, [None, 2])
