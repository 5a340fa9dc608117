"""Formulas as LimeSurvey (ExpressionScript) and SurveyJS write conditions: comparisons joined by and, or and not. What
calculates, or compares two answers, cannot be said here and is `Unclear`."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from services.survey.interchange.expressions import (
    ALWAYS,
    NEVER,
    Expression,
    Operator,
    Test,
    Unclear,
    every,
    opposite,
    some,
)

LONGEST, DEEPEST = 8_000, 30
FLIPPED = {"lessThan": "greaterThan", "lessOrEqual": "greaterOrEqual", "greaterThan": "lessThan",
           "greaterOrEqual": "lessOrEqual", "equals": "equals", "notEquals": "notEquals"}  # fmt: skip


class Name(NamedTuple):
    name: str


class Word(NamedTuple):
    """A bare word: a function's name, or in SurveyJS a text without quotes."""

    word: str


class Constant(NamedTuple):
    value: Any


Operand = Name | Word | Constant


@dataclass(frozen=True)
class Dialect:
    """`tokens` has the named groups name, text, number, word, sign and space. `comparisons` and `tests` (behind their
    operand) are by spelling in lower case; `call` says what a function means, `named` which
    answer a name asks for, `alone` what a name means that is compared with nothing."""

    tokens: re.Pattern[str]
    comparisons: Mapping[str, str]
    tests: Mapping[str, str]
    negations: frozenset[str]
    words_are_texts: bool
    call: Callable[[str, list[Operand]], Expression]
    named: Callable[[str], str] = str.strip
    alone: Operator = "answered"


class Token(NamedTuple):
    kind: str
    text: str


def parsed(formula: str, dialect: Dialect) -> Expression:
    if len(formula) > LONGEST:
        raise Unclear("it is too long to be read")
    tokens, at = [], 0
    while at < len(formula):
        found = dialect.tokens.match(formula, at)
        if found is None or found.end() == at:
            raise Unclear(f"it has “{formula[at : at + 10]}”, which has no meaning here")
        if found.lastgroup not in ("space", None):
            tokens.append(Token(str(found.lastgroup), found.group(str(found.lastgroup))))
        at = found.end()
    parser = _Parser(tokens, dialect)
    made = parser.either(0)
    if parser.next is not None:
        raise Unclear(f"it goes on with “{parser.next.text}” where it should have ended")
    return made


