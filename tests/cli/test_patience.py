"""Servers that are busy, away or older; what is sent twice is done once."""

from pathlib import Path
from typing import Any

import pytest

from cli import api
from tests.cli.calling import Shell
from tests.cli.scripted import BREAK_OFF, Answer, Scripted, page, refusal

MADE = {"id": "0198c6f0-0000-7000-8000-000000000001", "key": "kb_new", "name": "HR", "role": "integrator"}
MAKE = ("keys", "make", "--name", "HR", "--role", "integrator")


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What would be slept."""
    found: list[float] = []
    monkeypatch.setattr(api, "sleep", found.append)
    return found


def test_it_waits_as_long_as_it_is_told(shell: Shell, scripted: Scripted, waits: list[float]) -> None:
    busy = refusal(429, "tooManyRequests", "Too many requests.", Retry_After="7")
    away = refusal(503, "unavailable", "The database does not answer.", Retry_After="3")
    scripted.on("POST", "/v1/api-keys", busy, away, Answer(201, MADE))
    ended = shell.run(*MAKE)
    assert (ended.code, ended.out) == (0, "kb_new\n")
    assert waits == [7, 3]
    assert "429; trying again in 7 s" in ended.error
    keys = {asked.headers["idempotency-key"] for asked in scripted.calls("POST", "/v1/api-keys")}
    assert len(keys) == 1
    shell.run(*MAKE)
    assert scripted.asked[-1].headers["idempotency-key"] not in keys


def test_a_broken_connection_is_tried_again_under_the_same_key(
    shell: Shell, scripted: Scripted, waits: list[float]
) -> None:
    scripted.on("POST", "/v1/api-keys", Answer(BREAK_OFF), Answer(201, MADE))
    assert shell.run(*MAKE).code == 0
    first, second = scripted.calls("POST", "/v1/api-keys")
    assert first.headers["idempotency-key"] == second.headers["idempotency-key"]
    assert first.body == second.body


def test_whoever_gives_up_says_how_to_go_on(shell: Shell, scripted: Scripted, waits: list[float]) -> None:
    scripted.on("POST", "/v1/api-keys", Answer(BREAK_OFF))
    ended = shell.run(*MAKE, "--idempotency-key", "of-monday")
    assert ended.code == 1
    assert "--idempotency-key of-monday" in ended.error
    assert {asked.headers["idempotency-key"] for asked in scripted.asked} == {"of-monday"}
    assert len(scripted.asked) == api.TRIES
    assert waits == sorted(waits)


def test_a_wait_has_an_end(shell: Shell, scripted: Scripted, waits: list[float]) -> None:
    scripted.on("GET", "/v1/api-keys", refusal(503, "unavailable", "Away.", Retry_After="999999"))
    ended = shell.run("keys", "list")
    assert ended.code == 1
    assert set(waits) == {api.LONGEST_WAIT}
    assert "Away. (unavailable)" in ended.error


def test_a_date_says_when(shell: Shell, scripted: Scripted, waits: list[float]) -> None:
    past = refusal(503, "unavailable", "Away.", Retry_After="Mon, 01 Jan 2024 00:00:00 GMT")
    scripted.on("GET", "/v1/api-keys", past, page())
    assert shell.run("keys", "list").code == 0
    assert waits == [0]


def test_a_revoking_that_arrived_is_done(shell: Shell, scripted: Scripted, waits: list[float]) -> None:
    one = f"/v1/api-keys/{MADE['id']}"
    shown: dict[str, Any] = {**MADE, "unitIds": [], "lastUsedDate": None}
    scripted.on("GET", one, Answer(body=shown, headers={"ETag": '"3"'}))
    scripted.on("DELETE", one, Answer(BREAK_OFF), refusal(404, "notFound", "There is no such API key."))
    assert shell.run("keys", "revoke", MADE["id"], "--yes").code == 0
    assert [asked.headers["if-match"] for asked in scripted.calls("DELETE", one)] == ['"3"', '"3"']


def test_an_older_server_is_recognised(shell: Shell, scripted: Scripted) -> None:
    scripted.offers("GET", "/imports/{importId}")
    for words in (["programmes", "list"], ["programmes", "run", "abc"], ["imports", "cancel", "abc", "--yes"]):
        ended = shell.run(*words)
        assert ended.code == 1
        assert "does not offer" in ended.error
        assert "Update the server" in ended.error
    missing = shell.run("imports", "watch", "abc")
    assert missing.code == 1
    assert "does not offer" not in missing.error


def test_another_site_is_recognised(shell: Shell, scripted: Scripted) -> None:
    scripted.on("GET", "/v1/api-keys", Answer(200, "Welcome"))
    for answer in (
        Answer(500, "no", {"Content-Type": "text/html"}),
        Answer(301, headers={"Location": "https://x.example"}),
    ):
        scripted.answers["GET", "/v1/api-keys"] = [answer]
        ended = shell.run("keys", "list")
        assert ended.code == 1
        assert "Check the address" in ended.error or "https://x.example" in ended.error


@pytest.mark.parametrize("body", [b"<html>portal</html>", b"", [1], None, {"hello": 1}])
def test_an_answer_to_a_file_that_is_no_import_is_recognised(
    shell: Shell, scripted: Scripted, tmp_path: Path, body: Any
) -> None:
    (tmp_path / "units.csv").write_text("externalId,name\n1,a\n")
    scripted.on("POST", "/v1/imports", Answer(body=body, headers={"Content-Type": "text/html"}))
    ended = shell.run("import", tmp_path / "units.csv", "--kind", "units")
    assert ended.code == 1
    assert "Check the address" in ended.error


def test_an_answer_that_cannot_be_unpacked_is_told(shell: Shell, scripted: Scripted, waits: list[float]) -> None:
    packed = Answer(body=b"no gzip", headers={"Content-Encoding": "gzip"})
    scripted.on("GET", "/v1/api-keys", packed)
    scripted.on("POST", "/v1/api-keys", packed)
    ended = shell.run("keys", "list")
    assert (ended.code, waits, len(scripted.asked)) == (1, [], 1)
    assert f"{scripted.url} sends what cannot be read" in ended.error
    assert "--idempotency-key of-monday" in shell.run(*MAKE, "--idempotency-key", "of-monday").error


@pytest.mark.parametrize(
    "errors", ["no", 5, {"a": 1}, [1, None, {"pointer": "/name", "detail": "Bad.", "code": "bad"}]]
)
def test_a_refusal_with_errors_of_another_kind_is_told(shell: Shell, scripted: Scripted, errors: Any) -> None:
    refused = refusal(422, "invalid", "It is refused.")
    scripted.on("POST", "/v1/api-keys", Answer(422, {**refused.body, "errors": errors}, refused.headers))
    ended = shell.run(*MAKE)
    assert ended.code == 1
    assert "It is refused. (invalid)" in ended.error
    assert ("/name: Bad. (bad)" in ended.error) == isinstance(errors, list)


def test_nobody_is_there(shell: Shell, waits: list[float]) -> None:
    shell.url, shell.key = "http://127.0.0.1:9", "kb_key"
    ended = shell.run("keys", "list")
    assert ended.code == 1
    assert "http://127.0.0.1:9 does not answer" in ended.error
