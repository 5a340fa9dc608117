"""One question of Qualtrics, with what all types have in common."""

import re
from dataclasses import replace
from typing import Any

from services.survey.interchange.draft import Draft
from services.survey.interchange.expressions import Expression, every
from services.survey.interchange.limesurvey.source import language_of
from services.survey.interchange.parts import Choice, Raw
from services.survey.interchange.qualtrics.logic import Reading
from services.survey.interchange.qualtrics.source import Question
from services.survey.interchange.shape import Object, keyed, listing, mapping, said


class Asking:
    """One question."""

    def __init__(self, draft: Draft, reading: Reading, question: Question, show: Expression) -> None:
        self.draft, self.reading, self.question = draft, reading, question
        self.payload, self.place, self.id = question.payload, question.place, question.id
        self.show = every(show, reading.logic(self.payload.get("DisplayLogic")))
        self.settings = mapping(mapping(self.payload.get("Validation")).get("Settings"))
        self.configuration = mapping(self.payload.get("Configuration"))
        self.selector, self.sub = said(self.payload.get("Selector")), said(self.payload.get("SubSelector"))

    @property
    def common(self) -> dict[str, Any]:
        return {"show": self.show, "required": said(self.settings.get("ForceResponse")) == "ON"}

    def raw(self, *path: str) -> Raw:
        """A text in all languages, by its place in the payload: the original's, and in each translation the same."""
        nodes = {self.draft.languages[0]: self.payload}
        for tag, node in keyed(self.payload.get("Language")).items():
            nodes.setdefault(language_of(tag), mapping(node))
        return {language: text for language, node in nodes.items() if (text := _at(node, path)).strip()}

    @property
    def text(self) -> dict[str, str]:
        return self.draft.text(self.place, self.raw("QuestionText"))

    def choices(self, name: str = "Choices", order: str = "ChoiceOrder", within: tuple[str, ...] = ()) -> list[Choice]:
        node = self.payload
        for step in within:
            node = mapping(node.get(step))
        given, sequence = keyed(node.get(name)), [said(each) for each in listing(node.get(order))]
        made = []
        for value in [
            *(each for each in dict.fromkeys(sequence) if each in given),
            *(each for each in given if each not in sequence),
        ]:
            choice, path = mapping(given[value]), "/".join(("", *within, name, value))
            place = self.place.within(f"{self.place.name}, answer {value}", path)
            made.append(Choice(value, self.raw(*within, name, value, "Display"), place,
                               self.reading.logic(choice.get("DisplayLogic")), bool(said(choice.get("TextEntry"))),
                               choice.get("TextEntryForceResponse") in (True, "true", "ON")))  # fmt: skip
        return made

    def recoded(self, choices: list[Choice], node: Object | None = None) -> list[Choice]:
        """With the values that scale points were given. By those of the choices themselves where none is."""
        values = keyed((self.payload if node is None else node).get("RecodeValues"))
        return [replace(choice, value=said(values.get(choice.value)) or choice.value) for choice in choices]


def _at(node: Any, path: tuple[str, ...]) -> str:
    for step in path:
        node = keyed(node).get(step)
    return said(node)


PIPED = re.compile(r"\$\{([a-z]+://[^}]*)\}")
