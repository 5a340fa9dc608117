"""What a file would change, before it does."""

from typing import Any

import pytest

from tests.fixtures.services import Running
from tests.survey import people
from tests.survey.imports.pushing import AUDIENCES, EMPLOYEES, SERVICES, UNITS, Pushed, filled, push, result, run


async def diff(organisation: people.Made, pushed: Pushed) -> list[dict[str, Any]]:
    found, url = list[dict[str, Any]](), f"/v1/imports/{pushed.id}/diff?limit=3"
    while url:
        answer = await organisation.admin.get(url)
        found += answer.json()["items"]
        url = answer.links["next"]["url"] if "next" in answer.links else ""
    return found


async def test_a_dry_run_tells_field_by_field(survey: Running) -> None:
    organisation = await filled(survey)
    lines = EMPLOYEES.splitlines()[:-1]  # without E1, who manages all others
    lines[1] = lines[1].replace("Family", "Smit").replace("OE-2", "OE-1").replace("Stadhuis", "Werf")
    lines[2] = lines[2].replace("E19,", "N19,").replace("e19@", "n19@")
    pushed = await push(organisation, "\n".join(lines), "employees", mode="snapshot", dryRun="true")
    assert pushed.counts == {"read": 19, "created": 1, "changed": 1, "unchanged": 17, "removed": 2}
    changed, created, *removed = await diff(organisation, pushed)
    assert changed == {
        "kind": "changed", "externalId": "E20",
        "before": {"familyName": "Family", "unitExternalId": "OE-2", "attributes": {"location": "Stadhuis"}},
        "after": {"familyName": "Smit", "unitExternalId": "OE-1", "attributes": {"location": "Werf"}},
    }  # fmt: skip
    assert (created["kind"], created["externalId"], created["before"]) == ("created", "N19", None)
    assert created["after"] == {
        "givenName": "Given19", "familyName": "Family", "email": "n19@x.example", "unitExternalId": "OE-2",
        "managerExternalId": "E1", "language": None, "hiredOn": None, "attributes": {"location": "Stadhuis"}, "active": True,
        "leaveStartDate": None, "leaveEndDate": None, "optedOut": False,
    }  # fmt: skip
    assert [(row["kind"], row["externalId"], row["after"]) for row in removed] == [
        ("removed", "E1", None), ("removed", "E19", None)
    ]  # fmt: skip
    assert removed[1]["before"]["managerExternalId"] == "E1"


async def test_diffs_of_the_other_kinds(survey: Running) -> None:
    organisation = await filled(survey)
    units = UNITS.replace("Stad,", "Stadszaken,") + "OE-3,Nieuw,OE-2,false,true\n"
    told = await diff(organisation, await push(organisation, units, "units", dryRun="true"))
    assert [(row["kind"], row["externalId"]) for row in told] == [("changed", "OE-2"), ("created", "OE-3")]
    assert told[0]["after"] == {"name": "Stadszaken"}
    assert told[1]["after"]["parentExternalId"] == "OE-2"
    services = SERVICES.replace("100.00", "120,50")
    told = await diff(organisation, await push(organisation, services.replace('"', ""), "services", dryRun="true",
                                               delimiter=","))  # fmt: skip
    assert told == []
    told = await diff(
        organisation, await push(organisation, SERVICES.replace("100.00", "120.50"), "services", dryRun="true")
    )
    assert [(row["before"], row["after"]) for row in told] == [({"yearlyCost": "100.00"}, {"yearlyCost": "120.50"})]
    audiences = AUDIENCES.replace("FAC-02,OE-2\n", "FAC-01,OE-2\n")
    told = await diff(organisation, await push(organisation, audiences, "audiences", mode="snapshot", dryRun="true"))
    pair = {"serviceExternalId": "FAC-01", "unitExternalId": "OE-2"}
    assert told == [
        {"kind": "created", "externalId": "FAC-01", "before": None, "after": pair},
        {"kind": "removed", "externalId": "FAC-02", "before": pair | {"serviceExternalId": "FAC-02"}, "after": None},
    ]


