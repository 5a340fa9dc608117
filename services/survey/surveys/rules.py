"""What makes a definition a questionnaire, beyond the shape of its body: everything that one part says of another."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from services.survey.surveys.conditions import OPERATORS_OF, predicate
from services.survey.surveys.values import LONGEST_MONTH, MAXIMUM_LENGTH, POINTS, SCALES, Refusal, acceptor, scale

Definition = Mapping[str, Any]
Path = tuple[str | int, ...]
RATED = (1, 3)  # services that a respondent rates, where the questionnaire does not say


class Fault(NamedTuple):
    path: Path
    code: str
    detail: str


def completed(definition: Definition) -> dict[str, Any]:
    """With the defaults written out, so that no reader of a definition needs to know them. Nothing else changes."""
    return {**definition, "sections": [_completed_section(section) for section in definition["sections"]]}


def _completed_section(section: Mapping[str, Any]) -> dict[str, Any]:
    made = {**section, "questions": [_completed_question(question) for question in section["questions"]]}
    if section.get("repeatFor"):
        least = section.get("minimumServices") or RATED[0]
        made |= {"minimumServices": least, "maximumServices": section.get("maximumServices") or max(least, RATED[1])}
    return made


def _completed_question(question: Mapping[str, Any]) -> dict[str, Any]:
    made = {"required": False, "notApplicable": False, **question}
    if question["type"] in POINTS:
        made["points"] = question.get("points") or POINTS[question["type"]]
    if question["type"] == "text":
        made["maximumLength"] = question.get("maximumLength") or MAXIMUM_LENGTH
    if question["type"] == "lostTime":
        made["unit"] = "minutesPerMonth"
    return made


def questions(definition: Definition) -> Iterator[Mapping[str, Any]]:
    for section in definition["sections"]:
        yield from section["questions"]


def service_bounds(definition: Definition) -> tuple[int, int]:
    """How many services a respondent rates, at the least and at the most; (0, 0) if the questions are about none."""
    for section in definition["sections"]:
        if section.get("repeatFor"):
            return section["minimumServices"], section["maximumServices"]
    return 0, 0


def overall(definition: Definition) -> str | None:
    """The key of the question that stands for the whole: who has the role, else the first rating without topic in the
    first section. A questionnaire may do without."""
    for question in questions(definition):
        if question.get("role") == "overall":
            return str(question["key"])
    for question in definition["sections"][0]["questions"]:
        if question["type"] == "rating" and not question.get("topic"):
            return str(question["key"])
    return None


def faults(definition: Definition) -> Iterator[Fault]:
    """Everything that is wrong with a `completed` definition, each at its place."""
    yield from _repeated(definition["languages"], ("languages",), "a language")
    yield from _repeated([topic["key"] for topic in definition.get("topics") or ()], ("topics",), "a topic", "key")
    yield from _repeated([section["key"] for section in definition["sections"]], ("sections",), "a section", "key")
    yield from _untranslated(definition, (), frozenset(definition["languages"]))
    yield from _bounds(definition)
    yield from _roles(definition)
    asked: set[str] = set()
    for place, section in enumerate(definition["sections"]):
        earlier: dict[str, Mapping[str, Any]] = {}
        for number, question in enumerate(section["questions"]):
            path = ("sections", place, "questions", number)
            if question["key"] in asked:
                yield Fault((*path, "key"), "duplicate", "names a question a second time")
            asked.add(question["key"])
            yield from _question(definition, question, path)
            yield from _condition(definition, question, earlier, path)
            earlier[question["key"]] = question


def _repeated(names: Sequence[str], path: Path, what: str, *more: str) -> Iterator[Fault]:
    seen: Counter[str] = Counter()
    for place, name in enumerate(names):
        if seen[name]:
            yield Fault((*path, place, *more), "duplicate", f"names {what} a second time")
        seen[name] += 1


TEXTS = ("title", "name", "text", "minimumLabel", "maximumLabel")


def _untranslated(node: Any, path: Path, languages: frozenset[str]) -> Iterator[Fault]:
    """Every text must be there in every language of the questionnaire."""
    if isinstance(node, list):
        for place, each in enumerate(node):
            yield from _untranslated(each, (*path, place), languages)
    elif isinstance(node, Mapping):
        for name, each in node.items():
            if name in TEXTS and isinstance(each, Mapping):
                yield from _missing(each, (*path, name), languages)
            elif path == () and name == "labels":
                for key, wordings in (each or {}).items():
                    for place, wording in enumerate(wordings):
                        yield from _missing(wording, ("labels", key, place), languages)
            else:
                yield from _untranslated(each, (*path, name), languages)


def _missing(text: Mapping[str, str], path: Path, languages: Iterable[str]) -> Iterator[Fault]:
    for language in sorted(set(languages) - text.keys()):
        yield Fault((*path, language), "missingTranslation", f"is missing: {language} is a language of the survey")


def _bounds(definition: Definition) -> Iterator[Fault]:
    """All repeated sections are about the same services: those that the respondent chose once."""
    bounds = service_bounds(definition)
    for place, section in enumerate(definition["sections"]):
        path = ("sections", place)
        if not section.get("repeatFor"):
            for name in ("minimumServices", "maximumServices"):
                if section.get(name):
                    yield Fault((*path, name), "notRepeated", "is for sections that are repeated for services")
            continue
        if section["minimumServices"] > section["maximumServices"]:
            yield Fault((*path, "minimumServices"), "aboveMaximum", "is more than maximumServices")
        for name, bound in zip(("minimumServices", "maximumServices"), bounds, strict=True):
            if section[name] != bound:
                yield Fault((*path, name), "differs", f"must be {bound}, as in the first section about services")


def _roles(definition: Definition) -> Iterator[Fault]:
    first = None
    for place, section in enumerate(definition["sections"]):
        for number, question in enumerate(section["questions"]):
            if question.get("role") == "overall":
                if first is not None:
                    path = ("sections", place, "questions", number, "role")
                    yield Fault(path, "severalOverall", f"{first} is the overall question already; there can be one")
                first = first or question["key"]


def _question(definition: Definition, question: Mapping[str, Any], path: Path) -> Iterator[Fault]:
    topics = {topic["key"] for topic in definition.get("topics") or ()}
    if question.get("topic") and question["topic"] not in topics:
        yield Fault((*path, "topic"), "unknownTopic", "is no topic of this survey")
    options = question.get("options") or ()
    yield from _repeated([option["key"] for option in options], (*path, "options"), "an option", "key")
    for place, option in enumerate(options):
        if option.get("topic") and option["topic"] not in topics:
            yield Fault((*path, "options", place, "topic"), "unknownTopic", "is no topic of this survey")
    if question.get("labels"):
        wordings = (definition.get("labels") or {}).get(question["labels"])
        lowest, highest = scale(question)
        if wordings is None:
            yield Fault((*path, "labels"), "unknownLabels", "is no name in the labels of this survey")
        elif len(wordings) != highest - lowest + 1:
            detail = f"has {len(wordings)} wordings for {highest - lowest + 1} points"
            yield Fault((*path, "labels"), "labelCount", detail)


def _condition(
    definition: Definition, question: Mapping[str, Any], earlier: Mapping[str, Mapping[str, Any]], path: Path
) -> Iterator[Fault]:
    """Looking back only, within the section (and so at the answer about the same service), no cycle can arise."""
    condition = question.get("showIf")
    if not condition:
        return
    path = (*path, "showIf")
    decides = earlier.get(condition["question"])
    if decides is None:
        known = any(other["key"] == condition["question"] for other in questions(definition))
        detail = "must be asked earlier in the same section" if known else "is no question of this survey"
        yield Fault((*path, "question"), "notEarlier" if known else "unknownQuestion", detail)
    elif condition["operator"] not in OPERATORS_OF[decides["type"]]:
        fitting = ", ".join(OPERATORS_OF[decides["type"]]) or "none"
        yield Fault((*path, "operator"), "unfitOperator", f"operators for {decides['type']}: {fitting}")
    else:
        yield from _expected(decides, condition, (*path, "value"))


def _expected(decides: Mapping[str, Any], condition: Mapping[str, Any], path: Path) -> Iterator[Fault]:
    """The value must be one that the question can have, and some answer must meet the condition."""
    value, several = condition["value"], condition["operator"] == "in"
    if several != isinstance(value, list):
        yield Fault(path, "wrongType", "must be a list" if several else "must be a single value")
        return
    accept, unfit = acceptor(decides), False
    for place, each in enumerate(value if several else [value]):
        answer = accept([each] if decides["type"] == "multipleChoice" else each)
        if isinstance(answer, Refusal):
            unfit = True
            yield Fault((*path, place) if several else path, answer.code, f"no answer can be this: it {answer.detail}")
    candidates = _answers(decides, value if several else [value])
    if not unfit and not any(map(predicate(condition), candidates)):
        yield Fault(path, "neverMet", "no answer meets this condition")


def _answers(question: Mapping[str, Any], named: Sequence[Any]) -> Iterable[Any]:
    """Enough of what can be answered to find whether a condition that names these values is ever met."""
    if question["type"] in SCALES:
        lowest, highest = scale(question)
        return range(lowest, highest + 1)
    if question["type"] == "lostTime":
        return (0, LONGEST_MONTH, *named)
    if question["type"] == "yesNo":
        return (True, False)
    options = [option["key"] for option in question["options"]]
    return options if question["type"] == "singleChoice" else [options]
