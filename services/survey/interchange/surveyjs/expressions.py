"""SurveyJS's conditions (visibleIf, requiredIf, enableIf), as far as they look at single answers.

https://surveyjs.io/form-library/documentation/design-survey/conditional-logic
"""

import re

from services.survey.interchange.expressions import ALWAYS, Expression, Unclear
from services.survey.interchange.formulas import Dialect, Operand, parsed

_TOKENS = re.compile(
    r"""(?P<space>\s+)|\{(?P<name>[^{}]+)\}|(?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
    r"""|(?P<number>\d+(?:\.\d+)?)(?![\w.-])|(?P<sign>==|=|!=|<>|<=|>=|<|>|&&|\|\||!|\*=|\(|\)|\[|\]|,|-(?=\s*\d))"""
    r"""|(?P<word>[^\s(){}\[\],"'=<>!|&*+/^%]+)""",
    re.DOTALL,
)
COMPARISONS = {
    "=": "equals", "==": "equals", "equal": "equals", "!=": "notEquals", "<>": "notEquals", "notequal": "notEquals",
    "<": "lessThan", "less": "lessThan", "<=": "lessOrEqual", "lessorequal": "lessOrEqual", ">": "greaterThan",
    "greater": "greaterThan", ">=": "greaterOrEqual", "greaterorequal": "greaterOrEqual", "contains": "contains",
    "contain": "contains", "*=": "contains", "notcontains": "notContains", "notcontain": "notContains",
    "anyof": "anyOf", "noneof": "noneOf", "allof": "allOf",
}  # fmt: skip
TESTS = {"empty": "notAnswered", "notempty": "answered"}


def _call(function: str, given: list[Operand]) -> Expression:  # noqa: ARG001 - none of its functions can be said
    raise Unclear(f"it calculates with {function}()")


DIALECT = Dialect(
    _TOKENS, COMPARISONS, TESTS, frozenset({"!", "negate"}), words_are_texts=True, call=_call, alone="isTrue"
)


def condition(formula: str) -> Expression:
    return parsed(formula, DIALECT) if formula.strip() else ALWAYS
