"""Keys made, used and revoked on the real survey service."""

import os
from datetime import UTC, datetime
from errno import ENOSPC
from pathlib import Path

import pytest

from tests.cli.calling import Shell, Site


def readers(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if "reader" in path.name]


async def test_a_key_is_made_works_and_ends(site: Site, tmp_path: Path) -> None:
    file = tmp_path / "reader.key"
    made = await site.shell("keys", "make", "--name", "BI", "--role", "bi-reader", "-o", file)
    assert (made.code, made.out) == (0, "")
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.read_text().strip() not in made.error
    reader = Shell(tmp_path / "elsewhere", site.url, file.read_text().strip())
    assert (await reader("export", "services", "--format", "json")).json == []
    asked = await site.shell("keys", "revoke", "BI")
    assert asked.code == 1
    assert "--yes" in asked.error
    assert (await site.shell("keys", "revoke", "BI", "--yes")).code == 0
    refused = await reader("export", "services")
    assert refused.code == 1
    assert "klankbord login" in refused.error
    assert (await site.shell("keys", "revoke", "BI", "--yes")).code == 1


async def test_a_key_is_not_written_over_unasked(site: Site, tmp_path: Path) -> None:
    file = tmp_path / "reader.key"
    file.write_text("of somebody")
    words = ("keys", "make", "--name", "BI", "--role", "bi-reader", "-o", file)
    refused = await site.shell(*words)
    assert (refused.code, file.read_text()) == (2, "of somebody")
    assert "--force" in refused.error
    assert len(await site.items("api-keys")) == 1
    assert (await site.shell(*words, "--force")).code == 0
    assert file.read_text().startswith("kb_")


async def test_no_key_is_made_for_a_file_that_cannot_be_written(site: Site, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    words = ("keys", "make", "--name", "BI", "--role", "bi-reader", "--force", "-o")
    for file in (tmp_path / "file" / "reader.key", tmp_path):
        refused = await site.shell(*words, file)
        assert refused.code == 1
        assert f"{file} cannot be written" in refused.error
    assert len(await site.items("api-keys")) == 1


async def test_what_is_there_and_is_no_file_stays(site: Site, tmp_path: Path) -> None:
    dangling, pipe = tmp_path / "dangling", tmp_path / "pipe"
    dangling.symlink_to(tmp_path / "nowhere")
    os.mkfifo(pipe)
    for path in (dangling, pipe):
        for more in ((), ("--force",)):
            refused = await site.shell("keys", "make", "--name", "BI", "--role", "bi-reader", *more, "-o", path)
            assert refused.code in (1, 2)
            assert str(path) in refused.error
    assert (dangling.is_symlink(), pipe.is_fifo(), (tmp_path / "nowhere").exists()) == (True, True, False)
    assert len(await site.items("api-keys")) == 1


async def test_a_key_that_could_not_be_kept_can_be_revoked(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(ENOSPC, os.strerror(ENOSPC))

    monkeypatch.setattr(Path, "replace", full)
    refused = await site.shell("keys", "make", "--name", "BI", "--role", "bi-reader", "-o", tmp_path / "reader.key")
    monkeypatch.undo()
    assert refused.code == 1
    assert os.strerror(ENOSPC) in refused.error
    [made] = [key for key in await site.items("api-keys") if key["name"] == "BI"]
    assert f"klankbord keys revoke {made['id']}" in refused.error
    assert readers(tmp_path) == []


async def test_a_refused_key_leaves_the_file_as_it_was(site: Site, tmp_path: Path) -> None:
    file = tmp_path / "reader.key"
    file.write_text("of somebody")
    refused = await site.shell(
        "keys", "make", "--name", "BI", "--role", "bi-reader", "--unit", "external:none", "--force", "-o", file
    )
    assert (refused.code, file.read_text()) == (1, "of somebody")
    assert readers(tmp_path) == [file.name]


async def test_the_key_alone_is_printed(site: Site) -> None:
    made = await site.shell("keys", "make", "--name", "HR system", "--role", "integrator")
    assert made.out.startswith("kb_")
    assert made.out.count("\n") == 1
    as_json = await site.shell("keys", "make", "--name", "x", "--role", "integrator", "--json")
    assert as_json.json["key"].startswith("kb_")


async def test_units_and_the_last_day(site: Site) -> None:
    await site.made.unit("OE", None, isProvider=True)
    words = ("keys", "make", "--name", "Paula", "--role", "provider-manager", "--expires", "2999-12-31", "--json")
    made = (await site.shell(*words, "--unit", "external:OE")).json
    assert len(made["unitIds"]) == 1
    ends = datetime.fromisoformat(made["expiresAt"])
    assert ends == datetime(3000, 1, 1).astimezone().astimezone(UTC)
    refused = await site.shell(*words, "--unit", "external:none")
    assert refused.code == 1
    assert "/unitIds/0: is no unit here (unknownReference)" in refused.error


async def test_a_name_that_several_have_is_not_guessed(site: Site) -> None:
    for _ in range(2):
        await site.shell("keys", "make", "--name", "BI", "--role", "bi-reader")
    refused = await site.shell("keys", "revoke", "BI", "--yes")
    assert refused.code == 1
    assert "There are 2 keys" in refused.error
    assert len(await site.items("api-keys")) == 3


async def test_nobody_shuts_themselves_out(site: Site) -> None:
    (own,) = await site.items("api-keys")
    refused = await site.shell("keys", "revoke", own["id"], "--yes")
    assert refused.code == 1
    assert "lastAdminKey" in refused.error


async def test_the_list_has_no_keys(site: Site) -> None:
    listed = await site.shell("keys", "list")
    assert len(listed.out.splitlines()) == 2
    assert "kb_" not in listed.out
