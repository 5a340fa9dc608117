"""The draft as a definition: conditions in our words, sections within their bounds."""

from itertools import pairwise
from typing import Any

from services.survey.interchange.draft import Draft
from services.survey.interchange.expressions import ALWAYS, Every, Expression, Fixed, Opposite, Unclear, every
from services.survey.interchange.keys import made_key
from services.survey.interchange.parts import Asked, Section, TooLarge
from services.survey.interchange.report import Place

MOST_SECTIONS, MOST_IN_SECTION = 20, 100
EVERYBODY = "It is asked of everybody, and need not be answered."
Definition = dict[str, Any]


def finished(draft: Draft) -> Definition:
    """Not yet checked: see `repair.py`."""
    for section in draft.sections:
        section.asked = [asked for asked in section.asked if not _hidden(draft, asked.place, asked.show)]
    draft.sections = [s for s in draft.sections if s.asked and not _hidden(draft, s.place, s.show)]
    _split(draft)
    _merge(draft)
    definition: Definition = {
        "title": draft.title, "languages": list(draft.languages), "topics": draft.topics, "labels": draft.labels,
        "sections": [_section(draft, section) for section in draft.sections],
    }  # fmt: skip
    _told_once(draft)
    return definition


def _hidden(draft: Draft, place: Place, show: Expression) -> bool:
    if isinstance(show, Fixed) and not show.holds:
        draft.omit(place, "It is hidden from everybody.")
        return True
    return False


def _split(draft: Draft) -> None:
    pieces: list[Section] = []
    for section in draft.sections:
        for start in range(0, len(section.asked), MOST_IN_SECTION):
            taken = {each.key for each in (*draft.sections, *pieces)}
            key = made_key(section.key, taken, "section") if start else section.key
            piece = Section(section.place, key, section.title, section.show, section.more,
                            section.asked[start : start + MOST_IN_SECTION])  # fmt: skip
            pieces.append(piece)
        if len(section.asked) > MOST_IN_SECTION:
            detail = f"It has {len(section.asked)} questions; a section can have {MOST_IN_SECTION}."
            draft.report.add(section.place, "sectionChanged", detail, "It is divided over several sections.")
    draft.sections = pieces


def _merge(draft: Draft) -> None:
    sections = draft.sections
    while len(sections) > MOST_SECTIONS:
        sizes = [
            (len(one.asked) + len(other.asked), place)
            for place, (one, other) in enumerate(pairwise(sections))
            if not one.more and not other.more and len(one.asked) + len(other.asked) <= MOST_IN_SECTION
        ]
        if not sizes:
            raise TooLarge
        _, place = min(sizes)
        one, other = sections[place], sections.pop(place + 1)
        for section in (one, other):
            for asked in section.asked:
                asked.show = every(section.show, asked.show)
        one.show = ALWAYS
        one.asked += other.asked
        detail = f"There are more than {MOST_SECTIONS} sections."
        draft.report.add(other.place, "sectionChanged", detail, f"Its questions are in the section {one.key}.")


def _section(draft: Draft, section: Section) -> dict[str, Any]:
    made: dict[str, Any] = {"key": section.key, **section.more}
    if section.title:
        made["title"] = section.title
    if not _shown(draft, section.place, section.show, made, EVERYBODY.replace("It is", "Its questions are")):
        for asked in section.asked:
            asked.question.pop("required", None)
    made["questions"] = [_question(draft, asked) for asked in section.asked]
    return made


def _question(draft: Draft, asked: Asked) -> dict[str, Any]:
    question = asked.question
    already = question.pop("showIf", None)
    if not _shown(draft, asked.place, asked.show, question, EVERYBODY):
        question.pop("required", None)
    if already is not None:
        _and(question, already)
    _required(draft, asked)
    for option, (place, show) in zip(question.get("options", ()), asked.options, strict=False):
        _shown(draft, place, show, option, "It can be chosen by everybody.")
    hidden = [number for number, (_, show) in enumerate(asked.options) if isinstance(show, Fixed) and not show.holds]
    for number in reversed(hidden):
        draft.report.add(
            asked.options[number][0], "optionOmitted", "It is hidden from everybody.", "It is not in the draft."
        )
        del question["options"][number]
    return question


def _shown(draft: Draft, place: Place, show: Expression, element: dict[str, Any], otherwise: str) -> bool:
    """Whether its condition could be said, in part at least."""
    clear: list[Expression] = []
    lost: list[str] = []
    for part in show.parts if isinstance(show, Every) else (show,):
        if isinstance(part, Fixed):
            continue
        try:
            draft.names.condition(part)
            clear.append(part)
        except Unclear as unclear:
            lost.append(str(unclear))
    for why in lost:
        instead = "The rest of its condition is kept." if clear else otherwise
        draft.report.add(place, "conditionLost", f"When it is shown cannot be said here: {why}.", instead)
    if clear:
        _put(draft, element, every(*clear))
    return bool(clear) or not lost


def _put(draft: Draft, element: dict[str, Any], show: Expression) -> None:
    if isinstance(show, Opposite) and not isinstance(show.of, Fixed):
        condition = draft.names.condition(show)
        if "not" in condition:
            element["skipIf"] = condition["not"]
        else:
            element["showIf"] = condition
    else:
        element["showIf"] = draft.names.condition(show)


def _and(question: dict[str, Any], condition: dict[str, Any]) -> None:
    if "skipIf" in question:
        question["showIf"] = {"not": question.pop("skipIf")}
    if "showIf" in question:
        question["showIf"] = {"all": [question["showIf"], condition]}
    else:
        question["showIf"] = condition


def _required(draft: Draft, asked: Asked) -> None:
    if asked.require is None or isinstance(asked.require, Fixed):
        if asked.require == ALWAYS:
            asked.question["required"] = True
        return
    try:
        asked.question["requireIf"] = draft.names.condition(asked.require)
    except Unclear as unclear:
        detail = f"When it must be answered cannot be said here: {unclear}."
        draft.report.add(asked.place, "conditionLost", detail, "It need not be answered.")


def _told_once(draft: Draft) -> None:
    if draft.formatted:
        texts = "text has" if draft.formatted == 1 else "texts have"
        detail = f"{draft.formatted} {texts} emphasis, headings or other formatting."
        draft.report.add(draft.whole, "textChanged", detail, "The words are kept, without it.")
    for place, languages in draft.missing.items():
        detail = f"Its text is not there in {', '.join(sorted(languages))}."
        instead = f"What it says in {draft.languages[0]} stands in its place."
        draft.report.add(place, "translationMissing", detail, instead)
