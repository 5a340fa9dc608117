"""Small pieces of a SurveyJS document."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from services.survey.interchange.shape import Object
from services.survey.interchange.surveyjs.names import JOINER
from services.survey.surveys import piping
from services.survey.surveys.conditions import shown_if
from services.survey.surveys.values import LONGEST_MONTH, bounds, dates

Question = Mapping[str, Any]
FILLED = {"service": "{panel.serviceName}", "provider": "{panel.providerName}"}
BRACES = {"{{": "{" + JOINER, "}}": JOINER + "}"}


def unlike(name: str, taken: Collection[str]) -> str:
    """A name in a document may be there once, and SurveyJS reads capitals as small letters."""
    known = {each.lower() for each in taken}
    while name.lower() in known:
        name += "-all"
    return name


def given(name: str) -> Object:
    """What is known of a service that is rated: nobody sees or fills it in."""
    return {"type": "text", "name": name, "visible": False, "clearIfInvisible": "none"}


def order(question: Question) -> Object:
    return {"choicesOrder": "random"} if question.get("randomOptions") else {}


def blocks(section: Mapping[str, Any]) -> Iterator[tuple[str, list[Question]]]:
    """Questions one by one (no name), and rows of a table that SurveyJS can show as one (its name)."""
    for name, group in groupby(section["questions"], key=lambda question: question.get("matrix") or ""):
        block = list(group)
        yield (name if name and _is_table(block) else ""), block


def some_hidden(question: Question) -> bool:
    """Whether it has options that are shown to some."""
    return any(shown_if(option) for option in question.get("options") or ())


def asked_if(question: Question) -> Mapping[str, Any] | None:
    """A question without an option that is shown is not asked, even if it may not apply: SurveyJS, to which that is an
    option or a question too, is told so."""
    own, options = shown_if(question), [shown_if(option) for option in question.get("options") or ()]
    if not question.get("notApplicable") or not options or not all(options):
        return own
    some = {"any": options}
    return {"all": [own, some]} if own else some


def _is_table(block: Sequence[Question]) -> bool:
    """A row that is hidden keeps its answer in a table of SurveyJS, so no row may have a condition."""
    first = block[0]
    alike = all(
        all(question.get(name) == first.get(name) for name in ("type", "points", "labels", "required", "notApplicable"))
        and [option["key"] for option in question.get("options") or ()]
        == [option["key"] for option in first.get("options") or ()]
        for question in block
    )
    plain = not any(
        question.get(name)
        for question in block
        for name in ("requireIf", "minimumLabel", "maximumLabel", "randomOptions")
    )
    fixed = not any(shown_if(question) or some_hidden(question) for question in block)
    return alike and plain and fixed and first["type"] in ("rating", "effort", "importance", "singleChoice", "yesNo")


def filled(text: str) -> str:
    """What is filled in here, as SurveyJS fills it in. It would do so with whatever has the name that stands in braces of
    the text's own (`{service}`, the panel), and has no other way to write these: within them stands a sign that is not seen."""
    return piping.TOKEN.sub(lambda found: BRACES.get(found[0]) or FILLED.get(found[1] or "", found[0]), text)


def _lost_time(_question: Question) -> Object:
    return {"type": "text", "inputType": "number", "min": 0, "max": LONGEST_MONTH, "step": 1}


def _text(question: Question) -> Object:
    longest = question["maximumLength"]
    return {"type": "comment", "maxLength": longest, "validators": [{"type": "text", "maxLength": longest}]}


def _number(question: Question) -> Object:
    decimals = question.get("decimals") or 0
    least, most = bounds(question)
    step = float(f"1e-{decimals}") if decimals else 1
    return {"type": "text", "inputType": "number", "min": least, "max": most, "step": step}


def _date(question: Question) -> Object:
    earliest, latest = dates(question)
    return {"type": "text", "inputType": "date", "min": earliest, "max": latest}


FIELDS: Mapping[str, Callable[[Question], Object]] = {
    "lostTime": _lost_time, "text": _text, "number": _number, "date": _date,
}  # fmt: skip
