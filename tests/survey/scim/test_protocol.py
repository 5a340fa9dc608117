"""What binds every address: authentication, errors, versions, discovery, limits, and that organisations are apart."""

from typing import Any

import httpx
import pytest

from services.shared.app import create_app
from services.survey.service import service
from tests.fixtures.services import Running
from tests.survey import people
from tests.survey.scim import world
from tests.survey.scim.world import CORE, DECLARED, ENTERPRISE, GROUP, Scim

ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"


async def test_without_a_valid_key_nothing_is_told(survey: Running) -> None:
    forged = survey.with_key("kb_forged")
    for client in (survey.client, forged):
        for path in ("/Users", "/Groups", "/Schemas", "/ResourceTypes", "/nothing"):
            answer = await client.get(f"/scim/v2{path}")
            assert answer.status_code == 401
            assert answer.headers["www-authenticate"].startswith("Bearer")
            assert answer.headers["content-type"] == "application/scim+json"
            assert answer.json() | {"detail": ""} == {"schemas": [ERROR], "status": "401", "detail": ""}


@pytest.mark.parametrize("role", ["director", "provider-manager", "provider-staff", "consumer-manager", "bi-reader"])
async def test_other_roles_are_kept_out(survey: Running, role: str) -> None:
    scim = await world.made(survey)
    client = await scim.made.key(role)
    answer = await client.get("/scim/v2/Users")
    assert answer.status_code == 403
    assert answer.json()["status"] == "403"


async def test_administrators_may(survey: Running) -> None:
    scim = await world.made(survey)
    assert (await scim.made.admin.get("/scim/v2/Users")).status_code == 200


async def test_errors_are_scims(survey: Running) -> None:
    scim = await world.made(survey)
    asked: list[tuple[str, str, Any, int]] = [
        ("GET", "/Users/nobody", None, 404), ("GET", "/nothing", None, 404), ("GET", "/Users/a/b/c", None, 404),
        ("PUT", "/Users", {}, 405), ("PATCH", "/Schemas", {}, 405), ("POST", "/Bulk", {}, 501),
        ("GET", "/Me", None, 501), ("POST", "/Users", {"schemas": [CORE]}, 400), ("POST", "/Users", [], 400),
        ("POST", "/Groups", {"schemas": [GROUP]}, 400), ("POST", "/Users", "text", 400),
        ("POST", "/Users", {"schemas": [CORE], "userName": "a", "name": {"givenName": "x" * 201}}, 400),
        ("POST", "/Users", {"schemas": [CORE], "userName": "a", "emails": [{"value": "no address"}]}, 400),
        ("POST", "/Users", {"schemas": [CORE], "userName": " "}, 400),
        ("POST", "/Users", {"schemas": [CORE], "userName": "a" * 300}, 400),
        ("GET", "/Schemas?filter=name", None, 403), ("POST", "/Users", {"x": "y" * 1_100_000}, 413),
        ("OPTIONS", "/Users", None, 405),
    ]  # fmt: skip
    for method, path, body, status in asked:
        answer = await scim.client.request(method, f"/scim/v2{path}", json=body)
        assert answer.status_code == status, (method, path, answer.text)
        told = answer.json()
        assert answer.headers["content-type"] == "application/scim+json"
        assert told["schemas"] == [ERROR]
        assert told["status"] == str(status)
        assert told["detail"]


async def test_unreadable_bodies_are_refused(survey: Running) -> None:
    scim = await world.made(survey)
    for content in (b"", b"{", b"\xff", b'{"userName": "\\ud800"}', b"[" * 100_000):
        answer = await scim.client.post(
            "/scim/v2/Users", content=content, headers={"Content-Type": "application/scim+json"}
        )
        assert answer.status_code == 400, content[:20]
        assert answer.json()["scimType"] == "invalidSyntax"
    answer = await scim.client.post("/scim/v2/Users", content=b"<user/>", headers={"Content-Type": "text/xml"})
    assert answer.status_code == 415


async def test_locations_are_absolute_and_lead_there(survey: Running) -> None:
    scim = await world.made(survey)
    body = {"schemas": [CORE], "userName": "ada"}
    answer = await scim.client.post("/scim/v2/Users", json=body)
    user = answer.json()
    assert answer.headers["location"] == user["meta"]["location"] == f"http://klankbord.test/scim/v2/Users/{user['id']}"
    assert answer.headers["etag"] == user["meta"]["version"]
    shown = await scim.client.get(answer.headers["location"])
    assert shown.json() == user
    assert user["groups"][0]["$ref"].startswith("http://klankbord.test/scim/v2/Groups/")
    assert (await scim.client.get(user["groups"][0]["$ref"])).status_code == 200


