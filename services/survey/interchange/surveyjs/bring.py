"""SurveyJS JSON as a draft."""

from dataclasses import replace
from typing import Any

from services.survey.interchange.draft import Draft
from services.survey.interchange.expressions import ALWAYS, Expression, every
from services.survey.interchange.names import Target
from services.survey.interchange.parts import Asked, Section
from services.survey.interchange.report import Place, Report
from services.survey.interchange.shape import Object, listing, mapping, said, whole
from services.survey.interchange.surveyjs import extras
from services.survey.interchange.surveyjs.asking import ask
from services.survey.interchange.surveyjs.element import UNSEEN, Element, Scope, unseen
from services.survey.interchange.surveyjs.names import (
    ATTRIBUTE,
    EXTRAS,
    NOT_APPLICABLE,
    OF_SERVICE,
    PAGE,
    PART,
    SERVICE_NAME,
    SERVICES,
)
from services.survey.interchange.surveyjs.source import Filling, beside, languages_of, names_in, panels_in

WHOLE = Place("the survey", pointer="")
DEEPEST = 30
PANELS = ("panel", "flowpanel", "paneldynamic")
SETTINGS = {
    "triggers": "triggers", "completedHtml": "a text at the end", "completedHtmlOnCondition": "texts at the end under conditions",
    "navigateToUrl": "an address to go to at the end", "navigateToUrlOnCondition": "addresses to go to at the end",
    "timeLimit": "a time limit", "maxTimeToFinish": "a time limit", "timeLimitPerPage": "a time limit for each page",
    "maxTimeToFinishPage": "a time limit for each page", "maxTextLength": "a greatest length for every text",
    "maxOthersLength": "a greatest length for every text beside an answer", "logo": "a logo", "description": "a description",
    "questionOrder": "questions in an order of its own", "questionsOrder": "questions in an order of its own",
    "mode": "a setting by which it can only be read", "readOnly": "a setting by which it can only be read",
}  # fmt: skip


