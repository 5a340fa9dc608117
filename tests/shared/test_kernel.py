from uuid import UUID

from services.contracts.events import UnitRemoved
from services.shared import feed, outbox
from services.shared.database import EVERYONE
from services.shared.ids import new_id
from tests.fixtures.services import Running, settled


async def test_an_organisation_sees_its_own_events_only(survey: Running, organisation_id: UUID) -> None:
    other = new_id()
    for organisation in (organisation_id, other):
        async with survey.database.transaction(organisation) as session:
            await outbox.append(session, UnitRemoved(unit_id=organisation))
    await settled(survey)
    async with survey.database.transaction(organisation_id) as session:
        mine = await feed.read(session, feed.START, 10, sensitive=True)
    async with survey.database.transaction(EVERYONE) as session:
        everything = await feed.read(session, feed.START, 10, sensitive=True)
    assert [event.organisation_id for event in mine] == [organisation_id]
    assert [event.organisation_id for event in everything] == [organisation_id, other]


async def test_errors_are_problem_documents(survey: Running) -> None:
    missing = await survey.client.get("/v1/nothing")
    assert missing.status_code == 404
    assert missing.headers["content-type"] == "application/problem+json"
    assert missing.headers["api-version"] == "1.0.0"
    assert missing.json()["code"] == "notFound"


async def test_the_feed_is_for_peers(survey: Running, organisation_id: UUID) -> None:
    async with survey.database.transaction(organisation_id) as session:
        await outbox.append(session, UnitRemoved(unit_id=organisation_id))
    await settled(survey)
    refused = await survey.client.get("/v1/events")
    assert refused.status_code == 401
    answer = await survey.with_key("peer-key-of-analytics").get("/v1/events")
    assert [event["data"] for event in answer.json()] == [{"unitId": str(organisation_id)}]


async def test_a_405_names_every_method_of_the_address(survey: Running) -> None:
    refused = await survey.client.request("PUT", "/v1/units")
    assert (refused.status_code, refused.json()["code"]) == (405, "methodNotAllowed")
    assert refused.headers["allow"] == "GET, POST"
