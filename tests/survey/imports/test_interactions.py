"""Files of interactions: what is pushed one by one, by the file."""

import io
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from services.survey.imports.reading.files import NDJSON, XLSX
from tests.fixtures.services import Running
from tests.survey import people
from tests.survey.imports.pushing import filled, push
from tests.survey.interactions.world import listed, shown

HEADER = "externalId,serviceExternalId,employeeExternalId,kind,channel,openedAt,closedAt,durationMinutes\n"
ROWS = """I-1,FAC-01,E1,ticket,portal,2026-03-02T09:12:00+01:00,2026-03-04T11:30:00+01:00,135
I-2,FAC-02,E2,ticket,mail,2026-03-02 09:12,,
I-3,FAC-09,E3,ticket,mail,2026-03-02T09:12:00Z,,0
I-4,FAC-01,E999,ticket,desk,2026-03-02T09:12:00Z,2026-03-02T10:12:00Z,1:00:00
"""
HELP_DESK = {
    "name": "help desk", "kind": "interactions", "constants": {"kind": "ticket", "channel": "desk"},
    "columns": {"Nr": "externalId", "First": "employeeExternalId", "Last": "employeeExternalId", "Group": "serviceExternalId",
                "Opened": "openedAt", "Closed": "closedAt"},
    "values": {"closedAt": {"?": ""}}, "dateFormats": ["DD/MM/YYYY hh:mm", "DD-MM-YYYY"],
}  # fmt: skip


async def diff(made: people.Made, import_id: str) -> list[dict[str, Any]]:
    answer = await made.admin.get(f"/v1/imports/{import_id}/diff")
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


async def test_a_file_and_what_it_tells(survey: Running) -> None:
    made = await filled(survey)
    pushed = await push(made, HEADER + ROWS, "interactions")
    assert (pushed.status, pushed.errors) == ("done", [])
    assert pushed.counts == {"read": 4, "created": 4, "parked": 2}
    assert sorted(await listed(made.admin)) == ["I-1", "I-2", "I-3", "I-4"]
    assert sorted(await listed(made.admin, "?parked=true")) == ["I-3", "I-4"]
    first, local = await shown(made.admin, "I-1"), await shown(made.admin, "I-2")
    assert (first["openedAt"], first["closedAt"], first["durationMinutes"]) == (
        "2026-03-02T08:12:00Z", "2026-03-04T10:30:00Z", 135,
    )  # fmt: skip
    assert (local["openedAt"], local["closedAt"], local["durationMinutes"]) == ("2026-03-02T08:12:00Z", None, None)
    assert (await shown(made.admin, "I-4"))["durationMinutes"] == 60
    again = await push(made, HEADER + ROWS, "interactions")
    assert again.counts == {"read": 4, "unchanged": 4, "parked": 2}
    await made.employee("E999", "OE-2")
    assert await listed(made.admin, "?parked=true") == ["I-3"]


async def test_what_was_pushed_and_a_file_are_one(survey: Running) -> None:
    made = await filled(survey)
    body = {"externalId": "I-1", "serviceId": "external:FAC-01", "employeeId": "external:E1", "kind": "ticket",
            "channel": "portal", "openedAt": "2026-03-02T09:12:00+01:00"}  # fmt: skip
    id_ = (await made.admin.post("/v1/interactions", json=body)).json()["id"]
    pushed = await push(made, HEADER + ROWS, "interactions")
    assert pushed.counts == {"read": 4, "created": 3, "changed": 1, "parked": 2}
    assert (await shown(made.admin, "I-1"))["id"] == id_
    late = await push(made, HEADER + "I-1,FAC-01,E1,ticket,portal,2026-03-02T09:12:00+01:00,,\n", "interactions")
    assert late.counts == {"read": 1, "overtaken": 1}
    assert (await shown(made.admin, "I-1"))["closedAt"] == "2026-03-04T10:30:00Z"


async def test_states_of_one_in_a_file(survey: Running) -> None:
    """Whatever their order, the latest wins; of two that tell up to the same instant the last."""
    made = await filled(survey)
    opened = "FAC-01,E1,ticket,portal,2026-03-02T09:00:00Z"
    rows = [
        f"I-1,{opened},2026-03-03T09:00:00Z,5",
        f"I-1,{opened},,",
        f"I-1,{opened},2026-03-03T09:00:00Z,7",
        f"I-2,{opened},,",
    ]
    pushed = await push(made, HEADER + "\n".join(rows), "interactions")
    assert pushed.counts == {"read": 4, "created": 2, "overtaken": 2}
    assert (await shown(made.admin, "I-1"))["durationMinutes"] == 7


