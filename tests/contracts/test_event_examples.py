"""Each event that a service may publish has an example in `openapi/events/`, and the models read and write it as is."""

import json
from pathlib import Path
from typing import Any

import pytest

from services.contracts.envelope import Envelope
from services.contracts.events import BY_TYPE

EXAMPLES = Path(__file__).parents[2] / "openapi" / "events"
PERSONAL = ("givenName", "familyName", "email", "employeeId", "token", "address")


def test_every_event_has_one_example_and_nothing_else_is_there() -> None:
    assert {path.stem for path in EXAMPLES.glob("*.json")} == set(BY_TYPE)


@pytest.mark.parametrize("name", sorted(BY_TYPE))
def test_an_example_is_what_the_model_writes(name: str) -> None:
    text = (EXAMPLES / f"{name}.json").read_text("utf-8")
    example = json.loads(text)
    envelope: Any = Envelope  # of a type that is known at run time only
    event = envelope[BY_TYPE[name]].model_validate(example)
    assert event.type == name
    assert event.data.model_dump(mode="json", by_alias=True) == example["data"]
    assert not [word for word in PERSONAL if f'"{word}"' in text]
