"""The headers that the document declares of an answer are those that real answers have."""

from collections.abc import Mapping
from typing import Any

import httpx

from services.shared import openapi
from tests.fixtures.services import Running
from tests.survey import people
from tests.survey.surveys.definitions import body

OURS = {"api-version", "etag", "link", "location", "ratelimit", "ratelimit-policy", "retry-after"}
ANY = {"If-Match": "*"}


class Held:
    """Sends a request, and holds the answer against the document."""

    def __init__(self, document: Mapping[str, Any], client: httpx.AsyncClient) -> None:
        self.document, self.client = document, client
        self.seen: set[str] = set()

    async def send(self, method: str, template: str, json: Any = None, query: str = "", **named: str) -> httpx.Response:
        headers = ANY if method in ("PATCH", "PUT", "DELETE") else {}
        path = template.format_map(named)
        answer = await self.client.request(method, f"/v1{path}{query}", json=json, headers=headers)
        declared = self.document["paths"][template][method.lower()]["responses"][str(answer.status_code)]
        if "$ref" in declared:
            declared = self.document["components"]["responses"][declared["$ref"].rpartition("/")[2]]
        sent = OURS & {name.lower() for name in answer.headers}
        expected = {name.lower() for name in declared["headers"]}
        if "link" not in sent:  # only where there is a next page
            expected.discard("link")
        assert sent == expected, f"{method} {template} {answer.status_code}: {answer.text[:200]}"
        self.seen |= sent
        return answer


async def test_what_is_sent_is_what_is_declared(survey: Running) -> None:
    organisation = await people.make(survey, attributes=[])
    held = Held(openapi.document(survey.app), organisation.admin)
    await held.send("GET", "/organisation")
    await held.send("PATCH", "/organisation", {"name": "New"})
    for external_id, parent in (("OE", None), ("OE-1", "external:OE")):
        unit = {"externalId": external_id, "name": "Unit", "parentId": parent, "isProvider": True}
        await held.send("POST", "/units", unit)
    await held.send("POST", "/units", {"name": "Second"})
    await held.send("GET", "/units", query="?limit=1")
    await held.send("GET", "/units", query="?limit=x")
    await held.send("GET", "/units/{unitId}", unitId="external:OE")
    await held.send("GET", "/units/{unitId}", unitId="external:OE-9")
    await held.send("DELETE", "/units/{unitId}", unitId="external:OE-1")
    service = {"externalId": "S", "name": {"nl": "Dienst"}, "providerId": "external:OE"}
    await held.send("POST", "/services", service)
    await held.send("GET", "/services/{serviceId}/audience", serviceId="external:S")
    await held.send("PUT", "/services/{serviceId}/audience", {"unitIds": ["external:OE"]}, serviceId="external:S")
    await held.send("GET", "/audience-matrix")
    await held.send("GET", "/question-bank", query="?limit=1")
    await surveys_and_waves(held)
    imported = await organisation.admin.post(
        "/v1/imports?kind=units", content="externalId,name\n", headers={"Content-Type": "text/csv"}
    )
    declared = held.document["paths"]["/imports"]["post"]["responses"]["202"]["headers"]
    assert OURS & set(imported.headers) == {name.lower() for name in declared}
    await held.send("GET", "/imports/{importId}", importId=imported.json()["id"])
    assert held.seen == OURS - {"retry-after"}


async def surveys_and_waves(held: Held) -> None:
    made = (await held.send("POST", "/surveys", body())).json()["id"]
    await held.send("GET", "/surveys/{surveyId}", surveyId=made)
    for _ in range(2):
        await held.send("POST", "/surveys/{surveyId}/publish", surveyId=made)
    await held.send("GET", "/surveys/{surveyId}/versions", surveyId=made)
    await held.send("GET", "/surveys/{surveyId}/versions/{version}", surveyId=made, version="1")
    await held.send("GET", "/surveys/{surveyId}/preview", surveyId=made)
    wave = {"surveyId": made, "serviceIds": ["external:S"], "closesAt": "2999-01-01T00:00:00Z"}
    wave_id = (await held.send("POST", "/waves", wave)).json()["id"]
    await held.send("PATCH", "/waves/{waveId}", {"reminders": [3]}, waveId=wave_id)
    await held.send("GET", "/waves/{waveId}/progress", waveId=wave_id)
    await held.send("POST", "/waves/{waveId}/sample-preview", waveId=wave_id)
    await held.send("POST", "/waves/{waveId}/open", waveId=wave_id)
    await held.send("DELETE", "/waves/{waveId}", waveId=wave_id)


async def test_the_other_services_too(analytics: Running, notification: Running) -> None:
    for service, paths in (
        (analytics, ("/releases", "/scores", "/response-rates")),
        (notification, ("/deliveries", "/channels", "/templates")),
    ):
        held = Held(openapi.document(service.app), await service.as_role("admin"))
        for path in paths:
            await held.send("GET", path)
        held.client = service.client
        await held.send("GET", paths[0])
    held.client = await notification.as_role("admin")
    await held.send("GET", "/templates", query="?limit=1")
    await held.send("GET", "/templates/{kind}/{language}", kind="invitation", language="nl")
    assert "link" in held.seen
