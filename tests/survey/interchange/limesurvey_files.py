"""`.lss` files, made here: as LimeSurvey 4 and later write them (`lss`), and as it did before (`old_lss`)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

Rows = Sequence[Mapping[str, str]]


@dataclass
class Asked:
    """`texts` by language; `parts` and `answers`: code, text, and for some the scale."""

    code: str
    type: str
    texts: Mapping[str, str]
    relevance: str = "1"
    group: str = "1"
    mandatory: str = "N"
    other: str = "N"
    help: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    parts: Sequence[tuple[str, ...]] = ()
    answers: Sequence[tuple[str, ...]] = ()


@dataclass
class Group:
    id: str
    name: str
    relevance: str = ""
    more: Mapping[str, str] = field(default_factory=dict)


def lss(
    questions: Sequence[Asked],
    groups: Sequence[Group] = (Group("1", "Service"),),
    languages: str = "nl en",
    **more: Rows,
) -> bytes:
    made = _Tables(languages.split())
    for order, group in enumerate(groups):
        made.row("groups", gid=group.id, sid="7", group_order=str(order), grelevance=group.relevance, **group.more)
        made.said("group_l10ns", gid=group.id, group_name=group.name)
    for order, asked in enumerate(questions):
        made.question(order, asked)
    base, *others = made.languages
    made.row("surveys", sid="7", language=base, additional_languages=" ".join(others))
    for language in made.languages:
        made.row("surveys_languagesettings", surveyls_language=language, surveyls_title="Onze diensten")
    return document({**made.tables, **more})


class _Tables:
    """Ids count on from 101, over questions, subquestions and answers."""

    def __init__(self, languages: list[str]) -> None:
        self.languages, self.number = languages, 100
        self.tables: dict[str, list[dict[str, str]]] = {}

    def row(self, table: str, **columns: str) -> None:
        self.tables.setdefault(table, []).append(columns)

    def said(self, table: str, **columns: str) -> None:
        for language in self.languages:
            self.row(table, **columns, language=language)

    def next(self) -> str:
        self.number += 1
        return str(self.number)

    def question(self, order: int, asked: Asked) -> None:
        question = self.next()
        self.row(
            "questions", qid=question, parent_qid="0", sid="7", gid=asked.group, type=asked.type, title=asked.code,
            other=asked.other, mandatory=asked.mandatory, question_order=str(order), relevance=asked.relevance,
        )  # fmt: skip
        for language, text in asked.texts.items():
            self.row("question_l10ns", qid=question, question=text, help=asked.help, language=language)
        for name, value in asked.attributes.items():
            self.row("question_attributes", qid=question, attribute=name, value=value)
        for place, (code, text, *scale) in enumerate(asked.parts):
            part = self.next()
            self.row("subquestions", qid=part, parent_qid=question, title=code, question_order=str(place),
                     scale_id=scale[0] if scale else "0")  # fmt: skip
            self.said("question_l10ns", qid=part, question=text)
        for place, (code, text, *scale) in enumerate(asked.answers):
            answer = self.next()
            self.row(
                "answers",
                aid=answer,
                qid=question,
                code=code,
                sortorder=str(place),
                scale_id=scale[0] if scale else "0",
            )
            self.said("answer_l10ns", aid=answer, answer=text)


def document(tables: Mapping[str, Rows]) -> bytes:
    said = ['<?xml version="1.0" encoding="UTF-8"?>', "<document>", " <LimeSurveyDocType>Survey</LimeSurveyDocType>"]
    for name, rows in tables.items():
        said += [f" <{name}>", "  <rows>"]
        for row in rows:
            said.append("   <row>")
            said += [
                f"    <{column}><![CDATA[{value}]]></{column}>" if value else f"    <{column}/>"
                for column, value in row.items()
            ]
            said.append("   </row>")
        said += ["  </rows>", f" </{name}>"]
    return "\n".join([*said, "</document>"]).encode()


def old_lss() -> bytes:
    """Texts beside the rows, and a condition in a table of its own instead of in an equation."""
    return document({
        "answers": [{"qid": "1", "code": code, "answer": escape(text), "sortorder": str(place), "language": "en", "scale_id": "0"}
                    for place, (code, text) in enumerate([("A1", "Slow"), ("A2", "Rude")])],
        "conditions": [
            {"cid": "1", "qid": "2", "cqid": "1", "cfieldname": "7X1X1", "method": "==", "value": "A1", "scenario": "1"},
            {"cid": "2", "qid": "2", "cqid": "1", "cfieldname": "7X1X1", "method": "==", "value": "A2", "scenario": "2"},
        ],
        "groups": [{"gid": "1", "sid": "7", "group_name": "All", "group_order": "0", "language": "en"}],
        "questions": [
            {"qid": "1", "sid": "7", "gid": "1", "type": "L", "title": "why", "question": "Why?", "language": "en", "question_order": "0"},
            {"qid": "2", "sid": "7", "gid": "1", "type": "T", "title": "more", "question": "More?", "language": "en", "question_order": "1"},
        ],
        "surveys": [{"sid": "7", "language": "en"}],
        "surveys_languagesettings": [{"surveyls_language": "en", "surveyls_title": "Old"}],
    })  # fmt: skip
