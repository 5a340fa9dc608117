"""Random order, drawn from the invitation's token: a reload shows the same, and nothing is kept."""

import hmac
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from services.survey.surveys.logic import Logic

Question = Mapping[str, Any]


def in_order(section: Mapping[str, Any], logic: Mapping[str, Logic], token: str | None) -> dict[str, Any]:
    """A section as one respondent sees it. Without a token as it is written."""
    questions: Sequence[Question] = section["questions"]
    if token is None:
        return dict(section)
    order = section.get("randomOrder")
    if order is not None:
        shuffled = _topics(questions, token) if order == "topics" else _questions(questions, token)
        questions = list(_settled(shuffled, logic, of_one_topic=order == "topics"))
    return {**section, "questions": [_with_options(question, token) for question in questions]}


def _topics(questions: Sequence[Question], token: str) -> list[Question]:
    """Topics change places among each other; a question without one stays in its place."""
    blocks: dict[str, list[Question]] = {}
    for question in questions:
        blocks.setdefault(question.get("topic") or f"\0{question['key']}", []).append(question)
    topics = iter(sorted((name for name in blocks if name[0] != "\0"), key=lambda name: drawn(token, f"topic {name}")))
    return [question for name in blocks for question in blocks[name if name[0] == "\0" else next(topics)]]


def _questions(questions: Sequence[Question], token: str) -> list[Question]:
    """Rows of one table stay together."""
    blocks: dict[str, list[Question]] = {}
    for question in questions:
        name = f"table {question['matrix']}" if question.get("matrix") else f"question {question['key']}"
        blocks.setdefault(name, []).append(question)
    names = sorted(blocks, key=lambda name: drawn(token, name))
    return [question for name in names for question in blocks[name]]


def _settled(questions: Sequence[Question], logic: Mapping[str, Logic], *, of_one_topic: bool) -> Iterator[Question]:
    """In this order, but what others hang on before them. Rows that stand together stay so: what one of them hangs on
    comes before all."""

    def together(question: Question) -> tuple[str, str]:
        topic = question.get("topic") or ""
        return question.get("matrix") or f"\0{question['key']}", topic if of_one_topic else ""

    blocks = [list(rows) for _, rows in groupby(questions, key=together)]
    block_of = {question["key"]: place for place, block in enumerate(blocks) for question in block}
    waiting = dict(enumerate(blocks))

    def take(place: int) -> Iterator[Question]:
        block = waiting.pop(place, [])
        names = {name for question in block for name in logic[question["key"]].names}
        for name in sorted(names & block_of.keys()):
            yield from take(block_of[name])
        yield from block

    for place in range(len(blocks)):
        yield from take(place)


def _with_options(question: Question, token: str) -> Question:
    if not question.get("randomOptions"):
        return question
    options = sorted(question["options"], key=lambda option: drawn(token, f"option {question['key']} {option['key']}"))
    return {**question, "options": options}


def drawn(token: str, name: str) -> bytes:
    """HMAC-SHA256 of a name under the token: sorting by it is a shuffle that only the token gives."""
    return hmac.digest(token.encode(), name.encode(), "sha256")
