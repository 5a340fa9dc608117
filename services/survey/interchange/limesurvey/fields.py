"""What questions of LimeSurvey have in common: texts, answers, bounds."""

import re
from collections.abc import Callable
from typing import Any

from services.survey.interchange.draft import Draft
from services.survey.interchange.expressions import Expression, every
from services.survey.interchange.limesurvey.source import Part, Question
from services.survey.interchange.parts import LONGEST_ANSWER, Choice, Raw
from services.survey.interchange.words import words

NUMBER = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,6})?")

ORDERS = ("answer_order", "subquestion_order")


def common(question: Question) -> dict[str, Any]:
    return {"show": question.show, "required": question.row.get("mandatory") == "Y"}


def full_text(draft: Draft, question: Question) -> dict[str, str]:
    """The question and its help, below each other."""
    text, more = draft.text(question.place, question.text), draft.text(question.place, question.help)
    return {language: f"{text[language]}\n{more[language]}" for language in text} if text and more else text or more


def choices_from(parts: list[Part]) -> list[Choice]:
    return [Choice(part.code, part.text, part.place, part.show) for part in parts]


def in_random_order(question: Question) -> bool | None:
    return True if random_by(question) else None


def random_by(question: Question) -> str | None:
    """The attribute that says so: `random_order` until LimeSurvey 6.4, then one of the others."""
    if switched_on(question, "random_order"):
        return "random_order"
    return next((name for name in ORDERS if question.attributes.get(name) == "random"), None)


def switched_on(question: Question, name: str) -> bool:
    return question.attributes.get(name, "").strip() not in ("", "0", "N")


def whole_attribute(question: Question, name: str, least: int, most: int) -> int | None:
    said = question.attributes.get(name, "").strip()
    return int(said) if re.fullmatch(r"[0-9]{1,6}", said) and least <= int(said) <= most else None


def longest_text(question: Question) -> int | None:
    most = whole_attribute(question, "maximum_chars", 1, 999_999)
    return min(most, LONGEST_ANSWER) if most else None


def built_in(*values: tuple[str, str]) -> Callable[[Draft, Question], list[Choice]]:
    def choices(draft: Draft, question: Question) -> list[Choice]:
        return [Choice(value, words(name, draft.languages), question.place, key=name) for value, name in values]

    return choices


def bound(question: Question, *names: str) -> float | None:
    for name in names:
        said = question.attributes.get(name, "").strip()
        if NUMBER.fullmatch(said):
            value = float(said)
            return int(value) if value.is_integer() else value
    return None


def numeric(draft: Draft, question: Question) -> dict[str, Any]:
    unit = draft.text(question.place, dict.fromkeys(draft.languages, question.attributes.get("suffix", "")))
    return {
        "minimum": bound(question, "min_num_value_n", "slider_min"),
        "maximum": bound(question, "max_num_value_n", "slider_max"),
        "decimals": None if question.attributes.get("num_value_int_only") == "1" else 6, "unit": unit or None,
    }  # fmt: skip


def names_of(question: Question, part: Part, behind: str = "", sign: str = "#") -> list[str]:
    """`behind`: a scale or a column; `sign`: what long names have before it."""
    code, *long = question.names
    return [
        f"{code}_{part.code}{behind and '_' + behind}",
        *(f"{name}{part.code}{behind and sign + behind}" for name in long),
    ]


def shown_with(question: Question, part: Part) -> Expression:
    return every(question.show, part.show)


def omit_empty(draft: Draft, question: Question) -> None:
    if not question.on_scale(question.subquestions):
        draft.omit(question.place, "It has no subquestions.")


def stem_of(question: Question) -> Raw:
    return {language: f"{text}\n{question.help.get(language, '')}" for language, text in question.text.items()}
