"""A file of another tool as the body of a survey, with the report. Takes long for a large one: call it in a thread."""

from dataclasses import dataclass
from typing import Any

from services.shared.problems import Problem
from services.survey.interchange.draft import Draft
from services.survey.interchange.finishing import finished
from services.survey.interchange.keys import made_key
from services.survey.interchange.limesurvey.bring import bring as bring_limesurvey
from services.survey.interchange.parts import TooLarge
from services.survey.interchange.qualtrics.bring import bring as bring_qualtrics
from services.survey.interchange.recognise import Format, recognised
from services.survey.interchange.refusal import Unusable
from services.survey.interchange.repair import Repair
from services.survey.interchange.report import Report
from services.survey.interchange.surveyjs.bring import bring as bring_surveyjs
from services.survey.interchange.texts import tidy
from services.survey.interchange.words import words
from services.survey.surveys.schemas import SurveyBody


@dataclass
class Brought:
    format: Format
    body: SurveyBody
    report: Report
    repair: Repair

    def take_out(self, problem: Problem) -> None:
        """What is refused in the body as it is, as all else that our rules refuse."""
        if not self.repair.taken_out(problem):
            raise problem
        self.body = self.repair.run()


def brought(data: bytes, wanted: Format | None, key: str | None, provider: str | None) -> Brought:
    """Raises Unusable."""
    report = Report()
    kind, document = recognised(data)
    if wanted is not None and wanted != kind:
        raise Unusable(
            "formatDiffers", f"It is a file of {kind}, not of {wanted}; leave format out to have it recognised."
        )
    try:
        draft = _draft(kind, data, document, report)
        definition: dict[str, Any] = finished(draft)
    except TooLarge:
        raise Unusable("tooManyQuestions", "It has more questions than a survey may have.") from None
    if not definition["sections"]:
        raise Unusable("nothingToCarry", f"None of its questions can be asked here. {_why(report)}")
    definition["key"] = key or made_key(draft.key or next(iter(draft.title.values()), ""), (), "survey")
    definition["title"] = definition["title"] or words("untitled", draft.languages)
    definition["providerId"] = provider
    places = {("section", section.key): section.place for section in draft.sections}
    asked = [each for section in draft.sections for each in section.asked]
    places |= {("question", each.question["key"]): each.place for each in asked}
    try:
        repair = Repair(definition, places, draft.whole, report)
        return Brought(kind, repair.run(), report, repair)
    except Problem as problem:
        if not definition["sections"]:
            raise Unusable("nothingToCarry", f"None of its questions can be asked here. {_why(report)}") from None
        why = "; ".join(f"{error.pointer} {error.detail}" for error in problem.errors[:3])
        raise Unusable("nothingToCarry", f"What is left of it cannot be a survey: {why}.") from None


def _draft(kind: Format, data: bytes, document: Any, report: Report) -> Draft:
    if kind == "limesurvey":
        return bring_limesurvey(data, report)
    return bring_qualtrics(document, report) if kind == "qualtrics" else bring_surveyjs(document, report)


def _why(report: Report) -> str:
    return tidy(" ".join(f"{finding.place.name}: {finding.detail}" for finding in report.findings[:3]))
