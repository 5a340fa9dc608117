"""The documents keep the design rules, and each rule of ours bites."""

import copy
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.web.tooling import Tooling, tooling

HERE = Path(__file__).parent
OPENAPI = HERE.parents[1] / "openapi"
SERVICES = ("survey", "analytics", "notification")
Document = dict[str, Any]


def findings(tools: Tooling, document: Path) -> list[dict[str, Any]]:
    """Of every severity from a warning up."""
    spectral = tools.command("@stoplight/spectral-cli", "spectral")
    done = tools.run(
        spectral, "lint", "--ruleset", str(HERE / "design-rules.yaml"), "--format", "json", "--quiet",
        "--fail-severity", "error", str(document),
    )  # fmt: skip
    assert done.returncode in (0, 1), done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("service", SERVICES)
def test_the_document_keeps_the_rules(service: str) -> None:
    found = findings(tooling(), OPENAPI / f"{service}.yaml")
    assert [f"{each['code']} at {'.'.join(map(str, each['path']))}: {each['message']}" for each in found] == []


def good() -> Document:
    """As small as a document with nothing to find can be."""
    problem = {name: {"type": "string"} for name in ("type", "title", "status", "detail", "instance", "code")}
    version = {"headers": {"API-Version": {"schema": {"type": "string"}}}}
    error = {
        "description": "An error",
        "content": {"application/problem+json": {"schema": {"type": "object", "properties": problem}}},
    }
    put = {
        "operationId": "putThing", "description": "Puts.", "tags": ["things"],
        "parameters": [{"name": "If-Match", "in": "header", "schema": {"type": "string"}}],
        "responses": {"204": {"description": "Done", **version}} | dict.fromkeys(("400", "412", "428"), error),
    }  # fmt: skip
    thing = {"dueDate": {"type": "string", "format": "date"}, "madeAt": {"type": "string", "format": "date-time"}}
    get = {
        "operationId": "getThing", "description": "Gets.", "tags": ["things"],
        "parameters": [{"name": "sortedBy", "in": "query", "schema": {"type": "string"}}],
        "responses": {
            "200": {
                "description": "Here", **version,
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}},
            },
            "400": error,
        },
    }  # fmt: skip
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Things", "version": "1.0.0", "description": "Things.",
            "contact": {"name": "Us", "email": "us@us.example", "url": "https://us.example"},
        },
        "servers": [{"url": "https://us.example/v1"}],
        "tags": [{"name": "things", "description": "Things."}],
        "paths": {"/red-things": {"put": put, "get": get}},
        "components": {"schemas": {"Thing": {"type": "object", "properties": thing}}},
    }  # fmt: skip


def of_path(document: Document) -> Document:
    path: Document = document["paths"]["/red-things"]
    return path


def rename(node: Document, old: str, new: str) -> None:
    node[new] = node.pop(old)


BREACHES: dict[str, Callable[[Document], object]] = {
    "openapi-3-1": lambda d: d.update(openapi="3.0.3"),
    "contact-is-whole": lambda d: d["info"]["contact"].pop("email"),
    "version-is-semantic": lambda d: d["info"].update(version="1.0"),
    "server-names-version-and-https": lambda d: d["servers"][0].update(url="http://us.example/v1"),
    "answers-tell-their-version": lambda d: of_path(d)["get"]["responses"]["200"].pop("headers"),
    "paths-are-kebab-case": lambda d: rename(d["paths"], "/red-things", "/redThings"),
    "path-keys-no-trailing-slash": lambda d: rename(d["paths"], "/red-things", "/red-things/"),
    "query-keys-are-camel-case": lambda d: of_path(d)["get"]["parameters"][0].update(name="sorted_by"),
    "properties-are-camel-case": lambda d: rename(d["components"]["schemas"]["Thing"]["properties"], "madeAt", "made_on"),
    "schemas-are-pascal-case": lambda d: d["components"]["schemas"].update(small_thing={"type": "string"}),
    "errors-are-problems": lambda d: of_path(d)["get"]["responses"]["400"].update(content={"application/json": {}}),
    "errors-have-content": lambda d: of_path(d)["get"]["responses"]["400"].pop("content"),
    "problems-are-whole": lambda d: of_path(d)["get"]["responses"]["400"]["content"]["application/problem+json"][
        "schema"
    ]["properties"].pop("code"),
    "input-can-be-refused": lambda d: of_path(d)["get"]["responses"].pop("400"),
    "writes-need-a-match": lambda d: of_path(d)["put"]["responses"].pop("428"),
    "dates-have-a-format": lambda d: d["components"]["schemas"]["Thing"]["properties"]["dueDate"].pop("format"),
    "instants-have-a-format": lambda d: d["components"]["schemas"]["Thing"]["properties"]["madeAt"].pop("format"),
    "dates-are-named-so": lambda d: rename(d["components"]["schemas"]["Thing"]["properties"], "madeAt", "made"),
    "operation-operationId-unique": lambda d: of_path(d)["get"].update(operationId="putThing"),
}  # fmt: skip


def test_every_rule_of_ours_bites(tmp_path: Path) -> None:
    """All breaches in one run of the linter, which takes most of its time to start."""
    rules = yaml.safe_load((HERE / "design-rules.yaml").read_text())["rules"]
    assert {name for name, rule in rules.items() if rule != "error"} <= set(BREACHES)
    for rule, breach in {"nothing": lambda _document: None, **BREACHES}.items():
        document = copy.deepcopy(good())
        breach(document)
        (tmp_path / f"{rule}.json").write_text(json.dumps(document))
    found: dict[str, set[str]] = {}
    for each in findings(tooling(), tmp_path / "*.json"):
        found.setdefault(Path(each["source"]).stem, set()).add(str(each["code"]))
    assert "nothing" not in found, found
    assert {rule for rule in BREACHES if rule not in found.get(rule, set())} == set()


@pytest.mark.parametrize("service", SERVICES)
def test_schemas_have_keywords_of_json_schema_alone(service: str) -> None:
    """Pydantic writes a bound behind a validator under its own name (`ge`), which says nothing to anybody."""
    text = (OPENAPI / f"{service}.yaml").read_text()
    assert re.findall(r"^ +(ge|gt|le|lt|max_length|min_length|max_digits|decimal_places):", text, re.MULTILINE) == []
