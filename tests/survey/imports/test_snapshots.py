import pytest

from services.survey.imports.reading import files
from tests.fixtures.services import Running
from tests.survey import people
from tests.survey.imports.pushing import (
    EMPLOYEES,
    SERVICES,
    UNITS,
    Pushed,
    filled,
    push,
    result,
    run,
)
from tests.survey.scim.world import Scim


async def reason(organisation: people.Made, pushed: Pushed) -> dict[str, str]:
    found: dict[str, str] = (await organisation.admin.get(f"/v1/imports/{pushed.id}")).json()["approvalReason"]
    return found


async def test_whoever_is_missing_from_a_snapshot_has_left(survey: Running) -> None:
    organisation = await filled(survey)
    lines = EMPLOYEES.splitlines(keepends=True)
    pushed = await push(organisation, "".join(lines[:-2]), "employees", mode="snapshot")
    assert (pushed.status, pushed.counts["removed"]) == ("done", 2)
    left = (await organisation.admin.get("/v1/employees?active=false")).json()["items"]
    assert sorted(employee["externalId"] for employee in left) == ["E1", "E2"]
    back = await push(organisation, EMPLOYEES, "employees", mode="snapshot")
    assert back.counts == {"read": 20, "changed": 2, "unchanged": 18}


async def test_a_snapshot_that_removes_too_many_waits_for_approval(survey: Running) -> None:
    organisation = await filled(survey)
    half = "\n".join(EMPLOYEES.splitlines()[:11])
    pushed = await push(organisation, half, "employees", mode="snapshot")
    assert (pushed.status, pushed.counts["removed"]) == ("waitingForApproval", 10)
    everybody = (await organisation.admin.get("/v1/employees?active=true")).json()["items"]
    assert len(everybody) == 20
    approved = await organisation.admin.post(f"/v1/imports/{pushed.id}/approve")
    assert (approved.status_code, approved.json()["status"]) == (202, "queued")
    await run(survey)
    done = await result(organisation.admin, pushed.id)
    assert (done.status, done.counts["removed"]) == ("done", 10)
    assert len((await organisation.admin.get("/v1/employees?active=true")).json()["items"]) == 10
    again = await organisation.admin.post(f"/v1/imports/{pushed.id}/approve")
    assert (again.status_code, again.json()["code"]) == (409, "notWaiting")


async def test_who_is_named_as_inactive_counts_for_the_guard(survey: Running) -> None:
    organisation = await filled(survey)
    fields = {name: name for name in ("externalId", "givenName", "familyName", "unitExternalId")}
    values = {"active": {"In dienst": "true", "*": "false"}}
    await organisation.post("import-mappings", name="hr", kind="employees", columns={**fields, "Status": "active"},
                            values=values)  # fmt: skip

    def told(words: list[str]) -> str:
        lines = [f"E{at},Given{at},Family,OE-2,{word}\n" for at, word in enumerate(words, 1)]
        return "externalId,givenName,familyName,unitExternalId,Status\n" + "".join(lines)

    two = await push(
        organisation, told(["Uit dienst"] * 2 + ["In dienst"] * 18), "employees", mode="snapshot", mapping="hr"
    )
    assert (two.status, two.counts) == ("done", {"read": 20, "changed": 2, "unchanged": 18})
    renamed = await push(organisation, told(["in-dienst"] * 20), "employees", mode="snapshot", mapping="hr")
    assert (renamed.status, renamed.counts) == ("waitingForApproval", {"read": 20, "changed": 18, "unchanged": 2})
    reason = (await organisation.admin.get(f"/v1/imports/{renamed.id}")).json()["approvalReason"]
    assert reason == {"code": "everythingRemoved", "detail": "All 18 that are there have left, as the file has it."}
    await organisation.admin.post(f"/v1/imports/{renamed.id}/approve")
    await run(survey)
    assert (await result(organisation.admin, renamed.id)).status == "done"


async def test_whom_only_scim_knows_has_not_left_by_missing_from_a_file(survey: Running) -> None:
    organisation = await filled(survey)
    scim = Scim(organisation, organisation.admin)
    outside = [await scim.user(f"x{at}@x.example", externalId=f"X{at}") for at in range(3)]
    await scim.patch(f"/Users/{outside[0]['id']}", {"op": "replace", "path": "displayName", "value": "Xan"})
    [known] = (await scim.found("Users", filter='externalId eq "E1"'))["Resources"]
    await scim.patch(f"/Users/{known['id']}", {"op": "replace", "path": "displayName", "value": "Ed"})
    rows = EMPLOYEES.splitlines(keepends=True)

    async def leavers(content: str) -> list[str]:
        pushed = await push(organisation, content, "employees", mode="snapshot")
        assert pushed.status == "done"
        left = (await organisation.admin.get("/v1/employees?active=false")).json()["items"]
        return sorted(each["externalId"] for each in left)

    assert await leavers(EMPLOYEES) == []
    assert await leavers("".join(rows[:-1])) == ["E1"]
    named = "X1,Ada,Bos,x1@x.example,OE-2,,\n"
    assert await leavers(EMPLOYEES + named) == []
    assert await leavers(EMPLOYEES) == ["X1"]


