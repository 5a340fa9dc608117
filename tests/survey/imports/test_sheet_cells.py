"""What cells of a workbook hold beside what they show."""

from datetime import time, timedelta
from typing import Any

import pytest

from services.survey.imports.instants import minutes, told_minutes
from tests.survey.imports.test_sheets import rows, saved


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
