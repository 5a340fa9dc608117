"""Names and descriptions of the document: what FastAPI and pydantic make of Python's names, brought to the conventions."""

import re
from collections.abc import Iterator
from typing import Any

Document = dict[str, Any]
_GENERIC = re.compile(r"(\w+?)_(\w+)_")
ONE = "404 too for what is there and not the caller's to see."
SEVERAL = "All that the caller may see, a page at a time."
_KINDS = ("headers", "parameters", "responses", "schemas")


def name_well(made: Document) -> None:
    _rename_schemas(made)
    _tags(made)
    _drop_unused(made)


def _schema_name(name: str, taken: set[str]) -> str:
    """`Page_Unit_` is a UnitPage. Of two forms of one schema the one that goes out keeps the name."""
    name = _GENERIC.sub(r"\2\1", name)
    plain, _, side = name.partition("-")
    return plain if side in ("", "Output") and (plain == name or plain not in taken) else plain + side


def _rename_schemas(made: Document) -> None:
    schemas: Document = made["components"]["schemas"]
    names = {name: _schema_name(name, set(schemas)) for name in schemas}
    made["components"]["schemas"] = {new: schemas[old] for old, new in sorted(names.items(), key=lambda pair: pair[1])}
    start = "#/components/schemas/"
    for node in _nodes(made):
        reference = node.get("$ref")
        if isinstance(reference, str) and reference.startswith(start):
            node["$ref"] = start + names.get(reference.removeprefix(start), reference.removeprefix(start))
        mapping = node.get("mapping")
        if isinstance(mapping, dict):
            node["mapping"] = {
                key: start + names.get(value.removeprefix(start), value.removeprefix(start))
                for key, value in mapping.items()
                if isinstance(value, str)
            }


def _tags(made: Document) -> None:
    """Every tag is declared, and every operation has a description."""
    declared = {tag["name"]: tag for tag in made.get("tags") or ()}
    for path, item in made["paths"].items():
        for operation in item.values():
            if isinstance(operation, dict):
                for tag in operation.get("tags", ()):
                    declared.setdefault(tag, {"name": tag})
                operation.setdefault("description", ONE if path.endswith("}") else SEVERAL)
    made["tags"] = [declared[name] for name in sorted(declared)]


def _drop_unused(made: Document) -> None:
    """Again and again, for what was used only by what has gone is unused too."""
    while True:
        used = {node["$ref"] for node in _nodes(made) if isinstance(node.get("$ref"), str)}
        unused = [
            (kind, name)
            for kind in _KINDS
            for name in made["components"].get(kind, ())
            if f"#/components/{kind}/{name}" not in used
        ]
        if not unused:
            return
        for kind, name in unused:
            del made["components"][kind][name]


def _nodes(node: Any) -> Iterator[Document]:
    if isinstance(node, dict):
        yield node
        for value in list(node.values()):
            yield from _nodes(value)
    elif isinstance(node, list):
        for value in node:
            yield from _nodes(value)
