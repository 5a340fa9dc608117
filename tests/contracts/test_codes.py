"""Each code with which something is refused stands in the document of a service that says it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contracts.test_design_rules import OPENAPI, SERVICES
from tests.deploy.running import ROOT

# The function that refuses, and the place of the code among its arguments.
REFUSING = {"conflict": 0, "body_error": 1, "parameter_error": 1, "Problem": 1, "PydanticCustomError": 0, "Refusal": 0}
FOR_PEERS = {"invalidPosition"}  # of the feed, which is in no document


def codes_in(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            place = REFUSING.get(node.func.id, len(node.args))
            named = [keyword.value for keyword in node.keywords if keyword.arg == "code"]
            for code in (*node.args[place : place + 1], *named):
                if isinstance(code, ast.Constant) and isinstance(code.value, str):
                    yield code.value


def declared_in(*services: str) -> set[str]:
    return {code for service in services
            for code in re.findall(r"`([A-Za-z]+)`", (OPENAPI / f"{service}.yaml").read_text())}  # fmt: skip


@pytest.mark.parametrize(
    ("folder", "documents"), [("shared", SERVICES), *((service, [service]) for service in SERVICES)]
)
def test_every_code_is_declared(folder: str, documents: list[str]) -> None:
    files = (ROOT / "services" / folder).rglob("*.py")
    codes = {code for file in files for code in codes_in(file)} - FOR_PEERS
    assert codes
    assert codes - declared_in(*documents) == set()
