import json
from typing import Any

from tests.fixtures.services import Running
from tests.survey import people
from tests.survey.imports.pushing import (
    ATTRIBUTES,
    EMPLOYEES,
    UNITS,
    filled,
    push,
)


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
        "E4,C,F,OE-2,e4@x.example\n"
    )
    pushed = await push(organisation, content, "employees")
    assert (pushed.status, pushed.counts, pushed.errors) == ("done", {"read": 3, "changed": 3}, [])
    assert (await organisation.admin.get("/v1/employees/external:E3")).json()["email"] == "E2@x.example"


# long: mostly its input, which is best seen whole
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
        {"externalId": "E4", "givenName": 4.5, "familyName": "B", "unitExternalId": "OE", "active": "perhaps"},
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


async def test_a_file_that_may_be_cut_off_is_told_of(survey: Running) -> None:
    """In its last field: what is left of `OE-1-1` is a unit as well."""
    organisation = await filled(survey)
    header = "externalId,givenName,familyName,unitExternalId\n"
    cut = header + "E1,Given1,Family,OE-2\nE2,Given2,Family,OE-1"
    none = await push(organisation, cut, "employees", atomic="true")
    assert (none.status, none.failure and none.failure["code"]) == ("failed", "lineNotEnded")
    assert none.counts == {"read": 2}
    told = await push(organisation, cut, "employees")
    assert (told.status, told.counts) == ("done", {"read": 2, "changed": 1, "unchanged": 1})
    assert told.brief() == none.brief() == [(3, None, "lineNotEnded")]
    assert {error["severity"] for error in told.errors} == {"warning"}
    for ended in (cut + "\n", cut + "\r\n", cut.replace("\n", "\r") + "\r", cut + "\n\n  "):
        assert (await push(organisation, ended, "employees", atomic="true")).brief() == []


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
