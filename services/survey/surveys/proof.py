"""The proof that a questionnaire can be answered: everything in it can be shown to somebody, nobody is stuck, and
everybody is asked something. `search.py` says over what this is proved."""

from collections.abc import Iterator, Mapping
from typing import Any

from services.survey.surveys.conditions import Condition, both, shown_if
from services.survey.surveys.fault import Definition, Fault, Path
from services.survey.surveys.logic import Logic, asked_if, logic_of
from services.survey.surveys.search import Search, TooComplex


def faults(definition: Definition) -> Iterator[Fault]:
    """Of a definition whose conditions fit by themselves."""
    logic = logic_of(definition)
    proof = _Proof(definition, logic)
    if not any(map(_has_conditions, logic.values())):
        return
    for place, section in enumerate(definition["sections"]):
        path: Path = ("sections", place)
        unseen = list(proof.never_shown(section, path, shown_if(section), bool(section.get("repeatFor"))))
        yield from unseen
        if unseen:
            continue
        for number, question in enumerate(section["questions"]):
            yield from proof.question(question, (*path, "questions", number))
    yield from proof.nobody_is_left_out(definition)


def _has_conditions(logic: Logic) -> bool:
    return any(True for _ in logic.conditions)


class _Proof:
    def __init__(self, definition: Definition, logic: Mapping[str, Logic]) -> None:
        self.logic, self.search = logic, Search(definition, logic)

    def question(self, question: Mapping[str, Any], path: Path) -> Iterator[Fault]:
        logic = self.logic[question["key"]]
        unseen = list(self.never_shown(question, path, logic.shown, logic.repeated))
        yield from unseen
        if unseen:
            return
        for place, option in enumerate(question.get("options") or ()):
            of_option = logic.options.get(option["key"])
            yield from self.never_shown(option, (*path, "options", place), both(logic.shown, of_option), logic.repeated)
        required = logic.required
        try:
            if required and not self.search.possible(both(logic.shown, required) or {}, repeated=logic.repeated):
                yield Fault((*path, "requireIf"), "neverMet", "can never be met by somebody who is asked this question")
        except TooComplex:
            yield _too_complex((*path, "requireIf"), "it can be met")
        yield from self._dead_end(question, logic, path)

    def never_shown(
        self, element: Mapping[str, Any], path: Path, condition: Condition | None, repeated: bool
    ) -> Iterator[Fault]:
        own = next((name for name in ("showIf", "skipIf") if element.get(name)), None)
        if own is None:
            return
        try:
            if not self.search.possible(condition or {}, repeated=repeated):
                detail = "can never be shown: nobody can be and answer what this asks for. Change it, or leave it out"
                yield Fault((*path, own), "neverShown", detail)
        except TooComplex:
            yield _too_complex((*path, own), "it can be shown")

    def _dead_end(self, question: Mapping[str, Any], logic: Logic, path: Path) -> Iterator[Fault]:
        """Where the question must be answered, yet none of its options is shown."""
        options = question.get("options") or ()
        if not options or len(logic.options) < len(options) or not (question.get("required") or logic.required):
            return
        without = [{"not": condition} for condition in logic.options.values()]
        detail = "somebody must answer this and is shown no option: leave one without a condition"
        stuck = both(logic.shown, logic.required, *without)
        yield from self._impossible(stuck, logic.repeated, Fault((*path, "options"), "deadEnd", detail))

    def nobody_is_left_out(self, definition: Definition) -> Iterator[Fault]:
        """An answer to nothing cannot be sent."""
        unseen: list[Condition] = []
        for section in definition["sections"]:
            for question in section["questions"]:
                asked = asked_if(question, self.logic[question["key"]])
                if asked is None:
                    return
                unseen.append({"not": asked})
        repeated = any(section.get("repeatFor") for section in definition["sections"])
        detail = "somebody may be asked nothing at all, and then cannot answer: ask one question without a condition"
        yield from self._impossible(both(*unseen), repeated, Fault(("sections",), "deadEnd", detail))

    def _impossible(self, condition: Condition | None, repeated: bool, otherwise: Fault) -> Iterator[Fault]:
        try:
            if self.search.possible(condition or {}, repeated=repeated):
                yield otherwise
        except TooComplex:
            yield _too_complex(otherwise.path, "nobody is stuck here")


def _too_complex(path: Path, what: str) -> Fault:
    detail = f"hangs on too much together to prove that {what}: use fewer or simpler conditions"
    return Fault(path, "tooComplex", detail)
