import json
from typing import Any

import pytest
from sqlalchemy import func, select

from services.survey.imports.models import ImportPart
from tests.fixtures.services import Running
from tests.survey import people
from tests.survey.imports.pushing import ATTRIBUTES, push, result, run, send

UNITS = """externalId,name,parentExternalId,isProvider,isConsumer
OE-1-1,Team,OE-1,true,false
OE-1,Facilitair,OE,true,true
OE,Gemeente,,false,true
OE-2,Stad,OE,false,true
"""
EMPLOYEES = "externalId,givenName,familyName,email,unitExternalId,managerExternalId,location\n" + "".join(
    f"E{number},Given{number},Family,e{number}@x.example,OE-2,{'E1' if number > 1 else ''},Stadhuis\n"
    for number in range(20, 0, -1)
)
SERVICES = """externalId,providerExternalId,nameNl,nameEn,yearlyCost,currency
FAC-01,OE-1,Catering,Catering,100.00,EUR
FAC-02,OE-1,Schoonmaak,Cleaning,,
"""
AUDIENCES = "serviceExternalId,unitExternalId\nFAC-01,OE\nFAC-02,OE-2\nFAC-02,OE-1\n"


async def filled(survey: Running) -> people.Made:
    organisation = await people.make(survey, attributes=ATTRIBUTES)
    for kind, content in (("units", UNITS), ("employees", EMPLOYEES), ("services", SERVICES), ("audiences", AUDIENCES)):
        assert (await push(organisation, content, kind)).status == "done"
    return organisation


async def test_rows_may_come_in_any_order(survey: Running) -> None:
    organisation = await filled(survey)
    team = (await organisation.admin.get("/v1/units/external:OE-1-1")).json()
    assert (team["isProvider"], team["isConsumer"]) == (True, False)
    assert team["parentId"] == (await organisation.admin.get("/v1/units/external:OE-1")).json()["id"]
    boss = (await organisation.admin.get("/v1/employees/external:E1")).json()
    staff = (await organisation.admin.get("/v1/employees/external:E20")).json()
    assert (staff["managerId"], staff["attributes"], staff["active"]) == (boss["id"], {"location": "Stadhuis"}, True)
    matrix = (await organisation.admin.get("/v1/audience-matrix")).json()["items"]
    assert sorted(row["users"] for row in matrix) == [20, 20]


async def test_what_changed_is_told_and_what_did_not_is_not(survey: Running) -> None:
    organisation = await filled(survey)
    assert len(await organisation.events("unit.changed")) == 4
    assert len(await organisation.events("service.changed")) == 2
    pushed = await push(organisation, UNITS.replace("Stad,", "Stadszaken,"), "units")
    assert pushed.counts == {"read": 4, "changed": 1, "unchanged": 3}
    told = await organisation.events("unit.changed")
    assert [event["name"] for event in told[4:]] == ["Stadszaken"]
    assert (await organisation.admin.get("/v1/units/external:OE-2")).headers["etag"] == '"2"'
    assert (await organisation.admin.get("/v1/units/external:OE")).headers["etag"] == '"1"'


async def test_a_column_that_is_not_there_is_left_alone(survey: Running) -> None:
    organisation = await filled(survey)
    content = "externalId,givenName,familyName,unitExternalId,roleFamily\nE2,Given2,Changed,OE-1,beleid\n"
    assert (await push(organisation, content, "employees")).counts == {"read": 1, "changed": 1}
    employee = (await organisation.admin.get("/v1/employees/external:E2")).json()
    assert (employee["familyName"], employee["email"]) == ("Changed", "e2@x.example")
    assert employee["attributes"] == {"location": "Stadhuis", "roleFamily": "beleid"}
    assert employee["managerId"] is not None


async def test_an_empty_field_clears(survey: Running) -> None:
    organisation = await filled(survey)
    content = "externalId,givenName,familyName,unitExternalId,email,managerExternalId,location\nE2,Given2,F,OE-2,,,\n"
    await push(organisation, content, "employees")
    employee = (await organisation.admin.get("/v1/employees/external:E2")).json()
    assert (employee["email"], employee["managerId"], employee["attributes"]) == (None, None, {})


