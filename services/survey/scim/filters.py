"""Filters of SCIM as conditions of SQL (RFC 7644, 3.4.2.2). What they may name stands in `queries.py`, as terms."""

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from unicodedata import normalize
from uuid import UUID

from scim2_models import InvalidFilterException, ScimFilter
from scim2_models.path import (
    STRING_OPERATORS,
    AttributeBinding,
    AttrPath,
    CompareOperator,
    Comparison,
    FilterVisitor,
    LogicalExpr,
    LogicalOperator,
    Not,
    Present,
    ValuePath,
    coerce_value,
)
from sqlalchemy import Boolean, ColumnElement, Text, and_, cast, false, func, literal, not_, or_, true

from services.shared.schemas import is_storable
from services.survey.scim.rules import BARE_ENTERPRISE, ENTERPRISE

Condition = ColumnElement[bool]
MOST_TERMS = 200


@dataclass(frozen=True)
class Term:
    """What an attribute is in SQL. `lowered` is a column that has it in lower case already. `holds` puts a condition on
    the values of a multi-valued attribute that lie in rows of their own; without it there is one value at the most."""

    column: ColumnElement[Any]
    lowered: ColumnElement[Any] | None = None
    holds: Callable[[Condition], Condition] | None = None
    exact: bool = False


Terms = Mapping[str, Term]  # by the attribute's URN in lower case


def condition(scim_filter: ScimFilter[Any], terms: Terms) -> Condition:
    if _count(scim_filter.ast) > MOST_TERMS:
        raise InvalidFilterException(detail=f"a filter may have {MOST_TERMS} terms at the most")
    return _ToSql(scim_filter, terms).visit(scim_filter.ast)


def qualified(text: str) -> str:
    """A filter in which attributes of the enterprise extension that go by their names alone, as Entra looks up a `manager`,
    are what they are: the core has none of these names."""
    unbound: Any = ScimFilter
    return str(_qualified(unbound(text).ast)) if BARE_ENTERPRISE.search(text) else text


def _qualified(node: Any) -> Any:
    if isinstance(node, LogicalExpr):
        return replace(node, terms=tuple(map(_qualified, node.terms)))
    if isinstance(node, Not):
        return replace(node, expr=_qualified(node.expr))
    bare = node.attr_path.uri is None and BARE_ENTERPRISE.fullmatch(node.attr_path.attr)
    return replace(node, attr_path=replace(node.attr_path, uri=ENTERPRISE)) if bare else node


def _count(node: Any) -> int:
    if isinstance(node, LogicalExpr):
        return sum(map(_count, node.terms))
    if isinstance(node, Not | ValuePath):
        return _count(node.expr if isinstance(node, Not) else node.val_filter)
    return 1


class _ToSql(FilterVisitor[Condition]):
    """`within` is the multi-valued attribute whose values an inner filter selects."""

    def __init__(self, scim_filter: ScimFilter[Any], terms: Terms, within: AttrPath | None = None) -> None:
        self.filter, self.terms, self.within = scim_filter, terms, within

    def visit_comparison(self, node: Comparison) -> Condition:
        binding = self._bound(node.attr_path, comparison=True)
        if binding is None:
            return false()
        if isinstance(node.value, str) and not is_storable(node.value):
            raise InvalidFilterException(detail="the value has a character that cannot be stored")
        term = self._term(binding)
        compared = _compared(term, binding, node.op, coerce_value(binding, node.value, node.op))
        if term.holds is None or self.within is not None:
            return compared
        if node.op == CompareOperator.ne:  # no value equals it
            return not_(term.holds(_compared(term, binding, CompareOperator.eq, node.value)))
        return term.holds(compared)

    def visit_present(self, node: Present) -> Condition:
        binding = self._bound(node.attr_path, comparison=False)
        if binding is None:
            return false()
        term = self._term(binding)
        there = _present(term.column)
        return there if term.holds is None or self.within is not None else term.holds(there)

    def visit_not(self, node: Not) -> Condition:
        return not_(func.coalesce(self.visit(node.expr), false()))

    def visit_logical_expr(self, node: LogicalExpr) -> Condition:
        terms = [self.visit(term) for term in node.terms]
        return and_(*terms) if node.op == LogicalOperator.and_ else or_(*terms)

    def visit_value_path(self, node: ValuePath) -> Condition:
        binding = self._bound(node.attr_path, comparison=False)
        if binding is None:
            return false()
        term = self._term(binding)
        inner = _ToSql(self.filter, self.terms, within=node.attr_path).visit(node.val_filter)
        return and_(_present(term.column), inner) if term.holds is None else term.holds(inner)

    def _bound(self, path: AttrPath, *, comparison: bool) -> AttributeBinding | None:
        if self.within is not None:
            path = AttrPath(attr=self.within.attr, sub_attr=path.attr, uri=self.within.uri)
        bind = self.filter.resolve_comparison if comparison else self.filter.resolve
        return bind(path, strict=False)

    def _term(self, binding: AttributeBinding) -> Term:
        found = self.terms.get(binding.urn.lower())
        if found is None:
            raise InvalidFilterException(detail=f"'{binding.urn}' cannot be filtered on")
        return found


