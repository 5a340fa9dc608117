"""What makes a definition a questionnaire, beyond the shape of its body: everything that one part says of another."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from services.survey.surveys import piping, proof, references
from services.survey.surveys.domains import around
from services.survey.surveys.fault import Definition, Fault, Path
from services.survey.surveys.matrix import faults as matrix_faults
from services.survey.surveys.values import FIRST_DATE, LAST_DATE, MAXIMUM_LENGTH, POINTS, bounds, dates, scale

RATED = (1, 3)  # services that a respondent rates, where the questionnaire does not say


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
    if question["type"] == "number":
        made["decimals"] = question.get("decimals") or 0
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


def faults(definition: Definition) -> Iterator[Fault]:
    """Everything that is wrong with a `completed` definition, each at its place."""
    yield from _repeated(definition["languages"], ("languages",), "a language")
    yield from _repeated([topic["key"] for topic in definition.get("topics") or ()], ("topics",), "a topic", "key")
    yield from _repeated([section["key"] for section in definition["sections"]], ("sections",), "a section", "key")
    yield from _untranslated(definition, (), frozenset(definition["languages"]))
    yield from _unknown_names(definition, ())
    yield from _bounds(definition)
    yield from _roles(definition)
    asked: set[str] = set()
    twice = False
    for place, section in enumerate(definition["sections"]):
        for number, question in enumerate(section["questions"]):
            path = ("sections", place, "questions", number)
            if question["key"] in asked:
                twice = True
                yield Fault((*path, "key"), "duplicate", "names a question a second time")
            asked.add(question["key"])
            yield from _question(definition, question, path)
        yield from matrix_faults(section, ("sections", place))
    fits = not twice
    for fault in references.faults(definition):
        fits = False
        yield fault
    if fits:
        yield from proof.faults(definition)


def _repeated(names: Sequence[str], path: Path, what: str, *more: str) -> Iterator[Fault]:
    seen: Counter[str] = Counter()
    for place, name in enumerate(names):
        if seen[name]:
            yield Fault((*path, place, *more), "duplicate", f"names {what} a second time")
        seen[name] += 1


TEXTS = ("title", "name", "text", "minimumLabel", "maximumLabel", "unit")  # lostTime's unit is no map of languages


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
    yield from _impossible(question, path)


def _impossible(question: Mapping[str, Any], path: Path) -> Iterator[Fault]:
    """Bounds between which no answer lies."""
    options = len(question.get("options") or ())
    least, most = question.get("minimumChoices") or 1, question.get("maximumChoices") or options
    for name in ("minimumChoices", "maximumChoices"):
        if (question.get(name) or 0) > options:
            yield Fault((*path, name), "moreThanOptions", f"is more than the {options} options that there are")
    if least > most and options:
        yield Fault((*path, "minimumChoices"), "aboveMaximum", "is more than maximumChoices")
    if question["type"] == "number":
        lowest, highest = bounds(question)
        if lowest > highest:
            yield Fault((*path, "minimum"), "aboveMaximum", "is more than maximum")
        elif not around(lowest, highest, (), question["decimals"]):
            detail = f"no number with {question['decimals']} decimals is from {lowest} to {highest}"
            yield Fault((*path, "decimals"), "deadEnd", detail)
    if question["type"] == "date":
        for name, said in zip(("earliestDate", "latestDate"), dates(question), strict=True):
            if not FIRST_DATE <= said <= LAST_DATE:
                yield Fault((*path, name), "outOfRange", f"must be from {FIRST_DATE} to {LAST_DATE}")
        if dates(question)[0] > dates(question)[1]:
            yield Fault((*path, "earliestDate"), "aboveMaximum", "is after latestDate")


def _unknown_names(node: Any, path: Path, names: tuple[str, ...] = piping.EVERYWHERE) -> Iterator[Fault]:
    """In every text of every language, those of labels included."""
    if isinstance(node, list):
        for place, each in enumerate(node):
            yield from _unknown_names(each, (*path, place), names)
    elif isinstance(node, Mapping):
        if node.get("repeatFor"):
            names = piping.OF_SERVICES
        for name, each in node.items():
            of_text = path[:1] == ("labels",) or (path and path[-1] in TEXTS)
            if isinstance(each, str) and of_text:
                for code, detail in piping.mistakes(each, names):
                    yield Fault((*path, name), code, detail)
            elif name not in ("showIf", "skipIf", "requireIf"):
                yield from _unknown_names(each, (*path, name), names)