async def test_approval_is_for_as_many_as_were_named(survey: Running) -> None:
    organisation = await filled(survey)
    pushed = await push(organisation, "\n".join(EMPLOYEES.splitlines()[:11]), "employees", mode="snapshot")
    more = "externalId,givenName,familyName,unitExternalId\nX1,A,B,OE\n"
    await push(organisation, more, "employees")
    await organisation.admin.post(f"/v1/imports/{pushed.id}/approve")
    await run(survey)
    again = await result(organisation.admin, pushed.id)
    assert (again.status, again.counts["removed"]) == ("waitingForApproval", 11)


async def test_swapped_ids_are_told_with_those_who_are_missing(survey: Running) -> None:
    organisation = await filled(survey)
    header, *rows = EMPLOYEES.splitlines(keepends=True)
    ids = [row.partition(",")[0] for row in rows]
    shifted = [f"{key},{row.partition(',')[2]}" for key, row in zip(ids[1:10], rows[:9], strict=True)]
    swapped = header + "".join(shifted).replace(",E1,", ",,")
    for dry_run in ("true", "false"):
        asked = await push(organisation, swapped, "employees", mode="snapshot", dryRun=dry_run)
        told = await reason(organisation, asked)
        assert told["code"] == "tooManyRemoved"
        assert "9 of 9 would get an address or a name that is another's now" in told["detail"]
    await organisation.admin.post(f"/v1/imports/{asked.id}/approve")
    await run(survey)
    assert (await result(organisation.admin, asked.id)).status == "done"


async def test_a_row_that_cannot_be_read_is_not_taken_for_a_leaver(survey: Running) -> None:
    organisation = await filled(survey)
    cut = EMPLOYEES.replace("E7,Given7,Family,", "E7,Given7,")
    pushed = await push(organisation, cut, "employees", mode="snapshot")
    assert (pushed.status, pushed.counts["removed"]) == ("waitingForApproval", 1)
    refused = EMPLOYEES.replace("e7@x.example", "e7@@x.example")
    pushed = await push(organisation, refused, "employees", mode="snapshot")
    assert (pushed.status, pushed.counts) == ("done", {"read": 20, "unchanged": 19, "refused": 1})


async def test_who_may_have_been_cut_off_is_not_taken_for_a_leaver(survey: Running) -> None:
    organisation = await filled(survey)
    cut = "".join(EMPLOYEES.splitlines(keepends=True)[:-1]).removesuffix("huis\n")
    pushed = await push(organisation, cut, "employees", mode="snapshot")
    assert (pushed.status, pushed.counts["removed"]) == ("waitingForApproval", 1)
    shown = (await organisation.admin.get(f"/v1/imports/{pushed.id}")).json()
    assert shown["approvalReason"]["code"] == "lineNotEnded"
    await organisation.admin.post(f"/v1/imports/{pushed.id}/approve")
    await run(survey)
    assert (await result(organisation.admin, pushed.id)).status == "done"
    whole = await push(organisation, EMPLOYEES.removesuffix("\n"), "employees", mode="snapshot")
    assert (whole.status, whole.brief()) == ("done", [(21, None, "lineNotEnded")])