async def test_who_is_erased_leaves_the_diffs(survey: Running) -> None:
    organisation = await filled(survey)
    renamed = EMPLOYEES.replace("Family", "Smit")
    pushed = await push(organisation, renamed, "employees", dryRun="true")
    assert len(await diff(organisation, pushed)) == 20
    await organisation.admin.delete("/v1/employees/external:E7", headers={"If-Match": "*"})
    assert "E7" not in {row["externalId"] for row in await diff(organisation, pushed)}
    assert len(await diff(organisation, pushed)) == 19


async def test_what_waits_says_why_and_shows_the_diff_and_can_be_cancelled(survey: Running) -> None:
    organisation = await filled(survey)
    pushed = await push(organisation, "\n".join(EMPLOYEES.splitlines()[:11]), "employees", mode="snapshot")
    shown = (await organisation.admin.get(f"/v1/imports/{pushed.id}")).json()
    assert (shown["status"], shown["approvalReason"]["code"]) == ("waitingForApproval", "tooManyRemoved")
    assert "10 of 20" in shown["approvalReason"]["detail"]
    assert {row["kind"] for row in await diff(organisation, pushed)} == {"removed"}
    cancelled = await organisation.admin.post(f"/v1/imports/{pushed.id}/cancel")
    assert (cancelled.status_code, cancelled.json()["status"]) == (200, "failed")
    assert (cancelled.json()["failure"]["code"], cancelled.json()["approvalReason"]) == ("cancelled", None)
    for action, code in (("cancel", "importOver"), ("approve", "notWaiting")):
        answer = await organisation.admin.post(f"/v1/imports/{pushed.id}/{action}")
        assert (answer.status_code, answer.json()["code"]) == (409, code)
    assert len((await organisation.admin.get("/v1/employees?active=true")).json()["items"]) == 20


async def test_what_has_not_had_its_turn_is_cancelled_too(survey: Running) -> None:
    organisation = await filled(survey)
    answer = await organisation.admin.post(
        "/v1/imports?kind=units", content=UNITS + "OE-3,Nieuw,OE,false,true\n", headers={"Content-Type": "text/csv"}
    )
    import_id = answer.json()["id"]
    assert (await organisation.admin.post(f"/v1/imports/{import_id}/cancel")).status_code == 200
    await run(survey)
    assert (await result(organisation.admin, import_id)).failure == {
        "code": "cancelled", "detail": "Somebody cancelled it; nothing took effect."
    }  # fmt: skip
    assert (await organisation.admin.get("/v1/units/external:OE-3")).status_code == 404


async def test_the_share_is_the_query_s_then_the_organisation_s(survey: Running) -> None:
    organisation = await filled(survey)
    cut = "".join(EMPLOYEES.splitlines(keepends=True)[:-4])

    async def reason(**options: str) -> str | None:
        pushed = await push(organisation, cut, "employees", mode="snapshot", dryRun="true", **options)
        found = (await organisation.admin.get(f"/v1/imports/{pushed.id}")).json()["approvalReason"]
        return found and str(found["code"])

    assert await reason() == "tooManyRemoved"
    assert await reason(removalShare="0.2") is None
    patched = await organisation.admin.patch(
        "/v1/organisation", json={"importRemovalShare": 0.25},
        headers={"If-Match": "*", "Content-Type": "application/merge-patch+json"},
    )  # fmt: skip
    assert (patched.status_code, patched.json()["importRemovalShare"]) == (200, 0.25)
    assert await reason() is None
    assert await reason(removalShare="0") == "tooManyRemoved"


async def test_ids_that_look_swapped_wait(survey: Running) -> None:
    """A column that was sorted on its own: everybody has the number of another."""
    organisation = await filled(survey)
    header, *rows = EMPLOYEES.replace(",E1,Stadhuis", ",,Stadhuis").splitlines()
    await push(organisation, "\n".join([header, *rows]), "employees")
    ids = [row.split(",")[0] for row in rows]
    shifted = [f"{ids[at - 1]},{row.split(',', 1)[1]}" for at, row in enumerate(rows)]
    pushed = await push(organisation, "\n".join([header, *shifted]), "employees")
    shown = (await organisation.admin.get(f"/v1/imports/{pushed.id}")).json()
    assert (pushed.status, shown["approvalReason"]["code"]) == ("waitingForApproval", "idsLookSwapped")
    assert (await organisation.admin.get("/v1/employees/external:E2")).json()["email"] == "e2@x.example"
    await organisation.admin.post(f"/v1/imports/{pushed.id}/approve")
    await run(survey)
    assert (await result(organisation.admin, pushed.id)).status == "done"
    assert (await organisation.admin.get("/v1/employees/external:E2")).json()["email"] != "e2@x.example"


