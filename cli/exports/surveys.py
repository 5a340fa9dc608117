"""One survey, as it was published."""

from typing import Any

from cli.api import Api
from cli.failure import Failure
from cli.shapes import OBJECT, SURVEY


def definition(api: Api, key: str, version: int | None, *, as_surveyjs: bool) -> Any:
    """`version` None: the latest."""
    found = api.page("/surveys", SURVEY, {"key": key})
    if not found:
        raise Failure(f"There is no survey with the key {key}.", "See which there are: klankbord export surveys")
    number = version or found[0].get("latestVersion")
    if number is None:
        raise Failure(
            f"The survey {key} was never published.", f"Publish it: POST /v1/surveys/{found[0]['id']}/publish"
        )
    query = {"format": "surveyjs"} if as_surveyjs else None
    return api.get(f"/surveys/{found[0]['id']}/versions/{number}", OBJECT, query)
