"""Every body, in and out, has an example that fits its schema; and the documents say what is sent."""

from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from jsonschema_rs import Draft202012Validator

from tests.contracts.test_design_rules import OPENAPI, SERVICES

FILES = (
    "application/x-ndjson",
    "application/xml",
    "text/xml",
    "application/octet-stream",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.vegalite.v6+json",
    "image/svg+xml",
    "image/png",
    "text/csv",
    "text/html",
)


def document(service: str) -> dict[str, Any]:
    made: dict[str, Any] = yaml.safe_load((OPENAPI / f"{service}.yaml").read_text())
    return made


def bodies(made: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, item in made["paths"].items():
        for method, operation in item.items():
            answers = [answer for status, answer in operation["responses"].items() if status.startswith("2")]
            for of in (operation.get("requestBody", {}), *answers):
                for kind, media in of.get("content", {}).items():
                    if kind not in FILES:
                        yield f"{method} {path} {kind}", media


@pytest.mark.parametrize("service", SERVICES)
def test_every_body_has_an_example_that_fits(service: str) -> None:
    made = document(service)
    for where, media in bodies(made):
        schema = media["schema"]
        named = made["components"]["schemas"].get(schema.get("$ref", "").rpartition("/")[2], {})
        examples = [media["example"]] if "example" in media else named.get("examples", [])
        assert examples, where
        whole = {**schema, "components": made["components"]}
        validator = Draft202012Validator(whole, validate_formats=True)
        assert [error.message for example in examples for error in validator.iter_errors(example)] == [], where


@pytest.mark.parametrize("service", SERVICES)
def test_descriptions_say_more_than_summaries(service: str) -> None:
    for item in document(service)["paths"].values():
        for operation in item.values():
            assert operation["description"].rstrip(".") != operation["summary"]


@pytest.mark.parametrize("service", SERVICES)
def test_both_ways_to_send_a_key_are_there(service: str) -> None:
    made = document(service)
    assert {scheme["scheme"] for scheme in made["components"]["securitySchemes"].values()} == {"bearer", "basic"}
    secured = [operation["security"] for item in made["paths"].values() for operation in item.values()
               if "security" in operation]  # fmt: skip
    assert all(security == [{"bearer": []}, {"basic": []}] for security in secured)


def test_what_is_always_sent_is_required() -> None:
    schemas = document("survey")["components"]["schemas"]
    for name in ("Organisation", "NewOrganisation", "Unit", "Employee", "ApiKey", "Service", "Wave", "ImportCounts"):
        assert set(schemas[name]["required"]) == set(schemas[name]["properties"]), name
    assert schemas["OrganisationBody"]["required"] == ["name"]
    sparse = set(schemas["SurveyView"]["properties"]) - set(schemas["SurveyView"]["required"])
    assert sparse == {"topics", "labels"}
    assert schemas["SurveyView"]["properties"]["providerId"]["format"] == "uuid"


def test_problems_are_shown_as_they_are_sent() -> None:
    answers = document("survey")["components"]["responses"]
    shown = answers["Problem404"]["content"]["application/problem+json"]["example"]
    assert (shown["title"], shown["code"]) == ("Not Found", "notFound")


def test_who_follows_accept_language_says_so() -> None:
    preview = document("survey")["paths"]["/surveys/{surveyId}/preview"]
    for operation in preview.values():
        assert "Accept-Language" in [parameter.get("name") for parameter in operation["parameters"]]
