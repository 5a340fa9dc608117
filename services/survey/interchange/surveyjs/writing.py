"""A published questionnaire as SurveyJS JSON.

The sections that are asked for each service are one dynamic panel, named after the first of them and at its place, as on
our own page. Whoever shows the survey fills it with a panel a service that is rated (`[{"serviceId": …, "serviceName": …,
"providerName": …}]`), and sets the variables that conditions look at: `organisation`, `usedServices` and `ratedServices`
(lists of references, as the survey names them), `attribute_…`. That `Depot` is not `depot` is no setting of a document:
the library is told so, by `settings.comparator.caseSensitive`.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from services.survey.interchange.shape import Object
from services.survey.interchange.surveyjs import extras
from services.survey.interchange.surveyjs.called import AS_ITEM, Called
from services.survey.interchange.surveyjs.clashes import without_clashes
from services.survey.interchange.surveyjs.names import NOT_APPLICABLE, OF_SERVICE, PAGE, PART, SERVICE_NAME
from services.survey.interchange.surveyjs.pieces import (
    FIELDS,
    FILLED,
    asked_if,
    blocks,
    filled,
    given,
    order,
    some_hidden,
)
from services.survey.interchange.words import words
from services.survey.surveys.conditions import shown_if
from services.survey.surveys.values import SCALES, scale

Definition = Mapping[str, Any]
Question = Mapping[str, Any]


def written(definition: Definition) -> Object:
    return _Writing(without_clashes(definition)).document()


class _Writing:
    def __init__(self, definition: Definition) -> None:
        self.definition, self.languages = definition, list(definition["languages"])
        self.called = Called(definition)
        self.repeated = [section for section in definition["sections"] if section.get("repeatFor")]

    def document(self) -> Object:
        return {
            "title": self.text(self.definition["title"]), "locale": self.languages[0],
            "clearInvisibleValues": "onHiddenContainer",  # `onHidden` leaves what a hidden page has
            "pages": [
                self.services(section) if section.get("repeatFor") else self.page(section)
                for section in self.definition["sections"] if section not in self.repeated[1:]
            ],
            "calculatedValues": [extras.written(self.definition)],
        }  # fmt: skip

    def text(self, said: Mapping[str, str]) -> Any:
        made = {language: filled(said[language]) for language in self.languages if language in said}
        if len(self.languages) == 1:
            return next(iter(made.values()), "")
        return made if "en" in made else {"default": made.get(self.languages[0], ""), **made}

    def formula(self, condition: Mapping[str, Any], inside: Mapping[str, Any]) -> str:
        return self.called.formula(condition, inside)

    def page(self, section: Mapping[str, Any]) -> Object:
        return self.titled(PAGE + section["key"], section)

    def titled(self, name: str, section: Mapping[str, Any]) -> Object:
        """A section as a page, or as a part of the panel for each service."""
        title, shown = section.get("title"), shown_if(section)
        return {
            "name": name,
            **({"title": self.text(title)} if title else {}),
            **({"visibleIf": self.formula(shown, section)} if shown else {}),
            **({"questionOrder": "random"} if section.get("randomOrder") == "questions" else {}),
            "elements": list(self.elements(section)),
        }

    def services(self, first: Mapping[str, Any]) -> Object:
        """The page of all sections about services. They are one panel a service, for their conditions look at each
        other; where there is one, it is the panel itself, but for what a panel that repeats cannot do: random order, and
        losing its answers when it is hidden, though not its services."""
        conditions = [shown_if(each) for each in self.repeated]
        known = [each for each in conditions if each]
        shown = ({"any": known} if len(known) > 1 else known[0]) if len(known) == len(conditions) else None
        parts = len(self.repeated) > 1 or first.get("randomOrder") == "questions" or shown is not None
        inside = [{"type": "panel", **self.titled(PART + each["key"], each)} for each in self.repeated if parts]
        panel: Object = {
            "type": "paneldynamic", "name": self.called.panel,
            **({"templateTitle": SERVICE_NAME} if parts else self.title_of_panels(first)),
            "minPanelCount": first["minimumServices"], "maxPanelCount": first["maximumServices"],
            "allowAddPanel": False, "allowRemovePanel": False, "clearIfInvisible": "none",
            "templateElements": [*(given(name) for name in OF_SERVICE), *(inside or self.elements(first))],
        }  # fmt: skip
        page: Object = {"name": PAGE + first["key"]}
        if shown is not None:
            holder, name = (panel, "templateVisibleIf") if self.called.looks_at_one(shown) else (page, "visibleIf")
            holder[name] = self.formula(shown, first)
        return {**page, "elements": [panel]}

    def title_of_panels(self, section: Mapping[str, Any]) -> Object:
        """A title that names the service stands above each panel."""
        title = section.get("title")
        named = title and any(name in filled(text) for text in title.values() for name in FILLED.values())
        return {
            **({"title": self.text(title)} if title and not named else {}),
            "templateTitle": self.text(title) if title and named else SERVICE_NAME,
        }

    def elements(self, section: Mapping[str, Any]) -> Iterator[Object]:
        for name, block in blocks(section):
            if name:
                yield self.matrix(name, block, section)
                continue
            for question in block:
                yield from self.question(question, section)

    def matrix(self, name: str, block: Sequence[Question], section: Mapping[str, Any]) -> Object:
        first = block[0]
        rows = [{"value": question["key"], "text": self.text(question["text"])} for question in block]
        columns = self.items(first, section)
        return {"type": "matrix", "name": self.called.tables[section["key"], name], "titleLocation": "hidden", "columns": columns, "rows": rows,
                **({"eachRowRequired": True} if first.get("required") else {})}  # fmt: skip

    def question(self, question: Question, section: Mapping[str, Any]) -> Iterator[Object]:
        key, beside = question["key"], f"{question['key']}-{NOT_APPLICABLE}"
        made: Object = {"type": "", "name": key, "title": self.text(question["text"])}
        shown, require = asked_if(question), question.get("requireIf")
        if shown:
            made["visibleIf"] = self.formula(shown, section)
        kind = question["type"]
        made |= FIELDS[kind](question) if kind in FIELDS else WRITERS[kind](self, question, section)
        apart = bool(question.get("notApplicable")) and key not in self.called.special
        unless = f"{{{'panel.' if section.get('repeatFor') else ''}{beside}}} <> true" if apart else ""
        if question.get("required"):
            made |= {"requiredIf": unless} if apart else {"isRequired": True}
        elif require:
            formula = self.formula(require, section)
            made["requiredIf"] = f"({formula}) and {unless}" if apart else formula
        if apart:
            made |= {"enableIf": unless, "resetValueIf": unless.replace("<>", "=")}
        yield made
        if apart:
            said = self.text(words(NOT_APPLICABLE, self.languages))
            yield {"type": "boolean", "name": beside, "title": said, "renderAs": "checkbox", "titleLocation": "hidden",
                   **({"visibleIf": made["visibleIf"]} if shown else {})}  # fmt: skip

    def items(self, question: Question, section: Mapping[str, Any]) -> list[Object]:
        """Answers to choose from, “not applicable” among them."""
        if question["type"] in SCALES:
            lowest, highest = scale(question)
            wordings = (self.definition.get("labels") or {}).get(question.get("labels") or "")
            made: list[Object] = [
                {"value": point, "text": self.text(wordings[point - lowest]) if wordings else str(point)}
                for point in range(lowest, highest + 1)
            ]
        elif question["type"] == "yesNo":
            made = [
                {"value": value, "text": self.text(words(name, self.languages))}
                for value, name in ((True, "yes"), (False, "no"))
            ]
        else:
            made = [
                {"value": option["key"], "text": self.text(option["text"]),
                 **({"visibleIf": self.formula(shown, section)} if (shown := shown_if(option)) else {})}
                for option in question["options"]
            ]  # fmt: skip
        if question.get("notApplicable") and question["type"] in AS_ITEM:
            made.append({"value": NOT_APPLICABLE, "text": self.text(words(NOT_APPLICABLE, self.languages))})
        return made

    def choices(self, question: Question, section: Mapping[str, Any]) -> Object:
        hidden = all(shown_if(option) for option in question["options"])
        return {
            "choices": self.items(question, section),
            **({"hideIfChoicesEmpty": True} if hidden and not question.get("notApplicable") else {}),
            **order(question),
        }

    def scale(self, question: Question, section: Mapping[str, Any]) -> Object:
        lowest, highest = scale(question)
        made: Object = {"type": "rating"}
        if question.get("labels") or question.get("notApplicable"):
            made["rateValues"] = self.items(question, section)
        else:
            made |= {"rateMin": lowest, "rateMax": highest}
        for ours, theirs in (("minimumLabel", "minRateDescription"), ("maximumLabel", "maxRateDescription")):
            if question.get(ours):
                made[theirs] = self.text(question[ours])
        return made

    def yes_no(self, question: Question, section: Mapping[str, Any]) -> Object:
        return (
            {"type": "radiogroup", "choices": self.items(question, section)}
            if question.get("notApplicable")
            else {"type": "boolean"}
        )

    def single(self, question: Question, section: Mapping[str, Any]) -> Object:
        return {"type": "radiogroup", **self.choices(question, section)}

    def several(self, question: Question, section: Mapping[str, Any]) -> Object:
        made: Object = {"type": "checkbox", **self.choices(question, section)}
        if question.get("maximumChoices"):
            made["maxSelectedChoices"] = question["maximumChoices"]
        if question.get("minimumChoices"):
            made["validators"] = [self.least(question, section)]
        return made

    def least(self, question: Question, section: Mapping[str, Any]) -> Object:
        """`minSelectedChoices` would refuse no answer at all. Where fewer are shown, all of these are enough."""
        wanted = question["minimumChoices"]
        if not some_hidden(question):
            return {"type": "answercount", "minCount": wanted}
        conditions = [shown_if(option) for option in question["options"]]
        shown = [
            str(conditions.count(None)),
            *(f"iif({self.formula(each, section)}, 1, 0)" for each in conditions if each),
        ]
        answer = f"{'panel.' if section.get('repeatFor') else ''}{question['key']}"
        enough = f"{{{answer}}} empty or {{{answer}.length}} >= {wanted} or {{{answer}.length}} >= {' + '.join(shown)}"
        return {"type": "expression", "expression": enough, "text": self.text(words("chooseMore", self.languages))}

    def ranking(self, question: Question, section: Mapping[str, Any]) -> Object:
        most: Object = {}
        if question.get("maximumChoices"):
            count = question["maximumChoices"]
            most = {"maxSelectedChoices": count, "validators": [{"type": "answercount", "maxCount": count}]}
        return {"type": "ranking", "selectToRankEnabled": True, **most, **self.choices(question, section)}


WRITERS: Mapping[str, Any] = {
    "rating": _Writing.scale, "effort": _Writing.scale, "importance": _Writing.scale, "nps": _Writing.scale,
    "yesNo": _Writing.yes_no, "singleChoice": _Writing.single, "multipleChoice": _Writing.several, "ranking": _Writing.ranking,
}  # fmt: skip
