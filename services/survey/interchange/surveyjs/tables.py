"""SurveyJS's tables in ours."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from services.survey.interchange.expressions import every
from services.survey.interchange.parts import Asked, Row, Texts, spelled
from services.survey.interchange.report import Place
from services.survey.interchange.shape import Object, listing, mapping, said
from services.survey.interchange.surveyjs import extras
from services.survey.interchange.surveyjs.element import (
    UNSEEN,
    Element,
    applicable,
    split_not_applicable,
    unseen,
)
from services.survey.interchange.surveyjs.lost import tell_lost
from services.survey.interchange.surveyjs.names import OF_ROW
from services.survey.interchange.surveyjs.questions import boolean, rating, several, single, text

CELLS: Mapping[str, Callable[[Element], Asked | None]] = {
    "dropdown": single, "radiogroup": single, "checkbox": several, "tagbox": several, "text": text, "comment": text,
    "boolean": boolean, "rating": rating,
}  # fmt: skip


def matrix(element: Element) -> None:
    node, common = element.node, element.common
    columns, not_applicable = split_not_applicable(element.choices("columns"))
    if node.get("cells") or node.get("hasCellText") is True:
        element.lose("textChanged", "Its cells have texts of their own.", "They are the columns' texts.")
    if node.get("eachRowRequired") is True or node.get("isAllRowRequired") is True:
        common["required"] = True
    elif common["required"]:
        common["required"] = False
        element.lose("validationLost", "At least one of its rows must be answered.", "None must be.")
    kind = "multipleChoice" if said(node.get("cellType")) == "checkbox" else "singleChoice"
    if columns and {type(column.value) for column in columns} == {bool}:
        kind = "yesNo"
    stem = {} if said(node.get("titleLocation")) == "hidden" else _stem(element)
    rows = _rows(element)
    about = [extras.about(element.scope.extras, "questions", spelled(row.key)) for row in rows]
    more: dict[str, Any] = {name: value for name, value in common.items() if name not in ("key", "topic", "matrix")}
    more["wordings"] = next((said(each["labels"]) for each in about if said(each.get("labels"))), None)
    made = element.draft.ask_rows(element.place, stem, rows, columns, kind=kind, **applicable(not_applicable), **more)
    for asked, extra in zip(made, about, strict=False):
        _further(asked, extra)


def _further(asked: Asked, extra: Object) -> None:
    """What SurveyJS has no word for."""
    question, options = asked.question, mapping(extra.get("options"))
    if question["type"] == "rating" and extra.get("type") in ("effort", "importance"):
        question["type"] = extra["type"]
    question |= {name: said(extra[name]) for name in ("topic", "matrix") if said(extra.get(name))}
    if question["type"] == "rating" and extra.get("role") == "overall":
        question["role"] = "overall"
    for option in question.get("options", ()):
        if said(options.get(option["key"])):
            option["topic"] = said(options[option["key"]])


def _stem(element: Element) -> Texts:
    return element.scope.texts(element.place, element.node.get("title")) or {element.scope.base: element.name}


def _rows(element: Element) -> list[Row]:
    rows, ours = [], bool(element.scope.extras)
    for row in element.choices("rows"):
        value = spelled(row.value)
        names, key = [f"{name}.{value}" for name in element.names], value if ours else f"{element.name}-{value}"
        rows.append(Row(names, row.text, row.place, row.show, key))
    if said(element.node.get("rowOrder") or element.node.get("rowsOrder")) == "random":
        element.lose("orderLost", "Its rows come in random order.", "They come as they are written.")
    if not rows:
        element.draft.omit(element.place, "It has no rows.")
    return rows


def cells(element: Element) -> None:
    """A table whose columns are questions."""
    kinds = said(element.node.get("cellType")) or "dropdown"
    for row in _rows(element):
        for number, column in enumerate(listing(element.node.get("columns"))):
            column = column if isinstance(column, dict) else {"name": column}
            name, kind = said(column.get("name")) or f"column{number + 1}", said(column.get("cellType"))
            choices = column.get("choices") or element.node.get("choices")
            node: Object = {**column, "choices": choices, "name": f"{row.key}-{name}"}
            node["type"] = kinds if kind in ("", "default") else kind
            _cell(element, row, node, name, f"{element.place.pointer}/columns/{number}")
    _details(element)
    element.lose("layoutLost", "It is a table with a question in each cell.", "Each cell is a question of its own.")


def _details(element: Element) -> None:
    """Questions that open below or under a row."""
    if said(element.node.get("detailPanelMode")) in ("", "none"):
        return
    for number, detail in enumerate(map(mapping, listing(element.node.get("detailElements")))):
        name = f"{element.name}, {said(detail.get('name')) or f'question{number + 1}'}"[:200]
        place = element.place.within(name, f"/detailElements/{number}")
        element.draft.omit(place, "It is asked about each row (detailElements).")


def _cell(element: Element, row: Row, node: Object, name: str, pointer: str) -> None:
    draft, base = element.draft, element.scope.base
    scope = replace(element.scope, show=every(element.show, row.show), around=element.scope.around | OF_ROW)
    cell = Element(scope, node, pointer, 0)
    cell.place = Place(f"{row.place.name}, {name}"[:200], pointer=pointer)
    stem = draft.joined(draft.text(element.place, _stem(element)), draft.text(row.place, row.text))
    cell.fixed = draft.joined(
        stem, draft.text(cell.place, element.scope.texts(cell.place, node.get("title")) or {base: name})
    )
    if unseen(node):
        draft.omit(cell.place, UNSEEN)
        return
    if cell.kind not in CELLS:
        draft.omit(cell.place, f"Its cells ({cell.kind[:40]}) cannot be asked.")
        return
    tell_lost(cell)
    _known_too(element, cell, CELLS[cell.kind](cell), [f"{each}.{name}" for each in row.names])


def _known_too(element: Element, cell: Element, asked: Asked | None, names: list[str]) -> None:
    """By the names that conditions have for it in its table."""
    target = element.draft.names.of(cell.names[0])
    if asked is not None and target is not None:
        for name in names:
            element.draft.names.add(name, target)


def several_texts(element: Element) -> None:
    draft, base = element.draft, element.scope.base
    for number, item in enumerate(listing(element.node.get("items"))):
        item = item if isinstance(item, dict) else {"name": item}
        name = said(item.get("name")) or f"item{number + 1}"
        node = {**item, "type": "text", "name": f"{element.name}-{name}"}
        field = Element(
            replace(element.scope, show=element.show), node, f"{element.place.pointer}/items/{number}", number
        )
        tell_lost(field)
        title = draft.text(field.place, element.scope.texts(field.place, item.get("title")) or {base: name})
        field.fixed = draft.joined(draft.text(element.place, _stem(element)), title)
        _known_too(element, field, text(field), [f"{each}.{name}" for each in element.names])
