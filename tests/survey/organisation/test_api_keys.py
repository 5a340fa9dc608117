from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import update

from services.shared.keys import ApiKey, hash_of
from tests.fixtures.services import Running
from tests.survey import people


async def test_a_key_is_shown_once_and_told_by_its_hash(survey: Running) -> None:
    organisation = await people.make(survey)
    ids = await people.a_small_tree(organisation)
    made = await organisation.post(
        "api-keys",
        name="Facilitair",
        role="provider-manager",
        unitIds=["external:OE-1"],
        expiresAt="2999-01-01T00:00:00Z",
    )
    key = made.pop("key")
    assert made["unitIds"] == [ids["OE-1"]]
    assert made["lastUsedDate"] is None
    assert (await organisation.admin.get(f"/v1/api-keys/{made['id']}")).json() == made
    told = (await organisation.events("apiKey.changed"))[-1]
    assert (told["hash"], told["role"], told["unitIds"]) == (hash_of(key), "provider-manager", [ids["OE-1"]])
    assert key not in str(told)
    assert (await survey.with_key(key).get("/v1/units")).status_code == 200
    used = await organisation.admin.get(f"/v1/api-keys/{made['id']}")
    assert used.json()["lastUsedDate"] is not None


async def test_a_revoked_or_expired_key_opens_nothing(survey: Running) -> None:
    organisation = await people.make(survey)
    made = await organisation.post("api-keys", name="HR", role="integrator")
    client = survey.with_key(made["key"])
    assert (await client.get("/v1/units")).status_code == 200
    gone = await organisation.admin.delete(f"/v1/api-keys/{made['id']}", headers={"If-Match": '"1"'})
    assert gone.status_code == 204
    assert (await client.get("/v1/units")).status_code == 401
    assert (await organisation.admin.get(f"/v1/api-keys/{made['id']}")).status_code == 404
    assert (await organisation.events("apiKey.changed"))[-1]["revoked"] is True
    expired = await organisation.post("api-keys", name="Old", role="admin", expiresAt="2999-01-01T00:00:00Z")
    async with survey.database.transaction(organisation.id) as session:
        past = update(ApiKey).values(expires_at=datetime(2020, 1, 1, tzinfo=UTC))
        await session.execute(past.where(ApiKey.id == UUID(expired["id"])))
    assert (await survey.with_key(expired["key"]).get("/v1/units")).status_code == 401
    renamed = await organisation.admin.patch(
        f"/v1/api-keys/{expired['id']}", json={"name": "Older"}, headers={"If-Match": "*"}
    )
    assert (renamed.status_code, renamed.json()["expiresAt"]) == (200, "2020-01-01T00:00:00Z")


async def test_a_key_cannot_be_made_to_expire_in_the_past(survey: Running) -> None:
    organisation = await people.make(survey)
    body = {"name": "Old", "role": "admin", "expiresAt": "2020-01-01T00:00:00+01:00"}
    refused = [await organisation.admin.post("/v1/api-keys", json=body)]
    made = await organisation.post("api-keys", name="HR", role="integrator")
    patch = {"expiresAt": body["expiresAt"]}
    refused.append(await organisation.admin.patch(f"/v1/api-keys/{made['id']}", json=patch, headers={"If-Match": "*"}))
    for answer in refused:
        assert answer.status_code == 400
        assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [("/expiresAt", "inThePast")]


async def test_an_instant_is_told_in_utc_from_the_first_answer_on(survey: Running) -> None:
    organisation = await people.make(survey)
    made = await organisation.post("api-keys", name="HR", role="integrator", expiresAt="2999-01-01T01:30:00+01:30")
    assert made["expiresAt"] == "2999-01-01T00:00:00Z"
    assert (await organisation.admin.get(f"/v1/api-keys/{made['id']}")).json()["expiresAt"] == made["expiresAt"]


async def test_the_last_admin_key_stays(survey: Running) -> None:
    organisation = await people.make(survey)
    [first] = (await organisation.admin.get("/v1/api-keys?role=admin")).json()["items"]
    url = f"/v1/api-keys/{first['id']}"
    refused = await organisation.admin.delete(url, headers={"If-Match": "*"})
    assert (refused.status_code, refused.json()["code"]) == (409, "lastAdminKey")
    demoted = await organisation.admin.patch(url, json={"role": "director"}, headers={"If-Match": "*"})
    assert (demoted.status_code, demoted.json()["code"]) == (409, "lastAdminKey")
    second = survey.with_key((await organisation.post("api-keys", name="Second", role="admin"))["key"])
    by_itself = await organisation.admin.delete(url, headers={"If-Match": "*"})
    assert (by_itself.status_code, by_itself.json()["code"]) == (409, "ownKey")
    assert (await second.delete(url, headers={"If-Match": "*"})).status_code == 204


async def test_units_are_for_roles_that_are_limited_to_units(survey: Running) -> None:
    organisation = await people.make(survey)
    await organisation.unit("OE", None)
    for body, code in (
        ({"name": "x", "role": "director", "unitIds": ["external:OE"]}, "roleWithoutUnits"),
        ({"name": "x", "role": "consumer-manager", "unitIds": ["external:OE-9"]}, "unknownReference"),
        ({"name": "x", "role": "boss"}, "literalError"),
    ):
        answer = await organisation.admin.post("/v1/api-keys", json=body)
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, code)


async def test_only_admins_handle_keys(survey: Running) -> None:
    organisation = await people.make(survey)
    integrator = await organisation.key("integrator")
    assert (await integrator.get("/v1/api-keys")).status_code == 403
    assert (await integrator.post("/v1/api-keys", json={"name": "x", "role": "admin"})).status_code == 403
    other = await people.make(survey)
    [first] = (await organisation.admin.get("/v1/api-keys?role=admin")).json()["items"]
    assert (await other.admin.get(f"/v1/api-keys/{first['id']}")).status_code == 404


async def test_a_changed_role_counts_from_the_next_request(survey: Running) -> None:
    organisation = await people.make(survey)
    made = await organisation.post("api-keys", name="HR", role="integrator")
    changed = await organisation.admin.patch(
        f"/v1/api-keys/{made['id']}", json={"role": "director", "name": "Director"}, headers={"If-Match": '"1"'}
    )
    assert (changed.json()["role"], changed.headers["etag"]) == ("director", '"2"')
    assert (await survey.with_key(made["key"]).post("/v1/units", json={"name": "x"})).status_code == 403
