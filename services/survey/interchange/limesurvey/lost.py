"""What LimeSurvey's questions have beside their type that is not carried, or only if it is written as a plain number."""

import re
from collections.abc import Mapping

from services.survey.interchange.draft import Draft
from services.survey.interchange.limesurvey.fields import NUMBER, ORDERS, random_by
from services.survey.interchange.limesurvey.source import Question
from services.survey.interchange.parts import LONGEST_ANSWER
from services.survey.interchange.report import Code

# What an attribute does that is not done here, whatever its value is but none, "0" and "N".
RULES = {
    "em_validation_q": "Its answer is checked with an equation", "em_validation_sq": "Its parts are checked with equations",
    "exclude_all_others": "An answer excludes the others", "equals_num_value": "Its numbers must add up",
    "min_num_value": "Its numbers have a least sum", "max_num_value": "Its numbers have a greatest sum",
    "other_comment_mandatory": "The text beside “other” is mandatory", "other_numbers_only": "“Other” takes numbers only",
}  # fmt: skip
LAYOUT = {
    "array_filter": "Its rows are those chosen in another question",
    "array_filter_exclude": "Its rows are those not chosen in another question",
    "time_limit": "It has a time limit", "page_break": "A page ends with it",
}  # fmt: skip
# The types that have a use for a bound, and how it must be written for that.
COUNT = re.compile(r"[0-9]{1,6}")
BOUNDS: Mapping[str, tuple[str, re.Pattern[str]]] = {
    "min_answers": ("MP", COUNT), "max_answers": ("MPR", COUNT), "max_subquestions": ("R", COUNT), "maximum_chars": ("STUQ", COUNT),
    "min_num_value_n": ("NK", NUMBER), "max_num_value_n": ("NK", NUMBER), "slider_min": ("NK", NUMBER), "slider_max": ("NK", NUMBER),
    "multiflexible_min": (":", NUMBER), "multiflexible_max": (":", NUMBER),
}  # fmt: skip
NUMERIC = "NK"
RANDOM_ANSWERS = "L!ORMP"
WITH_OTHER_TO_FILL_IN = "L!"  # types of which `other_comment_mandatory` is carried; of P it is another text
TIME = re.compile("[HM]")  # `m` is a month


def tell(draft: Draft, question: Question) -> None:
    kind = "N" if question.type in "STU" and question.attributes.get("numbers_only") == "1" else question.type
    _rules(draft, question)
    _order(draft, question)
    _date(draft, question)
    _bounds(draft, question, kind)
    for name, where in (("prefix", "before"), ("suffix", "behind")):
        if question.attributes.get(name, "").strip() and (name == "prefix" or kind not in NUMERIC):
            said = f"“{question.attributes[name].strip()[:100]}” stands {where} its field ({name})."
            draft.report.add(question.place, "textChanged", said, "It is not in the draft.")
    if question.row.get("preg"):
        draft.report.add(question.place, "validationLost", f"Its answer must look like {question.row['preg'][:200]}.",
                         "It is not checked.")  # fmt: skip
    if question.row.get("mandatory") == "S":
        draft.report.add(question.place, "validationLost", "Who leaves it out is asked once more (soft mandatory).",
                         "It is optional.")  # fmt: skip


def _rules(draft: Draft, question: Question) -> None:
    kinds: list[tuple[Mapping[str, str], Code, str]] = [
        (RULES, "validationLost", "It is not checked."), (LAYOUT, "layoutLost", "It has all of its parts, always."),
    ]  # fmt: skip
    for names, code, instead in kinds:
        for name, what in names.items():
            value = question.attributes.get(name, "0").strip()
            carried = name == "other_comment_mandatory" and question.type in WITH_OTHER_TO_FILL_IN
            unset = value in ("", "0", "N") and not (name == "exclude_all_others" and value in _codes(question))
            if not unset and not carried:
                draft.report.add(question.place, code, f"{what} ({name}: {value[:100]}).", instead)


def _codes(question: Question) -> set[str]:
    """An answer may have the code that elsewhere says no."""
    return {part.code for part in question.subquestions}


def _order(draft: Draft, question: Question) -> None:
    instead = "They come as they are written."
    name = random_by(question)
    if name and question.type not in RANDOM_ANSWERS:
        draft.report.add(question.place, "orderLost", f"Its rows come in random order ({name}).", instead)
    for name in (*ORDERS, "alphasort"):
        value = question.attributes.get(name, "").strip()
        if value not in ("", "0", "N", "normal", "random"):
            draft.report.add(
                question.place, "orderLost", f"Its parts come in an order ({name}: {value[:40]}).", instead
            )


def _date(draft: Draft, question: Question) -> None:
    written = question.attributes.get("date_format", "").strip()
    if question.type == "D" and written and (TIME.search(written) or not {*"dmy"} <= {*written}):
        detail = f"Its answer is written as {written[:40]} (date_format)."
        draft.report.add(question.place, "questionChanged", detail, "It is asked as a date: a day, month and year.")


def _bounds(draft: Draft, question: Question, kind: str) -> None:
    for name, (kinds, written) in BOUNDS.items():
        value = question.attributes.get(name, "").strip()
        readable = kind in kinds and written.fullmatch(value)
        if not value or (value == "0" and written is COUNT):
            continue
        if not readable:
            detail, instead = f"It has a bound ({name}: {value[:100]}).", "It is not checked."
        elif name == "maximum_chars" and int(value) > LONGEST_ANSWER:
            detail, instead = f"Its answer may have {value} characters.", f"It may have {LONGEST_ANSWER:,}."
        elif name == "min_answers" and int(value) > (count := _choices(question)):
            detail, instead = f"It wants {value} of {count} answers (min_answers).", "It is not checked."
        else:
            continue
        draft.report.add(question.place, "validationLost", detail, instead)


def _choices(question: Question) -> int:
    return len(question.on_scale(question.subquestions)) + (question.row.get("other") == "Y")
