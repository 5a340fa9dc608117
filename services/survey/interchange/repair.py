"""Whether the definition can be a draft: what our own rules refuse is taken out, and told."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.shared.patch import validated
from services.shared.problems import FieldError, Problem, invalid, pointer_of
from services.survey.interchange.report import Place, Report
from services.survey.surveys import rules
from services.survey.surveys.schemas import SurveyBody

ROUNDS = 20
CONDITIONS = ("showIf", "skipIf", "requireIf")
# What a question can do without.
EXTRAS = ("matrix", "randomOptions", "unit", "labels", "topic", "minimumChoices", "maximumChoices", "role")
Definition = dict[str, Any]
Path = tuple[str | int, ...]


@dataclass
class Repair:
    """`places`: of sections and questions, by which of these they are and their key."""

    definition: Definition
    places: Mapping[tuple[str, str], Place]
    whole: Place
    report: Report

    def run(self) -> SurveyBody:
        """Raises the Problem of what cannot be taken out."""
        for _ in range(ROUNDS):
            self._without_empty()
            try:
                return self._accepted()
            except Problem as problem:
                if not self.taken_out(problem):
                    raise
        return self._accepted()

    def _accepted(self) -> SurveyBody:
        """All that is wrong is found at once, however much: each round proves the whole questionnaire."""
        body = validated(SurveyBody, self.definition)
        wrong = rules.faults(rules.completed(body.model_dump(mode="json", exclude_unset=True)))
        errors = [FieldError(pointer=pointer_of(each.path), code=each.code, detail=each.detail) for each in wrong]
        if errors:
            raise invalid(errors)
        return body

    def taken_out(self, problem: Problem) -> bool:
        """Whether anything was. From the last to the first, so that places in lists hold while something is removed."""
        found: dict[Path, str] = {}
        for error in problem.errors:
            path = (
                self._nobody()
                if (error.pointer, error.code) == ("/sections", "deadEnd")
                else culprit(steps(self.definition, error.pointer or ""), error.code)
            )
            if path:
                found.setdefault(path, error.detail)
        for path in sorted(found, key=lambda path: [(isinstance(part, str), part) for part in path], reverse=True):
            if not any(path[:depth] in found for depth in range(1, len(path))):
                self._remove(path, found[path])
        return bool(found)

    def _nobody(self) -> Path | None:
        """Somebody would be asked nothing: the condition of the first question, or of its section."""
        for path in (("sections", 0), ("sections", 0, "questions", 0)):
            element: Any = self.definition
            for part in path:
                element = element[part]
            for name in CONDITIONS[:2]:
                if name in element:
                    return (*path, name)
        return None

    def _remove(self, path: Path, why: str) -> None:
        holders: list[Any] = [self.definition]
        for part in path:
            holder = holders[-1]
            holders.append(holder.get(part) if isinstance(part, str) else holder[part])
        if path[0] != "sections":
            self._remove_named(path, holders, why)
            return
        inner = len(path) >= 4 and isinstance(path[3], int)
        kind, element = ("question", holders[4]) if inner else ("section", holders[2])
        place, last = self.places.get((kind, str(element.get("key"))), self.whole), path[-1]
        if isinstance(last, int):
            del holders[-2][last]
        else:
            holders[-2].pop(last, None)
        if last in CONDITIONS:
            detail = f"Its condition ({last}) is refused here: {why}."
            self.report.add(place, "conditionLost", detail, without(path, holders[-2]))
        elif len(path) == 6:
            said = next(iter((holders[-1].get("text") or {}).values()), "")
            self.report.add(
                place, "optionOmitted", f"The answer “{said[:100]}” is refused here: {why}.", "It is not in the draft."
            )
        elif len(path) == 4:
            self.report.add(place, "questionOmitted", f"It cannot be asked as it is: {why}.", "It is not in the draft.")
        elif len(path) == 2:
            self.report.add(
                place, "sectionChanged", f"It cannot be a section as it is: {why}.", "It is not in the draft."
            )
        else:
            self.report.add(place, "layoutLost", f"Its {last} is refused here: {why}.", "It does without.")

    def _remove_named(self, path: Path, holders: list[Any], why: str) -> None:
        """A topic, or a name for wordings of points."""
        del holders[-2][path[-1]]
        what = "topic" if path[0] == "topics" else "wording of points"
        self.report.add(
            self.whole, "settingLost", f"A {what} ({path[-1]}) is refused here: {why}.", "It is not in the draft."
        )

    def _without_empty(self) -> None:
        """A choice of which one option is left, and a section without questions."""
        for section in self.definition["sections"]:
            for question in [each for each in section["questions"] if len(each.get("options", "12")) < 2]:
                place = self.places.get(("question", question["key"]), self.whole)
                self.report.add(
                    place, "questionOmitted", "Fewer than two of its answers are left.", "It is not in the draft."
                )
                section["questions"].remove(question)
        self.definition["sections"] = [section for section in self.definition["sections"] if section["questions"]]


def steps(definition: Definition, pointer: str) -> Path:
    """A JSON pointer as the keys and indexes that it goes along."""
    path: list[str | int] = []
    node: Any = definition
    for part in pointer.split("/")[1:]:
        step: str | int = int(part) if isinstance(node, list) and part.isdecimal() else part.replace("~1", "/")
        path.append(step)
        try:
            node = node[step]
        except (KeyError, IndexError, TypeError):
            node = None
    return tuple(path)


def culprit(path: Path, code: str) -> Path | None:
    """What has to go: a condition, else an option, else a question, else a section; None if it is none of these. What
    could never be shown goes itself: here as there nobody sees it."""
    for depth, part in enumerate(path):
        if part in CONDITIONS:
            never = code == "neverShown" or (
                code == "neverMet" and part == "showIf" and path[depth + 1 :] == ("value",)
            )
            return path[:depth] if never else path[: depth + 1]
    if path[:1] in (("topics",), ("labels",)) and len(path) > 1:
        return path[:2]
    if len(path) < 2 or path[0] != "sections" or not isinstance(path[1], int):
        return None
    if len(path) >= 6 and path[4] == "options" and isinstance(path[5], int):
        return path[:6]
    if len(path) >= 5 and path[4] in EXTRAS:
        return path[:5]
    if len(path) >= 3 and path[2] in ("randomOrder", "title"):
        return path[:3]
    return path[:4] if len(path) >= 4 and isinstance(path[3], int) else path[:2]


def without(path: Path, holder: Definition) -> str:
    """What follows for an element from a condition that has gone."""
    if path[-1] == "requireIf":
        return "It need not be answered."
    if len(path) == 7:
        return "The answer can be chosen by everybody."
    for question in holder.get("questions", [holder]):
        question.pop("required", None)
    return "It is asked of everybody, and need not be answered."
