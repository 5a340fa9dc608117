"""The question bank as it is read."""

from typing import Literal

from pydantic import Field

from services.shared.schemas import LanguageMap, Schema
from services.survey.surveys.examples import QUESTION, SURVEY
from services.survey.surveys.question_schemas import AnyQuestion, Topic

Category = Literal["facilities", "it", "hr", "finance", "quality"]
BankLanguage = Literal["nl", "en"]


class BankItem(Schema):
    """A question ready to be put into a survey's section, with the topics and labels that the survey then needs."""

    key: str = Field(examples=["facilitiesCleanWorkplace"])
    categories: list[Category] = Field(description="The categories of services that it suits")
    question: AnyQuestion = Field(examples=[QUESTION])
    topics: list[Topic] = Field(description="Those that the question and its options name", examples=[SURVEY["topics"]])
    labels: dict[str, list[LanguageMap]] = Field(description="The wordings that the question names")
    source: str = Field(
        description="Where the idea comes from; the words are the bank's own",
        examples=["SERVQUAL (Parasuraman, Zeithaml and Berry, 1988)"],
    )
