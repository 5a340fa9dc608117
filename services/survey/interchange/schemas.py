"""What is said about a questionnaire that came from another tool."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Path
from pydantic import Field

from services.shared.schemas import Instant, Schema
from services.survey.interchange.recognise import Format
from services.survey.interchange.report import Code

SurveyImportId = Annotated[UUID, Path(alias="surveyImportId")]


class SurveyImportFinding(Schema):
    """Something of the file that is not in the draft, or is there in another way."""

    element: str = Field(description="What the file calls it", examples=["q5, answer A3"])
    line: int | None = Field(description="Where it begins in an XML file, the first line being 1", examples=[2250])
    pointer: str | None = Field(description="Where it is in a JSON file", examples=["/pages/0/elements/3"])
    code: Code = Field(examples=["conditionLost"])
    detail: str = Field(examples=["When it is shown cannot be said here: it calculates with count()."])
    instead: str = Field(
        description="What the draft has in its place", examples=["It is asked of everybody, and need not be answered."]
    )


class SurveyImportSummary(Schema):
    id: UUID
    survey_id: UUID = Field(description="The draft that was made")
    format: Format
    sections: int = Field(ge=0, description="In the draft as it was made", examples=[4])
    questions: int = Field(ge=0, description="In the draft as it was made", examples=[27])
    finding_count: int = Field(ge=0, examples=[1])
    created_at: Instant
    updated_at: Instant


class SurveyImport(SurveyImportSummary):
    findings: list[SurveyImportFinding] = Field(
        description="In the order of the file: the first 5,000, of `findingCount`"
    )


EXAMPLE: dict[str, Any] = {
    "title": {"default": "How clean is it?", "nl": "Hoe schoon is het?"},
    "pages": [{"name": "cleaning", "elements": [
        {"type": "rating", "name": "overall", "title": "What mark do you give?", "rateMax": 10, "isRequired": True},
        {"type": "comment", "name": "why", "title": "Why?", "visibleIf": "{overall} < 6"},
    ]}],
}  # fmt: skip
