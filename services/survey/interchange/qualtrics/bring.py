"""A Qualtrics survey (`.qsf`) as a draft."""

from services.survey.interchange.draft import Draft
from services.survey.interchange.expressions import NEVER, Expression, Lost, every, opposite
from services.survey.interchange.limesurvey.source import language_of
from services.survey.interchange.parts import Filled
from services.survey.interchange.qualtrics.asking import PIPED, Asking
from services.survey.interchange.qualtrics.logic import Reading
from services.survey.interchange.qualtrics.questions import ask
from services.survey.interchange.qualtrics.source import Block, Question, Source
from services.survey.interchange.report import Place, Report
from services.survey.interchange.shape import Object, keyed, listing, mapping, said

WHOLE = Place("the survey", pointer="")
END_OF_BLOCK, END_OF_SURVEY = "ENDOFBLOCK", "ENDOFSURVEY"
SETTINGS = {
    "EOSMessage": "a message at the end", "EOSRedirectURL": "an address to go to at the end", "Header": "a header",
    "Footer": "a footer",
}  # fmt: skip


class Bringing:
    def __init__(self, document: Object, report: Report) -> None:
        self.document = document
        self.source, self.report = Source(document, report), report
        entry = mapping(document.get("SurveyEntry"))
        base = language_of(said(entry.get("SurveyLanguage"))) or "en"
        self.draft = Draft(self._languages(base), report, filled, WHOLE)
        self.draft.title = self.draft.text(WHOLE, {base: said(entry.get("SurveyName"))})
        self.draft.missing.pop(WHOLE, None)  # a name has no translations
        self.shows: dict[str, tuple[Expression, dict[str, Expression]]] = {}
        self.reading = Reading(self._shown, self.source.rows, self.source.recoded)
        self.source.reading = self.reading
        self.skips: list[tuple[str, Expression]] = []  # from here to the question (or end) that it names

    def run(self) -> Draft:
        self._settings()
        for block in self.source.in_order():
            self._block(block)
        for destination, _ in self.skips:
            if destination != END_OF_SURVEY:
                self.report.add(WHOLE, "conditionLost", f"Somebody skips to {destination[:40]}, which does not come later.",
                                "They skip to the end.")  # fmt: skip
        return self.draft

    def _languages(self, base: str) -> list[str]:
        found = [base]
        for payload, _ in self.source.questions.values():
            found += [language_of(tag) for tag in keyed(payload.get("Language")) if not tag.isdecimal()]
        return [tag for tag in dict.fromkeys(found) if tag][:20]

    def _settings(self) -> None:
        for place, element in enumerate(listing(self.document.get("SurveyElements"))):
            kind, payload = said(mapping(element).get("Element")), mapping(mapping(element).get("Payload"))
            at = Place("survey options", pointer=f"/SurveyElements/{place}/Payload")
            if kind == "SO":
                for name, what in SETTINGS.items():
                    if said(payload.get(name)) not in ("", "http://"):
                        self.report.add(at, "settingLost", f"It has {what} ({name}).", "It is not in the draft.")
            elif kind in ("QO", "QG"):
                self.report.add(at, "settingLost", "It has quotas.", "They are not in the draft.")
            elif kind == "SCO" and listing(payload.get("ScoringCategories")):
                self.report.add(at, "settingLost", "Its answers are given scores.", "They are not in the draft.")

    def _block(self, block: Block) -> None:
        """Its name is for those who make the survey, so it makes a key and no title."""
        self.draft.open_section(block.place, block.name.removeprefix("block "), None, block.show,
                                **({"randomOrder": "questions"} if block.random else {}))  # fmt: skip
        for question in block.questions:
            self.skips = [(destination, skip) for destination, skip in self.skips if destination != question.id]
            show = every(*(opposite(skip) for _, skip in self.skips))
            asking = Asking(self.draft, self.reading, question, show)
            self._remember(question, every(block.show, asking.show), asking)
            ask(asking)
            for skip in question.skips:
                self._skip(question, skip)
        self.skips = [(destination, skip) for destination, skip in self.skips if destination != END_OF_BLOCK]

    def _remember(self, question: Question, show: Expression, asking: Asking) -> None:
        of_choices = {choice.value: every(show, choice.show) for choice in asking.choices()}
        self.shows[question.id] = (show, of_choices)

    def _shown(self, name: str, path: list[str]) -> Expression:
        """When the question, or this answer of it, is displayed. What comes later is not, yet."""
        if name.partition("#")[0] not in self.source.questions:
            return Lost(f"it looks at whether {name} is displayed, which is not in the survey")
        show, choices = self.shows.get(name.partition("#")[0], (NEVER, {}))
        return choices.get(path[0], show) if path else show

    def _skip(self, question: Question, skip: Object) -> None:
        locator = said(skip.get("Locator") or skip.get("ChoiceLocator"))
        made = self.reading.question(locator, said(skip.get("Condition")), said(skip.get("RightOperand")))
        destination = said(skip.get("SkipToDestination"))
        if isinstance(made, Lost) or not destination:
            why = made.why if isinstance(made, Lost) else "it does not say where to"
            self.report.add(question.place, "conditionLost", f"Who skips what follows cannot be said here: {why}.",
                            "Nobody skips it.")  # fmt: skip
            return
        self.skips.append((destination, made))


def filled(text: str) -> Filled:
    """What `${…}` names is filled in when it is shown."""
    found = [f"${{{inner[:80]}}}" for inner in PIPED.findall(text)]
    return Filled(PIPED.sub("…", text), found)


def bring(document: Object, report: Report) -> Draft:
    return Bringing(document, report).run()
