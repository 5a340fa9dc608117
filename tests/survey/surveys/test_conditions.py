import pytest

from services.survey.surveys.conditions import holds, predicate

CASES = [
    ("equals", 6, 6, True), ("equals", 6, 5, False), ("equals", True, True, True), ("equals", True, False, False),
    ("notEquals", "red", "blue", True), ("notEquals", "red", "red", False),
    ("lessThan", 6, 5, True), ("lessThan", 6, 6, False), ("lessOrEqual", 6, 6, True), ("lessOrEqual", 6, 7, False),
    ("greaterThan", 6, 7, True), ("greaterThan", 6, 6, False),
    ("greaterOrEqual", 6, 6, True), ("greaterOrEqual", 6, 5, False),
    ("in", [1, 2], 2, True), ("in", [1, 2], 3, False), ("in", ["red"], "red", True), ("in", ["red"], "blue", False),
    ("contains", "red", ["blue", "red"], True), ("contains", "red", ["blue"], False),
]  # fmt: skip


@pytest.mark.parametrize(("operator", "value", "given", "expected"), CASES)
def test_operators(operator: str, value: object, given: object, expected: bool) -> None:
    condition = {"question": "q", "operator": operator, "value": value}
    assert predicate(condition)(given) is expected
    assert holds(condition, given) is expected


@pytest.mark.parametrize(
    ("operator", "value", "given"),
    [("lessThan", 6, "5"), ("equals", 1, True), ("equals", True, 1), ("in", [1], [1]), ("contains", "red", "red"),
     ("notEquals", "red", 5), ("greaterThan", 6, None)],
)  # fmt: skip
def test_what_does_not_fit_the_question_meets_no_condition(operator: str, value: object, given: object) -> None:
    assert not holds({"question": "q", "operator": operator, "value": value}, given)
