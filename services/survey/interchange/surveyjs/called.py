"""What the questions of a survey are called in its document, seen from where a condition stands."""

from collections.abc import Mapping
from typing import Any

from services.survey.interchange.surveyjs.clashes import free
from services.survey.interchange.surveyjs.formulas import Formulas
from services.survey.interchange.surveyjs.pieces import blocks
from services.survey.surveys.conditions import leaves
from services.survey.surveys.values import SCALES

AS_ITEM = (*SCALES, "singleChoice", "yesNo")  # of which "not applicable" is one more answer to choose
Section = Mapping[str, Any]


class Called:
    """`tables`: by section and name; `panel`: the one that there is for each service; `special`: the questions of which
    “not applicable” is a value."""

    def __init__(self, definition: Mapping[str, Any]) -> None:
        sections = definition["sections"]
        questions = [question for section in sections for question in section["questions"]]
        self.holder: dict[str, str] = {}
        self.repeated: set[str] = set()
        self.tables: dict[tuple[str, str], str] = {}
        taken = {question["key"] for question in questions}
        for section in sections:
            for name, block in blocks(section):
                if name:
                    self.tables[section["key"], name] = free(name, taken)
                    taken.add(self.tables[section["key"], name])
                for question in block:
                    key = question["key"]
                    self.holder[key] = f"{self.tables[section['key'], name]}.{key}" if name else key
                    self.repeated |= {key} if section.get("repeatFor") else set()
        self.panel = free(next((each["key"] for each in sections if each.get("repeatFor")), "service"), taken)
        self.special = frozenset(
            each["key"] for each in questions if each.get("notApplicable") and each["type"] in AS_ITEM
        )

    def formula(self, condition: Mapping[str, Any], inside: Section) -> str:
        def named(key: str) -> str:
            of_service = key in self.repeated and inside.get("repeatFor")
            return f"panel.{self.holder[key]}" if of_service else self.holder[key]

        return Formulas(named, self.special).formula(condition)

    def looks_at_one(self, condition: Mapping[str, Any]) -> bool:
        """Whether it can differ between the services that are rated."""
        return any(leaf.get("operator") == "is" or leaf.get("question") in self.repeated for leaf in leaves(condition))
