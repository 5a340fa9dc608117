"""Pushing files as an HR system does, with the job run by hand."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from services.survey.imports.jobs import run_waiting
from services.survey.imports.refusals import FAILURE_CODES, ROW_CODES
from services.survey.settings import SurveySettings
from tests.fixtures.services import Running
from tests.survey import people
from tests.survey.people import Made

MESSY = Path(__file__).parent / "messy"
MUNICIPALITY = Path(__file__).parents[3] / "deploy" / "demo" / "municipality"
ATTRIBUTES = [{"key": key, "name": {"en": key}} for key in ("location", "roleFamily", "tenureBand")]
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


@dataclass
class Pushed:
    """`counts` without what is zero."""

    status: str
    counts: dict[str, int]
    ignored: list[str]
    failure: dict[str, str] | None
    errors: list[dict[str, Any]]
    id: str

    def brief(self) -> list[tuple[int | None, str | None, str]]:
        return [(error["line"], error["column"], error["code"]) for error in self.errors]


async def send(client: httpx.AsyncClient, content: bytes | str, query: str, media_type: str = "text/csv") -> str:
    answer = await client.post(f"/v1/imports?{query}", content=content, headers={"Content-Type": media_type})
    assert answer.status_code == 202, answer.text
    assert answer.headers["location"] == f"/v1/imports/{answer.json()['id']}"
    assert answer.json()["status"] == "queued"
    return str(answer.json()["id"])


async def run(survey: Running) -> None:
    assert isinstance(survey.settings, SurveySettings)
    await run_waiting(survey.database, survey.settings)


async def result(client: httpx.AsyncClient, import_id: str) -> Pushed:
    shown = (await client.get(f"/v1/imports/{import_id}")).json()
    errors = (await client.get(f"/v1/imports/{import_id}/errors?limit=200")).json()["items"]
    counts = {name: count for name, count in shown["counts"].items() if count}
    assert {each["code"] for each in errors} <= {*ROW_CODES}
    assert shown["failure"] is None or shown["failure"]["code"] in FAILURE_CODES
    return Pushed(shown["status"], counts, shown["ignoredColumns"], shown["failure"], errors, import_id)


async def push(
    organisation: Made, content: bytes | str, kind: str, *, media_type: str = "text/csv", **options: str
) -> Pushed:
    query = "&".join([f"kind={kind}", *(f"{name}={value}" for name, value in options.items())])
    import_id = await send(organisation.admin, content, query, media_type)
    await run(organisation.survey)
    return await result(organisation.admin, import_id)


async def push_municipality(organisation: Made) -> None:
    for kind in ("units", "employees", "services", "audiences"):
        pushed = await push(organisation, (MUNICIPALITY / f"{kind}.csv").read_bytes(), kind)
        assert (pushed.status, pushed.errors) == ("done", [])


async def filled(survey: Running) -> people.Made:
    organisation = await people.make(survey, attributes=ATTRIBUTES)
    for kind, content in (("units", UNITS), ("employees", EMPLOYEES), ("services", SERVICES), ("audiences", AUDIENCES)):
        assert (await push(organisation, content, kind)).status == "done"
    return organisation
