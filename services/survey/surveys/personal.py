"""A questionnaire without what a respondent is certain not to be asked, and without conditions that are certain to be
met: what is left hangs on answers, and on the services they choose. A frontend need not know who answers."""

from collections.abc import Mapping
from typing import Any

from services.survey.surveys.conditions import Circumstances, Condition, compiled, simplified, unanswered
from services.survey.surveys.fault import Definition


class Personal:
    def __init__(self, here: Circumstances) -> None:
        self.here = here
        self.gone: set[str] = set()

    def of(self, definition: Definition) -> dict[str, Any]:
        sections = []
        for section in definition["sections"]:
            if self._is_out(section):
                self.gone |= {question["key"] for question in section["questions"]}
                continue
            questions = [self._question(question) for question in section["questions"]]
            if any(questions):
                made = {**self._left(section), "questions": [question for question in questions if question]}
                sections.append(made)
        return {**definition, "sections": sections}

    def _question(self, question: Mapping[str, Any]) -> dict[str, Any] | None:
        options = [self._left(option) for option in question.get("options") or () if not self._is_out(option)]
        if self._is_out(question) or (question.get("options") and not options):
            self.gone.add(question["key"])
            return None
        made = self._left(question)
        if question.get("requireIf"):
            required = made.pop("requireIf", None)
            met = self._simplified(required or question["requireIf"])
            made |= {"required": made.get("required") or met} if isinstance(met, bool) else {"requireIf": met}
        if made.get("minimumChoices"):
            made["minimumChoices"] = min(made["minimumChoices"], len(options))
        return {**made, "options": options} if options else made

    def _is_out(self, element: Mapping[str, Any]) -> bool:
        shown, skipped = element.get("showIf"), element.get("skipIf")
        return bool(
            (shown and self._simplified(shown) is False) or (skipped and self._simplified(skipped) is True)
        )  # fmt: skip

    def _left(self, element: Mapping[str, Any]) -> dict[str, Any]:
        made = dict(element)
        for name in ("showIf", "skipIf"):
            if element.get(name):
                left = self._simplified(element[name])
                made[name] = None if isinstance(left, bool) else left
        return {name: value for name, value in made.items() if value is not None}

    def _simplified(self, condition: Condition) -> bool | Condition:
        return simplified(condition, self._known)

    def _known(self, leaf: Condition) -> bool | None:
        if "question" in leaf:
            return unanswered(leaf) if leaf["question"] in self.gone else None
        if "service" in leaf and leaf["operator"] != "uses":
            return None
        return compiled(leaf)(self.here)
