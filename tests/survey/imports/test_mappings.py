"""The exports of other systems, as they are: headers as these products have them, rows of our own."""

from typing import Any

import pytest

from tests.fixtures.services import Running
from tests.survey import people
from tests.survey.imports.pushing import ATTRIBUTES, UNITS, push

PATCH = {"If-Match": "*", "Content-Type": "application/merge-patch+json"}
AFAS: dict[str, Any] = {
    "name": "AFAS medewerkers",
    "kind": "employees",
    "columns": {
        "Medewerker": "externalId", "Roepnaam": "givenName", "Voorvoegsel": "familyName", "Achternaam": "familyName",
        "E-mail werk": "email", "Org. eenheid": "unitExternalId", "Leidinggevende": "managerExternalId",
        "Datum in dienst": "hiredOn", "Standplaats": "location", "Dienstverband": "active",
    },
    "constants": {"language": "nl"},
    "values": {"active": {"In dienst": "true", "*": "false"}, "location": {"WP": "Waalplein"}},
    "dateFormats": ["D-M-YYYY"],
    "delimiter": ";",
    "charset": "windows-1252",
}  # fmt: skip
AFAS_FILE = """Medewerker;Roepnaam;Voorvoegsel;Achternaam;BSN;E-mail werk;Org. eenheid;Leidinggevende;Datum in dienst;Standplaats;Dienstverband
001209;Zoë;van der;Meer;x;zoe@x.example;OE-2;;1-2-2019;WP;In dienst
001210;Jürgen;;Geerts;x;;OE-1;001209;12-11-2020;Stadhuis;Uit dienst
""".encode("cp1252")  # a header as it is
WORKDAY: dict[str, Any] = {
    "name": "Workday workers",
    "kind": "employees",
    "columns": {
        "Employee ID": "externalId", "Legal First Name": "givenName", "Legal Last Name": "familyName",
        "Primary Work Email": "email", "Supervisory Org": "unitExternalId", "Manager ID": "managerExternalId",
        "Hire Date": "hiredOn", "Active Status": "active",
    },
    "dateFormats": ["MM/DD/YYYY"],
}  # fmt: skip
WORKDAY_FILE = """Employee ID,Worker,Legal First Name,Legal Last Name,Primary Work Email,Supervisory Org,Manager ID,Hire Date,Active Status
21001,Ann Lee,Ann,Lee,ann@x.example,OE-2,,02/01/2019,Yes
21002,Bo Kim,Bo,Kim,,OE-2,21001,11/12/2020,Yes
"""  # a header as it is
SUCCESSFACTORS: dict[str, Any] = {
    "name": "SuccessFactors user data file",
    "kind": "employees",
    "columns": {
        "USERID": "externalId", "FIRSTNAME": "givenName", "LASTNAME": "familyName", "EMAIL": "email",
        "DEPARTMENT": "unitExternalId", "MANAGER": "managerExternalId", "HIREDATE": "hiredOn", "STATUS": "active",
        "DEFAULT_LOCALE": "language",
    },
    "values": {"managerExternalId": {"NO_MANAGER": ""}, "active": {"active": "true", "inactive": "false"},
               "language": {"nl_NL": "nl", "en_US": "en", "*": ""}},
    "dateFormats": ["MM/DD/YYYY"],
}  # fmt: skip
SUCCESSFACTORS_FILE = """STATUS,USERID,USERNAME,FIRSTNAME,LASTNAME,EMAIL,MANAGER,DEPARTMENT,HIREDATE,DEFAULT_LOCALE
active,s1,s1,Ann,Lee,ann@x.example,NO_MANAGER,OE-2,02/01/2019,nl_NL
inactive,s2,s2,Bo,Kim,,s1,OE-2,11/12/2020,de_DE
"""
TOPDESK: dict[str, Any] = {
    "name": "TOPdesk diensten",
    "kind": "services",
    "columns": {"Dienstnummer": "externalId", "Dienst": "nameNl", "Behandelaarsgroep": "providerExternalId",
                "Kosten per jaar": "yearlyCost", "Soort": "category"},
    "constants": {"currency": "EUR"},
    "values": {"providerExternalId": {"Facilitair": "OE-1"}},
    "decimal": ",",
}  # fmt: skip
TOPDESK_FILE = """"Dienstnummer";"Dienst";"Behandelaarsgroep";"Kosten per jaar";"Soort"
"D 001";"Schoonmaak";"Facilitair";"1.250";"facilitair"
"D 002";"Catering";"Facilitair";"€ 980,50";""
"""


