"""Texts and names in a SurveyJS document."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from services.survey.interchange.limesurvey.source import language_of
from services.survey.interchange.parts import CLOSE, OPEN, Filled
from services.survey.interchange.shape import Object, listing, mapping, said
from services.survey.interchange.surveyjs.names import BUILT_IN, JOINER

TEXTS = frozenset({
    "title", "text", "description", "html", "minRateDescription", "maxRateDescription", "labelTrue", "labelFalse",
    "otherText", "noneText", "refuseText", "dontKnowText", "templateTitle", "commentText",
})  # fmt: skip
BRACED = re.compile(r"\{([^{}]+)\}")
FILLED_IN = BUILT_IN | {"panelindex", "visiblepanelindex"}  # by SurveyJS itself
NEVER_FILLED = frozenset({"no", "require", "title"})
COMMENTED = ("showOtherItem", "hasOther", "showCommentArea", "hasComment")
PLAIN_PANELS = ("panel", "flowpanel")
SERVICE = {"panel.serviceName": "service", "panel.providerName": "provider"}


def nodes(document: Any) -> Iterator[Object]:
    """Every object in it."""
    waiting = [document]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            yield node
            waiting += node.values()
        elif isinstance(node, list):
            waiting += node


class Languages(NamedTuple):
    """`kept`: the document's own first; of the others those that most translated texts have. `left`: how many of `texts`
    each of the rest has. `unshown`: how many have words under `en` that SurveyJS never shows."""

    kept: list[str]
    left: Mapping[str, int]
    texts: int
    unshown: int


def languages_of(document: Object) -> Languages:
    base = language_of(said(document.get("locale"))) or "en"
    found: Counter[str] = Counter()
    texts = hidden = 0
    for node in nodes(document):
        for name in TEXTS & node.keys():
            if isinstance(node[name], dict):
                texts += 1
                hidden += bool(unshown(node[name], base))
                found.update(raw(node[name], base).keys())
    others = [language for language, count in found.items() if language != base and count * 2 >= texts]
    kept = [base, *sorted(others)][:20]
    left = {language: found[language] for language in sorted(found) if language not in kept}
    return Languages(kept, left, texts, hidden)


def raw(value: Any, base: str) -> dict[str, str]:
    """A text, or texts by language. `default` is the document's own language; where that is there by its name with
    another text, it is what `default` is to SurveyJS: English, whatever `en` says."""
    if not isinstance(value, dict):
        return {base: said(value)} if said(value).strip() else {}
    made = _named(value)
    default = said(value.get("default"))
    if default.strip() and default.strip() != made.get(base, "").strip():
        made["en" if base in made else base] = default
    return made


def unshown(value: Any, base: str) -> str:
    """The words under `en` that SurveyJS never shows, for it shows others, under `default`, in English."""
    english = _named(value).get("en", "") if isinstance(value, dict) else ""
    return english if english and raw(value, base)["en"].strip() != english.strip() else ""


def _named(value: Object) -> dict[str, str]:
    made: dict[str, str] = {}
    for tag, text in value.items():
        if tag != "default" and said(text).strip() and language_of(tag):
            made.setdefault(language_of(tag), said(text))
    return made


def names_in(document: Object) -> frozenset[str]:
    """Of questions and of what is worked out."""
    asked = (node for node in nodes(document) if "type" in node and node["type"] not in PLAIN_PANELS)
    worked_out = (mapping(each) for each in listing(document.get("calculatedValues")))
    return frozenset(
        name for node in (*asked, *worked_out) for name in (said(node.get("name")), said(node.get("valueName"))) if name
    )


def beside(document: Object) -> Iterator[str]:
    """What SurveyJS keeps by a name of its own beside a question's."""
    for node in nodes(document):
        if any(node.get(name) is True for name in COMMENTED):
            yield f"{said(node.get('name'))}-comment"
        if node.get("type") in ("matrixdynamic", "matrixdropdown"):
            yield f"{said(node.get('name'))}-total"


def panels_in(document: Object) -> frozenset[str]:
    """In small letters; SurveyJS has no value of a panel to fill in."""
    return frozenset(said(node.get("name")).lower() for node in nodes(document) if node.get("type") in PLAIN_PANELS)


def first_of(name: str) -> str:
    """Of `{table.row}`, `{list[0]}` and `{$question.title}` what the document has by that name."""
    return name.lower().split(".")[0].split("[")[0].removeprefix("$")


class Filling:
    """`known`: the document's own names, which come before ours; SurveyJS takes the first that is alike but for capitals. `repeated`: whether texts are asked about each service.
    `ours`: it is an export of our own, in which other braces are braces; those with a joiner are so wherever they stand.
    `panels`: names that are never filled in."""

    def __init__(self, known: frozenset[str], panels: frozenset[str] = frozenset(), *, ours: bool) -> None:
        self.panels = panels
        self.known, self.ours, self.repeated = frozenset(map(str.lower, known)), ours, False

    def __call__(self, text: str) -> Filled:
        gone: list[str] = []
        kept: list[str] = []

        def fill(match: re.Match[str]) -> str:
            name = match[1].strip()
            if name.startswith(JOINER):
                return match[0]
            if self.repeated and name in SERVICE:
                return f"{OPEN}{SERVICE[name]}{CLOSE}"
            if name == "organisation" and name not in self.known:
                return f"{OPEN}organisation{CLOSE}"
            if first_of(name) in self.known or name.startswith(("panel.", "row.", "item")) or self._built_in(name):
                gone.append(f"{{{name[:80]}}}")
                return "…"
            if name and not self.ours and name.lower() not in NEVER_FILLED | self.panels and ":" not in name:
                kept.append(f"{{{name[:80]}}}")
            return match[0]

        made = BRACED.sub(fill, text).replace("{" + JOINER, "{").replace(JOINER + "}", "}")
        return Filled(made, gone, kept)

    def _built_in(self, name: str) -> bool:
        return name.lower() in FILLED_IN and not self.ours
