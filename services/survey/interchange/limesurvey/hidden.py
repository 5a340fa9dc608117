"""LimeSurvey takes an equation for false as a whole if it names a question that is not shown, unless by `.NAOK`; to us
such a question is one without an answer. So where an equation could hold without that answer, what shows the question
joins it.

https://www.limesurvey.org/manual/ExpressionScript_-_Presentation
"""

import re
from collections.abc import Sequence

from services.survey.interchange.expressions import (
    ALWAYS,
    NEVER,
    Every,
    Expression,
    Lost,
    Opposite,
    Some,
    Test,
    every,
    opposite,
    some,
)
from services.survey.interchange.limesurvey.relevance import bare_names
from services.survey.interchange.limesurvey.source import Group, Part, Question

MOST = 20  # conditions that can stand beside each other
SGQA = re.compile(r"\d+X\d+X\d+")


def settle(groups: Sequence[Group]) -> None:
    """In their order, for equations look back."""
    settling = _Settling()
    for group in groups:
        settling.group(group)


class _Settling:
    """`known`: by name, the group of a question or a part of it, and what shows it there."""

    def __init__(self) -> None:
        self.known: dict[str, tuple[Group, Expression]] = {}

    def group(self, group: Group) -> None:
        group.show = self._joined(group.show, group.row.get("grelevance"), None)
        for question in group.questions:
            question.show = self._joined(question.show, question.row.get("relevance"), group)
            for name in question.names:
                self.known[name] = group, question.show
            for part in question.subquestions:
                self._part(group, question, part)

    def _part(self, group: Group, question: Question, part: Part) -> None:
        part.show = self._joined(part.show, part.equation, group)
        code, *long = question.names
        for name in (f"{code}_{part.code}", *(f"{name}{part.code}" for name in long)):
            self.known[name] = group, every(question.show, part.show)

    def _joined(self, show: Expression, equation: str | None, here: Group | None) -> Expression:
        """`here`: the group whose own condition holds already."""
        for name in bare_names(equation):
            found = self._found(name)
            if found is not None and without(show, name) != NEVER:
                group, shown = found
                show = every(show, shown if group is here else every(group.show, shown))
        if isinstance(show, Every) and len(show.parts) > MOST:
            return Lost(f"it hangs on whether more than {MOST} others are shown")
        return show

    def _found(self, name: str) -> tuple[Group, Expression] | None:
        long = SGQA.match(name)
        tried = (name, name.partition("_")[0], long[0] if long else name)
        return next((self.known[each] for each in tried if each in self.known), None)


def without(expression: Expression, name: str) -> Expression:
    """What is left of it if there is no answer of this name."""
    if isinstance(expression, Test):
        return NEVER if expression.name == name else expression
    if isinstance(expression, Opposite):
        return opposite(without(expression.of, name))
    if isinstance(expression, Every | Some):
        join = every if isinstance(expression, Every) else some
        return join(*(without(part, name) for part in expression.parts))
    return ALWAYS if isinstance(expression, Lost) else expression