def _present(column: ColumnElement[Any]) -> Condition:
    is_text = isinstance(column.type, Text) or column.type.python_type is str
    return and_(column.is_not(None), column != "") if is_text else column.is_not(None)


def _compared(term: Term, binding: AttributeBinding, op: CompareOperator, value: Any) -> Condition:
    column, kind = term.column, term.column.type.python_type
    if op in STRING_OPERATORS and not (isinstance(value, str) and kind in (str, UUID)):
        raise InvalidFilterException(detail=f"'{op}' compares texts, and '{binding.urn}' or the value is none")
    if value is None:
        there = _present(column)
        return there if op == CompareOperator.ne else not_(there) if op == CompareOperator.eq else false()
    if kind is UUID and op in (CompareOperator.eq, CompareOperator.ne):
        return _same_id(column, op, str(value))
    if isinstance(value, bool | datetime) or kind in (bool, datetime):
        if not isinstance(value, kind):
            raise InvalidFilterException(detail=f"'{binding.urn}' cannot be compared with {value!r}")
        return _ordered(column, op, _in_utc(value) if isinstance(value, datetime) else value)
    text, operand = _texts(term, exact=binding.case_exact or term.exact, value=str(value))
    return _matched(text, op, operand)


def _in_utc(value: datetime) -> datetime:
    """Without an offset it is UTC already."""
    try:
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
    except OverflowError:
        raise InvalidFilterException(detail="a date is before the year 1 or after the year 9999 in UTC") from None


def _same_id(column: ColumnElement[Any], op: CompareOperator, value: str) -> Condition:
    """As ids, so that their index serves; of what is none, there is none."""
    try:
        return _ordered(column, op, UUID(value))
    except ValueError:
        return false() if op == CompareOperator.eq else true()


def _matched(text: ColumnElement[Any], op: CompareOperator, operand: ColumnElement[Any]) -> Condition:
    if op == CompareOperator.co:
        return func.strpos(text, operand) > literal(0)
    if op == CompareOperator.sw:
        return func.starts_with(text, operand, type_=Boolean)
    if op == CompareOperator.ew:
        return func.right(text, func.length(operand), type_=Text) == operand
    return _ordered(text, op, operand)


def _texts(term: Term, *, exact: bool, value: str) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    given = literal(normalize("NFC", value), Text)
    if term.column.type.python_type is UUID:
        return cast(term.column, Text), given
    if exact:
        return term.column, given
    return (func.lower(term.column) if term.lowered is None else term.lowered), func.lower(given)


def _ordered(left: ColumnElement[Any], op: CompareOperator, right: Any) -> Condition:
    compared: dict[CompareOperator, Callable[[ColumnElement[Any], Any], Condition]] = {
        CompareOperator.eq: operator.eq,
        CompareOperator.ne: lambda column, value: column.is_distinct_from(value),
        CompareOperator.gt: operator.gt,
        CompareOperator.ge: operator.ge,
        CompareOperator.lt: operator.lt,
        CompareOperator.le: operator.le,
    }
    return compared[op](left, right)
