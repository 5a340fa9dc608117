import json

import pytest

from services.survey.responses.queries import names
from tests.fixtures.services import Running
from tests.survey import people

LOCATION = [{"key": "location", "name": {"nl": "Locatie"}}]


async def test_an_employee_is_kept_as_given(survey: Running) -> None:
    organisation = await people.make(survey, attributes=LOCATION)
    ids = await people.a_small_tree(organisation)
    boss = await organisation.employee("E1", "OE")
    made = await organisation.employee(
        "E2", "OE-2-1", givenName="Zoë", familyName="in 't Veld", email="zoe@rivierenmark.example",
        managerId="external:E1", language="nl", hiredOn="2020-02-29", attributes={"location": "Stadhuis"},
    )  # fmt: skip
    expected = {
        "externalId": "E2", "givenName": "Zoë", "familyName": "in 't Veld", "email": "zoe@rivierenmark.example",
        "unitId": ids["OE-2-1"], "managerId": boss["id"], "language": "nl", "hiredOn": "2020-02-29",
        "attributes": {"location": "Stadhuis"}, "active": True,
    }  # fmt: skip
    assert {key: made[key] for key in expected} == expected
    assert (await organisation.admin.get("/v1/employees/external:E2")).json() == made


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"unitId": "external:OE-9"}, "/unitId"),
        ({"managerId": "external:E9"}, "/managerId"),
        ({"attributes": {"colour": "red"}}, "/attributes/colour"),
        ({"email": "geen"}, "/email"),
        ({"email": "anne@@rivierenmark.example"}, "/email"),
        ({"hiredOn": "2025-02-30"}, "/hiredOn"),
        ({"hiredOn": "2025-02-03T00:00:00Z"}, "/hiredOn"),
        ({"hiredOn": 45000}, "/hiredOn"),
        ({"active": "yes"}, "/active"),
        ({"givenName": "\ud800"}, "/givenName"),
        ({"familyName": "x" * 201}, "/familyName"),
    ],
)
async def test_what_is_refused_says_where(survey: Running, body: dict[str, object], pointer: str) -> None:
    organisation = await people.make(survey, attributes=LOCATION)
    await organisation.unit("OE", None)
    employee = {"givenName": "Paula", "familyName": "Geerts", "unitId": "external:OE", **body}
    headers = {"Content-Type": "application/json"}
    answer = await organisation.admin.post("/v1/employees", content=json.dumps(employee), headers=headers)
    assert answer.status_code == 400
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


async def test_addresses_are_unique_among_the_active_whatever_their_case(survey: Running) -> None:
    organisation = await people.make(survey)
    await organisation.unit("OE", None)
    await organisation.employee("E1", "OE", email="paula@rivierenmark.example", active=False)
    await organisation.employee("E2", "OE", email="PAULA@rivierenmark.example")
    back = await organisation.admin.patch("/v1/employees/external:E1", json={"active": True}, headers={"If-Match": "*"})
    assert (back.status_code, back.json()["code"]) == (409, "emailTaken")


async def test_nobody_manages_themselves(survey: Running) -> None:
    organisation = await people.make(survey)
    await organisation.unit("OE", None)
    await organisation.employee("E1", "OE")
    await organisation.employee("E2", "OE", managerId="external:E1")
    await organisation.employee("E3", "OE", managerId="external:E2")
    for manager in ("E1", "E3"):
        answer = await organisation.admin.patch(
            "/v1/employees/external:E1", json={"managerId": f"external:{manager}"}, headers={"If-Match": "*"}
        )
        assert (answer.status_code, answer.json()["code"]) == (409, "managerCircle")


async def test_a_patch_changes_only_what_it_names(survey: Running) -> None:
    organisation = await people.make(survey, attributes=[*LOCATION, {"key": "shift", "name": {"nl": "Dienst"}}])
    await organisation.unit("OE", None)
    made = await organisation.employee("E1", "OE", email="p@x.example", attributes={"location": "A", "shift": "late"})
    changed = await organisation.admin.patch(
        "/v1/employees/external:E1",
        json={"attributes": {"shift": None}, "email": None},
        headers={"If-Match": '"1"', "Content-Type": "application/merge-patch+json"},
    )
    assert changed.headers["etag"] == '"2"'
    assert changed.json() == {**made, "attributes": {"location": "A"}, "email": None,
                              "updatedAt": changed.json()["updatedAt"]}  # fmt: skip
    assert changed.json()["updatedAt"] > made["updatedAt"]


async def test_who_is_removed_is_erased_and_managed_nobody(survey: Running) -> None:
    organisation = await people.make(survey)
    await organisation.unit("OE", None)
    await organisation.employee("E1", "OE")
    await organisation.employee("E2", "OE", managerId="external:E1")
    gone = await organisation.admin.delete("/v1/employees/external:E1", headers={"If-Match": '"1"'})
    assert gone.status_code == 204
    assert (await organisation.admin.get("/v1/employees/external:E2")).json()["managerId"] is None
    async with survey.database.transaction(organisation.id) as session:
        assert len([name async for name in names(session)]) == 1


async def test_people_are_found_by_unit_manager_address_and_whether_they_left(survey: Running) -> None:
    organisation = await people.make(survey)
    await people.a_small_tree(organisation)
    await organisation.employee("E1", "OE-2", email="paula@x.example", familyName="A")
    await organisation.employee("E2", "OE-2", managerId="external:E1", active=False, familyName="B")
    await organisation.employee("E3", "OE-2-1", managerId="external:E1", familyName="C")

    async def found(query: str) -> list[str]:
        answer = await organisation.admin.get(f"/v1/employees?sort=familyName&{query}")
        return [employee["externalId"] for employee in answer.json()["items"]]

    assert await found("unitId=external:OE-2") == ["E1", "E2"]
    assert await found("managerId=external:E1") == ["E2", "E3"]
    assert await found("managerId=external:E1&active=true") == ["E3"]
    assert await found("email=PAULA@x.example") == ["E1"]
    assert await found("unitId=external:OE-9") == []


async def test_managers_find_the_people_of_their_units_and_staff_find_nobody(survey: Running) -> None:
    organisation = await people.make(survey)
    await people.a_small_tree(organisation)
    for external_id, unit in (("E1", "OE-1"), ("E2", "OE-2-1"), ("E3", "OE")):
        await organisation.employee(external_id, unit)
    manager = await organisation.key("consumer-manager", "OE-2")
    assert [found["externalId"] for found in (await manager.get("/v1/employees")).json()["items"]] == ["E2"]
    assert (await manager.get("/v1/employees/external:E1")).status_code == 404
    for role in ("provider-staff", "bi-reader"):
        assert (await (await organisation.key(role)).get("/v1/employees")).status_code == 403
    integrator = await organisation.key("integrator")
    assert len((await integrator.get("/v1/employees")).json()["items"]) == 3
