"""What is checked before a file is sent, what is said of it afterwards, and how long a server is waited for."""

import builtins
from pathlib import Path
from typing import Any

import httpx
import pytest

from cli import api
from cli.__main__ import main
from tests.cli.calling import Shell
from tests.cli.scripted import Scripted
from tests.cli.test_contract import importing
from tests.cli.test_trouble import TO_A_FULL_DISK, in_a_shell

WATCHED: list[tuple[str, ...]] = [("imports", "watch", "i1"), ("imports", "approve", "i1", "--yes")]


@pytest.mark.parametrize("name", ["-", "/dev/stdout"])
def test_two_formats_are_not_mixed(shell: Shell, scripted: Scripted, tmp_path: Path, name: str) -> None:
    file = importing(scripted, tmp_path)
    for words in (("import", file, "--kind", "employees"), *WATCHED):
        ended = shell.run(*words, "--errors", name, "--json")
        assert ended.code == 2
        assert "CSV and JSON cannot both go to standard output" in ended.error
    assert scripted.asked == []


def test_nothing_is_sent_when_its_errors_would_go_nowhere(shell: Shell, scripted: Scripted, tmp_path: Path) -> None:
    file = importing(scripted, tmp_path)
    for words in (("import", file, "--kind", "employees"), *WATCHED):
        code, error = in_a_shell(shell, '"$@" >&-', *words, "--errors", "-")
        assert (code, "Standard output is closed" in error) == (2, True)
    assert scripted.asked == []


def test_an_import_that_has_ended_does_not_go_on(shell: Shell, scripted: Scripted, tmp_path: Path) -> None:
    file = importing(scripted, tmp_path)
    code, error = in_a_shell(shell, TO_A_FULL_DISK, "import", file, "--kind", "employees")
    assert code == 1
    assert "The import itself is done. To see it again: klankbord imports watch i1" in error
    assert "goes on" not in error


def test_a_folder_is_no_file(shell: Shell, scripted: Scripted, tmp_path: Path) -> None:
    ended = shell.run("import", tmp_path, "--kind", "units")
    assert (ended.code, f"{tmp_path} is a folder, not a file." in ended.error) == (2, True)


def test_giving_up_while_it_begins_is_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def interrupted(name: str, *args: Any, **more: Any) -> Any:
        if name == "cli.app":
            raise KeyboardInterrupt
        return real(name, *args, **more)

    monkeypatch.setattr(builtins, "__import__", interrupted)
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 130


class Transport(httpx.BaseTransport):
    """Each of the errors once, then an answer; keeps how long each try may take."""

    def __init__(self, *errors: type[httpx.TransportError]) -> None:
        self.errors, self.reads = list(errors), list[float]()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.reads.append(request.extensions["timeout"]["read"])
        if self.errors:
            raise self.errors.pop(0)("slow")
        return httpx.Response(200, json={})


@pytest.mark.parametrize(
    ("method", "errors", "reads"),
    [
        ("GET", [httpx.ReadTimeout], [60, 60]), ("GET", [httpx.ConnectError, httpx.ConnectError], [60, 60, 60]),
        ("DELETE", [httpx.ConnectError, httpx.ReadTimeout], [60, 60, 300]), ("POST", [httpx.ReadTimeout], [300, 300]),
    ],
)  # fmt: skip
def test_what_changes_something_is_asked_again_with_more_patience(
    monkeypatch: pytest.MonkeyPatch, method: str, errors: list[type[httpx.TransportError]], reads: list[float]
) -> None:
    monkeypatch.setattr(api, "sleep", lambda _: None)
    transport, said = Transport(*errors), list[str]()
    with httpx.Client(transport=transport) as client:
        api.Api(client, "http://slow.example", "kb_key", said.append).call(method, "/services")
    assert transport.reads == reads
    hung = [httpx.ReadTimeout in errors[: number + 1] for number in range(len(errors))]
    told = [f", for {most} s at most" if waits else "" for most, waits in zip(reads[1:], hung, strict=True)]
    assert [("" if ", for" not in each else each[each.index(", for") :]) for each in said] == told
