"""From what is known to HTML. Everything is escaped by the templates; nothing here marks text as safe."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from services.survey.responses.page.filled import NOT_APPLICABLE, Filled, Place, carried, value_of
from services.survey.responses.page.mistakes import Mistake
from services.survey.responses.page.numbers import written
from services.survey.responses.page.questionnaire import Questionnaire
from services.survey.responses.page.steps import CHECK, START, Step, least_services, rows
from services.survey.responses.page.words import LANGUAGE_NAMES, Words, day, words_for
from services.survey.surveys.values import SCALES

HERE = Path(__file__).parent
DONE = ("thanks", "answered", "over")
STYLE = (HERE / "static" / "page.css").read_bytes()
ICON = (HERE / "static" / "icon.svg").read_bytes()


def _address(name: str, content: bytes) -> str:
    """With a fingerprint, so that browsers may keep it for ever. Too short for an invitation's token."""
    stem, _, suffix = name.rpartition(".")
    return f"/r/{stem}.{hashlib.sha256(content).hexdigest()[:12]}.{suffix}"


ASSETS = {"style": _address("page.css", STYLE), "icon": _address("icon.svg", ICON)}
FILES = {ASSETS["style"]: (STYLE, "text/css; charset=utf-8"), ASSETS["icon"]: (ICON, "image/svg+xml")}
pages = Environment(
    loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
    lstrip_blocks=True, auto_reload=False,
)  # fmt: skip
pages.globals.update(
    assets=ASSETS, language_names=LANGUAGE_NAMES, scales=SCALES, not_applicable=NOT_APPLICABLE, rows=rows,
    day=day, written=written,
)  # fmt: skip


@dataclass(frozen=True)
class Part:
    """A line of the last page: one service or section."""

    name: str
    title: str
    answers: Sequence[tuple[str, str]]
    total: int


def message(words: Words, what: str) -> str:
    """`what` names a heading among the words; its text has the same name with `_text`."""
    return pages.get_template("message.html").render(
        language=words.language,
        done=what in DONE,
        heading=getattr(words, what),
        text=getattr(words, f"{what}_text"),
        after=words.close if what in DONE else "",
    )


def page(
    questionnaire: Questionnaire, filled: Filled, path: Sequence[Step], step: Step, mistakes: Sequence[Mistake] = ()
) -> str:
    words = words_for(questionnaire.language)
    kind = step.name if step.name in (START, CHECK) else "questions"
    heading = {START: questionnaire.title, CHECK: words.check}.get(step.name, step.title or words.about_all)
    total = path[-1].number
    here = {"service"} if step.name == START and questionnaire.chooses else set()
    here |= {place.name for place in step.places} | {f"{place.name}.na" for place in step.places}
    checked = step.name == CHECK or filled.one("checked")
    shown: dict[str, Any] = {
        "w": words,
        "q": questionnaire,
        "language": questionnaire.language,
        "step": step,
        "total": total,
        "heading": heading,
        "progress": words.step.format(number=step.number, total=total),
        "go": {START: words.start, CHECK: words.send}.get(step.name, words.next),
        "filled": filled,
        "chosen": filled.services(questionnaire) if questionnaire.chooses else (),
        "hidden": [*carried(filled, questionnaire, here), *([("checked", "1")] if checked else [])],
        "least": least_services(questionnaire, filled) if step.name == START else 0,
        "errors": {mistake.name: text_of(mistake, words) for mistake in mistakes},
        "mistakes": [_summarised(mistake, step, words) for mistake in mistakes],
        "parts": parts(path, filled, words) if step.name == CHECK else (),
    }
    return pages.get_template(f"{kind}.html").render(shown)


def text_of(mistake: Mistake, words: Words) -> str:
    text = words.mistakes.get(mistake.code, words.any_mistake)
    return text.format(number=mistake.number, names=", ".join(mistake.names)) + "."


def _summarised(mistake: Mistake, step: Step, words: Words) -> Mapping[str, str]:
    """A line of the summary on top: it names the question, and leads to the field if that is on this page."""
    label = next((place.question.text for place in step.places if place.name == mistake.name), "")
    here = label or (mistake.name == "service" and step.name == START)
    return {
        "href": mistake.name if here else "",
        "label": f"{label.rstrip('.')}:" if label and not label.endswith("?") else label,
        "text": text_of(mistake, words),
    }


def parts(path: Sequence[Step], filled: Filled, words: Words) -> list[Part]:
    """A service or section with its follow-ups is one line, which leads to its first page."""
    made: list[Part] = []
    for step in path[1:-1]:
        answers = [(place.question.text, said(place, filled, words)) for place in step.places if filled.given(place)]
        if step.follow_up:
            before = made.pop()
            made.append(Part(before.name, before.title, [*before.answers, *answers], before.total + len(step.places)))
        else:
            made.append(Part(step.name, step.title or words.about_all, answers, len(step.places)))
    return made


def said(place: Place, filled: Filled, words: Words) -> str:
    """An answer in the words in which it was given, and numbers as they were read."""
    question, given = place.question, filled.given(place)
    if given == (NOT_APPLICABLE,):
        return words.not_applicable
    if question.type == "yesNo":
        return {"true": words.yes, "false": words.no}.get(given[0], given[0])
    if question.type == "date":
        return day(words, given[0])
    if question.type in ("lostTime", "number"):
        unit = words.minutes if question.type == "lostTime" else question.unit
        return f"{written(value_of(question, given), words.language)} {unit}".rstrip()
    texts = {option.key: option.text for option in question.options}
    if question.labels:
        texts |= {str(number): text for number, text in enumerate(question.labels, question.low)}
    if question.type == "ranking":
        return "\n".join(f"{place}. {texts.get(value, value)}" for place, value in enumerate(given, 1))
    return ", ".join(texts.get(value, value) for value in given)