async def test_two_swap_their_addresses(survey: Running) -> None:
    organisation = await filled(survey)
    content = (
        "externalId,givenName,familyName,unitExternalId,email\nE2,A,F,OE-2,e3@x.example\nE3,B,F,OE-2,E2@x.example\n"
    )
    pushed = await push(organisation, content, "employees")
    assert (pushed.counts, pushed.errors) == ({"read": 2, "changed": 2}, [])
    assert (await organisation.admin.get("/v1/employees/external:E3")).json()["email"] == "E2@x.example"


async def test_objects_do_as_rows_do(survey: Running) -> None:
    organisation = await people.make(survey, attributes=ATTRIBUTES)
    await push(organisation, UNITS, "units")
    objects: list[dict[str, Any]] = [
        {
            "externalId": "E1",
            "givenName": "A",
            "familyName": "B",
            "unitExternalId": "OE",
            "attributes": {"location": "X"},
        },
        {
            "externalId": "E2",
            "givenName": "A",
            "familyName": "B",
            "unitExternalId": "OE",
            "location": "Y",
            "colour": "red",
        },
        {"externalId": "E3", "givenName": "A", "familyName": "B"},
        {"externalId": "E4", "givenName": 4, "familyName": "B", "unitExternalId": "OE", "active": "perhaps"},
    ]
    lines = [
        *map(json.dumps, objects),
        '{"externalId": "E5"',
        "[1]",
        "",
        '{"a": 1, "a": 2}',
        '{"externalId": "\\ud800"}',
    ]
    pushed = await push(organisation, "\n".join(lines), "employees", media_type="application/x-ndjson")
    assert pushed.counts == {"read": 8, "created": 2, "refused": 6}
    assert pushed.ignored == ["colour"]
    assert pushed.brief()[:5] == [
        (3, "unitExternalId", "missing"), (4, "givenName", "wrongType"), (4, "active", "notABoolean"),
        (5, None, "invalidJson"), (6, None, "notAnObject"),
    ]  # fmt: skip
    services = [{"externalId": "S", "providerExternalId": "OE-1", "name": {"nl": "Schoonmaak"},
                 "yearlyCost": {"amount": "12.50", "currency": "EUR"}}]  # fmt: skip
    pushed = await push(organisation, json.dumps(services[0]), "services", media_type="application/x-ndjson")
    assert pushed.counts == {"read": 1, "created": 1}
    service = (await organisation.admin.get("/v1/services/external:S")).json()
    assert service["yearlyCost"] == {"amount": "12.50", "currency": "EUR"}


async def test_a_dry_run_only_says(survey: Running) -> None:
    organisation = await filled(survey)
    pushed = await push(organisation, UNITS + "OE-3,Nieuw,OE,false,true\n", "units", dryRun="true")
    assert (pushed.status, pushed.counts) == ("done", {"read": 5, "created": 1, "unchanged": 4})
    assert (await organisation.admin.get("/v1/units/external:OE-3")).status_code == 404
    emptied = await push(organisation, EMPLOYEES.splitlines()[0], "employees", mode="snapshot", dryRun="true")
    assert (emptied.status, emptied.counts) == ("done", {"removed": 20})
    assert len((await organisation.admin.get("/v1/employees?active=true")).json()["items"]) == 20


async def test_atomic_takes_all_or_nothing(survey: Running) -> None:
    organisation = await filled(survey)
    content = UNITS + "OE-3,Nieuw,OE,false,true\nOE-4,Wees,OE-9,false,true\n"
    pushed = await push(organisation, content, "units", atomic="true")
    assert (pushed.status, pushed.counts) == ("failed", {"read": 6, "refused": 1})
    assert pushed.failure is not None
    assert pushed.failure["code"] == "rowsRefused"
    assert pushed.brief() == [(7, "parentExternalId", "unknownParent")]
    assert (await organisation.admin.get("/v1/units/external:OE-3")).status_code == 404
    good = await push(organisation, UNITS + "OE-3,Nieuw,OE,false,true\n", "units", atomic="true")
    assert good.status == "done"


