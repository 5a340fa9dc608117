"""A `.qsf` file as blocks in the order of its flow, each with its questions and when it is shown."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from services.survey.interchange.expressions import ALWAYS, Expression, every
from services.survey.interchange.parts import MOST_QUESTIONS, TooLarge
from services.survey.interchange.qualtrics.logic import Reading
from services.survey.interchange.report import Place, Report
from services.survey.interchange.shape import Object, keyed, listing, mapping, said

OTHER_FLOW = {
    "BlockRandomizer": "blocks in random order", "EmbeddedData": "embedded data that are set", "WebService": "a call of a web service",
    "Authenticator": "an authenticator", "QuotaCheck": "a quota", "TableOfContents": "a table of contents",
    "ReferenceSurvey": "another survey", "SupplementalData": "supplemental data", "Conjoint": "a conjoint", "Group": "a group",
}  # fmt: skip


@dataclass(frozen=True)
class Question:
    id: str
    payload: Object
    place: Place
    skips: tuple[Object, ...]


@dataclass
class Block:
    place: Place
    name: str
    show: Expression
    random: bool
    questions: list[Question]


@dataclass
class Source:
    document: Object
    report: Report
    questions: dict[str, tuple[Object, str]] = field(default_factory=dict)
    blocks: dict[str, tuple[Object, str]] = field(default_factory=dict)
    reading: Reading | None = None
    taken: set[str] = field(default_factory=set)
    depth: int = 0
    ended: bool = False  # for everybody

    def __post_init__(self) -> None:
        self.flow: Object = {}
        self.flow_pointer = ""
        for place, element in enumerate(listing(self.document.get("SurveyElements"))):
            element, pointer = mapping(element), f"/SurveyElements/{place}/Payload"
            kind, payload = said(element.get("Element")), element.get("Payload")
            if kind == "SQ":
                payload = mapping(payload)
                name = said(payload.get("QuestionID")) or said(element.get("PrimaryAttribute"))
                self.questions.setdefault(name, (payload, pointer))
            elif kind == "BL":
                for key, block in keyed(payload).items():
                    self.blocks.setdefault(said(mapping(block).get("ID")) or key, (mapping(block), f"{pointer}/{key}"))
            elif kind == "FL" and not self.flow:
                self.flow, self.flow_pointer = mapping(payload), pointer
        if len(self.questions) > MOST_QUESTIONS:
            raise TooLarge

    def rows(self, name: str) -> list[str]:
        payload, _ = self.questions.get(name, ({}, ""))
        return list(keyed(payload.get("Choices"))) if said(payload.get("QuestionType")) in ("Matrix", "SBS") else []

    def recoded(self, name: str, value: str) -> str | None:
        payload, _ = self.questions.get(name.partition("#")[0], ({}, ""))
        values = {said(given): choice for choice, given in keyed(payload.get("RecodeValues")).items()}
        return values.get(value) if values else value

    def in_order(self) -> Iterator[Block]:
        if not self.flow:
            for name, (block, _) in self.blocks.items():
                if said(block.get("Type")) != "Trash":
                    yield from self._block(name, Place("the flow"), ALWAYS)
            return
        yield from self._flow(self.flow, self.flow_pointer, ALWAYS)
        for name, (block, pointer) in self.blocks.items():
            if name not in self.taken and said(block.get("Type")) != "Trash" and listing(block.get("BlockElements")):
                place = Place(self._named(block), pointer=pointer)
                self.report.add(
                    place, "questionOmitted", "The block is not in the flow of the survey.", "It is not in the draft."
                )

    def _flow(self, node: Object, pointer: str, show: Expression, *, everybody: bool = True) -> Iterator[Block]:
        """`everybody`: all come here, as far as is known."""
        self.depth += 1
        for number, step in enumerate(listing(node.get("Flow"))):
            step, path = mapping(step), f"{pointer}/Flow/{number}"
            kind = said(step.get("Type"))
            place = Place(f"flow {said(step.get('FlowID')) or number}", pointer=path)
            if kind in ("Block", "Standard", "Default"):
                yield from self._block(said(step.get("ID")), place, show)
            elif self.depth > 50:
                self.report.add(
                    place,
                    "settingLost",
                    "The flow is nested more than 50 deep.",
                    "What is in there is not in the draft.",
                )
            elif kind == "Branch":
                yield from self._branch(step, path, place, show)
            elif kind == "EndSurvey":
                self._ends(place, for_all=everybody and show == ALWAYS)
            else:
                self._other(kind, place)
                yield from self._flow(step, path, show, everybody=everybody and kind == "Group")
        self.depth -= 1

    def _branch(self, step: Object, path: str, place: Place, show: Expression) -> Iterator[Block]:
        assert self.reading is not None
        yield from self._flow(step, path, every(show, self.reading.logic(step.get("BranchLogic"))), everybody=False)
        if not listing(step.get("Flow")):
            self.report.add(place, "settingLost", "It is a branch with nothing in it.", "It is not in the draft.")

    def _ends(self, place: Place, *, for_all: bool) -> None:
        if for_all:
            self.ended = True
        elif not self.ended:
            detail = "The survey ends here for some."
            self.report.add(place, "conditionLost", detail, "They are asked what follows, too.")

    def _other(self, kind: str, place: Place) -> None:
        code: Any = "orderLost" if kind == "BlockRandomizer" else "settingLost"
        what = OTHER_FLOW.get(kind, f"a step of a kind ({kind[:40] or 'none'}) that is not known here")
        inside = (
            "What is in it comes as it is written."
            if kind in ("BlockRandomizer", "Group")
            else "It is not in the draft."
        )
        self.report.add(place, code, f"The flow has {what}.", inside)

    def _block(self, name: str, place: Place, show: Expression) -> Iterator[Block]:
        block, pointer = self.blocks.get(name, ({}, ""))
        if not block:
            self.report.add(
                place, "questionOmitted", "The flow has a block that is not in the file.", "It is not in the draft."
            )
            return
        if name in self.taken:
            detail = f"The {self._named(block)} comes again."
            self.report.add(place, "questionOmitted", detail, "It is in the draft once, where it came first.")
            return
        self.taken.add(name)
        if self.ended:
            detail = f"The survey ends before {self._named(block)}, for everybody."
            self.report.add(place, "questionOmitted", detail, "It is not in the draft.")
            return
        at = Place(self._named(block), pointer=pointer)
        options = mapping(block.get("Options"))
        random = said(options.get("RandomizeQuestions")) not in ("", "false") or bool(
            mapping(options.get("Randomization"))
        )
        looping = said(options.get("Looping")) not in ("", "None", "false")
        if looping:
            self.report.add(
                at, "layoutLost", "The block is asked again and again (loop and merge).", "It is asked once."
            )
        yield Block(at, self._named(block), show, random, list(self._questions(block, pointer)))

    def _questions(self, block: Object, pointer: str) -> Iterator[Question]:
        for number, element in enumerate(keyed(block.get("BlockElements")).values()):
            element = mapping(element)
            if said(element.get("Type")) != "Question":
                continue
            name = said(element.get("QuestionID"))
            payload, at = self.questions.get(name, ({}, ""))
            if not payload:
                place = Place(name, pointer=f"{pointer}/BlockElements/{number}")
                self.report.add(place, "questionOmitted", "The question is not in the file.", "It is not in the draft.")
                continue
            skips = tuple(mapping(skip) for skip in keyed(element.get("SkipLogic")).values())
            yield Question(name, payload, Place(said(payload.get("DataExportTag")) or name, pointer=at), skips)

    def _named(self, block: Object) -> str:
        return f"block {said(block.get('Description')) or said(block.get('ID'))}"[:100]
