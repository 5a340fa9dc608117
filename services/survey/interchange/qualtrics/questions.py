"""Qualtrics's question types in ours.

https://www.qualtrics.com/support/survey-platform/survey-module/editing-questions/question-types-guide/
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from services.survey.interchange.draft import LONGEST_ANSWER, Choice, Draft, Raw, Row
from services.survey.interchange.expressions import Expression, every
from services.survey.interchange.limesurvey.source import language_of
from services.survey.interchange.qualtrics.logic import Reading
from services.survey.interchange.qualtrics.source import Question
from services.survey.interchange.report import Place
from services.survey.interchange.shape import Object, decimal, keyed, listing, mapping, said, whole

OMITTED = {
    "DB": "It is a text to read, not a question.", "Captcha": "It tells people from machines.",
    "Timing": "It measures how long a page takes, which is not measured here.", "Meta": "It records the browser, which is not recorded here.",
    "FileUpload": "It asks for a file.", "Draw": "It asks for a signature.", "HeatMap": "It asks for a place in a picture.",
    "HotSpot": "It asks for a place in a picture.", "HL": "It asks to mark words.", "DD": "It asks in steps (drill down).",
    "PGR": "It asks to put answers into groups.", "GAP": "It is a game of gaps.", "SS": "It is a picture that changes with the answer.",
    "Screencapture": "It records the screen.", "TreeTest": "It asks for a way through a tree.",
}  # fmt: skip
LOST_RULES = {
    "CustomValidation": "Its answer is checked with a condition", "ChoiceTotal": "Its numbers must add up",
    "MinChars": "Its answer has a least length",
}  # fmt: skip
DATES = {"ValidDate"}


class Asking:
    """One question."""

    def __init__(self, draft: Draft, reading: Reading, question: Question, show: Expression) -> None:
        self.draft, self.reading, self.question = draft, reading, question
        self.payload, self.place, self.id = question.payload, question.place, question.id
        self.show = every(show, reading.logic(self.payload.get("DisplayLogic")))
        self.settings = mapping(mapping(self.payload.get("Validation")).get("Settings"))
        self.configuration = mapping(self.payload.get("Configuration"))
        self.selector, self.sub = said(self.payload.get("Selector")), said(self.payload.get("SubSelector"))

    def run(self) -> None:
        kind = said(self.payload.get("QuestionType"))
        if kind in OMITTED or kind not in TYPES:
            self.draft.omit(self.place, OMITTED.get(kind, f"Its type ({kind[:40] or 'none'}) is not known here."))
            return
        if self.payload.get("QuestionJS"):
            self.draft.report.add(self.place, "settingLost", "It has JavaScript of its own.", "It is not in the draft.")
        if said(self.settings.get("ForceResponse")) == "RequestResponse":
            self.draft.report.add(self.place, "validationLost", "Who leaves it out is asked once more.", "It is optional.")
        for name, what in LOST_RULES.items():
            if self.settings.get(name) and not (name == "MinChars" and said(self.settings[name]) in ("0", "1")):
                self.draft.report.add(self.place, "validationLost", f"{what}.", "It is not checked.")
        TYPES[kind](self)

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
        for value in [*(each for each in dict.fromkeys(sequence) if each in given), *(each for each in given if each not in sequence)]:
            choice, path = mapping(given[value]), "/".join(("", *within, name, value))
            place = self.place.within(f"{self.place.name}, answer {value}", path)
            made.append(Choice(value, self.raw(*within, name, value, "Display"), place,
                               self.reading.logic(choice.get("DisplayLogic")), bool(said(choice.get("TextEntry")))))  # fmt: skip
        return made

    def recoded(self, choices: list[Choice], node: Object | None = None) -> list[Choice]:
        """With the values that scale points were given. By those of the choices themselves where none is."""
        values = keyed((self.payload if node is None else node).get("RecodeValues"))
        return [replace(choice, value=said(values.get(choice.value)) or choice.value) for choice in choices]


def _at(node: Any, path: tuple[str, ...]) -> str:
    for step in path:
        node = keyed(node).get(step)
    return said(node)


def _choice(asking: Asking) -> None:
    draft, choices = asking.draft, asking.choices()
    if asking.selector == "NPS":
        ends = [draft.text(asking.place, asking.raw("ColumnLabels", end, "Display")) or None for end in "01"]
        asked = draft.ask(asking.place, [asking.id], "nps", asking.text, minimumLabel=ends[0], maximumLabel=ends[1], **asking.common)
        for point in range(11):
            draft.chosen([asking.id], asked, point, point)
        return
    several = asking.selector.startswith("MA") or asking.selector in ("MSB", "MAVR", "MAHR", "MACOL")
    more: dict[str, Any] = {"randomOptions": _random(asking)}
    if several:
        more |= {"minimumChoices": whole(asking.settings.get("MinChoices"), 1, len(choices)),
                 "maximumChoices": whole(asking.settings.get("MaxChoices"), 1, len(choices))}  # fmt: skip
    draft.ask_choice(asking.place, [asking.id], choices, asking.text, kind="multipleChoice" if several else "singleChoice",
                     **more, **asking.common)  # fmt: skip


def _random(asking: Asking) -> bool | None:
    kind = said(mapping(asking.payload.get("Randomization")).get("Type"))
    if kind in ("", "None"):
        return None
    if kind != "All":
        asking.draft.report.add(asking.place, "orderLost", f"Its answers come in an order ({kind[:40]}) that cannot be said.",
                                "They come in random order.")  # fmt: skip
    return True


def _text(asking: Asking) -> None:
    draft, names = asking.draft, [asking.id]
    if asking.selector == "PW":
        draft.omit(asking.place, "It asks for a password.")
        return
    if asking.selector == "FORM":
        for choice in asking.choices():
            place = replace(choice.place, name=f"{asking.place.name}-{choice.value}")
            text = draft.joined(asking.text, draft.text(place, choice.text, choice.value))
            draft.ask(place, [f"{asking.id}_{choice.value}"], "text", text,
                      **asking.common | {"show": every(asking.show, choice.show)})  # fmt: skip
        return
    content = said(asking.settings.get("ContentType"))
    rules = mapping(asking.settings.get("ValidNumber")) or mapping(mapping(asking.settings.get("ContentTypeSettings")).get("ValidNumber"))
    if content == "ValidNumber":
        draft.ask(asking.place, names, "number", asking.text, minimum=decimal(rules.get("Min")), maximum=decimal(rules.get("Max")),
                  decimals=whole(rules.get("NumDecimals"), 1, 6), **asking.common)  # fmt: skip
    elif content in DATES:
        draft.ask(asking.place, names, "date", asking.text, **asking.common)
    else:
        if content not in ("", "None"):
            draft.report.add(asking.place, "validationLost", f"Its answer must be of a kind ({content[:40]}).", "It is not checked.")
        draft.ask(asking.place, names, "text", asking.text, maximumLength=whole(asking.settings.get("MaxChars"), 1, LONGEST_ANSWER),
                  **asking.common)  # fmt: skip


def _matrix(asking: Asking, within: tuple[str, ...] = (), name: str | None = None) -> None:
    """A table, or one of those of a side-by-side question."""
    node = asking.payload
    for step in within:
        node = mapping(node.get(step))
    selector, sub, name = said(node.get("Selector")), said(node.get("SubSelector")), name or asking.id
    place = asking.place if not within else asking.place.within(f"{asking.place.name}#{within[-1]}", "/" + "/".join(within))
    if selector in ("MaxDiff", "RO", "CS", "Profile", "TE") and not _known_table(asking, selector, place):
        return
    statements = asking.choices() if within else asking.choices("Choices", "ChoiceOrder")
    rows = [Row([f"{name}_{row.value}"], row.text, row.place, row.show, f"{place.name}-{row.value}") for row in statements]
    answers = asking.recoded(asking.choices("Answers", "AnswerOrder", within), node)
    stem = asking.raw("QuestionText") if not within else _with_part(asking, within)
    if selector == "TE" or said(node.get("QuestionType")) == "TE":
        _fields(asking, place, stem, rows, answers)
        return
    several = sub == "MultipleAnswer" or selector == "MultipleAnswer"
    asking.draft.ask_rows(place, stem, rows, answers, kind="multipleChoice" if several else "singleChoice", **asking.common)


def _known_table(asking: Asking, selector: str, place: Place) -> bool:
    what = {"MaxDiff": "It asks for the best and the worst of each set.", "RO": "It asks to rank in a table.",
            "CS": "It asks for numbers that add up, in a table.", "Profile": "Each row has answers of its own."}  # fmt: skip
    if selector in what:
        asking.draft.omit(place, what[selector])
    return selector not in what


def _with_part(asking: Asking, within: tuple[str, ...]) -> Raw:
    part = asking.raw(*within, "QuestionText")
    whole_ = asking.raw("QuestionText")
    return {language: f"{text} – {part.get(language, '')}".rstrip("– ") for language, text in whole_.items()}


def _fields(asking: Asking, place: Place, stem: Raw, rows: list[Row], columns: list[Choice]) -> None:
    draft, text = asking.draft, asking.draft.text(place, stem)
    for row in rows:
        of_row = draft.joined(text, draft.text(row.place, row.text))
        shown = asking.common | {"show": every(asking.show, row.show)}
        for column in columns or [None]:
            if column is None:
                draft.ask(row.place, row.names, "text", of_row, key=row.key, **shown)
            else:
                draft.ask(row.place, [f"{each}_{column.value}" for each in row.names], "text",
                          draft.joined(of_row, draft.text(column.place, column.text)), key=f"{row.key}-{column.value}", **shown)  # fmt: skip
    draft.report.add(place, "layoutLost", "It is a table with a text field in each cell.", "Each cell is a question of its own.")


def _side_by_side(asking: Asking) -> None:
    parts = keyed(asking.payload.get("AdditionalQuestions"))
    for number in parts:
        _matrix(asking, ("AdditionalQuestions", number), f"{asking.id}#{number}")
    asking.draft.report.add(asking.place, "layoutLost", f"It has {len(parts)} tables side by side.", "They are asked one after the other.")


def _slider(asking: Asking) -> None:
    draft, text, settings = asking.draft, asking.text, asking.configuration
    stars = whole(settings.get("StarCount"), 5, 10) if asking.selector == "STAR" else None
    for choice in asking.choices():
        place = choice.place
        said_ = draft.joined(text, draft.text(place, choice.text))
        shown = asking.common | {"show": every(asking.show, choice.show)}
        key, names = f"{asking.place.name}-{choice.value}", [f"{asking.id}_{choice.value}"]
        if stars in (5, 7, 10):
            draft.ask(place, names, "rating", said_, points=stars, key=key, **shown)
        else:
            draft.ask(place, names, "number", said_, minimum=decimal(settings.get("CSSliderMin")),
                      maximum=decimal(settings.get("CSSliderMax")), decimals=whole(settings.get("NumDecimals"), 1, 6), key=key, **shown)  # fmt: skip
    if stars is None:
        draft.report.add(asking.place, "layoutLost", "It is a slider.", "Each of its sliders is asked as a number.")


def _ranking(asking: Asking) -> None:
    asking.draft.ask_choice(asking.place, [asking.id], asking.choices(), asking.text, kind="ranking",
                            randomOptions=_random(asking), **asking.common)  # fmt: skip


def _sum(asking: Asking) -> None:
    draft = asking.draft
    for choice in asking.choices():
        text = draft.joined(asking.text, draft.text(choice.place, choice.text))
        draft.ask(choice.place, [f"{asking.id}_{choice.value}"], "number", text, key=f"{asking.place.name}-{choice.value}",
                  **asking.common | {"show": every(asking.show, choice.show)})  # fmt: skip
    draft.report.add(asking.place, "validationLost", "Its numbers must add up (constant sum).", "Each is a question; the sum is not checked.")


TYPES: Mapping[str, Callable[[Asking], None]] = {
    "MC": _choice, "TE": _text, "Matrix": _matrix, "SBS": _side_by_side, "Slider": _slider, "RO": _ranking, "CS": _sum,
}  # fmt: skip
PIPED = re.compile(r"\$\{([a-z]+://[^}]*)\}")
