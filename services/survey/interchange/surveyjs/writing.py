"""A published questionnaire as SurveyJS JSON.

A section that is asked for each service is a dynamic panel. Whoever shows the survey fills it with a panel a service
that is rated (`[{"serviceId": …, "serviceName": …, "providerName": …}]`), and sets the variables that conditions look at:
`organisation`, `usedServices` and `ratedServices` (lists of references, as the survey names them), `attribute_…`.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from services.survey.interchange.shape import Object
from services.survey.interchange.surveyjs import extras
from services.survey.interchange.surveyjs.clashes import without_clashes
from services.survey.interchange.surveyjs.formulas import Formulas
from services.survey.interchange.surveyjs.names import NOT_APPLICABLE, OF_SERVICE, PAGE, SERVICE_NAME
from services.survey.interchange.surveyjs.pieces import FIELDS, FILLED, blocks, filled, given, order, unlike
from services.survey.interchange.words import words
from services.survey.surveys.conditions import leaves, shown_if
from services.survey.surveys.values import SCALES, scale

Definition = Mapping[str, Any]
Question = Mapping[str, Any]
AS_ITEM = (*SCALES, "singleChoice", "yesNo")  # of which "not applicable" is one more answer to choose


def written(definition: Definition) -> Object:
    return _Writing(without_clashes(definition)).document()


class _Writing:
    def __init__(self, definition: Definition) -> None:
        self.definition, self.languages = definition, list(definition["languages"])
        self.questions: dict[str, Question] = {}
        self.holder: dict[str, str] = {}
        self.section: dict[str, Mapping[str, Any]] = {}
        taken = {question["key"] for section in definition["sections"] for question in section["questions"]}
        self.tables = {
            name: unlike(name, taken) for section in definition["sections"] for name, _ in blocks(section) if name
        }
        self.panels = {
            section["key"]: unlike(section["key"], {*taken, *self.tables.values()})
            for section in definition["sections"]
        }
        for section in definition["sections"]:
            for name, block in blocks(section):
                for question in block:
                    key = question["key"]
                    self.questions[key], self.section[key] = question, section
                    self.holder[key] = f"{self.tables[name]}.{key}" if name else key
        self.special = frozenset(
            key for key, each in self.questions.items() if each.get("notApplicable") and each["type"] in AS_ITEM
        )

    def document(self) -> Object:
        return {
            "title": self.text(self.definition["title"]), "locale": self.languages[0], "clearInvisibleValues": "onHidden",
            "pages": [self.page(section) for section in self.definition["sections"]],
            "calculatedValues": [extras.written(self.definition)],
        }  # fmt: skip

    def text(self, said: Mapping[str, str]) -> Any:
        made = {language: filled(said[language]) for language in self.languages if language in said}
        if len(self.languages) == 1:
            return next(iter(made.values()), "")
        return made if "en" in made else {"default": made.get(self.languages[0], ""), **made}

    def formula(self, condition: Mapping[str, Any], inside: Mapping[str, Any]) -> str:
        def named(key: str) -> str:
            return (
                f"panel.{self.holder[key]}"
                if self.section.get(key, {}).get("repeatFor") and inside.get("repeatFor")
                else self.holder[key]
            )

        return Formulas(named, self.special).formula(condition)

    def page(self, section: Mapping[str, Any]) -> Object:
        page: Object = {"name": PAGE + section["key"]}
        elements = list(self.elements(section))
        shown = shown_if(section)
        if section.get("repeatFor"):
            panel = self.panel(section, elements)
            if shown and self._looks_at_one(shown):
                panel["templateVisibleIf"], shown = self.formula(shown, section), None
            elements = [panel]
        elif section.get("title"):
            page["title"] = self.text(section["title"])
        if shown:
            page["visibleIf"] = self.formula(shown, {})
        if section.get("randomOrder") == "questions":
            page["questionOrder"] = "random"
        return {**page, "elements": elements}

    def panel(self, section: Mapping[str, Any], elements: list[Object]) -> Object:
        """A title that names the service stands above each panel."""
        title = section.get("title")
        named = title and any(name in text for text in title.values() for name in FILLED)
        return {
            "type": "paneldynamic", "name": self.panels[section["key"]],
            **({"title": self.text(title)} if title and not named else {}),
            "templateTitle": self.text(title) if title and named else SERVICE_NAME,
            "minPanelCount": section["minimumServices"], "maxPanelCount": section["maximumServices"],
            "allowAddPanel": False, "allowRemovePanel": False,
            "templateElements": [*(given(name) for name in OF_SERVICE), *elements],
        }  # fmt: skip

    def _looks_at_one(self, condition: Mapping[str, Any]) -> bool:
        """Whether it can differ between the services that are rated."""
        return any(
            leaf.get("operator") == "is" or self.section.get(leaf.get("question", ""), {}).get("repeatFor")
            for leaf in leaves(condition)
        )

    def elements(self, section: Mapping[str, Any]) -> Iterator[Object]:
        for name, block in blocks(section):
            if name:
                yield self.matrix(name, block, section)
                continue
            for question in block:
                yield from self.question(question, section)

    def matrix(self, name: str, block: Sequence[Question], section: Mapping[str, Any]) -> Object:
        first = block[0]
        rows = [
            {"value": question["key"], "text": self.text(question["text"]),
             **({"visibleIf": self.formula(shown, section)} if (shown := shown_if(question)) else {})}
            for question in block
        ]  # fmt: skip
        columns = self.items(first, section)
        return {"type": "matrix", "name": self.tables[name], "titleLocation": "hidden", "columns": columns, "rows": rows,
                **({"eachRowRequired": True} if first.get("required") else {})}  # fmt: skip

    def question(self, question: Question, section: Mapping[str, Any]) -> Iterator[Object]:
        key, beside = question["key"], f"{question['key']}-{NOT_APPLICABLE}"
        made: Object = {"type": "", "name": key, "title": self.text(question["text"])}
        shown, require = shown_if(question), question.get("requireIf")
        if shown:
            made["visibleIf"] = self.formula(shown, section)
        kind = question["type"]
        made |= FIELDS[kind](question) if kind in FIELDS else WRITERS[kind](self, question, section)
        apart = bool(question.get("notApplicable")) and key not in self.special
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
        """A question without an option that is shown is not asked."""
        hidden = all(shown_if(option) for option in question["options"]) and not question.get("notApplicable")
        return {
            "choices": self.items(question, section),
            **({"hideIfChoicesEmpty": True} if hidden else {}),
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
        if question.get("minimumChoices"):  # `minSelectedChoices` would refuse no answer at all
            made["validators"] = [{"type": "answercount", "minCount": question["minimumChoices"]}]
        return made

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