class Bringing:
    def __init__(self, document: Object, report: Report) -> None:
        languages, left, texts, hidden = languages_of(document)
        for language, count in left.items():
            report.add(WHOLE, "translationMissing", f"{count} of the {texts} texts that are translated are there in {language}.",
                       "The draft is not in that language.")  # fmt: skip
        if hidden and languages[0] == "en":
            detail = f"{hidden} of its texts have other words under `en` than under `default`."
            instead = "What is under `default` is taken for English, as by SurveyJS. If it is in another language, such as Dutch,"
            instead += (
                ' put "locale": "nl" in the document and import it again: what is under `en` is then its English.'
            )
            report.add(WHOLE, "textChanged", detail, instead)
        self.extras, known = extras.read(document), names_in(document)
        self.document, self.filling = (
            document,
            Filling(known.union(beside(document)), panels_in(document), ours=bool(self.extras)),
        )
        self.draft = Draft(languages, report, self.filling, WHOLE)
        self.draft.names.spelled, self.draft.names.taken = str.lower, known
        self.draft.names.others = lambda name: None if name.lower() in self.filling.known else special(name)
        self.scope = Scope(self.draft, languages[0], self.extras)
        self.draft.topics, self.draft.key = extras.topics(self.extras), said(self.extras.get("key"))
        self.count = 0

    def run(self) -> Draft:
        self.draft.title = self.draft.text(WHOLE, self.scope.texts(WHOLE, self.document.get("title")))
        for name, what in SETTINGS.items():
            if self.document.get(name) not in (None, False, "", -1, [], {}, "default", "initial", "edit"):
                self.draft.report.add(
                    Place("the survey", pointer=f"/{name}"),
                    "settingLost",
                    f"It has {what} ({name}).",
                    "Not in the draft.",
                )
        for number, value in enumerate(listing(self.document.get("calculatedValues"))):
            if said(mapping(value).get("name")) != EXTRAS:
                place = Place(said(mapping(value).get("name")), pointer=f"/calculatedValues/{number}")
                self.draft.report.add(place, "settingLost", "It is worked out from answers.", "It is not in the draft.")
        pages = listing(self.document.get("pages"))
        for number, page in enumerate(pages):
            self._page(mapping(page), f"/pages/{number}", number)
        if not pages:
            self._page({**self.document, "title": None, "name": "page1"}, "", 0)
        return self.draft

    def _page(self, page: Object, pointer: str, number: int) -> None:
        place = Place(said(page.get("name")) or f"page{number + 1}", pointer=pointer)
        if pointer and unseen(page):
            self.draft.omit(place, UNSEEN)
            return
        enable = self.scope.shown_as_enabled(place, self.scope.condition(page.get("enableIf")))
        show = every(self.scope.condition(page.get("visibleIf")), enable)
        if pointer:
            self._wants_any(page, place)
        if self.extras:
            place = replace(place, name=place.name.removeprefix(PAGE))
        section = self._open(place, page.get("title"), show)
        section.more |= self._order(page, section.key)
        if pointer and page.get("description"):
            self.draft.report.add(place, "textChanged", "The page has a description.", "It is not in the draft.")
        for limit in ("timeLimit", "maxTimeToFinish"):
            if pointer and page.get(limit):
                self.draft.report.add(
                    place, "settingLost", f"The page has a time limit ({limit}).", "Not in the draft."
                )
        name = next((name for name in ("elements", "questions") if listing(page.get(name))), "elements")
        self._elements(page, name, pointer, self.scope, 0)

    def _open(self, place: Place, title: Any, show: Expression, **more: Any) -> Section:
        return self.draft.open_section(place, place.name, self.scope.texts(place, title), show, **more)

    def _order(self, node: Object, key: str) -> Object:
        """Of a page, or of a panel that is a section."""
        if said(extras.about(self.extras, "sections", key).get("randomOrder")) == "topics":
            return {"randomOrder": "topics"}
        return {"randomOrder": "questions"} if at_random(node) else {}

    def _elements(self, node: Object, name: str, pointer: str, scope: Scope, depth: int) -> None:
        last: Asked | None = None
        for number, each in enumerate(listing(node.get(name))):
            element = Element(scope, mapping(each), f"{pointer}/{name}/{number}", self.count)
            self.count += 1
            if depth > DEEPEST:
                self.draft.omit(element.place, f"Its panels are nested more than {DEEPEST} deep.")
            elif element.name in OF_SERVICE and self.filling.repeated and element.node.get("visible") is False:
                continue
            elif element.kind in PANELS and unseen(element.node):
                self.draft.omit(element.place, UNSEEN)
            elif element.kind == "panel" and self.filling.repeated and element.name.startswith(PART):
                self._part(element, depth)
            elif element.kind in PANELS:
                (self._repeated if element.kind == "paneldynamic" else self._panel)(element, depth)
            elif (
                last is not None and element.name == f"{last.place.name}-{NOT_APPLICABLE}" and element.kind == "boolean"
            ):
                last.question["notApplicable"] = True
            else:
                last = ask(element)

    def _wants_any(self, node: Object, place: Place) -> None:
        if node.get("isRequired") is True or said(node.get("requiredIf")):
            self.draft.report.add(
                place, "validationLost", "At least one of its questions must be answered.", "None must be."
            )

    def _panel(self, element: Element, depth: int) -> None:
        node = element.node
        if element.said_as("title") or node.get("description"):
            element.lose("textChanged", "The panel has a title or a description.", "Its questions follow without.")
        if at_random(node):
            element.lose("orderLost", "Its questions come in random order.", "They come as they are written.")
        self._wants_any(node, element.place)
        scope = replace(element.scope, show=element.show)
        name = "elements" if listing(node.get("elements")) else "questions"
        self._elements(node, name, str(element.place.pointer), scope, depth + 1)

    def _repeated(self, element: Element, depth: int) -> None:
        """A panel that is repeated: for each service, if it is ours; for whatever else somebody adds, it is asked once."""
        node, pointer = element.node, str(element.place.pointer)
        inside = self.scope.condition(node.get("templateVisibleIf"))
        scope = replace(element.scope, show=element.show, panel=element.name)
        if not ours(node) or element.scope.panel:
            element.lose(
                "layoutLost", "Its questions are asked again and again, for what somebody adds.", "They are asked once."
            )
            self._wants_any(node, element.place)
            self._elements(
                node, "templateElements", pointer, replace(scope, show=every(element.show, inside)), depth + 1
            )
            return
        scope = replace(scope, services=True)
        inside = replace(scope, show=ALWAYS).condition(node.get("templateVisibleIf"))
        section = self.draft.sections[-1]
        if section.asked:
            section = self._open(element.place, None, section.show)
        before, section.show = section.show, every(section.show, element.show, inside)
        least, most = whole(node.get("minPanelCount"), 1, 20) or 1, whole(node.get("maxPanelCount"), 1, 20) or 20
        section.more |= {"repeatFor": "ratedService", "minimumServices": least, "maximumServices": max(least, most)}
        self.filling.repeated = True
        title = element.said_as("title") or (
            {} if node.get("templateTitle") == SERVICE_NAME else element.said_as("templateTitle")
        )
        section.title = title or section.title
        self._elements(node, "templateElements", pointer, replace(scope, show=ALWAYS), depth + 1)
        self.filling.repeated = False
        self._open(Place(f"{section.place.name}-rest", pointer=section.place.pointer), None, before)

    def _part(self, element: Element, depth: int) -> None:
        """One of our own sections about services; what would stand beside it has the conditions of the whole panel."""
        whole_ = self.draft.sections[-1]
        if not whole_.asked:
            self.draft.sections.pop()
        about = {name: value for name, value in whole_.more.items() if name != "randomOrder"}
        place = replace(element.place, name=element.name.removeprefix(PART))
        section = self._open(place, element.node.get("title"), every(whole_.show, element.show), **about)
        section.more |= self._order(element.node, section.key)
        self._elements(element.node, "elements", str(place.pointer), replace(element.scope, show=ALWAYS), depth + 1)
        self._open(Place(f"{place.name}-rest", pointer=place.pointer), None, whole_.show, **about)


def at_random(node: Object) -> bool:
    return said(node.get("questionOrder") or node.get("questionsOrder")) == "random"


def ours(panel: Object) -> bool:
    """Whether it is repeated for each service that is rated."""
    elements = [mapping(each) for each in listing(panel.get("templateElements"))]
    return any(each.get("name") == OF_SERVICE[0] and each.get("visible") is False for each in elements)


def special(name: str) -> Target | None:
    """What our own exports call attributes and services."""
    if name.startswith(ATTRIBUTE):
        return Target({"attribute": name.removeprefix(ATTRIBUTE)})
    return Target({"service": SERVICES[name]}) if name in SERVICES else None


def bring(document: Object, report: Report) -> Draft:
    return Bringing(document, report).run()
