"""What is imported is declared, and locked for the place where it is needed."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OURS = {"services", "deploy", "cli", "tests"}


def imported(folder: str) -> Iterator[tuple[str, Path]]:
    for path in (ROOT / folder).rglob("*.py"):
        if "node_modules" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                yield from ((alias.name.split(".")[0], path) for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                yield node.module.split(".")[0], path


def locked(lock: str) -> set[str]:
    return {match[1] for match in re.finditer(r"^([a-z0-9][a-z0-9.-]*)==", (ROOT / lock).read_text(), re.MULTILINE)}


@pytest.mark.parametrize(
    ("folder", "lock"),
    [
        ("services", "requirements.lock"),
        ("deploy", "requirements-run.lock"),
        ("cli", "requirements-run.lock"),
        ("tests", "requirements-dev.lock"),
    ],
)
def test_imports_are_locked(folder: str, lock: str) -> None:
    known, distributions = locked(lock), packages_distributions()
    assert len(known) > 40
    missing = {
        f"{name} in {path.relative_to(ROOT)}"
        for name, path in imported(folder)
        if name not in sys.stdlib_module_names | OURS
        and not {each.lower().replace("_", "-") for each in distributions.get(name, [name])} & known
    }
    # The checks of `make check` run where everything is installed.
    assert {each for each in missing if "deploy/checks" not in each} == set()


def test_locks_are_of_one_resolution() -> None:
    """The image, the embedded run and the tests have the same versions."""
    versions = [set(re.findall(r"^[a-z0-9].*==\S+", (ROOT / name).read_text(), re.MULTILINE)) for name in
                ("requirements.lock", "requirements-run.lock", "requirements-dev.lock")]  # fmt: skip
    assert versions[0] <= versions[1] <= versions[2]


def test_all_that_is_declared_is_locked_and_has_a_reason() -> None:
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    project = tomllib.loads(text)["project"]
    extras = project["optional-dependencies"]
    everywhere = ["requirements.lock", "requirements-run.lock", "requirements-dev.lock"]
    places = {"cli": everywhere[1:], "demo": everywhere[1:], "test": everywhere[2:], "check": everywhere[2:]}
    assert extras.keys() == places.keys()
    declared = dict.fromkeys(project["dependencies"], everywhere)
    declared |= {each: places[extra] for extra in places for each in extras[extra]}
    names = {each: re.split(r"[^A-Za-z0-9._-]", each)[0].lower() for each in declared}
    assert {
        (names[each], lock) for each, locks in declared.items() for lock in locks if names[each] not in locked(lock)
    } == set()
    assert {each for each in declared if not re.search(rf'^  "{re.escape(each)}",\s+# \S', text, re.MULTILINE)} == set()