async def prepared(survey: Running, mapping: dict[str, Any]) -> people.Made:
    organisation = await people.make(survey, attributes=ATTRIBUTES)
    await push(organisation, UNITS, "units")
    await organisation.post("import-mappings", **mapping)
    return organisation


async def employee(organisation: people.Made, key: str) -> dict[str, Any]:
    found: dict[str, Any] = (await organisation.admin.get(f"/v1/employees/external:{key}")).json()
    return found


async def test_afas(survey: Running) -> None:
    organisation = await prepared(survey, AFAS)
    pushed = await push(organisation, AFAS_FILE, "employees", mapping="AFAS medewerkers")
    assert (pushed.counts, pushed.errors, pushed.ignored) == ({"read": 2, "created": 2}, [], ["BSN"])
    zoe, juergen = await employee(organisation, "001209"), await employee(organisation, "001210")
    assert (zoe["givenName"], zoe["familyName"], zoe["hiredOn"]) == ("Zoë", "van der Meer", "2019-02-01")
    assert (zoe["attributes"], zoe["language"], zoe["active"]) == ({"location": "Waalplein"}, "nl", True)
    assert (juergen["familyName"], juergen["managerId"], juergen["active"]) == ("Geerts", zoe["id"], False)
    assert (juergen["hiredOn"], juergen["attributes"]) == ("2020-11-12", {"location": "Stadhuis"})


async def test_workday(survey: Running) -> None:
    organisation = await prepared(survey, WORKDAY)
    pushed = await push(organisation, WORKDAY_FILE, "employees", mapping="Workday workers")
    assert (pushed.counts, pushed.ignored) == ({"read": 2, "created": 2}, ["Worker"])
    assert [(await employee(organisation, key))["hiredOn"] for key in ("21001", "21002")] == [
        "2019-02-01",
        "2020-11-12",
    ]


async def test_successfactors(survey: Running) -> None:
    organisation = await prepared(survey, SUCCESSFACTORS)
    pushed = await push(organisation, SUCCESSFACTORS_FILE, "employees", mapping="SuccessFactors user data file")
    assert (pushed.counts, pushed.errors) == ({"read": 2, "created": 2}, [])
    ann, bo = await employee(organisation, "s1"), await employee(organisation, "s2")
    assert [(each["managerId"], each["language"], each["active"]) for each in (ann, bo)] == [
        (None, "nl", True), (ann["id"], None, False)
    ]  # fmt: skip


async def test_topdesk(survey: Running) -> None:
    organisation = await prepared(survey, TOPDESK)
    made = (await organisation.admin.get("/v1/import-mappings")).json()["items"][0]
    pushed = await push(organisation, TOPDESK_FILE, "services", mapping=made["id"])
    assert (pushed.counts, pushed.errors) == ({"read": 2, "created": 2}, [])
    costs = [(await organisation.admin.get(f"/v1/services/external:D 00{n}")).json()["yearlyCost"] for n in (1, 2)]
    assert [cost["amount"] for cost in costs] == ["1250.00", "980.50"]


async def test_objects_are_mapped_too(survey: Running) -> None:
    organisation = await prepared(survey, WORKDAY)
    line = ('{"Employee ID": "9", "Legal First Name": "A", "Legal Last Name": "B", "Primary Work Email": null, '
            '"Supervisory Org": "OE", "Manager ID": "", "Hire Date": "12/31/2020"}')  # fmt: skip
    pushed = await push(organisation, line, "employees", mapping="Workday workers", media_type="application/x-ndjson")
    assert (pushed.counts, pushed.errors) == ({"read": 1, "created": 1}, [])
    assert (await employee(organisation, "9"))["hiredOn"] == "2020-12-31"


async def test_mappings_are_made_changed_and_removed(survey: Running) -> None:
    organisation = await prepared(survey, AFAS)
    taken = await organisation.admin.post("/v1/import-mappings", json=AFAS)
    assert (taken.status_code, taken.json()["code"]) == (409, "nameTaken")
    await organisation.post("import-mappings", **WORKDAY)
    listed = (await organisation.admin.get("/v1/import-mappings?kind=employees&sort=-name")).json()["items"]
    assert [each["name"] for each in listed] == ["Workday workers", "AFAS medewerkers"]
    url = f"/v1/import-mappings/{listed[1]['id']}"
    assert (await organisation.admin.patch(url, json={"name": "x"})).status_code == 428
    changed = await organisation.admin.patch(url, json={"name": "AFAS", "values": {"location": None}}, headers=PATCH)
    assert (changed.status_code, changed.json()["name"], list(changed.json()["values"])) == (200, "AFAS", ["active"])
    assert (await organisation.admin.get(url)).headers["etag"] == '"2"'
    other = await people.make(survey)
    assert (await other.admin.get(url)).status_code == 404
    director = await organisation.key("director")
    assert (await director.get(url)).status_code == 403
    assert (await organisation.admin.delete(url, headers={"If-Match": '"2"'})).status_code == 204
    assert (await organisation.admin.get(url)).status_code == 404