async def test_whoever_is_missing_from_a_snapshot_has_left(survey: Running) -> None:
    organisation = await filled(survey)
    lines = EMPLOYEES.splitlines()
    pushed = await push(organisation, "\n".join(lines[:-2]), "employees", mode="snapshot")
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


async def test_approval_is_for_as_many_as_were_named(survey: Running) -> None:
    organisation = await filled(survey)
    pushed = await push(organisation, "\n".join(EMPLOYEES.splitlines()[:11]), "employees", mode="snapshot")
    more = "externalId,givenName,familyName,unitExternalId\nX1,A,B,OE\n"
    await push(organisation, more, "employees")
    await organisation.admin.post(f"/v1/imports/{pushed.id}/approve")
    await run(survey)
    again = await result(organisation.admin, pushed.id)
    assert (again.status, again.counts["removed"]) == ("waitingForApproval", 11)


async def test_a_row_that_cannot_be_read_is_not_taken_for_a_leaver(survey: Running) -> None:
    organisation = await filled(survey)
    cut = EMPLOYEES.replace("E7,Given7,Family,", "E7,Given7,")
    pushed = await push(organisation, cut, "employees", mode="snapshot")
    assert (pushed.status, pushed.counts["removed"]) == ("waitingForApproval", 1)
    refused = EMPLOYEES.replace("e7@x.example", "e7@@x.example")
    pushed = await push(organisation, refused, "employees", mode="snapshot")
    assert (pushed.status, pushed.counts) == ("done", {"read": 20, "unchanged": 19, "refused": 1})


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


async def test_snapshots_of_services_and_audiences(survey: Running) -> None:
    organisation = await filled(survey)
    pushed = await push(organisation, "serviceExternalId,unitExternalId\nFAC-01,OE\nFAC-02,OE-2\nFAC-09,OE\n",
                        "audiences", mode="snapshot")  # fmt: skip
    assert (pushed.status, pushed.counts) == ("done", {"read": 3, "unchanged": 2, "refused": 1, "removed": 1})
    assert pushed.brief() == [(4, "serviceExternalId", "unknownService")]
    audience = await organisation.admin.get("/v1/services/external:FAC-02/audience")
    assert (len(audience.json()["unitIds"]), audience.headers["etag"]) == (1, '"3"')
    one = SERVICES.replace("FAC-02,OE-1,Schoonmaak,Cleaning,,\n", "")
    pushed = await push(organisation, one, "services", mode="snapshot")
    assert (pushed.status, pushed.counts["removed"]) == ("done", 1)
    assert len(await organisation.events("service.removed")) == 1


async def test_what_is_refused_of_services(survey: Running) -> None:
    organisation = await filled(survey)
    content = """externalId,providerExternalId,nameNl,yearlyCost,currency
S1,OE-9,A,,
S2,OE-2,A,,
S3,OE-1,,,
S4,OE-1,A,12.50,
S5,OE-1,A,1.310,EUR
S6,OE-1,A,-5,EUR
S7,OE-1,A,1e5,EUR
S8,OE-1,A,999999999999999.00,EUR
S9,OE-1,A,12.5055,EUR
"""
    pushed = await push(organisation, content, "services")
    assert pushed.brief() == [
        (2, "providerExternalId", "unknownUnit"), (3, "providerExternalId", "notAProvider"), (4, "nameNl", "empty"),
        (5, "currency", "empty"), (6, "yearlyCost", "ambiguousAmount"), (7, "yearlyCost", "negativeAmount"),
        (8, "yearlyCost", "notAnAmount"), (9, "yearlyCost", "tooLarge"), (10, "yearlyCost", "tooPrecise"),
    ]  # fmt: skip


async def test_a_unit_below_a_refused_one_has_no_place(survey: Running) -> None:
    organisation = await filled(survey)
    content = "externalId,name,parentExternalId,isProvider\nOE-8,,OE,false\nOE-8-1,Team,OE-8,false\n"
    pushed = await push(organisation, content, "units")
    assert pushed.brief() == [(2, "name", "empty"), (3, "parentExternalId", "parentRefused")]


