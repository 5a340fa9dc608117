"""The tables of a `.lss` file as questions in their groups. Until version 4 texts stand beside a row, a row a language;
since then in tables of their own (`…_l10ns`)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from services.survey.interchange.expressions import Expression, Lost, Test, Unclear, every, opposite, some
from services.survey.interchange.limesurvey.reading import Row, Tables
from services.survey.interchange.limesurvey.relevance import relevance
from services.survey.interchange.report import Place

Texts = dict[str, str]


@dataclass
class Part:
    """A subquestion or an answer."""

    code: str
    text: Texts
    place: Place
    scale: str
    order: int
    show: Expression
    equation: str = ""


@dataclass
class Question:
    id: str
    group: str
    code: str
    type: str
    place: Place
    order: int
    row: Row
    text: Texts
    help: Texts
    show: Expression
    names: list[str]
    attributes: dict[str, str] = field(default_factory=dict)
    subquestions: list[Part] = field(default_factory=list)
    answers: list[Part] = field(default_factory=list)

    def on_scale(self, parts: Iterable[Part], scale: str = "0") -> list[Part]:
        return [part for part in parts if part.scale == scale]


@dataclass
class Group:
    id: str
    place: Place
    order: int
    row: Row
    name: Texts
    description: Texts
    show: Expression
    questions: list[Question] = field(default_factory=list)


@dataclass
class Source:
    tables: Tables
    languages: list[str]
    groups: list[Group]

    def settings(self, name: str) -> Texts:
        rows = self.tables.get("surveys_languagesettings", ())
        return {language_of(row.get("surveyls_language", "")): row[name] for row in rows if row.get(name, "").strip()}


def language_of(tag: str) -> str:
    """Of `nl-informal` or `zh-Hans` what we have: the language, and its country."""
    found = re.match(r"([A-Za-z]{2,3})(?:[-_]([A-Za-z]{2})$)?", tag)
    return found[1].lower() + (f"-{found[2].upper()}" if found[2] else "") if found else ""


def source_of(tables: Tables) -> Source:
    survey = (tables.get("surveys") or [Row()])[0]
    base = survey.get("language") or next((row["language"] for row in tables["questions"] if "language" in row), "en")
    tags = [base, *survey.get("additional_languages", "").split()]
    languages = list(dict.fromkeys(language for tag in tags if (language := language_of(tag))))[:20] or ["en"]
    questions = _questions(tables)
    _parts(tables, questions)
    for row in tables.get("question_attributes", ()):
        if row.get("qid") in questions and "value" in row:
            questions[row["qid"]].attributes.setdefault(row.get("attribute", ""), row["value"])
    groups = _groups(tables)
    for question in sorted(questions.values(), key=lambda question: question.order):
        if question.group not in groups:
            groups[question.group] = Group(question.group, question.place, 10**9, question.row, {}, {}, relevance(None))
        groups[question.group].questions.append(question)
    return Source(tables, languages, sorted(groups.values(), key=lambda group: group.order))


def _texts(tables: Tables, names: tuple[str, str], id_name: str, text_name: str) -> dict[str, Texts]:
    found: dict[str, Texts] = {}
    for name in names:
        for row in tables.get(name, ()):
            if row.get(text_name, "").strip() and id_name in row and "language" in row:
                found.setdefault(row[id_name], {}).setdefault(language_of(row["language"]), row[text_name])
    return found


def _groups(tables: Tables) -> dict[str, Group]:
    said = _texts(tables, ("groups", "group_l10ns"), "gid", "group_name")
    told = _texts(tables, ("groups", "group_l10ns"), "gid", "description")
    groups: dict[str, Group] = {}
    for row in tables.get("groups", ()):
        name = row.get("gid", "")
        place = Place(f"group {next(iter(said.get(name, {}).values()), name)}"[:100], line=row.line)
        groups.setdefault(name, Group(name, place, number(row, "group_order"), row, said.get(name, {}),
                                      told.get(name, {}), shown(row.get("grelevance"))))  # fmt: skip
    return groups


def _questions(tables: Tables) -> dict[str, Question]:
    said = _texts(tables, ("questions", "question_l10ns"), "qid", "question")
    told = _texts(tables, ("questions", "question_l10ns"), "qid", "help")
    conditions = _old_conditions(tables)
    questions: dict[str, Question] = {}
    for row in tables["questions"]:
        name, code = row.get("qid", ""), row.get("title", "question")
        if name in questions or row.get("parent_qid", "0") != "0":
            continue
        show = shown(row.get("relevance"))
        if row.get("relevance", "1").strip() in ("", "1") and name in conditions:
            show = conditions[name]
        sgqa = f"{row.get('sid', '')}X{row.get('gid', '')}X{name}"
        questions[name] = Question(
            name, row.get("gid", ""), code, row.get("type", ""), Place(code, line=row.line), number(row, "question_order"),
            row, said.get(name, {}), told.get(name, {}), show, [code, sgqa],
        )  # fmt: skip
    return questions


def _parts(tables: Tables, questions: dict[str, Question]) -> None:
    said = _texts(tables, ("subquestions", "question_l10ns"), "qid", "question")
    rows = [*tables.get("subquestions", ()), *(row for row in tables["questions"] if row.get("parent_qid", "0") != "0")]
    seen: set[str] = set()
    for row in rows:
        owner = questions.get(row.get("parent_qid", ""))
        if owner is not None and row.get("qid", "") not in seen:
            seen.add(row.get("qid", ""))
            place = Place(f"{owner.code}, subquestion {row.get('title', '')}", line=row.line)
            owner.subquestions.append(Part(row.get("title", ""), said.get(row.get("qid", ""), {}), place,
                                           row.get("scale_id", "0"), number(row, "question_order"),
                                           shown(row.get("relevance")), row.get("relevance", "")))  # fmt: skip
    translated = _texts(tables, ("answer_l10ns", "answer_l10ns"), "aid", "answer")
    known: dict[tuple[str, str, str], Part] = {}
    for row in tables.get("answers", ()):
        owner = questions.get(row.get("qid", ""))
        if owner is None:
            continue
        code, scale = row.get("code", ""), row.get("scale_id", "0")
        part = known.get((owner.id, scale, code))
        if part is None:
            place = Place(f"{owner.code}, answer {code}", line=row.line)
            part = Part(
                code, dict(translated.get(row.get("aid", ""), {})), place, scale, number(row, "sortorder"), shown(None)
            )
            known[owner.id, scale, code] = part
            owner.answers.append(part)
        if row.get("answer", "").strip():
            part.text.setdefault(language_of(row.get("language", "")), row["answer"])
    for question in questions.values():
        question.subquestions.sort(key=lambda part: part.order)
        question.answers.sort(key=lambda part: part.order)


def shown(equation: str | None) -> Expression:
    try:
        return relevance(equation)
    except Unclear as unclear:
        return Lost(f"{unclear} ({(equation or '').strip()[:200]})")


def number(row: Row, name: str) -> int:
    said = row.get(name, "").strip()
    return int(said) if re.fullmatch(r"-?[0-9]{1,9}", said) else 0


def _old_conditions(tables: Tables) -> dict[str, Expression]:
    """Conditions from before relevance equations: rows of a scenario hold together, of scenarios one is enough."""
    found: dict[str, dict[str, list[Expression]]] = {}
    for row in tables.get("conditions", ()):
        scenarios = found.setdefault(row.get("qid", ""), {})
        scenarios.setdefault(row.get("scenario", "1"), []).append(_old_condition(row))
    return {name: some(*(every(*parts) for parts in scenarios.values())) for name, scenarios in found.items()}


def _old_condition(row: Row) -> Expression:
    name, method, value = row.get("cfieldname", "").lstrip("+"), row.get("method", "=="), row.get("value", "")
    operators = {
        "==": "equals",
        "!=": "equals",
        "<": "lessThan",
        "<=": "lessOrEqual",
        ">": "greaterThan",
        ">=": "greaterOrEqual",
    }
    if method not in operators or value.startswith(("@", "{")):
        return Lost(f"it compares {name} in a way ({method} {value[:50]}) that cannot be said")
    test = Test(name, operators[method], value) if value.strip() else opposite(Test(name, "answered"))  # type: ignore[arg-type]  # of the table above
    return opposite(test) if method == "!=" else test
