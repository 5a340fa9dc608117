"""A published questionnaire as SurveyJS JSON, for the route of versions."""

from typing import Annotated, Any, Literal

from fastapi import Query, Response
from fastapi.responses import JSONResponse
from pydantic import ConfigDict, Field

from services.shared.etags import set_etag
from services.shared.schemas import Schema
from services.survey.interchange.surveyjs.writing import written
from services.survey.surveys.examples import VERSION
from services.survey.surveys.models import SurveyVersion

InFormat = Annotated[
    Literal["surveyjs"] | None,
    Query(
        description="As SurveyJS JSON instead. The sections that are asked for each service are one dynamic panel, with the name"
        " of the first: give it a panel a service that is rated, with `serviceId`, `serviceName` and `providerName`. Conditions look at"
        " variables too: `attribute_…` of the respondent, `usedServices` and `ratedServices` (lists), and texts at"
        " `organisation`. A question whose key is one of these names (or begins with `attribute_`), in whatever capitals,"
        " or one that the library takes itself (such as `locale` and `item`) has `-all` behind it. Braces of a text's own"
        " have a word joiner (U+2060) within, which is not seen. Answers are compared with their capitals: set `settings.comparator.caseSensitive` of the library"
    ),
]


class SurveyJs(Schema):
    """A SurveyJS document, as its library loads it."""

    model_config = ConfigDict(extra="allow", json_schema_extra={"examples": [written(VERSION)]})

    title: str | dict[str, str]
    locale: str = Field(examples=["nl"])
    pages: list[dict[str, Any]]


EITHER: dict[int | str, dict[str, Any]] = {200: {"content": {"application/json": {"example": VERSION}}}}


def surveyjs(version: SurveyVersion, response: Response) -> JSONResponse:
    """Sent as it is: the library, not we, says what may be in it."""
    set_etag(response, version.number)
    return JSONResponse(written(version.definition), headers=dict(response.headers))
