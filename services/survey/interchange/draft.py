"""A survey in the making: what the readers of other tools' files put in, with the words they have for it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from services.survey.interchange.expressions import ALWAYS, Expression, every
from services.survey.interchange.keys import made_key
from services.survey.interchange.names import SEVERAL, Names, Target
from services.survey.interchange.parts import (
    CLOSE,
    MOST_OPTIONS,
    MOST_QUESTIONS,
    OPEN,
    Asked,
    Choice,
    Filling,
    Raw,
    Row,
    Section,
    Texts,
    TooLarge,
    points_of,
    spelled,
)
from services.survey.interchange.report import Place, Report
from services.survey.interchange.texts import braces_kept, cut, plain, tidy


@dataclass
class Draft:
    """`languages`: the first is the source's own, in which every text is there."""

    languages: list[str]
    report: Report
    filled: Filling
    whole: Place
    names: Names = field(default_factory=Names)
    title: Texts = field(default_factory=dict)
    key: str = ""
    topics: list[dict[str, Any]] = field(default_factory=list)
    labels: dict[str, list[Texts]] = field(default_factory=dict)
    sections: list[Section] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)
    matrices: set[str] = field(default_factory=set)
    missing: dict[Place, set[str]] = field(default_factory=dict)
    formatted: int = 0

    def open_section(
        self, place: Place, name: str, title: Raw | None, show: Expression = ALWAYS, **more: Any
    ) -> Section:
        key = made_key(name, {section.key for section in self.sections}, "section")
        section = Section(place, key, self.text(place, title) or None, show, more)
        self.sections.append(section)
        return section

    def text(self, place: Place, raw: Raw | None, otherwise: str = "") -> Texts:
        """In every language: what is missing is said in the first. Empty if there is nothing to say at all."""
        said = {
            language: self._plain(place, text) for language, text in (raw or {}).items() if language in self.languages
        }
        known = [said.get(language) for language in self.languages if said.get(language)] or [cut(tidy(otherwise))]
        if not known[0]:
            return {}
        absent = {language for language in self.languages if not said.get(language)}
        if absent and len(absent) < len(self.languages) and any(map(str.isalpha, known[0])):
            self.missing.setdefault(place, set()).update(absent)
        return {language: said.get(language) or str(known[0]) for language in self.languages}

    def _plain(self, place: Place, source: str) -> str:
        filled = self.filled(str(source))
        text, lost, formatted = plain(filled.text)
        self.formatted += formatted
        for names, when, instead in (
            (filled.gone, "", "“…” stands in its place."),
            (filled.kept, " where whoever shows it sets that", "It is kept as it is written."),
        ):
            if names:
                detail = f"Its text has {', '.join(dict.fromkeys(names))}, which is filled in{when}."
                self.report.add(place, "textChanged", detail, instead)
        for what in sorted(lost):
            self.report.add(place, "textChanged", f"Its text has {what}.", "Only the words are kept.")
        made = braces_kept(text).replace(OPEN, "{").replace(CLOSE, "}")
        if len(made) > 5_000:
            self.report.add(place, "textCut", f"Its text has {len(made):,} characters.", "The first 5,000 are kept.")
        return cut(made)

    def ask(
        self, place: Place, names: Iterable[str], kind: str, text: Texts, *, show: Expression = ALWAYS,
        required: bool = False, require: Expression | None = None, values: Mapping[str, Any] | None = None,
        key: str | None = None, **more: Any,
    ) -> Asked:  # fmt: skip
        """Into the section that was opened last. `key`: the name to make its key of, instead of the place's."""
        if len(self.keys) >= MOST_QUESTIONS:
            raise TooLarge
        made = made_key(key or place.name, self.keys, "question")
        self.keys.add(made)
        question: dict[str, Any] = {"key": made, "type": kind, "text": text or dict.fromkeys(self.languages, made)}
        question |= {name: value for name, value in more.items() if value is not None}
        if required:
            question["required"] = True
        asked = Asked(place, question, show, require)
        self.sections[-1].asked.append(asked)
        for name in names:
            self.names.add(name, Target({"question": made}, kind, values or {}))
        return asked

    def ask_choice(
        self, place: Place, names: Sequence[str], choices: Sequence[Choice], text: Texts, *, kind: str = "singleChoice",
        show: Expression = ALWAYS, **more: Any,
    ) -> Asked | None:  # fmt: skip
        """A question with options; None if it cannot be one."""
        if len(choices) < 2:
            self.omit(place, f"It has {len(choices) or 'no'} answers to choose from; a choice needs two.")
            return None
        if len(choices) > MOST_OPTIONS:
            detail = f"It has {len(choices)} answers to choose from; there can be {MOST_OPTIONS}."
            self.report.add(place, "questionChanged", detail, "It is asked as a text.")
            more = {name: value for name, value in more.items() if name in ("required", "require", "key", "topic")}
            return self.ask(place, names, "text", text, show=show, **more)
        options, values = self._options(choices)
        asked = self.ask(place, names, kind, text, show=show, values=values, options=options, **more)
        asked.options = [(choice.place, choice.show) for choice in choices]
        for choice in choices:
            option = values[spelled(choice.value)]
            self.chosen(names, asked, choice.value, option)
            if choice.wants:
                self._specified(names, asked, choice, option, show)
        return asked

    def chosen(self, names: Iterable[str], asked: Asked, value: Any, option: Any) -> None:
        """A name for whether this was chosen."""
        target = Target({"question": asked.question["key"]}, asked.question["type"], option=option)
        for name in names:
            self.names.add(f"{name}_{value}", target)

    def _options(self, choices: Sequence[Choice]) -> tuple[list[dict[str, Any]], dict[str, Any]]:
        keys: dict[str, Any] = {}
        options = []
        for choice in choices:
            key = made_key(choice.key or spelled(choice.value), set(keys.values()), "option")
            keys.setdefault(spelled(choice.value), key)
            text = self.text(choice.place, choice.text, spelled(choice.value)) or dict.fromkeys(self.languages, key)
            options.append({"key": key, "text": text, **choice.more})
        return options, keys

    def _specified(self, names: Sequence[str], asked: Asked, choice: Choice, option: str, show: Expression) -> None:
        """The text field beside an option becomes a question for those who chose it."""
        operator = "contains" if asked.question["type"] in SEVERAL else "equals"
        name = f"{asked.question['key']}-{option}-text"
        field = choice.place.within(f"{choice.place.name}, text")
        shown = self.ask(field, [*choice.called, *(f"{each}_{choice.value}_TEXT" for each in names)], "text",
                         self.joined(asked.question["text"], self.text(choice.place, choice.text)), show=show, key=name,
                         required=choice.must)  # fmt: skip
        shown.question["showIf"] = {"question": asked.question["key"], "operator": operator, "value": option}
        self.report.add(choice.place, "questionChanged", "The answer has a text field beside it.",
                        f"The text is a question of its own ({shown.question['key']}), for those who choose the answer.")  # fmt: skip

    def ask_rows(
        self, place: Place, stem: Raw, rows: Sequence[Row], choices: Sequence[Choice], *, kind: str = "singleChoice",
        show: Expression = ALWAYS, wordings: str | None = None, **more: Any,
    ) -> list[Asked]:  # fmt: skip
        """A table of questions with the same answers. `wordings`: the name for what its points say."""
        said, scale = self.text(place, stem), points_of(choices) if kind == "singleChoice" else None
        matrix = made_key(place.name, self.matrices, "matrix")
        made: list[Asked] = []
        self.tell_order(place, choices, scale)
        for row in rows:
            common = {"show": every(show, row.show), "key": row.key, **more}
            text = self.joined(said, self.text(row.place, row.text))
            if scale:
                labels = self.labelled(place, scale, wordings)
                rated = self.ask(row.place, row.names, "rating", text, points=len(scale), labels=labels, **common)
                for choice in choices:
                    self.chosen(row.names, rated, choice.value, int(choice.value))
                each: Asked | None = rated
            elif kind == "yesNo":
                each = self.ask(row.place, row.names, kind, text, values={"true": True, "false": False}, **common)
            else:
                each = self.ask_choice(row.place, row.names, choices, text, kind=kind, **common)
            if each is None:
                break
            made.append(each)
        if len(made) > 1:
            self.matrices.add(matrix)
            for each in made:
                each.question["matrix"] = matrix
        return made

    def tell_order(self, place: Place, choices: Sequence[Choice], scale: Sequence[Choice] | None) -> None:
        """The points of a scale come from low to high here, however they stand in the file."""
        if scale and list(scale) != list(choices):
            written = ", ".join(spelled(choice.value) for choice in choices)
            self.report.add(
                place, "orderLost", f"Its points stand in this order: {written}.", "They come from low to high."
            )

    def labelled(self, place: Place, scale: Sequence[Choice], name: str | None = None) -> str | None:
        """The name of the wordings of these points; None if they say nothing but their numbers, and have no `name`."""
        whole = [
            self.text(choice.place, choice.text) or dict.fromkeys(self.languages, spelled(choice.value))
            for choice in scale
        ]
        numbers = all(set(said.values()) == {spelled(choice.value)} for said, choice in zip(whole, scale, strict=True))
        if numbers and name is None:
            return None
        for known, others in self.labels.items():
            if others == whole and name in (None, known):
                return known
        made = made_key(name or f"{place.name}-labels", self.labels, "labels")
        self.labels[made] = whole
        return made

    def omit(self, place: Place, why: str) -> None:
        self.report.add(place, "questionOmitted", why, "It is not in the draft.")

    def joined(self, stem: Texts, row: Texts) -> Texts:
        """The text of one question of several with one stem."""
        if not stem or not row:
            return row or stem
        return {language: cut(f"{stem[language]} – {row[language]}") for language in self.languages}