async def test_a_pushed_file_is_read_as_the_mapping_was(survey: Running) -> None:
    organisation = await prepared(survey, WORKDAY)
    headers = {"Content-Type": "text/csv"}
    answer = await organisation.admin.post(
        "/v1/imports?kind=employees&mapping=Workday workers", content=WORKDAY_FILE, headers=headers
    )
    assert answer.status_code == 202
    [made] = (await organisation.admin.get("/v1/import-mappings")).json()["items"]
    await organisation.admin.delete(f"/v1/import-mappings/{made['id']}", headers={"If-Match": "*"})
    await push(organisation, UNITS, "units")
    assert (await employee(organisation, "21002"))["familyName"] == "Kim"


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"columns": {**WORKDAY["columns"], "X": "shoeSize"}}, "/columns/X", "unknownField"),
        ({"columns": {"Employee ID": "externalId"}}, "/columns", "missingField"),
        ({"constants": {"hiredOn": "some day"}}, "/constants/hiredOn", "notADate"),
        ({"constants": {"shoe/Size": "42"}}, "/constants/shoe~1Size", "unknownField"),
        ({"values": {"shoeSize": {"a": "b"}}}, "/values/shoeSize", "unknownField"),
        ({"dateFormats": ["MM/YYYY"]}, "/dateFormats/0", "notADateFormat"),
        ({"dateFormats": ["DD-DD-YYYY"]}, "/dateFormats/0", "notADateFormat"),
        ({"headerLine": 4, "dataLine": 4}, "/dataLine", "dataAboveHeader"),
        ({"columns": {}}, "/columns", "tooShort"),
        ({"kind": "people"}, "/kind", "literalError"),
    ],
)
async def test_mappings_that_are_refused(survey: Running, changes: dict[str, Any], pointer: str, code: str) -> None:
    organisation = await people.make(survey)
    answer = await organisation.admin.post("/v1/import-mappings", json={**WORKDAY, **changes})
    assert answer.status_code == 400
    assert (answer.json()["errors"][0]["pointer"], answer.json()["errors"][0]["code"]) == (pointer, code)


async def test_a_mapping_is_of_one_kind(survey: Running) -> None:
    organisation = await prepared(survey, WORKDAY)
    headers = {"Content-Type": "text/csv"}
    answer = await organisation.admin.post(
        "/v1/imports?kind=units&mapping=Workday workers", content=WORKDAY_FILE, headers=headers
    )
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "mappingOfOtherKind")


async def test_a_mapping_that_no_name_can_be_is_refused(survey: Running) -> None:
    organisation = await people.make(survey)
    headers = {"Content-Type": "text/csv"}
    for name in ("%00", "external:%00", "a%00b"):
        url = f"/v1/imports?kind=units&mapping={name}"
        refused = await organisation.admin.post(url, content="externalId,name\n", headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (400, "invalidRequest"), name


async def test_lengths_of_time_in_hours_and_minutes(survey: Running) -> None:
    columns = {"Nummer": "externalId", "Dienst": "serviceExternalId", "Aanmelder": "employeeExternalId", "Soort": "kind",
               "Binnenkomst": "channel", "Aanmelddatum": "openedAt", "Bestede tijd": "durationMinutes"}  # fmt: skip
    mapping = {"name": "TOPdesk meldingen", "kind": "interactions", "columns": columns}
    organisation = await prepared(survey, mapping | {"durationFormat": "h:mm"})
    row = f"{','.join(columns)}\nI1,S,E,melding,telefoon,2026-03-02 09:12,0:15\n"
    pushed = await push(organisation, row, "interactions", mapping="TOPdesk meldingen")
    assert (pushed.errors, pushed.counts["created"]) == ([], 1)
    [found] = (await organisation.admin.get("/v1/interactions")).json()["items"]
    assert found["durationMinutes"] == 15
