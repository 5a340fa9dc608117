"""Full disks, servers that go away in the middle or answer as no Klankbord does: told in words, with what to do next."""

import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from cli import api
from tests.cli.calling import Shell
from tests.cli.scripted import BREAK_OFF, Answer, Scripted, page, refusal
from tests.cli.test_contract import IMPORT, importing
from tests.cli.test_terminal import ROOT
from tests.survey.imports.pushing import UNITS

MADE = {"id": "0198c6f0-0000-7000-8000-000000000001", "key": "kb_new"}
MAKE = ("keys", "make", "--name", "HR", "--role", "integrator")
AGAIN = "klankbord imports watch i1"


def in_a_shell(shell: Shell, command: str, *words: str | Path, typed: str = "") -> tuple[int, str]:
    """By way of `command`, in which `"$@"` is the whole call; its exit code and what it says."""
    given = {name: value for name, value in shell.environment.items() if value is not None}
    call = ["sh", "-c", command, "sh", sys.executable, "-m", "cli", *(str(word) for word in words)]
    ended = subprocess.run(
        call,
        check=False,
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **given},
        input=typed,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert "Traceback" not in ended.stderr
    assert "Exception ignored" not in ended.stderr
    return ended.returncode, ended.stderr


NO_ROOM = 'ulimit -f 0; "$@"'
TO_A_FULL_DISK = '"$@" > /dev/full'


@pytest.fixture
def services(scripted: Scripted, shell: Shell) -> Scripted:
    scripted.on("GET", "/v1/services", page({"id": "s1", "name": {"en": "Desks"}}))
    return scripted


@pytest.mark.parametrize("form", ["csv", "json", "ndjson"])
def test_an_export_to_a_full_disk_is_told(shell: Shell, services: Scripted, form: str) -> None:
    code, error = in_a_shell(shell, TO_A_FULL_DISK, "export", "services", "--format", form)
    assert code == 1
    assert "failed: No space left on device." in error
    assert "1 services" not in error


def test_help_for_a_full_disk_is_told(shell: Shell) -> None:
    for words in (("--help",), ("keys", "make", "--help")):
        code, error = in_a_shell(shell, TO_A_FULL_DISK, *words)
        assert code == 1
        assert "failed: No space left on device." in error


def test_a_file_for_which_there_is_no_room_is_told(shell: Shell, services: Scripted, tmp_path: Path) -> None:
    out = tmp_path / "out.ndjson"
    for words, why in (
        (("export", "services", "-o", out), "File too large"),
        (("import", "-", "--kind", "units", "--format", "csv"), "No usable temporary directory"),
    ):
        code, error = in_a_shell(shell, NO_ROOM, *words, typed=UNITS)
        assert code == 1
        assert f"failed: {why}" in error
    assert list(tmp_path.glob("*.ndjson*")) == []


def test_a_reader_that_goes_away_is_no_trouble(shell: Shell, services: Scripted) -> None:
    _, error = in_a_shell(shell, '"$@" | true', "export", "services")
    assert "failed" not in error


@pytest.mark.parametrize("more", [(), ("--json",)])
def test_a_key_that_could_not_be_printed_is_told(shell: Shell, scripted: Scripted, more: tuple[str, ...]) -> None:
    scripted.on("POST", "/v1/api-keys", Answer(201, MADE))
    code, error = in_a_shell(shell, TO_A_FULL_DISK, *MAKE, *more)
    assert code == 1
    assert "made all the same, and lost" in error
    assert f"klankbord keys revoke {MADE['id']}" in error


