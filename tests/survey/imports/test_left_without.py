"""What is left without its unit or its service when a snapshot removes that."""

from copy import deepcopy
from typing import Any

from tests.fixtures.services import Running
from tests.survey.imports.pushing import SERVICES, UNITS, filled, push
from tests.survey.people import Made
from tests.survey.surveys.definitions import BODY

ROWS = [f"U-{number},U,OE,true,true\n" for number in range(20)]
NOTHING = {"audiences": 0, "surveys": 0, "programmes": 0, "waves": 0, "apiKeys": 0}
PLAN = {"kind": "periodic", "startDate": "2031-03-03", "rrule": "FREQ=MONTHLY;INTERVAL=3;BYDAY=1MO"}


async def programme(organisation: Made, service: str, **more: Any) -> None:
    survey = await organisation.post("surveys", **{**deepcopy(BODY), "key": "measured", "providerId": "external:OE-1"})
    await organisation.post(f"surveys/{survey['id']}/publish")
    await organisation.post(
        "programmes", surveyId=survey["id"], serviceIds=[f"external:{service}"], schedule=PLAN, **more
    )


async def taken_along(organisation: Made, content: str, kind: str) -> dict[str, int] | None:
    """None if nobody is asked."""
    asked = await push(organisation, content, kind, mode="snapshot", dryRun="true")
    shown = (await organisation.admin.get(f"/v1/imports/{asked.id}")).json()
    if shown["approvalReason"] is None:
        return None
    assert shown["approvalReason"]["code"] == "relatedRemoved"
    [gone] = (await organisation.admin.get(f"/v1/imports/{asked.id}/diff")).json()["items"]
    along: dict[str, int] = gone["before"]["takenAlong"]
    return along


async def test_a_unit_with_a_survey_a_programme_or_a_key_is_asked_about(survey: Running) -> None:
    organisation = await filled(survey)
    await push(organisation, UNITS + "".join(ROWS), "units")
    await organisation.post("surveys", **{**deepcopy(BODY), "key": "own", "providerId": "external:U-0"})
    await organisation.employee("X1", "U-1")
    await programme(organisation, "FAC-01", audience={"unitIds": ["external:U-1"]})
    headers = {"If-Match": "*", "Content-Type": "application/merge-patch+json"}
    await organisation.admin.patch("/v1/employees/external:X1", json={"active": False}, headers=headers)
    await organisation.key("provider-manager", "U-2")

    async def without(number: int) -> dict[str, int] | None:
        return await taken_along(organisation, UNITS + "".join(ROWS).replace(ROWS[number], ""), "units")

    assert await without(0) == {**NOTHING, "surveys": 1}
    assert await without(1) == {**NOTHING, "programmes": 1}
    assert await without(2) == {**NOTHING, "apiKeys": 1}
    assert await without(3) is None


async def test_a_service_with_a_programme_is_asked_about(survey: Running) -> None:
    organisation = await filled(survey)
    rows = "".join(f"S-{number},OE-1,S,S,,\n" for number in range(20))
    await push(organisation, SERVICES + rows, "services")
    await push(organisation, "serviceExternalId,unitExternalId\nS-7,OE\n", "audiences")
    await programme(organisation, "S-7")
    along = await taken_along(organisation, SERVICES + rows.replace("S-7,OE-1,S,S,,\n", ""), "services")
    assert along == {"interactions": 0, "costs": 0, "audiences": 1, "programmes": 1}