async def test_a_dry_run(survey: Running) -> None:
    made = await filled(survey)
    await push(made, HEADER + "".join(ROWS.splitlines(keepends=True)[:3]), "interactions")
    changed = ROWS.replace("E3", "E4").replace("mail", "phone").replace("I-1,FAC-01,E1", "I-1,FAC-01,E2")
    pushed = await push(made, HEADER + changed, "interactions", dryRun="true")
    assert pushed.counts == {"read": 4, "created": 1, "changed": 3, "parked": 2}
    told = [(each["kind"], each["externalId"], each["before"], each["after"]) for each in await diff(made, pushed.id)]
    assert told[:3] == [
        ("changed", "I-1", {"employeeExternalId": "E1"}, {"employeeExternalId": "E2"}),
        ("changed", "I-2", {"channel": "mail"}, {"channel": "phone"}),
        ("changed", "I-3", {"employeeExternalId": "E3", "channel": "mail"},
         {"employeeExternalId": "E4", "channel": "phone", "parked": True}),
    ]  # fmt: skip
    kind, name, before, after = told[3]
    assert (kind, name, before, after["parked"], after["employeeExternalId"]) == ("created", "I-4", None, True, "E999")
    assert sorted(await listed(made.admin)) == ["I-1", "I-2", "I-3"]
    assert (await shown(made.admin, "I-3"))["channel"] == "mail"
    assert (await made.admin.delete("/v1/employees/external:E2", headers={"If-Match": "*"})).status_code == 204
    assert [each["externalId"] for each in await diff(made, pushed.id)] == ["I-2", "I-3", "I-4"]


async def test_what_is_refused(survey: Running) -> None:
    made = await filled(survey)
    good = "FAC-01,E1,ticket,portal"
    rows = [
        f"I-1,{good},2026-03-02T09:00:00Z,2026-03-01T09:00:00Z,", f"I-2,{good},2026-03-02T09:00:00Z,2026-03-02T10:00:00Z,62",
        f"I-3,{good},2999-03-02T09:00:00Z,,", f"I-4,{good},02/03/2026 09:00,,", f"I-5,{good},2026-02-30T09:00:00Z,,",
        f"I-6,{good},2026-03-02T09:00:00Z,,1:35", f"I-7,{good},2026-03-02T09:00:00Z,,-1", "I-8,FAC-01,,ticket,portal,2026-03-02,,",
        f",{good},2026-03-02T09:00:00Z,,", f"I-9,{good},2026-03-02,,", f"I-1,{good},2026-03-02T09:00:00Z,,",
        f"I-11,{good},1776-07-04T00:00:00Z,,", f"I-12,{good},2026-03-02T09:00:00Z,,99999999999999999999",
    ]  # fmt: skip
    pushed = await push(made, HEADER + "\n".join([*rows, ""]), "interactions")
    assert pushed.brief() == [
        (2, "closedAt", "closedBeforeOpened"), (3, "durationMinutes", "longerThanOpen"), (4, "openedAt", "farFuture"),
        (5, "openedAt", "notAnInstant"), (6, "openedAt", "notAnInstant"), (7, "durationMinutes", "notAWholeNumber"),
        (8, "durationMinutes", "notAWholeNumber"), (9, "employeeExternalId", "empty"), (10, "externalId", "empty"),
        (13, "openedAt", "notAnInstant"), (14, "durationMinutes", "notAWholeNumber"),
    ]  # fmt: skip
    assert pushed.counts == {"read": 13, "created": 2, "refused": 11}
    assert sorted(await listed(made.admin)) == ["I-1", "I-9"]
    none = await push(made, HEADER + "\n".join(rows), "interactions", atomic="true")
    assert (none.status, none.counts) == ("failed", {"read": 13, "refused": 11})


async def test_there_is_no_snapshot(survey: Running) -> None:
    made = await people.make(survey)
    answer = await made.admin.post(
        "/v1/imports?kind=interactions&mode=snapshot", content=HEADER, headers={"Content-Type": "text/csv"}
    )
    assert answer.status_code == 400
    assert [(each["parameter"], each["code"]) for each in answer.json()["errors"]] == [("mode", "noSnapshot")]


