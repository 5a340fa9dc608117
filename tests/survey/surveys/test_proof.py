"""The proof before publishing, against everything that can happen in random questionnaires."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, event, given, settings

from services.survey.surveys.proof import faults
from services.survey.surveys.references import faults as unfit
from tests.survey.surveys.logical import Definition, Happening, definitions

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]


def expected(definition: Definition) -> set[tuple[str, str]]:
    """Pointer and code of each finding that there should be."""
    happening = Happening(definition)
    seen, stuck = happening.seen, happening.stuck
    found: set[tuple[str, str]] = {("sections", "deadEnd")} if () in stuck else set()
    for path, each in questions(definition):
        key, own = each["key"], _own(each)
        if own and (key,) not in seen:
            found.add((f"{path}/{own}", "neverShown"))
            continue
        for number, option in enumerate(each.get("options", ())):
            if _own(option) and (key, option["key"]) not in seen:
                found.add((f"{path}/options/{number}/{_own(option)}", "neverShown"))
        if "requireIf" in each and (key, True) not in seen:
            found.add((f"{path}/requireIf", "neverMet"))
        if (key,) in stuck:
            found.add((f"{path}/options", "deadEnd"))
    return found


def questions(definition: Definition) -> Iterator[tuple[str, dict[str, Any]]]:
    for place, section in enumerate(definition["sections"]):
        for number, each in enumerate(section["questions"]):
            yield f"sections/{place}/questions/{number}", each


def _own(element: dict[str, Any]) -> str | None:
    return next((name for name in ("showIf", "skipIf") if name in element), None)


def check(definition: Definition) -> None:
    alone = [fault.code for fault in unfit(definition)]
    assert set(alone) <= {"neverMet", "notEarlier"}
    assume(not alone)
    found = {("/".join(map(str, fault.path)), fault.code) for fault in faults(definition)}
    for _, code in found:
        event(code)
    assert found == expected(definition)


@settings(max_examples=150, deadline=None, suppress_health_check=SLOW)
@given(definitions())
def test_the_proof_finds_what_trying_everything_finds(definition: Definition) -> None:
    check(definition)


@pytest.mark.proof
@settings(max_examples=3_000, deadline=None, suppress_health_check=SLOW)
@given(definitions())
def test_the_proof_finds_what_trying_everything_finds_in_thousands(definition: Definition) -> None:
    check(definition)