class _Parser:
    def __init__(self, tokens: list[Token], dialect: Dialect) -> None:
        self.tokens, self.dialect, self.place = tokens, dialect, 0

    @property
    def next(self) -> Token | None:
        return self.tokens[self.place] if self.place < len(self.tokens) else None

    def takes(self, *texts: str) -> str | None:
        token = self.next
        if token is not None and token.kind in ("sign", "word") and token.text.lower() in texts:
            self.place += 1
            return token.text.lower()
        return None

    def either(self, depth: int) -> Expression:
        if depth > DEEPEST:
            raise Unclear("it is nested too deeply")
        parts = [self.both(depth)]
        while self.takes("or", "||"):
            parts.append(self.both(depth))
        return some(*parts)

    def both(self, depth: int) -> Expression:
        parts = [self.one(depth)]
        while self.takes("and", "&&"):
            parts.append(self.one(depth))
        return every(*parts)

    def one(self, depth: int) -> Expression:
        if depth > DEEPEST:
            raise Unclear("it is nested too deeply")
        if self.takes(*self.dialect.negations):
            return opposite(self.negated(depth + 1))
        if self.takes("("):
            inner = self.either(depth + 1)
            if not self.takes(")"):
                raise Unclear("a parenthesis is not closed")
            return self.compared(inner)
        return self.comparison()

    def negated(self, depth: int) -> Expression:
        """A sign of negation before a comparison binds differently from tool to tool, so that needs parentheses."""
        if self.next is not None and self.next.text.lower() in ("(", *self.dialect.negations):
            return self.one(depth)
        operand = self.operand()
        if isinstance(operand, Word) and self.takes("("):
            return self.called(operand.word)
        return self.alone(operand)

    def compared(self, inner: Expression) -> Expression:
        """What stands in parentheses is compared itself only where something is calculated, a lone name apart."""
        token = self.next
        if token is None or token.text.lower() in ("and", "&&", "or", "||", ")"):
            return inner
        if isinstance(inner, Test) and inner.operator == self.dialect.alone:
            return self.comparison(Name(inner.name))
        raise Unclear(f"it calculates or compares with “{token.text}” behind a parenthesis")

    def comparison(self, left: Operand | None = None) -> Expression:
        left = left or self.operand()
        if isinstance(left, Word) and self.takes("("):
            return self.called(left.word)
        test = self.takes(*self.dialect.tests)
        if test and isinstance(left, Name):
            answered = Test(left.name, "answered")
            return answered if self.dialect.tests[test] == "answered" else opposite(answered)
        spelled = self.takes(*self.dialect.comparisons)
        if spelled is None:
            return self.alone(left)
        return compare(left, self.dialect.comparisons[spelled], self.worded(self.operand()))

    def alone(self, operand: Operand) -> Expression:
        if isinstance(operand, Name):
            return Test(operand.name, self.dialect.alone)
        if isinstance(operand, Constant) and not isinstance(operand.value, tuple):
            return ALWAYS if operand.value not in ("", 0, "0", False, None) else NEVER
        raise Unclear("it is no condition")

    def called(self, function: str) -> Expression:
        given: list[Operand] = []
        while not self.takes(")"):
            given.append(self.operand())
            if not self.takes(",") and (self.next is None or self.next.text != ")"):
                raise Unclear(f"it calculates with {function}()")
        return self.dialect.call(function, given)

    def worded(self, operand: Operand) -> Operand:
        if isinstance(operand, Word):
            if self.dialect.words_are_texts and not (self.next is not None and self.next.text == "("):
                return Constant(operand.word)
            raise Unclear(f"it compares with {operand.word}")
        return operand

    def operand(self) -> Operand:
        token = self.next
        if token is None:
            raise Unclear("it ends where something should be compared")
        self.place += 1
        if token.kind == "name":
            return Name(self.dialect.named(token.text))
        if token.kind == "text":
            return Constant(re.sub(r"\\(['\"])", r"\1", token.text[1:-1]))
        if token.kind == "number":
            return Constant(number(token.text))
        if token.kind == "word":
            fixed = {"true": True, "false": False, "undefined": None, "null": None}
            word = token.text.lower()
            return Constant(fixed[word]) if word in fixed else Word(token.text)
        if token.text == "[":
            return self.listed()
        if token.text == "-" and self.next is not None and self.next.kind == "number":
            self.place += 1
            return Constant(number("-" + self.tokens[self.place - 1].text))
        raise Unclear(f"it has “{token.text}” where something should be compared")

    def listed(self) -> Operand:
        values: list[Any] = []
        while not self.takes("]"):
            each = self.worded(self.operand())
            if not isinstance(each, Constant) or isinstance(each.value, tuple):
                raise Unclear("it compares with a list that is not of plain values")
            values.append(each.value)
            if not self.takes(",") and (self.next is None or self.next.text != "]"):
                raise Unclear("a list is not closed")
        return Constant(tuple(values))


def number(text: str) -> int | float:
    value = float(text)
    return int(value) if value.is_integer() and abs(value) < 2**53 else value


def compare(left: Operand, operator: str, right: Operand) -> Expression:
    if isinstance(left, Constant) and isinstance(right, Name):
        if operator not in FLIPPED:
            raise Unclear("it looks for an answer within a value")
        return compare(right, FLIPPED[operator], left)
    if not isinstance(left, Name) or not isinstance(right, Constant):
        raise Unclear("it compares answers with each other" if isinstance(right, Name) else "it calculates")
    value = right.value
    if operator in ("equals", "notEquals") and value in ("", None, ()):
        answered = Test(left.name, "answered")
        return opposite(answered) if operator == "equals" else answered
    if operator in ("anyOf", "noneOf", "allOf") and not isinstance(value, tuple):
        value = (value,)
    positive = {"notEquals": "equals", "notContains": "contains", "noneOf": "anyOf"}
    test = Test(left.name, positive.get(operator, operator), value)  # type: ignore[arg-type]  # what is left are operators
    return opposite(test) if operator in positive else test