async def test_an_export_of_another_system(survey: Running) -> None:
    made = await filled(survey)
    assert (await made.admin.post("/v1/import-mappings", json=HELP_DESK)).status_code == 201
    content = (
        "Nr;First;Last;Group;Opened;Closed;Score\n1;Jan;de Vries;FAC-01;29/02/2024 01:16;05/03/2024 12:00;8\n"
        "2;Ada;Smit;FAC-02;31/03/2024 02:30;?;\n3;Ada;Smit;FAC-02;06-05-2024;;\n4;Ada;Smit;FAC-02;30/02/2024 10:00;;\n"
    )
    pushed = await push(made, content, "interactions", mapping="help desk")
    assert pushed.counts == {"read": 4, "created": 3, "refused": 1, "parked": 3}
    assert pushed.ignored == ["Score"]
    assert pushed.brief() == [(5, "openedAt", "notADate")]
    first = await shown(made.admin, "1")
    assert (first["employeeExternalId"], first["openedAt"]) == ("Jan de Vries", "2024-02-29T00:16:00Z")
    assert (await shown(made.admin, "2"))["closedAt"] is None
    assert (await shown(made.admin, "3"))["openedAt"] == "2024-05-05T22:00:00Z"


@pytest.mark.parametrize("from_1904", [False, True])
async def test_a_workbook(survey: Running, from_1904: bool) -> None:
    made = await filled(survey)
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    if from_1904:
        book.epoch = CALENDAR_MAC_1904
    sheet.append(HEADER.strip().split(","))
    good = ["FAC-01", "E1", "ticket", "portal"]
    serial = 46083.5 - (1462 if from_1904 else 0)  # of 2026-03-02 12:00
    sheet.append(["I-1", *good, datetime(2026, 3, 2, 9, 12), datetime(2026, 3, 3), time(1, 35)])  # noqa: DTZ001
    sheet.append(["I-2", *good, serial, None, 95])
    sheet.append(["I-3", *good, serial, serial + 2, timedelta(days=1, hours=2)])
    sheet.append(["I-4", *good, 2026, None, None])
    content = io.BytesIO()
    book.save(content)
    pushed = await push(made, content.getvalue(), "interactions", media_type=XLSX)
    assert pushed.brief() == [(5, "openedAt", "notAnInstant")]
    found = [await shown(made.admin, f"I-{number}") for number in (1, 2, 3)]
    assert [(each["openedAt"], each["closedAt"], each["durationMinutes"]) for each in found] == [
        ("2026-03-02T08:12:00Z", "2026-03-02T23:00:00Z", 95),
        ("2026-03-02T11:00:00Z", None, 95),
        ("2026-03-02T11:00:00Z", "2026-03-04T11:00:00Z", 1560),
    ]


async def test_more_than_a_merge_takes_at_once(survey: Running) -> None:
    """With names in no order, some of which are there."""
    made = await filled(survey)
    start = datetime(2026, 1, 1, tzinfo=UTC)
    names = [f"I-{number * 7_919 % 12_007:05}" for number in range(12_000)]
    rows = [
        f'{{"externalId": "{name}", "serviceExternalId": "FAC-01", "employeeExternalId": "E{place % 30}", "kind": "ticket", '
        f'"channel": "mail", "openedAt": "{(start + timedelta(minutes=place)).isoformat()}"}}'
        for place, name in enumerate(names)
    ]
    half = await push(made, "\n".join(rows[::2]), "interactions", media_type=NDJSON)
    whole = await push(made, "\n".join(rows), "interactions", media_type=NDJSON)
    assert (half.errors, half.counts["created"]) == ([], 6_000)
    assert (whole.counts["created"], whole.counts["unchanged"]) == (6_000, 6_000)
    async with survey.database.transaction(made.id) as session:
        driver = (await (await session.connection()).get_raw_connection()).driver_connection
        assert driver is not None
        there = await driver.fetchrow("SELECT count(*), count(DISTINCT id), count(employee_id) FROM interactions")
    assert tuple(there) == (12_000, 12_000, sum(1 <= place % 30 <= 20 for place in range(12_000)))
