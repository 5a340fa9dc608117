"""The short way reads nothing that the schemas refuse, and reads the same as they do."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as some

from services.shared.problems import Problem
from services.survey.interactions import pushed
from tests.survey.interactions.world import CLOSED, SENT

BODY = {**SENT, **CLOSED}
ODD = [
    None, True, 0, -1, 5.0, 0.5, 10**7, 10**30, "", " ", "\u2003", "x" * 100, "x" * 101, "y" * 201, "nul\0", "\ue000",
    "external:", "external: ", "external:" + "x" * 100, "external:" + "x" * 101, "EXTERNAL:x", [], {},
    "019598c0-0000-7000-8000-000000000000", "{019598c0-0000-7000-8000-000000000000}", "019598c0000070008000000000000000",
    *(f"{day}{between}{time}{zone}" for day in ("2026-03-02", "2026-02-30", "1899-12-31", "1900-01-01", "9999-12-31")
      for between in "Tt " for time in ("09:12:00", "09:12", "23:59:60", "24:00:00", "09:12:00.1", "09:12:00.123",
                                        "09:12:00.123456", "09:12:00.1234565")
      for zone in ("Z", "z", "", "+01:00", "+0100", "-23:59", "+24:00")),
    "\u0662026-03-02T09:12:00Z", "2026-03-02",
]  # fmt: skip


def both(body: bytes) -> tuple[Any, Any]:
    """Each way's uses; of the short way None if it leaves the body to the other, of the long way if it refuses all."""
    try:
        short = pushed._at_once(body).uses
    except (msgspec.MsgspecError, ValueError, RecursionError):
        short = None
    try:
        read = pushed._by_schema(body)
    except Problem:
        return short, None
    return short, None if read.refused else read.uses


@pytest.mark.parametrize("name", BODY)
def test_odd_values(name: str) -> None:
    read = 0
    for value in ODD:
        short, long = both(json.dumps({"items": [{**BODY, name: value}]}).encode())
        assert short is None or short == long, value
        read += long is not None
    assert read


@given(
    some.dictionaries(
        some.sampled_from(list(BODY)), some.sampled_from(ODD) | some.text("xZ1: \0\\-T", max_size=20), max_size=3
    )
)
def test_any_values(change: dict[str, Any]) -> None:
    short, long = both(json.dumps({"items": [BODY, {**BODY, **change}]}).encode())
    assert short is None or short == long


def test_what_is_usual_takes_the_short_way() -> None:
    items = [
        SENT,
        BODY,
        {**SENT, "serviceId": "019598c0-0000-7000-8000-000000000000", "openedAt": "2026-03-02T08:12:00Z"},
    ]
    short, long = both(json.dumps({"items": items}).encode())
    assert short is not None
    assert short == long


def test_the_words_of_ours_are_no_uses() -> None:
    assert both(b"{}") == (None, None)
    assert both(b'{"items": null}') == (None, None)
    assert both(b'{"items": [' + b"[" * 100_000) == (None, None)