async def test_names_without_addresses_that_go_to_other_ids_wait(survey: Running) -> None:
    organisation = await people.make(survey)
    await push(organisation, UNITS, "units")
    header = "externalId,givenName,familyName,unitExternalId\n"
    await push(organisation, header + "".join(f"E{n},Given{n},Family{n},OE\n" for n in range(10)), "employees")
    turned = header + "".join(f"E{n},Given{9 - n},Family{9 - n},OE\n" for n in range(10))
    assert (await push(organisation, turned, "employees")).status == "waitingForApproval"
    married = header + "".join(f"E{n},Given{n},Other{n},OE\n" for n in range(10))
    assert (await push(organisation, married, "employees")).status == "done"


async def test_names_that_go_to_other_ids_wait_where_the_file_says_no_addresses(survey: Running) -> None:
    organisation = await filled(survey)
    header = "externalId,givenName,familyName,unitExternalId\n"
    shifted = header + "".join(f"E{n},Given{n % 20 + 1},Family,OE-2\n" for n in range(1, 21))
    pushed = await push(organisation, shifted, "employees")
    shown = (await organisation.admin.get(f"/v1/imports/{pushed.id}")).json()
    assert (pushed.status, shown["approvalReason"]["code"]) == ("waitingForApproval", "idsLookSwapped")
    assert shown["approvalReason"]["detail"].startswith("20 of 20 ")


@pytest.mark.parametrize("mode", ["merge", "snapshot"])
async def test_units_and_services_whose_names_go_to_other_ids_wait(survey: Running, mode: str) -> None:
    organisation = await people.make(survey)
    headers = {"units": "externalId,name,parentExternalId,isProvider\nOE,Gemeente,,true\n",
               "services": "externalId,nameNl,providerExternalId\n"}  # fmt: skip
    for kind, header in headers.items():
        rest = ",OE,false" if kind == "units" else ",OE"
        for turn, name, status in ((0, "A", "done"), (1, "A", "waitingForApproval"), (0, "B", "done")):
            content = header + "".join(f"X{n},{name}{(n + turn) % 5}{rest}\n" for n in range(5))
            pushed = await push(organisation, content, kind, mode=mode)
            shown = (await organisation.admin.get(f"/v1/imports/{pushed.id}")).json()
            assert (pushed.status, pushed.errors) == (status, [])
            assert (shown["approvalReason"] or {}).get("code") == (None if status == "done" else "idsLookSwapped")


async def test_a_file_of_two_rows_waits_for_those_alone_who_trade_with_each_other(survey: Running) -> None:
    organisation = await filled(survey)
    header = "externalId,givenName,familyName,email,unitExternalId\n"
    namesakes = "E2,Given5,Family,e2@x.example,OE-2\nE3,Given6,Family,e3@x.example,OE-2\n"
    assert (await push(organisation, header + namesakes, "employees")).status == "done"
    traded = "E7,Given7,Family,e8@x.example,OE-2\nE8,Given8,Family,e7@x.example,OE-2\n"
    assert (await push(organisation, header + traded, "employees")).status == "waitingForApproval"
    names = "E7,Given8,Family,e7@x.example,OE-2\nE8,Given7,Family,e8@x.example,OE-2\n"
    assert (await push(organisation, header + names, "employees")).status == "waitingForApproval"
    units = "externalId,name,parentExternalId\nX1,A,OE\nX2,B,OE\nX3,C,OE\nX4,D,OE\n"
    assert (await push(organisation, units, "units")).status == "done"
    for rows, status in (("X1,C,OE\nX2,D,OE\n", "done"), ("X3,D,OE\nX4,C,OE\n", "waitingForApproval")):
        assert (await push(organisation, units.splitlines()[0] + "\n" + rows, "units")).status == status
