"""One element of a SurveyJS document, with what is around it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from services.survey.interchange.draft import Draft
from services.survey.interchange.expressions import (
    ALWAYS,
    Every,
    Expression,
    Lost,
    Opposite,
    Some,
    Test,
    Unclear,
    every,
    opposite,
    some,
)
from services.survey.interchange.formulas import parsed
from services.survey.interchange.parts import Choice, spelled
from services.survey.interchange.report import Place
from services.survey.interchange.shape import Object, decimal, first, listing, mapping, said
from services.survey.interchange.surveyjs import extras
from services.survey.interchange.surveyjs.expressions import DIALECT
from services.survey.interchange.surveyjs.names import BUILT_IN, NOT_APPLICABLE, OF_ITSELF, OF_OPTION, OF_PANEL
from services.survey.interchange.surveyjs.source import first_of, raw, unshown
from services.survey.interchange.words import words

MOST_RANGED = 1_000
UNSEEN = "It is hidden, or cannot be filled in."
SPECIAL = {
    ("showNoneItem", "hasNone"): ("none", "noneText", "none"), ("showRefuseItem",): ("refused", "refuseText", "refused"),
    ("showDontKnowItem",): ("dontknow", "dontKnowText", "dontKnow"),
}  # fmt: skip


@dataclass(frozen=True)
class Scope:
    """`panel`: the name before which names that begin with `panel.` belong, in a panel that is repeated; `services`: it is
    for each service; `around`: by what names, in small letters, SurveyJS looks at something else than a question here."""

    draft: Draft
    base: str
    extras: Object
    show: Expression = ALWAYS
    panel: str = ""
    services: bool = False
    around: frozenset[str] = BUILT_IN | OF_ITSELF

    def condition(self, formula: Any) -> Expression:
        text = said(formula)
        try:
            dialect = replace(DIALECT, named=self.named)
            return without_not_applicable(parsed(text, dialect)) if text.strip() else ALWAYS
        except Unclear as unclear:
            return Lost(f"{unclear} ({text[:200]})")

    def texts(self, place: Place, value: Any) -> dict[str, str]:
        """What it says by language, as SurveyJS shows it."""
        english = unshown(value, self.base)
        if english and "en" in self.draft.languages:
            detail = f"Its text has other words under `en` than under `default`: “{english[:200]}”."
            self.draft.report.add(place, "textChanged", detail, "In English it says what is under `default`, as SurveyJS does.")  # fmt: skip
        return raw(value, self.base)

    def shown_as_enabled(self, place: Place, enable: Expression) -> Expression:
        """What cannot be filled in is not shown here."""
        if enable != ALWAYS:
            self.draft.report.add(place, "conditionChanged", "It is shown, and can be filled in under a condition (enableIf).",
                                  "It is shown under that condition.")  # fmt: skip
        return enable

    def named(self, name: str) -> str:
        name = name.strip()
        if first_of(name) in (self.around | OF_PANEL if self.panel else self.around):
            raise Unclear(f"it looks at {name}, which is filled in")
        inside = name.startswith("panel.") and self.panel and not (self.services and name == "panel.serviceId")
        return f"{self.panel}[].{name.removeprefix('panel.')}" if inside else name

    def names(self, *names: str) -> list[str]:
        return [f"{self.panel}[].{name}" if self.panel else name for name in names if name]


def without_not_applicable(expression: Expression) -> Expression:
    """Who answers “not applicable” has not answered, so saying that apart says nothing."""
    if isinstance(expression, Every):
        parts = [without_not_applicable(part) for part in expression.parts]
        answered = {part.name for part in parts if isinstance(part, Test) and part.operator == "answered"}
        return every(*(part for part in parts if not (isinstance(part, Opposite) and _is_special(part.of, answered))))
    if isinstance(expression, Some):
        parts = [without_not_applicable(part) for part in expression.parts]
        open_ = {part.of.name for part in parts
                 if isinstance(part, Opposite) and isinstance(part.of, Test) and part.of.operator == "answered"}  # fmt: skip
        return some(*(part for part in parts if not _is_special(part, open_)))
    if isinstance(expression, Opposite):
        return opposite(without_not_applicable(expression.of))
    return expression


def _is_special(part: Expression, names: set[str]) -> bool:
    return isinstance(part, Test) and part.operator == "equals" and part.value == NOT_APPLICABLE and part.name in names


class Element:
    def __init__(self, scope: Scope, node: Object, pointer: str, number: int) -> None:
        self.scope, self.node, self.draft = scope, node, scope.draft
        self.name = said(node.get("name")) or f"question{number + 1}"
        self.place = Place(self.name, pointer=pointer)
        self.kind = said(node.get("type")) or "text"
        self.extra = extras.about(scope.extras, "questions", self.name)
        self.enable = scope.condition(node.get("enableIf"))
        self.fixed: dict[str, str] | None = None  # its text, where that is known already
        self.show = every(scope.show, scope.condition(node.get("visibleIf")), self._enabled())

    def _enabled(self) -> Expression:
        """Of ours: what is not applicable is not filled in, as everywhere."""
        return ALWAYS if self._applies(self.enable) else self.scope.shown_as_enabled(self.place, self.enable)

    def _applies(self, part: Expression) -> bool:
        beside = self.scope.names(f"{self.name}-{NOT_APPLICABLE}")[0]
        return part == Opposite(Test(beside, "equals", True))

    @property
    def common(self) -> dict[str, Any]:
        """What `ask` wants beside the text."""
        made: dict[str, Any] = {"show": self.show, "required": self.node.get("isRequired") is True, "key": self.name}
        if not made["required"] and said(self.node.get("requiredIf")).strip():
            require = self.scope.condition(self.node["requiredIf"])
            parts = [
                part
                for part in (require.parts if isinstance(require, Every) else (require,))
                if not self._applies(part)
            ]
            made["require"] = every(*parts)
        return made | {name: said(self.extra[name]) for name in ("topic", "matrix") if said(self.extra.get(name))}

    @property
    def text(self) -> dict[str, str]:
        if self.fixed is not None:
            return self.fixed
        text = self.said_as("title")
        more = self.said_as("description")
        if not text:
            return more or self.draft.text(self.place, dict.fromkeys(self.draft.languages, self.name))
        return {language: f"{text[language]}\n{more[language]}" for language in text} if more else text

    def said_as(self, name: str) -> dict[str, str]:
        return self.draft.text(self.place, self.scope.texts(self.place, self.node.get(name)))

    @property
    def names(self) -> list[str]:
        return self.scope.names(self.name, said(self.node.get("valueName")))

    def choices(self, name: str = "choices", within: Object | None = None, *, special: bool = True) -> list[Choice]:
        node, options, made = self.node if within is None else within, mapping(self.extra.get("options")), []
        scope = replace(self.scope, around=self.scope.around | OF_OPTION)
        given = listing(node.get(name)) or (_ranged(node) if name == "choices" else [])
        for number, each in enumerate(given):
            item = each if isinstance(each, dict) else {"value": each}
            value = item.get("value", first(item, "name", "text") or number)
            if not isinstance(value, str | int | float):
                value = number
            place = self.place.within(f"{self.name}, {spelled(value)}"[:200], f"/{name}/{number}")
            topic = said(options.get(spelled(value)))
            enable = scope.shown_as_enabled(place, scope.condition(item.get("enableIf")))
            text = self.scope.texts(place, item.get("text", item.get("title"))) or {self.scope.base: spelled(value)}
            made.append(Choice(value, text, place,
                               every(scope.condition(item.get("visibleIf")), enable),
                               item.get("showCommentArea") is True, item.get("isCommentRequired") is True, more={"topic": topic} if topic else {}))  # fmt: skip
        return made + (self._special() if special and within is None and name == "choices" else [])

    def _special(self) -> list[Choice]:
        """Answers that are built in."""
        made, languages = [], self.draft.languages
        for value, text, word in SPECIAL.values():
            if value in built_in(self.node):
                place = self.place.within(f"{self.name}, {value}")
                made.append(Choice(value, self.scope.texts(place, self.node.get(text)) or words(word, languages), place, key=word))  # fmt: skip
        if self.node.get("showOtherItem") is True or self.node.get("hasOther") is True:
            place = self.place.within(f"{self.name}, other")
            made.append(Choice("other", self.scope.texts(place, self.node.get("otherText")) or words("other", languages), place, wants=True, must=True, called=self.scope.names(f"{self.name}-Comment")))  # fmt: skip
        return made

    def lose(self, code: Any, what: str, instead: str) -> None:
        self.draft.report.add(self.place, code, what, instead)


def built_in(node: Object) -> list[str]:
    """Of its answers those that are built in, each of which excludes all others."""
    return [value for names, (value, _, _) in SPECIAL.items() if any(node.get(name) is True for name in names)]


def _ranged(node: Object) -> list[Any]:
    """Answers that are given as a range of numbers."""
    least, most, step = (decimal(node.get(f"choices{name}")) for name in ("Min", "Max", "Step"))
    if most is None:
        return []
    start, step = least or 0, step if step and step > 0 else 1
    return [round(start + number * step, 6) for number in range(MOST_RANGED) if start + number * step <= most]


def split_not_applicable(choices: list[Choice]) -> tuple[list[Choice], bool]:
    """The answers without “not applicable”, and whether that was there."""
    left = [choice for choice in choices if choice.value != NOT_APPLICABLE]
    return left, len(left) < len(choices)


def applicable(given: bool) -> Mapping[str, Any]:
    return {"notApplicable": True} if given else {}


def unseen(node: Object) -> bool:
    """Whether it is hidden for good, or there to be read only."""
    return (node.get("visible") is False and not said(node.get("visibleIf"))) or node.get("readOnly") is True
