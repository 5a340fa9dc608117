from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from services.survey.interactions.rules import Use, faults, latest

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
OPENED = NOW - timedelta(hours=5)
USE = Use("I-1", None, "FAC-01", None, "E-1", "ticket", "portal", OPENED, None, None)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({}, None),
        ({"closed_at": OPENED}, None),
        ({"closed_at": OPENED + timedelta(hours=2), "duration_minutes": 120}, None),
        ({"closed_at": OPENED + timedelta(hours=2), "duration_minutes": 121}, None),  # rounded up
        ({"closed_at": OPENED + timedelta(hours=2), "duration_minutes": 0}, None),
        ({"closed_at": OPENED + timedelta(hours=2), "duration_minutes": 122}, "longerThanOpen"),
        ({"duration_minutes": 299}, None),
        ({"duration_minutes": 5 * 60 + 24 * 60 + 2}, "longerThanOpen"),
        ({"closed_at": OPENED - timedelta(seconds=1)}, "closedBeforeOpened"),
        ({"opened_at": NOW + timedelta(hours=24)}, None),
        ({"opened_at": NOW + timedelta(hours=25)}, "farFuture"),
        ({"closed_at": NOW + timedelta(hours=25), "duration_minutes": 60}, "farFuture"),
    ],
)
def test_what_contradicts_itself(given: dict[str, Any], code: str | None) -> None:
    assert [fault.code for fault in faults(replace(USE, **given), NOW)] == ([] if code is None else [code])


def test_of_equal_states_the_last_one_counts() -> None:
    uses = [USE, replace(USE, kind="order"), replace(USE, external_id="I-2"), USE]
    assert latest(uses, range(4)) == {"I-1": 3, "I-2": 2}
    assert latest(uses, [0, 1]) == {"I-1": 1}
