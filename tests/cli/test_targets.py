"""What stands where an export is to go: only a file is put in its place."""

import gzip
import os
import stat
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from cli.exports.targets import printed
from tests.cli.calling import Shell
from tests.cli.scripted import Scripted, page
from tests.cli.test_contract import importing
from tests.cli.test_trouble import in_a_shell

# As by `/dev/stdout` and `/dev/fd`, which a test run by root had better not touch: here nothing can be made or renamed.
OPEN = Path("/proc/self/fd")


@pytest.fixture
def services(scripted: Scripted) -> Scripted:
    scripted.on("GET", "/v1/services", page({"id": "s1"}))
    return scripted


@pytest.fixture
def full(tmp_path: Path) -> Path:
    """A device of our own on which there is no room."""
    path = tmp_path / "full"
    try:
        os.mknod(path, 0o666 | stat.S_IFCHR, os.makedev(1, 7))
        path.write_text("")
    except PermissionError:
        pytest.skip("no devices can be made or opened here")
    return path


def exported(shell: Shell, path: Path) -> None:
    assert shell.run("export", "services", "--format", "ndjson", "-o", path).code == 0


def imported(shell: Shell, path: Path, file: Path) -> None:
    assert shell.run("import", file, "--kind", "employees", "--errors", path).code == 0


@pytest.mark.parametrize("through_link", [False, True])
def test_a_pipe_is_written_into(shell: Shell, services: Scripted, tmp_path: Path, through_link: bool) -> None:
    file, pipe, link = importing(services, tmp_path), tmp_path / "pipe", tmp_path / "link"
    os.mkfifo(pipe)
    link.symlink_to(pipe)
    path = link if through_link else pipe
    calls: list[tuple[Callable[[], None], str]] = [
        (lambda: exported(shell, path), '{"id": "s1"}'), (lambda: imported(shell, path, file), "line,"),
    ]  # fmt: skip
    for call, begins in calls:
        reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
        call()
        assert os.read(reader, 100).decode().startswith(begins)
        os.close(reader)
        assert stat.S_ISFIFO(pipe.stat().st_mode)
        assert link.is_symlink()


def test_a_device_stays_one(shell: Shell, services: Scripted, full: Path) -> None:
    ended = shell.run("export", "services", "-o", full, "--format", "csv")
    assert (ended.code, "No space left on device" in ended.error) == (1, True)
    assert stat.S_ISCHR(full.stat().st_mode)
    assert [path.name for path in full.parent.iterdir() if "part" in path.name] == []


@pytest.mark.parametrize("there", [True, False])
def test_a_link_still_shows_the_file(shell: Shell, services: Scripted, tmp_path: Path, there: bool) -> None:
    (tmp_path / "far").mkdir()
    file, link = tmp_path / "far" / "services.ndjson", tmp_path / "services.ndjson"
    if there:
        file.write_text("of yesterday")
    link.symlink_to(file)
    exported(shell, link)
    assert link.is_symlink()
    assert file.read_text() == '{"id": "s1"}\n'
    assert [path.name for path in file.parent.iterdir()] == ["services.ndjson"]


@pytest.mark.parametrize(
    ("name", "by"), [("1", ">>"), ("2", "2>>"), ("3", "3>>"), ("1", "1<>"), ("2", "2<>"), ("../fd/2", "2<>")]
)
def test_what_is_open_already_is_gone_on_with(
    shell: Shell, services: Scripted, tmp_path: Path, name: str, by: str
) -> None:
    log = tmp_path / "log"
    log.write_text("before\n" if ">>" in by else "")
    code, _ = in_a_shell(shell, f'"$@" {by} {log}', "export", "services", "--format", "ndjson", "-o", OPEN / name)
    assert code == 0
    begun = "before\n" if ">>" in by else ""
    assert log.read_text().startswith(begun + '{"id": "s1"}\n')
    assert log.read_text().endswith("1 services\n") == name.endswith("2"), "which standard error has"


@pytest.mark.parametrize(("stream", "by"), [("1", ">>"), ("2", "2>>"), ("1", ">"), ("2", "2>")])
@pytest.mark.parametrize("name", ["$shell", "link", "log"])
def test_by_another_name_too(shell: Shell, services: Scripted, tmp_path: Path, name: str, stream: str, by: str) -> None:
    """The shell's own name for it, a link, and that of the file."""
    log = tmp_path / "log"
    log.write_text("before\n")
    before = log.stat().st_ino
    (tmp_path / "link").symlink_to(OPEN / stream)
    path = f"/proc/$$/fd/{stream}" if name == "$shell" else tmp_path / name
    command = f'exec {by} {log}; "$@" -o {path}'
    code, _ = in_a_shell(shell, command, "export", "services", "--format", "ndjson")
    assert (code, log.stat().st_ino) == (0, before)
    assert log.read_text().startswith(("before\n" if ">>" in by else "") + '{"id": "s1"}\n')
    assert [each.name for each in tmp_path.glob(".*")] == []


@pytest.mark.parametrize("name", ["2", "3"])
def test_nothing_is_written_over_what_the_command_says(
    shell: Shell, services: Scripted, tmp_path: Path, name: str
) -> None:
    """What the shell opened anew has one place for both."""
    file, log = importing(services, tmp_path), tmp_path / "log"
    by = f"2> {log} 3>&2"
    code, _ = in_a_shell(shell, f'"$@" {by}', "import", file, "--kind", "employees", "--errors", OPEN / name)
    said = log.read_text()
    assert code == 0
    assert said.count("line,") == 1
    assert "employees (snapshot, a dry run: nothing has changed): done\n" in said


def test_standard_output_has_several_names() -> None:
    names = ("-", "/dev/stdout", "//dev/stdout", "/dev/../dev/stdout", "/dev/fd/1", "/proc/self/fd/1")
    assert all(printed(Path(name)) for name in names)
    assert not any(printed(Path(name)) for name in ("stdout", "/dev/fd/11", "/dev/stderr"))


def test_a_link_in_a_folder_of_devices_shows_a_file_too(shell: Shell, services: Scripted) -> None:
    with TemporaryDirectory(dir="/dev/shm") as folder:
        file, link = Path(folder) / "services.ndjson", Path(folder) / "latest"
        file.write_text("of yesterday")
        link.symlink_to(file.name)
        exported(shell, link)
        assert link.is_symlink()
        assert file.read_text() == '{"id": "s1"}\n'


def test_a_process_takes_it(shell: Shell, services: Scripted, tmp_path: Path) -> None:
    packed = tmp_path / "services.gz"
    code, _ = in_a_shell(shell, f'"$@" 3>&1 >/dev/null | gzip > {packed}', "export", "services", "-o", OPEN / "3")
    assert code == 0
    assert gzip.decompress(packed.read_bytes()) == b"id\r\ns1\r\n"