async def test_behind_a_proxy_locations_have_the_scheme_of_the_public_address(survey: Running) -> None:
    scim = await world.made(survey)
    public = survey.settings.model_copy(update={"public_url": "https://klankbord.test/"})
    app = create_app(service(), public, background=False)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://klankbord.test", headers=scim.client.headers
        ) as client,
    ):
        made = await client.post("/scim/v2/Users", json={"schemas": [CORE], "userName": "ada"})
    assert made.headers["location"].startswith("https://klankbord.test/scim/v2/Users/")


async def test_organisations_are_apart(survey: Running) -> None:
    scim, other = await world.made(survey), await world.made(survey)
    user, group = await scim.user("ada", externalId="E1"), await scim.group("Inkoop")
    for path in (f"/Users/{user['id']}", f"/Groups/{group['id']}"):
        await other.get(path, status=404)
        await other.send("PUT", path, {"schemas": [CORE], "userName": "b", "displayName": "b"}, status=404)
        await other.patch(path, {"op": "replace", "path": "displayName", "value": "b"}, status=404)
        await other.send("DELETE", path, status=404)
    assert (await other.found("Users"))["totalResults"] == 0
    assert (await other.found("Groups", filter='displayName eq "Inkoop"'))["totalResults"] == 0
    theirs = await other.group("Inkoop")
    member = {"op": "add", "path": "members", "value": [{"value": user["id"]}]}
    await other.patch(f"/Groups/{theirs['id']}", member, status=400)
    manager = {ENTERPRISE: {"manager": user["id"]}}
    await other.send("POST", "/Users", {"schemas": [CORE], "userName": "b", **manager}, status=400)
    twin = await other.user("ada", externalId="E1")
    assert twin["id"] != user["id"]
    assert await scim.get(f"/Users/{user['id']}") == user


async def test_discovery_shows_what_is_stored(survey: Running) -> None:
    scim = await world.made(survey)
    config = (await survey.client.get("/scim/v2/ServiceProviderConfig")).json()
    supported = {name for name, of in config.items() if isinstance(of, dict) and of.get("supported")}
    assert supported == {"patch", "filter", "sort", "etag"}
    schemas = {schema["id"]: schema for schema in (await scim.get("/Schemas"))["Resources"]}
    assert set(schemas) == {CORE, GROUP, ENTERPRISE, DECLARED}
    names = {urn: [attribute["name"] for attribute in schema["attributes"]] for urn, schema in schemas.items()}
    assert names[DECLARED] == ["location", "role_family", "department"]
    assert names[ENTERPRISE] == ["employeeNumber", "department", "division", "costCenter", "manager"]
    full: dict[str, Any] = {
        "userName": "ada", "name": {"givenName": "Ada", "familyName": "Bos"}, "displayName": "Ada", "active": True,
        "preferredLanguage": "nl", "emails": [{"value": "ada@x.example", "type": "work", "primary": True}],
    }  # fmt: skip
    assert set(names[CORE]) == {*full, "groups"}
    extensions = {
        ENTERPRISE: {name: name.lower() for name in names[ENTERPRISE] if name != "manager"},
        DECLARED: {"location": "Werf", "role_family": "Beleid", "department": "department"},
    }
    user = await scim.send("POST", "/Users", {"schemas": [CORE], **full, **extensions}, status=201)
    shown = await scim.get(f"/Users/{user['id']}")
    assert {key: shown[key] for key in {**full, **extensions}} == {**full, **extensions}
    for urn in schemas:
        assert (await scim.get(f"/Schemas/{urn}"))["id"] == urn
    bare = Scim(made := await people.make(survey), await made.key("integrator"))
    assert DECLARED not in {schema["id"] for schema in (await bare.get("/Schemas"))["Resources"]}
    types = (await bare.get("/ResourceTypes"))["Resources"]
    assert [kind["endpoint"] for kind in types] == ["/Users", "/Groups"]
    assert [each["schema"] for each in types[0]["schemaExtensions"]] == [ENTERPRISE]


async def asked(survey: Running, scim: Scim, times: int, a_minute: int) -> list[httpx.Response]:
    settings = survey.settings.model_copy(update={"rate_limit": a_minute})
    app = create_app(service(), settings, background=False)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://klankbord.test", headers=scim.client.headers
        ) as client,
    ):
        return [await client.get("/scim/v2/ServiceProviderConfig") for _ in range(times)]


async def test_25_requests_a_second_are_not_refused(survey: Running) -> None:
    """A minute's worth of them, by the limit that is the default; a limit there is."""
    scim = await world.made(survey)
    default = type(survey.settings).model_fields["rate_limit"].default
    assert {answer.status_code for answer in await asked(survey, scim, 25 * 60, default)} == {200}
    refused = (await asked(survey, scim, 3, 2))[-1]
    assert refused.status_code == 429
    assert refused.headers["content-type"] == "application/scim+json"
    assert refused.json()["status"] == "429"
    assert refused.headers["retry-after"]


async def test_it_is_in_no_document(survey: Running) -> None:
    document = (await survey.client.get("/v1/openapi.json")).text
    assert "/scim/" not in document
