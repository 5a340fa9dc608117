import pytest

from services.shared.database import EVERYONE
from services.shared.ids import new_id
from services.survey.organisation.models import Organisation
from services.survey.organisation.queries import organisation as own
from services.survey.organisation.queries import organisation_of_token
from tests.fixtures.services import Running
from tests.survey import people

NAME = {"nl": "Locatie"}


async def test_the_operator_makes_an_organisation_and_gets_its_first_key_once(survey: Running) -> None:
    body = {
        "externalId": "rivierenmark", "name": "Gemeente Rivierenmark", "timeZone": "Europe/Amsterdam",
        "languages": ["nl", "en"], "minimumGroup": 6, "commentMinimumGroup": 12,
        "attributes": [{"key": "location", "name": NAME}], "hourlyCost": {"amount": "52.50", "currency": "EUR"},
    }  # fmt: skip
    answer = await survey.with_key(people.OPERATOR).post("/v1/organisations", json=body)
    assert answer.status_code == 201
    made = answer.json()
    admin = survey.with_key(made.pop("adminKey"))
    own = await admin.get("/v1/organisation")
    assert own.json() == made
    assert {key: made[key] for key in body} == body
    assert own.headers["etag"] == '"1"'


async def test_only_the_operator_makes_organisations(survey: Running) -> None:
    organisation = await people.make(survey)
    for client in (survey.client, organisation.admin):
        answer = await client.post("/v1/organisations", json={"name": "Another"})
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")


async def test_a_repeated_request_makes_no_second_organisation(survey: Running) -> None:
    operator = survey.with_key(people.OPERATOR)
    first, second = [
        await operator.post("/v1/organisations", json={"name": "Once"}, headers={"Idempotency-Key": "k1"})
        for _ in range(2)
    ]
    assert first.json() == second.json()
    assert second.status_code == 201


@pytest.mark.parametrize(
    ("more", "pointer"),
    [
        ({"minimumGroup": 4}, "/minimumGroup"),
        ({"commentMinimumGroup": 9}, "/commentMinimumGroup"),
        ({"minimumGroup": "7"}, "/minimumGroup"),
        ({"timeZone": "Europe/Rivierenmark"}, "/timeZone"),
        ({"languages": []}, "/languages"),
        ({"languages": ["nl", "nl"]}, "/languages"),
        ({"attributes": [{"key": "email", "name": NAME}]}, "/attributes/0/key"),
        ({"attributes": [{"key": "a", "name": NAME}, {"key": "A", "name": NAME}]}, "/attributes"),
        ({"name": "with \u0000"}, "/name"),
        ({"unknown": 1}, "/unknown"),
        ({"hourlyCost": {"amount": "-1", "currency": "EUR"}}, "/hourlyCost/amount"),
    ],
)
async def test_what_is_refused_says_where(survey: Running, more: dict[str, object], pointer: str) -> None:
    answer = await survey.with_key(people.OPERATOR).post("/v1/organisations", json={"name": "Wrong", **more})
    assert answer.status_code == 400
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


async def test_a_patch_needs_the_etag_and_the_role(survey: Running) -> None:
    organisation = await people.make(survey)
    patch = {"minimumGroup": 8}
    missing = await organisation.admin.patch("/v1/organisation", json=patch)
    assert (missing.status_code, missing.json()["code"]) == (428, "preconditionRequired")
    stale = await organisation.admin.patch("/v1/organisation", json=patch, headers={"If-Match": '"7"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "preconditionFailed")
    director = await organisation.key("director")
    assert (await director.patch("/v1/organisation", json=patch, headers={"If-Match": '"1"'})).status_code == 403
    changed = await organisation.admin.patch("/v1/organisation", json=patch, headers={"If-Match": '"1"'})
    assert changed.json()["minimumGroup"] == 8
    assert changed.headers["etag"] == '"2"'
    assert [event["minimumGroup"] for event in await organisation.events("organisation.changed")] == [5, 8]


async def test_the_minimum_groups_never_go_below_their_floors(survey: Running) -> None:
    organisation = await people.make(survey, minimumGroup=8)
    for patch in ({"minimumGroup": 4}, {"commentMinimumGroup": 1}, {"minimumGroup": None, "name": None}):
        answer = await organisation.admin.patch("/v1/organisation", json=patch, headers={"If-Match": "*"})
        assert answer.status_code == 400


async def test_an_attribute_that_is_no_longer_declared_is_forgotten(survey: Running) -> None:
    declared = [{"key": "location", "name": NAME}, {"key": "shift", "name": NAME}]
    organisation = await people.make(survey, attributes=declared)
    await people.a_small_tree(organisation)
    await organisation.employee("E1", "OE-2", attributes={"location": "Stadhuis", "shift": "late"})
    await organisation.admin.patch("/v1/organisation", json={"attributes": declared[:1]}, headers={"If-Match": "*"})
    employee = await organisation.admin.get("/v1/employees/external:E1")
    assert employee.json()["attributes"] == {"location": "Stadhuis"}
    assert employee.headers["etag"] == '"2"'


async def test_invitation_links_lead_to_the_organisation(survey: Running) -> None:
    organisation = await people.make(survey)
    async with survey.database.transaction(organisation.id) as session:
        found = await own(session)
        assert found is not None
    async with survey.database.transaction(EVERYONE) as session:
        assert await organisation_of_token(session, found.token_number) == organisation.id
        assert await organisation_of_token(session, found.token_number ^ 1) is None


async def test_links_of_an_organisation_that_is_gone_lead_nowhere(survey: Running) -> None:
    """As in another database of the same process."""
    organisation_id, token_number = new_id(), 4_711
    row = Organisation(
        organisation_id=organisation_id, token_number=token_number, name="Rivierenmark", time_zone="Europe/Amsterdam",
        languages=["nl"], minimum_group=5, comment_minimum_group=10, attributes=[],
    )  # fmt: skip
    async with survey.database.transaction(organisation_id) as session:
        session.add(row)
    async with survey.database.transaction(EVERYONE) as session:
        assert await organisation_of_token(session, token_number) == organisation_id
    async with survey.database.transaction(organisation_id) as session:
        await session.delete(row)
    async with survey.database.transaction(EVERYONE) as session:
        assert await organisation_of_token(session, token_number) is None


async def test_an_amount_has_two_decimals_from_the_first_answer_on(survey: Running) -> None:
    organisation = await people.make(survey)
    for sent, shown in (("12.5", "12.50"), ("7", "7.00"), ("999999999999.99", "999999999999.99"), ("0", "0.00")):
        patch = {"hourlyCost": {"amount": sent, "currency": "EUR"}}
        changed = await organisation.admin.patch("/v1/organisation", json=patch, headers={"If-Match": "*"})
        assert changed.json()["hourlyCost"]["amount"] == shown
        later = await organisation.admin.get("/v1/organisation")
        assert (later.json(), later.headers["etag"]) == (changed.json(), changed.headers["etag"])
