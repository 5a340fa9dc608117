"""What a reviewer would otherwise have to remember. Each exception has its reason beside it in the code."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LONGEST_FILE, LONGEST_FUNCTION = 250, 40
GENERATED = "migrations/versions"
MARK = re.compile(r"#\s*(long|select): \S.{9,}")
Function = ast.FunctionDef | ast.AsyncFunctionDef


def python_files(*folders: str) -> list[Path]:
    return sorted(
        path
        for folder in folders
        for path in (ROOT / folder).rglob("*.py")
        if GENERATED not in path.as_posix() and "node_modules" not in path.parts
    )


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def lines_of(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


def functions(tree: ast.AST) -> Iterator[Function]:
    return (node for node in ast.walk(tree) if isinstance(node, Function))


def excused(lines: list[str], number: int, kind: str, above: int = 1) -> bool:
    """Whether the line, or the one before, gives a reason: `# long: …`. A file's stands in its first twenty lines."""
    for line in lines[max(0, number - 1 - above) : number]:
        found = MARK.search(line)
        if found and found[1] == kind:
            return True
    return False


def test_no_file_is_too_long() -> None:
    files = python_files("services", "deploy", "cli", "tests")
    assert len(files) > 100
    long = {name_of(path): len(lines_of(path)) for path in files if len(lines_of(path)) > LONGEST_FILE}
    assert {
        name: lines for name, lines in long.items() if not excused(lines_of(ROOT / name), 20, "long", above=20)
    } == {}


def test_no_function_is_too_long() -> None:
    """Counted without the docstring, which may say as much as it must."""
    long = {}
    for path in python_files("services", "deploy", "cli", "tests"):
        lines = lines_of(path)
        for node in functions(ast.parse("\n".join(lines))):
            length = (node.end_lineno or 0) - node.lineno + 1 - docstring_lines(node)
            if length > LONGEST_FUNCTION and not excused(lines, node.lineno, "long"):
                long[f"{name_of(path)}:{node.lineno} {node.name}"] = length
    assert long == {}


def docstring_lines(node: Function) -> int:
    first = node.body[0]
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
        return (first.end_lineno or 0) - first.lineno + 1
    return 0


def test_only_the_kernel_commits() -> None:
    """One transaction a request or event, committed in one place."""
    ends = {"commit", "rollback", "begin"}
    found = [
        f"{name_of(path)}:{node.lineno}"
        for path in python_files("services")
        if name_of(path) != "services/shared/database.py"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ends
    ]
    assert found == []


def concept_files(service: str) -> list[Path]:
    """What stands in a concept's folder, the service's own few files apart."""
    return [path for path in python_files(f"services/{service}") if path.parent.name not in (service, "migrations")]


@pytest.mark.parametrize("service", ["survey", "analytics", "notification"])
def test_selects_stand_in_queries(service: str) -> None:
    files = concept_files(service)
    assert files
    found = []
    for path in files:
        if path.stem.startswith("queries") or path.stem.endswith("queries"):
            continue
        lines = lines_of(path)
        for node in ast.walk(ast.parse("\n".join(lines))):
            called = node.func if isinstance(node, ast.Call) else None
            name = called.id if isinstance(called, ast.Name) else ""
            if name in ("select", "exists") and not excused(lines, node.lineno, "select"):  # type: ignore[attr-defined]
                found.append(f"{name_of(path)}:{node.lineno}")  # type: ignore[attr-defined]
    assert found == []


PURE = {
    "abc", "base64", "bisect", "collections", "dataclasses", "datetime", "decimal", "enum", "fractions", "functools",
    "hashlib", "heapq", "hmac", "itertools", "json", "math", "msgspec",
    "operator", "random", "re", "secrets", "statistics", "string",
    "struct", "typing", "unicodedata", "uuid", "zlib", "zoneinfo", "numpy", "scipy", "services",
}  # fmt: skip


def imports_of(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module or "")
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def test_rules_are_pure() -> None:
    """What `rules.py` imports does no I/O, nor does what that imports."""
    waiting = [path for path in python_files("services") if path.name == "rules.py"]
    assert waiting
    seen, found = set(waiting), []
    while waiting:
        path = waiting.pop()
        for name in imports_of(path):
            if name.split(".")[0] not in PURE:
                found.append(f"{name_of(path)}: {name}")
            ours = ROOT / (name.replace(".", "/") + ".py")
            if name.startswith("services.") and ours.is_file() and ours not in seen:
                seen.add(ours)
                waiting.append(ours)
    assert found == []


def comments(path: Path) -> Iterator[tuple[int, str]]:
    for token in tokenize.generate_tokens(io.StringIO(path.read_text(encoding="utf-8")).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


def test_exceptions_from_the_linters_give_a_reason() -> None:
    """After the rule comes why: `# noqa: S608 - the name is a constant`, or a comment of its own behind it."""
    bare = re.compile(r"#\s*(noqa(:\s*[A-Z]+\d+(,\s*[A-Z]+\d+)*)?|type:\s*ignore(\[[\w\-, ]+\])?)\s*$")
    found = [
        f"{name_of(path)}:{number} {text}"
        for path in python_files("services", "deploy", "cli")
        for number, text in comments(path)
        if bare.match(text)
    ]
    assert found == []
