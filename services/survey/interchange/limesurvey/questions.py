"""LimeSurvey's question types in ours.

https://www.limesurvey.org/manual/Question_types
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from services.survey.interchange.draft import LONGEST_ANSWER, Asked, Choice, Draft, Raw, Row
from services.survey.interchange.expressions import Expression, every
from services.survey.interchange.limesurvey.source import Part, Question
from services.survey.interchange.report import Place
from services.survey.interchange.words import words

OTHER = "-oth-"
DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
OMITTED = {
    "X": "It is a text to read, not a question.", "*": "It is an equation, worked out from answers.",
    "|": "It asks for a file.", "I": "It asks for the language, which respondents choose anyway.",
}  # fmt: skip
# What an attribute does that is not done here, if it has one of these values (none: any but "0").
LOST_RULES = {
    "em_validation_q": "Its answer is checked with an equation", "em_validation_sq": "Its parts are checked with equations",
    "exclude_all_others": "An answer excludes the others", "equals_num_value": "Its numbers must add up",
    "min_num_value": "Its numbers have a least sum", "max_num_value": "Its numbers have a greatest sum",
    "other_comment_mandatory": "The text beside “other” is mandatory",
}  # fmt: skip
LOST_LAYOUT = {
    "array_filter": "Its rows are those chosen in another question",
    "array_filter_exclude": "Its rows are those not chosen in another question",
    "time_limit": "It has a time limit", "page_break": "A page ends with it",
}  # fmt: skip


def ask(draft: Draft, question: Question) -> None:
    place, kind = question.place, question.type
    if question.attributes.get("hidden") == "1":
        draft.omit(place, "It is hidden from respondents.")
        return
    if kind in OMITTED or kind not in TYPES:
        draft.omit(place, OMITTED.get(kind, f"Its type ({kind}) is not known here."))
        return
    _rules_lost(draft, question)
    TYPES[kind](draft, question)


def _rules_lost(draft: Draft, question: Question) -> None:
    given, place = question.attributes, question.place
    for name, what in LOST_RULES.items():
        if given.get(name, "0").strip() not in ("", "0", "N"):
            draft.report.add(place, "validationLost", f"{what} ({name}: {given[name][:100]}).", "It is not checked.")
    for name, what in LOST_LAYOUT.items():
        if given.get(name, "0").strip() not in ("", "0", "N"):
            draft.report.add(place, "layoutLost", f"{what} ({name}: {given[name][:100]}).", "It has all of its parts, always.")
    if question.row.get("preg"):
        draft.report.add(place, "validationLost", f"Its answer must look like {question.row['preg'][:200]}.", "It is not checked.")
    if question.row.get("mandatory") == "S":
        draft.report.add(place, "validationLost", "Who leaves it out is asked once more (soft mandatory).", "It is optional.")


def _common(question: Question) -> dict[str, Any]:
    return {"show": question.show, "required": question.row.get("mandatory") == "Y"}


def _said(draft: Draft, question: Question) -> dict[str, str]:
    """The question and its help, below each other."""
    text, more = draft.text(question.place, question.text), draft.text(question.place, question.help)
    return {language: f"{text[language]}\n{more[language]}" for language in text} if text and more else text or more


def _choices(question: Question, parts: list[Part]) -> list[Choice]:
    return [Choice(part.code, part.text, part.place, part.show) for part in parts]


def _other(draft: Draft, question: Question) -> list[Choice]:
    if question.row.get("other") != "Y":
        return []
    said = question.attributes.get("other_replace_text", "").strip()
    text: Raw = dict.fromkeys(draft.languages, said) if said else words("other", draft.languages)
    return [Choice(OTHER, text, question.place.within(f"{question.code}, answer other"), wants=True, key="other")]


def _random(question: Question) -> bool | None:
    return True if question.attributes.get("random_order", "0") not in ("0", "") else None


def _whole(question: Question, name: str, least: int, most: int) -> int | None:
    said = question.attributes.get(name, "").strip()
    return int(said) if re.fullmatch(r"[0-9]{1,6}", said) and least <= int(said) <= most else None


def _single(draft: Draft, question: Question) -> None:
    choices = [*_choices(question, question.on_scale(question.answers)), *_other(draft, question)]
    draft.ask_choice(question.place, question.names, choices, _said(draft, question), randomOptions=_random(question),
                     **_common(question))  # fmt: skip


def _single_with_comment(draft: Draft, question: Question) -> None:
    _single(draft, question)
    text = draft.joined(draft.text(question.place, question.text), words("comment", draft.languages))
    draft.ask(question.place, [f"{name}_comment" for name in question.names], "text", text, show=question.show,
              key=f"{question.code}-comment")  # fmt: skip


def _several(draft: Draft, question: Question, *, comments: bool = False) -> None:
    parts = question.on_scale(question.subquestions)
    choices = [Choice(part.code, part.text, part.place, part.show, wants=comments) for part in parts]
    choices += _other(draft, question)
    asked = draft.ask_choice(
        question.place, question.names, choices, _said(draft, question), kind="multipleChoice",
        randomOptions=_random(question), minimumChoices=_whole(question, "min_answers", 1, len(choices)),
        maximumChoices=_whole(question, "max_answers", 1, len(choices)), **_common(question),
    )  # fmt: skip
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
    choices = _choices(question, question.on_scale(question.answers) or question.on_scale(question.subquestions))
    most = _whole(question, "max_answers", 1, len(choices)) or _whole(question, "max_subquestions", 1, len(choices))
    draft.ask_choice(question.place, question.names, choices, _said(draft, question), kind="ranking",
                     randomOptions=_random(question), maximumChoices=most, **_common(question))  # fmt: skip


def _built_in(*values: tuple[str, str]) -> Callable[[Draft, Question], list[Choice]]:
    def choices(draft: Draft, question: Question) -> list[Choice]:
        return [Choice(value, words(name, draft.languages), question.place, key=name) for value, name in values]

    return choices


GENDER, CHANGE = _built_in(("F", "female"), ("M", "male")), _built_in(("I", "increase"), ("S", "same"), ("D", "decrease"))
YES_OR_NOT = _built_in(("Y", "yes"), ("U", "uncertain"), ("N", "no"))


def _gender(draft: Draft, question: Question) -> None:
    choices = GENDER(draft, question)
    draft.ask_choice(question.place, question.names, choices, _said(draft, question), **_common(question))


def _yes_no(draft: Draft, question: Question) -> None:
    draft.ask(question.place, question.names, "yesNo", _said(draft, question), values={"Y": True, "N": False},
              **_common(question))  # fmt: skip


def _five_points(draft: Draft, question: Question) -> None:
    draft.ask(question.place, question.names, "rating", _said(draft, question), points=5, **_common(question))


def _text(draft: Draft, question: Question) -> None:
    longest = _whole(question, "maximum_chars", 1, LONGEST_ANSWER)
    if question.attributes.get("numbers_only") == "1":
        _number(draft, question)
        return
    draft.ask(question.place, question.names, "text", _said(draft, question), maximumLength=longest, **_common(question))


def _bound(question: Question, *names: str) -> float | None:
    for name in names:
        said = question.attributes.get(name, "").strip()
        if re.fullmatch(r"-?[0-9]{1,12}(\.[0-9]{1,6})?", said):
            value = float(said)
            return int(value) if value.is_integer() else value
    return None


def _numeric(draft: Draft, question: Question) -> dict[str, Any]:
    unit = draft.text(question.place, dict.fromkeys(draft.languages, question.attributes.get("suffix", "")))
    return {
        "minimum": _bound(question, "min_num_value_n", "slider_min"),
        "maximum": _bound(question, "max_num_value_n", "slider_max"),
        "decimals": None if question.attributes.get("num_value_int_only") == "1" else 6, "unit": unit or None,
    }  # fmt: skip


def _number(draft: Draft, question: Question) -> None:
    draft.ask(question.place, question.names, "number", _said(draft, question), **_numeric(draft, question), **_common(question))


def _date(draft: Draft, question: Question) -> None:
    first, last = (question.attributes.get(name, "").strip() or None for name in ("date_min", "date_max"))
    for name, bound in (("date_min", first), ("date_max", last)):
        if bound and not DATE.fullmatch(bound):
            draft.report.add(question.place, "validationLost", f"Its bound ({name}) is {bound[:100]}.", "It is not checked.")
    draft.ask(question.place, question.names, "date", _said(draft, question), earliestDate=_date_only(first),
              latestDate=_date_only(last), **_common(question))  # fmt: skip


def _date_only(said: str | None) -> str | None:
    return said if said and DATE.fullmatch(said) else None


def _each(kind: str) -> Callable[[Draft, Question], None]:
    """A question for each part, for what LimeSurvey asks as several fields."""

    def ask_each(draft: Draft, question: Question) -> None:
        more: Mapping[str, Any] = _numeric(draft, question) if kind == "number" else {}
        for part in question.on_scale(question.subquestions):
            place = part.place
            text = draft.joined(_said(draft, question), draft.text(place, part.text, part.code))
            draft.ask(place, _names(question, part), kind, text, key=f"{question.code}-{part.code}", **more,
                      **_common(question) | {"show": _both(question, part)})  # fmt: skip
        _none_there(draft, question)

    return ask_each


def _names(question: Question, part: Part, behind: str = "") -> list[str]:
    code, *long = question.names
    return [f"{code}_{part.code}{behind and '_' + behind}", *(f"{name}{part.code}{behind and '#' + behind}" for name in long)]


def _both(question: Question, part: Part) -> Expression:
    return every(question.show, part.show)


def _none_there(draft: Draft, question: Question) -> None:
    if not question.on_scale(question.subquestions):
        draft.omit(question.place, "It has no subquestions.")


def _array(choices_of: Callable[[Draft, Question], list[Choice]]) -> Callable[[Draft, Question], None]:
    def ask_rows(draft: Draft, question: Question) -> None:
        rows = [
            Row(_names(question, part), part.text, part.place, part.show, f"{question.code}-{part.code}")
            for part in question.on_scale(question.subquestions)
        ]
        _in_rows(draft, question, rows, choices_of(draft, question))

    return ask_rows


def _in_rows(draft: Draft, question: Question, rows: list[Row], choices: list[Choice]) -> None:
    _none_there(draft, question)
    if _random(question):
        draft.report.add(question.place, "orderLost", "Its rows come in random order.", "They come as they are written.")
    draft.ask_rows(question.place, _stem(question), rows, choices, **_common(question))


def _stem(question: Question) -> Raw:
    return {language: f"{text}\n{question.help.get(language, '')}" for language, text in question.text.items()}


def _points(points: int) -> Callable[[Draft, Question], list[Choice]]:
    return lambda _draft, question: [
        Choice(point, {}, question.place) for point in range(1, points + 1)
    ]


def _of_answers(_draft: Draft, question: Question) -> list[Choice]:
    return _choices(question, question.on_scale(question.answers))


def _by_column(draft: Draft, question: Question) -> None:
    draft.report.add(question.place, "layoutLost", "Its answers stand in rows, its subquestions in columns.",
                     "Each subquestion is a row.")  # fmt: skip
    _array(_of_answers)(draft, question)


def _dual(draft: Draft, question: Question) -> None:
    for scale in ("0", "1"):
        header = question.attributes.get(f"dualscale_header{'AB'[int(scale)]}", "").strip()
        choices = _choices(question, question.on_scale(question.answers, scale))
        rows = [
            Row(_names(question, part, scale), {tag: f"{text} ({header})" if header else text for tag, text in part.text.items()},
                part.place.within(f"{part.place.name}, scale {int(scale) + 1}"), part.show,
                f"{question.code}-{part.code}-{int(scale) + 1}")
            for part in question.on_scale(question.subquestions)
        ]  # fmt: skip
        _in_rows(draft, question, rows, choices)
    draft.report.add(question.place, "layoutLost", "It has two scales beside each other.", "They are asked one after the other.")


def _cells(kind: str) -> Callable[[Draft, Question], None]:
    def ask_cells(draft: Draft, question: Question) -> None:
        stem, columns = _said(draft, question), question.on_scale(question.subquestions, "1")
        more: dict[str, Any] = {}
        if kind == "number":
            more = {"minimum": _bound(question, "multiflexible_min"), "maximum": _bound(question, "multiflexible_max"), "decimals": 6}
        for part in question.on_scale(question.subquestions):
            row = draft.joined(stem, draft.text(part.place, part.text, part.code))
            for column in columns:
                place = Place(f"{part.place.name}, column {column.code}", line=part.place.line)
                text = draft.joined(row, draft.text(column.place, column.text, column.code))
                draft.ask(place, _names(question, part, column.code), kind, text, **more,
                          key=f"{question.code}-{part.code}-{column.code}",
                          **_common(question) | {"show": _both(question, part)})  # fmt: skip
        draft.report.add(question.place, "layoutLost", "It is a table with a field in each cell.", "Each cell is a question of its own.")

    return ask_cells


TYPES: Mapping[str, Callable[[Draft, Question], None]] = {
    "5": _five_points, "L": _single, "!": _single, "O": _single_with_comment, "M": _several,
    "P": lambda draft, question: _several(draft, question, comments=True), "R": _ranking, "G": _gender, "Y": _yes_no,
    "S": _text, "T": _text, "U": _text, "N": _number, "D": _date, "K": _each("number"), "Q": _each("text"),
    "A": _array(_points(5)), "B": _array(_points(10)), "C": _array(YES_OR_NOT), "E": _array(CHANGE),
    "F": _array(_of_answers), "H": _by_column, "1": _dual, ":": _cells("number"), ";": _cells("text"),
}  # fmt: skip
