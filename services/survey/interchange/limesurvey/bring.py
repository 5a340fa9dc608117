"""A LimeSurvey survey (`.lss`) as a draft."""

import re

from services.survey.interchange.draft import Draft
from services.survey.interchange.limesurvey import questions
from services.survey.interchange.limesurvey.hidden import settle
from services.survey.interchange.limesurvey.reading import tables
from services.survey.interchange.limesurvey.source import Group, Source, source_of
from services.survey.interchange.parts import Filled
from services.survey.interchange.report import Place, Report

WHOLE = Place("the survey")
EXPRESSION = re.compile(r"\{(?=\S)([^{}]*)\}")
SETTINGS = {
    "surveyls_description": "a description", "surveyls_welcometext": "a welcome text", "surveyls_endtext": "a closing text",
    "surveyls_policy_notice": "a privacy notice", "surveyls_url": "an address to go to at the end",
}  # fmt: skip
TABLES = {"quota": "quotas", "assessments": "assessment rules"}


def bring(data: bytes, report: Report) -> Draft:
    source = source_of(tables(data))
    settle(source.groups)
    draft = Draft(source.languages, report, filled, WHOLE)
    draft.title = draft.text(WHOLE, source.settings("surveyls_title"))
    _settings(draft, source)
    for group in source.groups:
        _section(draft, group)
    return draft


def filled(text: str) -> Filled:
    """What stands in braces is worked out when it is shown."""
    found = [f"{{{inner[:80]}}}" for inner in EXPRESSION.findall(text)]
    return Filled(EXPRESSION.sub("…", text), found)


def _settings(draft: Draft, source: Source) -> None:
    for name, what in SETTINGS.items():
        if source.settings(name):
            draft.report.add(
                WHOLE, "settingLost", f"It has {what} ({name}).", "Klankbord says its own; it is not in the draft."
            )
    for name, what in TABLES.items():
        rows = source.tables.get(name)
        if rows:
            place = Place(name, line=rows[0].line)
            draft.report.add(place, "settingLost", f"It has {len(rows)} {what}.", "They are not in the draft.")
    preset = source.tables.get("defaultvalues")
    if preset:
        place = Place("defaultvalues", line=preset[0].line)
        draft.report.add(
            place, "settingLost", f"{len(preset)} answers are filled in beforehand.", "Nothing is filled in."
        )


def _section(draft: Draft, group: Group) -> None:
    draft.open_section(group.place, next(iter(group.name.values()), "") or f"group-{group.id}", group.name, group.show)
    if group.description:
        draft.report.add(group.place, "textChanged", "The group has a description.", "It is not in the draft.")
    if group.row.get("randomization_group"):
        draft.report.add(
            group.place, "orderLost", "The group comes at a random place.", "It comes where it is written."
        )
    random = {question.attributes.get("random_group", "").strip() for question in group.questions} - {""}
    if random:
        draft.report.add(
            group.place, "orderLost", "Some of its questions come in random order.", "They come as they are written."
        )
    for question in group.questions:
        questions.ask(draft, question)
