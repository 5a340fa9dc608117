"""Where the addresses and the key come from."""

import json
from pathlib import Path

import pytest

from tests.cli.calling import Shell, Site, commands


def kept(shell: Shell) -> Path:
    return shell.home / "klankbord" / "config.json"


async def test_a_run_file_is_enough(site: Site, tmp_path: Path) -> None:
    run = tmp_path / "run.json"
    run.write_text(json.dumps({"survey": site.url, "analytics": "http://127.0.0.1:1", "adminKey": site.shell.key}))
    bare = Shell(site.shell.home)
    assert (await bare("--run", run, "keys", "list")).code == 0
    assert not kept(bare).exists()
    logged_in = await bare("login", "--run", run)
    assert (logged_in.code, logged_in.out) == (0, "")
    assert "Gemeente Rivierenmark" in logged_in.error
    assert (kept(bare).stat().st_mode & 0o777, kept(bare).parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert (await bare("keys", "list")).code == 0


async def test_the_key_may_come_from_standard_input(site: Site) -> None:
    bare = Shell(site.shell.home)
    assert (await bare("login", "--url", f"{site.url}/v1/", typed=f"{site.shell.key}\n")).code == 0
    assert json.loads(kept(bare).read_text()) == {"urls": {"survey": site.url}, "key": site.shell.key}


async def test_a_wrong_key_is_not_kept(site: Site) -> None:
    site.shell.key = "kb_wrong"
    refused = await site.shell("login")
    assert refused.code == 1
    assert "unauthenticated" in refused.error
    assert not kept(site.shell).exists()


def test_nothing_is_known_at_first(shell: Shell) -> None:
    ended = shell.run("keys", "list")
    assert ended.code == 2
    assert "klankbord login" in ended.error


def test_a_file_that_others_can_read_is_refused(shell: Shell) -> None:
    kept(shell).parent.mkdir(parents=True)
    kept(shell).write_text(json.dumps({"urls": {"survey": "http://127.0.0.1:1"}, "key": "kb_key"}))
    kept(shell).chmod(0o640)
    ended = shell.run("keys", "list")
    assert ended.code == 2
    assert f"chmod 600 {kept(shell)}" in ended.error


def test_a_kept_key_goes_to_no_other_address(shell: Shell) -> None:
    kept(shell).parent.mkdir(parents=True)
    kept(shell).write_text(json.dumps({"urls": {"survey": "http://127.0.0.1:1"}, "key": "kb_key"}))
    kept(shell).chmod(0o600)
    shell.url = "http://127.0.0.1:2"
    ended = shell.run("keys", "list")
    assert ended.code == 2
    assert "KLANKBORD_KEY is not" in ended.error


@pytest.mark.parametrize(
    "url", ["vragen.example", "ftp://vragen.example", "https://user:secret@vragen.example", "http://"]
)
def test_an_address_is_checked(shell: Shell, url: str) -> None:
    shell.url, shell.key = url, "kb_key"
    ended = shell.run("keys", "list")
    assert ended.code == 2
    assert "is not the address of a service" in ended.error


@pytest.mark.parametrize("content", ["", "[]", "{", '{"survey": "http://x"}', '{"survey": 1, "adminKey": "k"}'])
def test_a_run_file_is_checked(shell: Shell, tmp_path: Path, content: str) -> None:
    run = tmp_path / "run.json"
    run.write_text(content)
    assert shell.run("--run", run, "keys", "list").code == 2


def test_what_cannot_be_sent_is_no_key(shell: Shell) -> None:
    shell.url, shell.key = "http://127.0.0.1:9", "“kb_key”"
    ended = shell.run("keys", "list")
    assert ended.code == 2
    assert "The key has a sign that cannot be sent" in ended.error
    assert "kb_key" not in ended.error


def test_no_command_takes_a_key() -> None:
    """Arguments are seen by everybody on the machine."""
    options = {option for command in commands() for parameter in command.params for option in parameter.opts}
    assert {"--url", "--filter", "--errors"} < options
    assert {option for option in options if option.endswith("key")} == {"--idempotency-key", "key"}  # `revoke KEY`
