"""One word for one thing, in code, contracts and texts, and British spelling."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
SYNONYMS = {
    "tenant": "organisation", "company": "organisation", "department": "unit", "division": "unit", "person": "employee",
    "worker": "employee", "questionnaire": "survey", "poll": "survey", "campaign": "wave", "invite": "invitation",
    "submission": "ballot", "vote": "ballot", "publication": "release", "supplier": "provider", "vendor": "provider",
}  # fmt: skip
DEMO_DATA = ROOT / "deploy" / "demo" / "municipality"
LARGEST = 1_000_000
CITED = ROOT / "services" / "survey" / "surveys" / "bank" / "sources.yaml"  # titles stay as they were published
# Not in capitals: ANALYZE is SQL's.
AMERICAN = re.compile(r"\b\w*(?i:organiz|behavior|colored|[Aa]nalyz|canceled|favorit|summariz)\w*\b(?<![A-Z]{3})")


def names(node: Any, *, of_properties: bool = False) -> Iterator[str]:
    """Paths, parameters and properties of a document: what the outside has to spell."""
    if isinstance(node, list):
        for each in node:
            yield from names(each)
    elif isinstance(node, dict):
        if node.get("in") in ("query", "path") and isinstance(node.get("name"), str):
            yield node["name"]
        for key, value in node.items():
            if of_properties:
                yield key
            if key not in ("example", "examples", "enum"):
                yield from names(value, of_properties=key == "properties" and not of_properties)


def words_in(name: str) -> set[str]:
    parts = re.findall(r"[A-Z]?[a-z]+", name)
    return {part.lower().removesuffix("s") for part in parts}


@pytest.mark.parametrize("service", ["survey", "analytics", "notification"])
def test_the_contract_uses_no_synonyms(service: str) -> None:
    document = yaml.safe_load((ROOT / "openapi" / f"{service}.yaml").read_text())
    outside = {*document["paths"], *names(document["paths"]), *names(document["components"])}
    assert len(outside) > 10
    said = {(name, SYNONYMS[word]) for name in outside for word in words_in(name) & set(SYNONYMS)}
    assert said == set()


def test_spelling_is_british() -> None:
    found = []
    for folder in ("services", "deploy", "cli", "tests", "docs", "openapi"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix not in (".py", ".md", ".yaml", ".html") or path in (Path(__file__), CITED):
                continue
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                found += [f"{path.relative_to(ROOT)}:{number} {match[0]}" for match in AMERICAN.finditer(line)]
    assert found == []


def known_files() -> list[Path]:
    """Those that git has or would take; a link is what it names."""
    asked = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    said = subprocess.run(asked, cwd=ROOT, check=True, capture_output=True).stdout.decode()
    return [path for name in said.split("\0") if name and (path := ROOT / name).is_file()]


def test_nothing_tells_where_it_was_built() -> None:
    """Nothing is a heavy thing that a build left, names the folder it was built in, or a registry it was built from."""
    files = known_files()
    assert len(files) > 300
    here = str(ROOT).encode()
    assert [path for path in files if here in path.read_bytes()] == []
    assert [path for path in files if path.stat().st_size > LARGEST and DEMO_DATA not in path.parents] == []
    registries = {"requirements*.lock": "://", "package-lock.json": '"resolved"'}
    locks = [(path, sign) for name, sign in registries.items() for path in files if path.match(name)]
    assert len(locks) == 4
    assert [path for path, sign in locks if sign in path.read_text()] == []