async def test_a_cut_off_line_is_seen_where_the_last_batch_is_full(
    survey: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    organisation = await filled(survey)
    monkeypatch.setattr(files, "ROWS", 19)
    cut = "".join(EMPLOYEES.splitlines(keepends=True)[:-1]).removesuffix("huis\n")
    pushed = await push(organisation, cut, "employees", mode="snapshot")
    assert (pushed.status, (await reason(organisation, pushed))["code"]) == ("waitingForApproval", "lineNotEnded")


async def test_snapshots_of_the_tree_keep_what_is_needed(survey: Running) -> None:
    organisation = await filled(survey)
    for external_id in ("OE-5", "OE-5-1", "OE-6"):
        await organisation.unit(external_id, "OE-5" if external_id == "OE-5-1" else "OE")
    await organisation.employee("left", "OE-5-1", active=False)
    await organisation.post("services", externalId="S", providerId="external:OE-1-1", name={"nl": "x"})
    pushed = await push(organisation, UNITS.replace("OE-1-1,Team,OE-1,true,false\n", ""), "units", mode="snapshot")
    assert pushed.status == "waitingForApproval"
    await organisation.admin.post(f"/v1/imports/{pushed.id}/approve")
    await run(survey)
    done = await result(organisation.admin, pushed.id)
    assert (done.status, done.counts) == ("done", {"read": 3, "unchanged": 3, "removed": 3})
    assert [(error["line"], error["code"], error["severity"]) for error in done.errors] == [
        (None, "unitHasServices", "warning")
    ]
    left = (await organisation.admin.get("/v1/employees/external:left")).json()
    assert left["unitId"] == (await organisation.admin.get("/v1/units/external:OE")).json()["id"]
    assert len(await organisation.events("unit.removed")) == 3


async def test_a_service_that_takes_others_along_is_asked_about_however_few_go(survey: Running) -> None:
    organisation = await filled(survey)
    rows = "".join(f"S-{number},OE-1,S,S,,\n" for number in range(20))
    await push(organisation, SERVICES + rows, "services")
    free = await push(organisation, SERVICES + rows.replace("S-7,OE-1,S,S,,\n", ""), "services", mode="snapshot")
    assert (free.status, free.counts["removed"]) == ("done", 1)
    await push(organisation, "serviceExternalId,year,amount,currency\nS-8,2024,5.00,EUR\n", "costs")
    use = {"serviceId": "external:S-8", "employeeId": "external:E1", "kind": "t", "channel": "p",
           "openedAt": "2026-03-02T09:12:00+01:00"}  # fmt: skip
    items = [{**use, "externalId": f"I-{number}"} for number in range(3)]
    assert (await organisation.admin.post("/v1/interactions", json={"items": items})).status_code == 200
    less = SERVICES + "".join(f"S-{number},OE-1,S,S,,\n" for number in range(20) if number not in (7, 8))
    asked = await push(organisation, less, "services", mode="snapshot")
    assert (asked.status, await reason(organisation, asked)) == ("waitingForApproval", {
        "code": "relatedRemoved", "detail": "1 of 21 are missing from the file. What hangs on them would go for good,"
        " or be left without them: interactions 3, costs 1.",
    })  # fmt: skip
    [gone] = (await organisation.admin.get(f"/v1/imports/{asked.id}/diff")).json()["items"]
    assert gone["before"]["takenAlong"] == {"interactions": 3, "costs": 1, "audiences": 0, "programmes": 0}
    more = {**use, "externalId": "I-9"}
    assert (await organisation.admin.post("/v1/interactions", json={"items": [more]})).status_code == 200
    await organisation.admin.post(f"/v1/imports/{asked.id}/approve")
    await run(survey)
    assert (await result(organisation.admin, asked.id)).status == "waitingForApproval"
    assert "interactions 4, costs 1" in (await reason(organisation, asked))["detail"]
    await organisation.admin.post(f"/v1/imports/{asked.id}/approve")
    await run(survey)
    assert (await result(organisation.admin, asked.id)).status == "done"
    assert (await organisation.admin.get("/v1/interactions")).json()["items"] == []


async def test_a_unit_that_leaves_an_audience_is_asked_about(survey: Running) -> None:
    organisation = await filled(survey)
    rows = "".join(f"U-{number},U,OE,false,true\n" for number in range(20))
    await push(organisation, UNITS + rows, "units")
    await push(organisation, "serviceExternalId,unitExternalId\nFAC-01,U-0\n", "audiences")
    asked = await push(organisation, UNITS + rows.removeprefix("U-0,U,OE,false,true\n"), "units", mode="snapshot")
    assert asked.status == "waitingForApproval"
    assert (await reason(organisation, asked))["code"] == "relatedRemoved"
    free = await push(organisation, UNITS + rows.removesuffix("U-19,U,OE,false,true\n"), "units", mode="snapshot")
    assert (free.status, free.counts["removed"]) == ("done", 1)


async def test_snapshots_of_services_and_audiences(survey: Running) -> None:
    organisation = await filled(survey)
    pushed = await push(organisation, "serviceExternalId,unitExternalId\nFAC-01,OE\nFAC-02,OE-2\nFAC-09,OE\n",
                        "audiences", mode="snapshot", removalShare="0.4")  # fmt: skip
    assert (pushed.status, pushed.counts) == ("done", {"read": 3, "unchanged": 2, "refused": 1, "removed": 1})
    assert pushed.brief() == [(4, "serviceExternalId", "unknownService")]
    audience = await organisation.admin.get("/v1/services/external:FAC-02/audience")
    assert (len(audience.json()["unitIds"]), audience.headers["etag"]) == (1, '"3"')
    one = SERVICES.replace("FAC-02,OE-1,Schoonmaak,Cleaning,,\n", "")
    pushed = await push(organisation, one, "services", mode="snapshot")
    assert (pushed.status, pushed.counts["removed"]) == ("waitingForApproval", 1)
    await organisation.admin.post(f"/v1/imports/{pushed.id}/approve")
    await run(survey)
    assert (await result(organisation.admin, pushed.id)).status == "done"
    assert len(await organisation.events("service.removed")) == 1