async def test_a_manager_who_is_refused_keeps_nobody_out(survey: Running) -> None:
    organisation = await filled(survey)
    content = "externalId,givenName,familyName,unitExternalId,managerExternalId,email\nN1,A,B,OE,,geen\nN2,A,B,OE,N1,\n"
    pushed = await push(organisation, content, "employees")
    assert pushed.counts == {"read": 2, "created": 1, "refused": 1}
    assert [(error["code"], error["severity"]) for error in pushed.errors] == [
        ("notAMailAddress", "error"), ("managerRefused", "warning")
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("query", "media_type", "status"),
    [
        ("kind=interactions", "text/csv", 400),
        ("kind=people", "text/csv", 400),
        ("", "text/csv", 400),
        ("kind=units&mode=replace", "text/csv", 400),
        ("kind=units&dryRun=perhaps", "text/csv", 400),
        ("kind=units&colour=red", "text/csv", 400),
        ("kind=units", "application/json", 415),
        ("kind=units", "", 415),
    ],
)
async def test_requests_that_are_refused(survey: Running, query: str, media_type: str, status: int) -> None:
    organisation = await people.make(survey)
    answer = await organisation.admin.post(
        f"/v1/imports?{query}", content=UNITS, headers={"Content-Type": media_type} if media_type else {}
    )
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


async def test_only_admins_and_integrators_push_and_each_their_own(survey: Running) -> None:
    organisation, other = await filled(survey), await people.make(survey)
    director = await organisation.key("director")
    headers = {"Content-Type": "text/csv"}
    assert (await director.post("/v1/imports?kind=units", content=UNITS, headers=headers)).status_code == 403
    assert (await survey.client.post("/v1/imports?kind=units", content=UNITS, headers=headers)).status_code == 401
    [newest, *_] = (await organisation.admin.get("/v1/imports")).json()["items"]
    assert newest["kind"] == "audiences"
    for path in ("", "/errors"):
        assert (await other.admin.get(f"/v1/imports/{newest['id']}{path}")).status_code == 404
    assert (await other.admin.post(f"/v1/imports/{newest['id']}/approve")).status_code == 404
    assert (await other.admin.get("/v1/imports")).json()["items"] == []
    integrator = await organisation.key("integrator")
    import_id = await send(integrator, UNITS, "kind=units")
    await run(survey)
    assert (await result(integrator, import_id)).status == "done"


async def test_errors_come_in_pages(survey: Running) -> None:
    organisation = await people.make(survey)
    rows = "".join(f"OE-{number},Team,OE-X,false,true\n" for number in range(120))
    pushed = await push(organisation, UNITS.splitlines()[0] + "\n" + rows, "units")
    url, lines = f"/v1/imports/{pushed.id}/errors?limit=50", list[int]()
    while url:
        answer = await organisation.admin.get(url)
        lines += [error["line"] for error in answer.json()["items"]]
        url = answer.links["next"]["url"] if "next" in answer.links else ""
    assert lines == list(range(2, 122))


async def test_the_file_is_kept_only_while_it_is_needed(survey: Running) -> None:
    organisation = await filled(survey)

    async def parts() -> int:
        async with survey.database.transaction(organisation.id) as session:
            return await session.scalar(select(func.count()).select_from(ImportPart)) or 0

    assert await parts() == 0
    await send(organisation.admin, UNITS, "kind=units")
    assert await parts() == 1
    await run(survey)
    assert await parts() == 0


async def test_files_take_effect_in_the_order_they_came(survey: Running) -> None:
    organisation = await people.make(survey, attributes=ATTRIBUTES)
    ids = [
        await send(organisation.admin, content, f"kind={kind}")
        for kind, content in (("units", UNITS), ("employees", EMPLOYEES), ("services", SERVICES))
    ]
    await run(survey)
    assert [(await result(organisation.admin, import_id)).counts["created"] for import_id in ids] == [4, 20, 2]