def test_a_line_for_a_key_is_standard_output(
    shell: Shell, scripted: Scripted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    scripted.on("POST", "/v1/api-keys", Answer(201, MADE))
    assert shell.run(*MAKE, "-o", "-").out == "kb_new\n"
    assert not (tmp_path / "-").exists()


@pytest.mark.parametrize(
    "answer", [Answer(BREAK_OFF), refusal(401, "unauthorized", "The key has expired."), Answer(body={"status": "done"})]
)
def test_a_failure_while_following_says_where_the_import_is(
    shell: Shell, scripted: Scripted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: Answer
) -> None:
    monkeypatch.setattr(api, "sleep", lambda _: None)
    file = importing(scripted, tmp_path)
    scripted.answers["GET", "/v1/imports/i1"] = [answer]
    ended = shell.run("import", file, "--kind", "employees")
    assert ended.code == 1
    assert f"It goes on at the server. To see it again: {AGAIN}" in ended.error


def test_a_failure_after_the_end_says_where_the_import_is(shell: Shell, scripted: Scripted, tmp_path: Path) -> None:
    file = importing(scripted, tmp_path)
    scripted.answers["GET", "/v1/imports/i1/errors"] = [refusal(500, "internalError", "Something is wrong.")]
    ended = shell.run("import", file, "--kind", "employees")
    assert ended.code == 1
    assert AGAIN in ended.error
    code, error = in_a_shell(shell, TO_A_FULL_DISK, "import", file, "--kind", "employees")
    assert code == 1
    assert AGAIN in error


def test_giving_up_before_the_answer_says_that_the_file_may_have_arrived(
    shell: Shell, scripted: Scripted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = importing(scripted, tmp_path)

    def given_up(*_: Any, **_more: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(httpx.Client, "request", given_up)
    ended = shell.run("import", file, "--kind", "employees")
    assert ended.code == 130
    assert "The file may have arrived all the same" in ended.error
    assert "klankbord imports list" in ended.error


def test_nothing_is_sent_when_its_errors_cannot_be_written(shell: Shell, scripted: Scripted, tmp_path: Path) -> None:
    file = importing(scripted, tmp_path)
    ended = shell.run("import", file, "--kind", "employees", "--errors", tmp_path / "none" / "errors.csv")
    assert ended.code == 1
    assert "errors.csv cannot be written" in ended.error
    assert scripted.asked == []
    done = shell.run("import", file, "--kind", "employees", "--errors", tmp_path / "errors.csv")
    assert done.code == 0
    assert (tmp_path / "errors.csv").read_text().startswith("line,")


def test_where_its_errors_are_is_said_of_a_file_only(shell: Shell, scripted: Scripted, tmp_path: Path) -> None:
    file = importing(scripted, tmp_path)
    error = {"line": 2, "column": "x", "code": "bad", "detail": "Bad.", "severity": "error"}
    scripted.answers["GET", "/v1/imports/i1/errors"] = [page(error)]
    for kept in ("-", str(tmp_path / "errors.csv")):
        ended = shell.run("import", file, "--kind", "employees", "--errors", kept)
        assert ended.code == 0
        assert ("All are in" in ended.error) == (kept != "-")


CALLS: list[tuple[str, ...]] = [
    ("login",), ("keys", "list"), MAKE, ("keys", "revoke", "HR", "--yes"), ("keys", "revoke", MADE["id"], "--yes"),
    ("programmes", "list"), ("programmes", "run", "p1"), ("imports", "list"), ("imports", "watch"), ("imports", "watch", "i1"),
    ("imports", "approve", "i1", "--yes"), ("imports", "cancel", "i1", "--yes"), ("export", "services"), ("export", "survey", "k"),
]  # fmt: skip
BODIES: list[Any] = [
    [], None, "x", 1, {"items": [1]}, {"items": None}, {"items": [], "nextCursor": 5}, {"id": 5, "key": 5, "name": 5},
    {**IMPORT, "counts": None}, {**IMPORT, "counts": {"read": "x"}}, {**IMPORT, "status": None}, b"[" * 100_000,
]  # fmt: skip


@pytest.mark.parametrize("words", CALLS, ids=" ".join)
def test_an_answer_of_another_shape_is_told(
    shell: Shell, scripted: Scripted, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    for body in BODIES:
        if isinstance(body, dict) and "mode" in body and words[0] != "imports":
            continue
        monkeypatch.setattr(scripted, "answer", lambda _, body=body: Answer(body=body))
        ended = shell.run(*words)
        assert ended.code == 1, body
        assert "as Klankbord does" in ended.error
        assert "Check the address" in ended.error
        assert "Cancelled" not in ended.error


@pytest.mark.parametrize("words", [CALLS[1], CALLS[3], CALLS[5], CALLS[7], CALLS[8], CALLS[13]], ids=" ".join)
def test_items_of_another_shape_are_told(
    shell: Shell, scripted: Scripted, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    monkeypatch.setattr(scripted, "answer", lambda _: page({}))
    ended = shell.run(*words)
    assert (ended.code, "as Klankbord does" in ended.error) == (1, True)


def test_a_server_that_hangs_is_given_up_soon(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    monkeypatch.setattr(api, "sleep", waits.append)
    monkeypatch.setattr(api, "TIMEOUT", httpx.Timeout(0.05))
    monkeypatch.setattr(api, "WORKING", httpx.Timeout(0.1))
    with socket.create_server(("127.0.0.1", 0)) as hung:
        shell.url, shell.key = f"http://127.0.0.1:{hung.getsockname()[1]}", "kb_key"
        ended = shell.run("keys", "list")
    assert (ended.code, len(waits)) == (1, 1)
    assert "does not answer: ReadTimeout" in ended.error


def test_an_export_that_is_told_to_end_leaves_no_file(shell: Shell, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as hung:
        shell.url, shell.key = f"http://127.0.0.1:{hung.getsockname()[1]}", "kb_key"
        given = {name: value for name, value in shell.environment.items() if value is not None}
        call = [sys.executable, "-m", "cli", "export", "services", "-o", str(tmp_path / "services.csv")]
        with subprocess.Popen(call, cwd=ROOT, env={"PATH": os.environ["PATH"], **given}) as process, hung.accept()[0]:
            assert len(list(tmp_path.glob(".services.csv.*.part"))) == 1
            process.terminate()
    assert process.returncode == 143
    assert list(tmp_path.glob(".*")) == []


def test_no_key_is_made_that_would_be_shown_nowhere(shell: Shell, scripted: Scripted) -> None:
    for more in ((), ("--json",), ("-o", "-")):
        code, error = in_a_shell(shell, '"$@" >&-', *MAKE, *more)
        assert code == 2
        assert "Standard output is closed" in error
    assert scripted.asked == []


def test_no_folder_is_made_for_a_key(shell: Shell, scripted: Scripted, tmp_path: Path) -> None:
    ended = shell.run(*MAKE, "-o", tmp_path / "none" / "hr.key")
    assert (ended.code, "hr.key cannot be written" in ended.error) == (1, True)
    assert not (tmp_path / "none").exists()
    assert scripted.asked == []


def test_closed_streams_are_told(shell: Shell, services: Scripted) -> None:
    code, error = in_a_shell(shell, '"$@" >&-', "export", "services")
    assert (code, "Standard output is closed" in error) == (2, True)
    code, error = in_a_shell(shell, '"$@" <&-', "import", "-", "--kind", "units", "--format", "csv")
    assert (code, "Standard input is closed" in error) == (2, True)
    code, error = in_a_shell(shell, 'unset KLANKBORD_KEY; "$@" <&-', "login", "--url", services.url)
    assert (code, "Standard input is closed" in error) == (2, True)
    assert services.asked == []
