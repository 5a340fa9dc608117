"""Commands whose part of the API is agreed: against a server that answers as the contract says."""

import json
from pathlib import Path

from tests.cli.calling import Shell
from tests.cli.scripted import Answer, Scripted, page, refusal

COUNTS = {"read": 3, "created": 1, "changed": 1, "unchanged": 1, "removed": 1, "refused": 0}
IMPORT = {
    "id": "i1", "kind": "employees", "mode": "snapshot", "dryRun": True, "atomic": False, "status": "done",
    "progress": 1.0, "counts": COUNTS, "ignoredColumns": ["shoeSize"], "failure": None,
}  # fmt: skip
DIFF = [
    {"kind": "created", "externalId": "E3", "before": None, "after": {"givenName": "An", "unitId": "u1"}},
    {"kind": "changed", "externalId": "E1", "before": {"unitId": "u1", "language": "nl"},
     "after": {"unitId": "u2", "language": "nl"}},
    {"kind": "removed", "externalId": "E2\x1b[2J", "before": {"givenName": "Bo"}, "after": None},
]  # fmt: skip


def importing(scripted: Scripted, tmp_path: Path) -> Path:
    file = tmp_path / "employees.xlsx"
    file.write_bytes(b"PK")
    scripted.on("POST", "/v1/imports", Answer(202, {**IMPORT, "status": "queued", "progress": 0.0}))
    scripted.on(
        "GET", "/v1/imports/i1", Answer(body={**IMPORT, "status": "running", "progress": 0.5}), Answer(body=IMPORT)
    )
    scripted.on("GET", "/v1/imports/i1/errors", page())
    return file


def test_a_diff_row_by_row(shell: Shell, scripted: Scripted, tmp_path: Path) -> None:
    file = importing(scripted, tmp_path)
    scripted.on("GET", "/v1/imports/i1/diff", page(*DIFF[:2], following="x"), page(DIFF[2]))
    ended = shell.run("import", file, "--kind", "employees", "--diff", "--mapping", "AFAS")
    assert ended.code == 0
    (sent,) = scripted.calls("POST", "/v1/imports")
    assert sent.path == "/v1/imports?kind=employees&mode=merge&dryRun=true&atomic=false&mapping=AFAS"
    assert sent.headers["content-type"].endswith("spreadsheetml.sheet")
    assert sent.body == b"PK"
    assert ended.out.splitlines()[-3:] == [
        "+ E3  givenName An; unitId u1", "~ E1  unitId u1 → u2", "- E2\N{REPLACEMENT CHARACTER}[2J",
    ]  # fmt: skip
    assert "shoeSize" in ended.error


def test_a_diff_for_machines(shell: Shell, scripted: Scripted, tmp_path: Path) -> None:
    file = importing(scripted, tmp_path)
    scripted.on("GET", "/v1/imports/i1/diff", page(*DIFF))
    ended = shell.run("import", file, "--kind", "employees", "--diff", "--json")
    assert ended.json == {**IMPORT, "errors": [], "diff": DIFF}


def test_a_server_without_diffs_says_so(shell: Shell, scripted: Scripted, tmp_path: Path) -> None:
    file = importing(scripted, tmp_path)
    scripted.offers("POST", "/imports")
    ended = shell.run("import", file, "--kind", "employees", "--diff")
    assert ended.code == 1
    assert "does not offer GET /v1/imports/i1/diff" in ended.error


def test_a_programme_is_run_now(shell: Shell, scripted: Scripted) -> None:
    wave = {
        "id": "w1",
        "title": {"nl": "Onderzoek", "en": "Survey"},
        "status": "open",
        "opensAt": "2026-01-01T09:00:00Z",
    }
    scripted.on("POST", "/v1/programmes/p1/run", Answer(202, wave))
    ended = shell.run("programmes", "run", "p1")
    assert ended.code == 0
    assert ended.rows == {"": "value", "wave": "w1", "title": "Survey", "status": "open", "opens": wave["opensAt"]}
    assert scripted.asked[-1].headers["idempotency-key"]
    assert shell.run("programmes", "run", "p1", "--json").json == wave
    scripted.answers["POST", "/v1/programmes/p1/run"] = [refusal(409, "programmePaused", "The programme is paused.")]
    refused = shell.run("programmes", "run", "p1")
    assert refused.code == 1
    assert "The programme is paused. (programmePaused)" in refused.error


def test_programmes_are_listed(shell: Shell, scripted: Scripted) -> None:
    paused = {
        "id": "p1",
        "title": {"nl": "Elk kwartaal"},
        "schedule": {"kind": "periodic"},
        "active": False,
        "nextRunAt": None,
    }
    scripted.on("GET", "/v1/programmes", page(paused))
    ended = shell.run("programmes", "list")
    assert ended.out.splitlines() == ["id\ttitle\tkind\tstatus\tnext run", "p1\tElk kwartaal\tperiodic\tpaused\t"]
    assert json.loads(shell.run("programmes", "list", "--json").out)[0]["id"] == "p1"


def test_an_import_is_cancelled(shell: Shell, scripted: Scripted) -> None:
    scripted.on("POST", "/v1/imports/i1/cancel", Answer(202, {**IMPORT, "status": "failed"}))
    assert shell.run("imports", "cancel", "i1").code == 1
    assert scripted.asked == []
    assert shell.run("imports", "cancel", "i1", "--yes").code == 0
