"""LimeSurvey's relevance equations (ExpressionScript), as far as they are conditions on single answers.

https://www.limesurvey.org/manual/ExpressionScript_-_Presentation
"""

import re

from services.survey.interchange.expressions import ALWAYS, Expression, Test, Unclear, opposite
from services.survey.interchange.formulas import LONGEST, Dialect, Name, Operand, parsed

# An answer's value; other suffixes (.shown, .question, .relevanceStatus, …) ask for something else.
VALUES = frozenset({"naok", "code", "value", "valuenaok"})
_TOKENS = re.compile(
    r"""(?P<space>\s+)|(?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(?P<number>\d+(?:\.\d+)?|\.\d+)(?![\w.])"""
    r"""|(?P<word>(?:and|or|eq|ne|lt|le|gt|ge|not|true|false|null)\b(?!\.)|[A-Za-z_]\w*(?=\s*\())"""
    r"""|(?P<name>\w[\w.:#]*)"""
    r"""|(?P<sign>==|!=|<=|>=|<|>|&&|\|\||!|\(|\)|,|-)""",
    re.IGNORECASE | re.DOTALL,
)
COMPARISONS = {
    "==": "equals", "eq": "equals", "!=": "notEquals", "ne": "notEquals", "<": "lessThan", "lt": "lessThan",
    "<=": "lessOrEqual", "le": "lessOrEqual", ">": "greaterThan", "gt": "greaterThan", ">=": "greaterOrEqual",
    "ge": "greaterOrEqual",
}  # fmt: skip


def _call(function: str, given: list[Operand]) -> Expression:
    if function.lower() in ("is_empty", "empty") and len(given) == 1 and isinstance(given[0], Name):
        return opposite(Test(given[0].name, "answered"))
    raise Unclear(f"it calculates with {function}()")


def answer_named(name: str) -> str:
    """The name without the suffix that asks for the answer's value."""
    base, _, suffix = name.partition(".")
    if suffix and suffix.lower() not in VALUES:
        raise Unclear(f"it looks at .{suffix} of {base}, not at the answer")
    return base


def bare_names(equation: str | None) -> list[str]:
    """Those without `.NAOK`, each once."""
    found = [match.group("name") or "" for match in _TOKENS.finditer((equation or "")[:LONGEST])]
    named = [name.partition(".") for name in dict.fromkeys(found) if not name.isdecimal()]
    return list(dict.fromkeys(base for base, _, suffix in named if base and not suffix.lower().endswith("naok")))


DIALECT = Dialect(
    _TOKENS, COMPARISONS, {}, frozenset({"!", "not"}), words_are_texts=False, call=_call, named=answer_named
)


def relevance(equation: str | None) -> Expression:
    """Nothing, and 1, say always."""
    equation = (equation or "").strip().removeprefix("{").removesuffix("}").strip()
    return parsed(equation, DIALECT) if equation else ALWAYS
