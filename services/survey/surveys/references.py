"""What the conditions of a questionnaire name, and whether that fits: each by itself, before `proof.py` looks at what
they come to together."""

from collections.abc import Iterator, Mapping
from typing import Any

from services.survey.surveys import domains
from services.survey.surveys.conditions import GIVEN, OPERATORS_OF, Condition, holds, leaves
from services.survey.surveys.fault import Definition, Fault, Path
from services.survey.surveys.values import Refusal, acceptor

Question = Mapping[str, Any]
SEVERAL = ("multipleChoice", "ranking")


def faults(definition: Definition) -> Iterator[Fault]:
    """Looking back only, at answers that are there once (or about the same service), no cycle can arise."""
    asked: dict[str, tuple[Question, bool]] = {}
    later = {
        question["key"]: (section, question) for section in definition["sections"] for question in section["questions"]
    }
    for place, section in enumerate(definition["sections"]):
        look = _Look(later, asked, section)
        yield from look.at(section, ("sections", place))
        for number, question in enumerate(section["questions"]):
            path: Path = ("sections", place, "questions", number)
            yield from look.at(question, path)
            for option_place, option in enumerate(question.get("options") or ()):
                yield from look.at(option, (*path, "options", option_place))
            asked[question["key"]] = (question, bool(section.get("repeatFor")))


class _Look:
    """At the conditions of one section. `asked` grows as its questions are passed."""

    def __init__(
        self,
        later: Mapping[str, tuple[Any, Any]],
        asked: Mapping[str, tuple[Question, bool]],
        section: Mapping[str, Any],
    ) -> None:
        self.later, self.asked, self.section = later, asked, section

    def at(self, element: Mapping[str, Any], path: Path) -> Iterator[Fault]:
        if element.get("showIf") and element.get("skipIf"):
            detail = "says with showIf when this is shown already: put both into one condition"
            yield Fault((*path, "skipIf"), "showAndSkip", detail)
        if element.get("requireIf") and element.get("required"):
            detail = "is of no use: the question is always required. Leave one of the two out"
            yield Fault((*path, "requireIf"), "alwaysRequired", detail)
        for name in ("showIf", "skipIf", "requireIf"):
            if element.get(name):
                yield from self._condition(element[name], (*path, name), element.get("key"))

    def _condition(self, condition: Condition, path: Path, of: str | None) -> Iterator[Fault]:
        if "not" in condition:
            yield from self._condition(condition["not"], (*path, "not"), of)
        for name in ("all", "any"):
            for place, part in enumerate(condition.get(name) or ()):
                yield from self._condition(part, (*path, name, place), of)
        if "question" in condition:
            yield from self._answer(condition, path, of)
        elif "attribute" in condition:
            yield from _attribute(condition, path)
        elif "service" in condition and condition["operator"] == "is" and not self.section.get("repeatFor"):
            detail = "is for sections that are repeated for services (repeatFor)"
            yield Fault((*path, "operator"), "notRepeated", detail)

    def _answer(self, condition: Condition, path: Path, of: str | None) -> Iterator[Fault]:
        key = condition["question"]
        if key not in self.asked:
            yield self._unasked(key, (*path, "question"), of)
            return
        decides, repeated = self.asked[key]
        if repeated and not self.section.get("repeatFor"):
            detail = "is asked about each service: for what is asked once it is not clear which of them is meant"
            yield Fault((*path, "question"), "notEarlier", detail)
        elif condition["operator"] not in OPERATORS_OF[decides["type"]]:
            fitting = ", ".join(OPERATORS_OF[decides["type"]])
            yield Fault((*path, "operator"), "unfitOperator", f"operators for {decides['type']}: {fitting}")
        elif decides["type"] in SEVERAL and len(self._named(decides)) > domains.MOST_NAMED:
            detail = f"more than {domains.MOST_NAMED} options of {key} decide on others: more than can be proved"
            yield Fault((*path, "value"), "tooComplex", detail)
        else:
            yield from _expected(decides, condition, (*path, "value"))

    def _named(self, question: Question) -> set[Any]:
        """The options that conditions look at."""
        sections = {section["key"]: section for section, _ in self.later.values()}
        everything = (leaf for section in sections.values() for leaf in _leaves_of(section))
        named = domains.constants(leaf for leaf in everything if leaf.get("question") == question["key"])
        return {each for each in named if isinstance(each, str)} & set(_options(question))

    def _unasked(self, key: str, path: Path, of: str | None) -> Fault:
        if key not in self.later:
            return Fault(path, "unknownQuestion", "is no question of this survey")
        if of is not None and of != key and of in self._hangs_on(key):
            return Fault(path, "cycle", f"hangs on {of} itself: neither could ever be asked first")
        return Fault(path, "notEarlier", "must be asked earlier, in a section before or above in this one")

    def _hangs_on(self, key: str) -> set[str]:
        found: set[str] = set()
        waiting = [key]
        while waiting:
            section, question = self.later[waiting.pop()]
            for leaf in _leaves_of({**section, "questions": [question]}):
                name = str(leaf.get("question"))
                if name in self.later and name not in found:
                    found.add(name)
                    waiting.append(name)
        return found


def _leaves_of(section: Mapping[str, Any]) -> Iterator[Condition]:
    elements = [section, *section["questions"]]
    elements += [option for question in section["questions"] for option in question.get("options") or ()]
    for element in elements:
        for name in ("showIf", "skipIf", "requireIf"):
            yield from leaves(element.get(name))


def _options(question: Question) -> list[str]:
    return [option["key"] for option in question.get("options") or ()]


def _attribute(condition: Condition, path: Path) -> Iterator[Fault]:
    value, name = condition.get("value"), condition["operator"]
    yield from _shape(value, name, (*path, "value"))


def _shape(value: Any, name: str, path: Path) -> Iterator[Fault]:
    if name in GIVEN:
        if value is not None:
            yield Fault(path, "notAllowed", f"{name} takes no value: leave it out")
    elif value is None:
        yield Fault(path, "missing", f"{name} needs a value to compare with")
    elif (name == "in") != isinstance(value, list):
        yield Fault(path, "wrongType", "must be a list" if name == "in" else "must be a single value")


def _expected(decides: Question, condition: Condition, path: Path) -> Iterator[Fault]:
    """The value must be one that the question can have, and some answer must meet the condition."""
    value, name = condition.get("value"), condition["operator"]
    wrong = list(_shape(value, name, path))
    if wrong or name in GIVEN:
        yield from wrong
        return
    several = isinstance(value, list)
    accept, unfit = acceptor({**decides, "minimumChoices": 1}), False
    for place, each in enumerate(value if several else [value]):  # type: ignore[arg-type]  # a list, as just seen
        answer = accept([each] if name in ("contains", "notContains") else each)
        if isinstance(answer, Refusal):
            unfit = True
            yield Fault((*path, place) if several else path, answer.code, f"no answer can be this: it {answer.detail}")
    candidates = domains.answers(decides, domains.constants([condition]), _options(decides))
    if not unfit and not any(holds(condition, each) for each in candidates):
        yield Fault(path, "neverMet", "no answer meets this condition")
