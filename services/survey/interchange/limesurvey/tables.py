"""LimeSurvey's arrays in ours: questions with the same answers, or with a field in each cell."""

from collections.abc import Callable
from typing import Any

from services.survey.interchange.draft import Draft
from services.survey.interchange.limesurvey.fields import (
    bound,
    built_in,
    choices_from,
    common,
    full_text,
    names_of,
    omit_empty,
    shown_with,
    stem_of,
    switched_on,
)
from services.survey.interchange.limesurvey.source import Question
from services.survey.interchange.names import Target
from services.survey.interchange.parts import Asked, Choice, Row
from services.survey.interchange.report import Place
from services.survey.interchange.shape import places

GENDER, CHANGE = (
    built_in(("F", "female"), ("M", "male")),
    built_in(("I", "increase"), ("S", "same"), ("D", "decrease")),
)
YES_OR_NOT = built_in(("Y", "yes"), ("U", "uncertain"), ("N", "no"))


def array(choices_of: Callable[[Draft, Question], list[Choice]]) -> Callable[[Draft, Question], None]:
    return lambda draft, question: _in_rows(draft, question, _rows(question), choices_of(draft, question))


def _rows(question: Question) -> list[Row]:
    return [
        Row(names_of(question, part), part.text, part.place, part.show, f"{question.code}-{part.code}")
        for part in question.on_scale(question.subquestions)
    ]


def _in_rows(
    draft: Draft, question: Question, rows: list[Row], choices: list[Choice], kind: str = "singleChoice"
) -> None:
    omit_empty(draft, question)
    draft.ask_rows(question.place, stem_of(question), rows, choices, kind=kind, **common(question))


def points(points: int) -> Callable[[Draft, Question], list[Choice]]:
    return lambda _draft, question: [Choice(point, {}, question.place) for point in range(1, points + 1)]


def of_answers(_draft: Draft, question: Question) -> list[Choice]:
    return choices_from(question.on_scale(question.answers))


def by_column(draft: Draft, question: Question) -> None:
    draft.report.add(question.place, "layoutLost", "Its answers stand in rows, its subquestions in columns.",
                     "Each subquestion is a row.")  # fmt: skip
    array(of_answers)(draft, question)


def dual(draft: Draft, question: Question) -> None:
    for scale in ("0", "1"):
        header = question.attributes.get(f"dualscale_header{'AB'[int(scale)]}", "").strip()
        choices = choices_from(question.on_scale(question.answers, scale))
        rows = [
            Row(names_of(question, part, scale), {tag: f"{text} ({header})" if header else text for tag, text in part.text.items()},
                part.place.within(f"{part.place.name}, scale {int(scale) + 1}"), part.show,
                f"{question.code}-{part.code}-{int(scale) + 1}")
            for part in question.on_scale(question.subquestions)
        ]  # fmt: skip
        _in_rows(draft, question, rows, choices)
    draft.report.add(
        question.place, "layoutLost", "It has two scales beside each other.", "They are asked one after the other."
    )


def cells(kind: str) -> Callable[[Draft, Question], None]:
    def ask_cells(draft: Draft, question: Question) -> None:
        stem, columns = full_text(draft, question), question.on_scale(question.subquestions, "1")
        ticked = kind == "number" and switched_on(question, "multiflexible_checkbox")
        if ticked and len(columns) > 1:
            _in_rows(draft, question, _rows(question), choices_from(columns), "multipleChoice")
            return
        more = _numbers(draft, question) if kind == "number" and not ticked else {}
        for part in question.on_scale(question.subquestions):
            row = draft.joined(stem, draft.text(part.place, part.text, part.code))
            for column in columns:
                place = Place(f"{part.place.name}, column {column.code}", line=part.place.line)
                text = draft.joined(row, draft.text(column.place, column.text, column.code))
                names = names_of(question, part, column.code, "_")
                asked = draft.ask(place, () if ticked else names, "yesNo" if ticked else kind, text, **more,
                                  key=f"{question.code}-{part.code}-{column.code}",
                                  **common(question) | {"show": shown_with(question, part)})  # fmt: skip
                if ticked:
                    _ticked(draft, asked, names)
        draft.report.add(
            question.place,
            "layoutLost",
            "It is a table with a field in each cell.",
            "Each cell is a question of its own.",
        )

    return ask_cells


def _ticked(draft: Draft, asked: Asked, names: list[str]) -> None:
    """To LimeSurvey a box that is not ticked has no answer: “no” is none either."""
    for name in names:
        draft.names.add(name, Target({"question": asked.question["key"]}, "yesNo", option=True))


def _numbers(draft: Draft, question: Question) -> dict[str, Any]:
    """Of a cell: what somebody writes, or picks from a list, which has bounds where none are given."""
    least, most = (bound(question, name) for name in ("multiflexible_min", "multiflexible_max"))
    if switched_on(question, "input_boxes"):
        return {"minimum": least, "maximum": most, "decimals": 6}
    if not question.attributes.get("multiflexible_max", "").strip():
        most = 10 if least is None else least + 10
    if not question.attributes.get("multiflexible_min", "").strip():
        least = 1
    step = bound(question, "multiflexible_step") or 1
    decimals = max(places(step), places(least or 0))
    if step != float(f"1e-{decimals}"):
        detail = f"Its numbers go up by {step} from {least} (multiflexible_step)."
        draft.report.add(question.place, "validationLost", detail, "Any between them will do.")
    return {"minimum": least, "maximum": most, "decimals": decimals or None}
