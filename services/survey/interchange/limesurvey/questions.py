"""LimeSurvey's question types in ours.

https://www.limesurvey.org/manual/Question_types
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from services.survey.interchange.draft import Draft
from services.survey.interchange.limesurvey.fields import (
    choices_from,
    common,
    full_text,
    in_random_order,
    longest_text,
    names_of,
    numeric,
    omit_empty,
    shown_with,
    switched_on,
    whole_attribute,
)
from services.survey.interchange.limesurvey.lost import WITH_OTHER_TO_FILL_IN, tell
from services.survey.interchange.limesurvey.source import Question
from services.survey.interchange.limesurvey.tables import (
    CHANGE,
    GENDER,
    YES_OR_NOT,
    array,
    by_column,
    cells,
    dual,
    of_answers,
    points,
)
from services.survey.interchange.parts import Asked, Choice, Raw
from services.survey.interchange.words import words

OTHER = "-oth-"
DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
OMITTED = {
    "X": "It is a text to read, not a question.", "*": "It is an equation, worked out from answers.",
    "|": "It asks for a file.", "I": "It asks for the language, which respondents choose anyway.",
}  # fmt: skip


def ask(draft: Draft, question: Question) -> None:
    place, kind = question.place, question.type
    if question.attributes.get("hidden") == "1":
        draft.omit(place, "It is hidden from respondents.")
        return
    if kind in OMITTED or kind not in TYPES:
        draft.omit(place, OMITTED.get(kind, f"Its type ({kind}) is not known here."))
        return
    tell(draft, question)
    TYPES[kind](draft, question)


def _other(draft: Draft, question: Question) -> list[Choice]:
    if question.row.get("other") != "Y":
        return []
    said = question.attributes.get("other_replace_text", "").strip()
    text: Raw = dict.fromkeys(draft.languages, said) if said else words("other", draft.languages)
    place, called = question.place.within(f"{question.code}, answer other"), _beside(question, "other")
    must = switched_on(question, "other_comment_mandatory") and question.type in WITH_OTHER_TO_FILL_IN
    return [Choice(OTHER, text, place, wants=True, must=must, key="other", called=called)]


def _beside(question: Question, name: str) -> list[str]:
    """The names of a text field beside an answer."""
    code, *long = question.names
    return [f"{code}_{name}", *(each + name for each in long)]


def _single(draft: Draft, question: Question) -> None:
    choices = [*choices_from(question.on_scale(question.answers)), *_other(draft, question)]
    draft.ask_choice(question.place, question.names, choices, full_text(draft, question), randomOptions=in_random_order(question),
                     **common(question))  # fmt: skip


def _single_with_comment(draft: Draft, question: Question) -> None:
    _single(draft, question)
    text = draft.joined(draft.text(question.place, question.text), words("comment", draft.languages))
    draft.ask(question.place, [f"{name}_comment" for name in question.names], "text", text, show=question.show,
              key=f"{question.code}-comment")  # fmt: skip


def _several(draft: Draft, question: Question, *, comments: bool = False) -> None:
    parts = question.on_scale(question.subquestions)
    choices = [
        Choice(
            part.code, part.text, part.place, part.show, wants=comments, called=_beside(question, f"{part.code}comment")
        )
        for part in parts
    ]
    choices += _other(draft, question)
    asked = draft.ask_choice(
        question.place, question.names, choices, full_text(draft, question), kind="multipleChoice",
        randomOptions=in_random_order(question), minimumChoices=whole_attribute(question, "min_answers", 1, len(choices)),
        maximumChoices=whole_attribute(question, "max_answers", 1, len(choices)), **common(question),
    )  # fmt: skip
    if comments and question.row.get("other") == "Y":
        place = question.place.within(f"{question.code}, answer other")
        draft.report.add(place, "questionOmitted", "It has a comment beside its text.", "That comment is not asked.")
    if asked is not None:
        _sgqa(draft, question, asked)


def _sgqa(draft: Draft, question: Question, asked: Asked) -> None:
    """An option goes by the question's long name with the option's code right behind it, too."""
    for name in question.names[1:]:
        for part in question.subquestions:
            target = draft.names.known.get(f"{question.code}_{part.code}")
            if target is not None and target.subject.get("question") == asked.question["key"]:
                draft.names.add(name + part.code, target)


def _ranking(draft: Draft, question: Question) -> None:
    choices = choices_from(question.on_scale(question.answers) or question.on_scale(question.subquestions))
    most = whole_attribute(question, "max_answers", 1, len(choices)) or whole_attribute(
        question, "max_subquestions", 1, len(choices)
    )
    draft.ask_choice(question.place, question.names, choices, full_text(draft, question), kind="ranking",
                     randomOptions=in_random_order(question), maximumChoices=most, **common(question))  # fmt: skip


def _gender(draft: Draft, question: Question) -> None:
    choices = GENDER(draft, question)
    draft.ask_choice(question.place, question.names, choices, full_text(draft, question), **common(question))


def _yes_no(draft: Draft, question: Question) -> None:
    draft.ask(question.place, question.names, "yesNo", full_text(draft, question), values={"Y": True, "N": False},
              **common(question))  # fmt: skip


def _five_points(draft: Draft, question: Question) -> None:
    draft.ask(question.place, question.names, "rating", full_text(draft, question), points=5, **common(question))


def _text(draft: Draft, question: Question) -> None:
    if question.attributes.get("numbers_only") == "1":
        _number(draft, question)
        return
    draft.ask(question.place, question.names, "text", full_text(draft, question), maximumLength=longest_text(question),
              **common(question))  # fmt: skip


def _number(draft: Draft, question: Question) -> None:
    draft.ask(
        question.place,
        question.names,
        "number",
        full_text(draft, question),
        **numeric(draft, question),
        **common(question),
    )


def _date(draft: Draft, question: Question) -> None:
    first, last = (question.attributes.get(name, "").strip() or None for name in ("date_min", "date_max"))
    for name, bound in (("date_min", first), ("date_max", last)):
        if bound and not DATE.fullmatch(bound):
            draft.report.add(
                question.place, "validationLost", f"Its bound ({name}) is {bound[:100]}.", "It is not checked."
            )
    draft.ask(question.place, question.names, "date", full_text(draft, question), earliestDate=_date_only(first),
              latestDate=_date_only(last), **common(question))  # fmt: skip


def _date_only(said: str | None) -> str | None:
    return said if said and DATE.fullmatch(said) else None


def _each(kind: str) -> Callable[[Draft, Question], None]:
    """A question for each part, for what LimeSurvey asks as several fields."""

    def ask_each(draft: Draft, question: Question) -> None:
        more: Mapping[str, Any] = (
            numeric(draft, question) if kind == "number" else {"maximumLength": longest_text(question)}
        )
        for part in question.on_scale(question.subquestions):
            place = part.place
            text = draft.joined(full_text(draft, question), draft.text(place, part.text, part.code))
            draft.ask(place, names_of(question, part), kind, text, key=f"{question.code}-{part.code}", **more,
                      **common(question) | {"show": shown_with(question, part)})  # fmt: skip
        omit_empty(draft, question)

    return ask_each


TYPES: Mapping[str, Callable[[Draft, Question], None]] = {
    "5": _five_points, "L": _single, "!": _single, "O": _single_with_comment, "M": _several,
    "P": lambda draft, question: _several(draft, question, comments=True), "R": _ranking, "G": _gender, "Y": _yes_no,
    "S": _text, "T": _text, "U": _text, "N": _number, "D": _date, "K": _each("number"), "Q": _each("text"),
    "A": array(points(5)), "B": array(points(10)), "C": array(YES_OR_NOT), "E": array(CHANGE),
    "F": array(of_answers), "H": by_column, "1": dual, ":": cells("number"), ";": cells("text"),
}  # fmt: skip
