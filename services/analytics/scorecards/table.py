"""A scorecard as rows: one a service and question."""

from collections.abc import Iterator

from services.analytics.charts import theme
from services.analytics.scorecards.schemas import Figure, Scorecard, TopicFigure

HEADER = ("service", "serviceExternalId", "questionId", "topicId", "n", "population", "mean", "ci95Low", "ci95High",
          "suppressed", "reason")  # fmt: skip


def table(card: Scorecard, language: str) -> Iterator[tuple[object, ...]]:
    yield HEADER
    yield from _rows((card.name, None), card.overall_question_id, card.overall, card.topics)
    for service in card.services:
        who = (theme.name(service.name, language), service.external_id)
        yield from _rows(who, card.overall_question_id, service.overall, service.topics)


def _rows(
    who: tuple[str, str | None], question: str | None, overall: Figure | None, topics: list[TopicFigure]
) -> Iterator[tuple[object, ...]]:
    if overall is not None:
        yield (*who, question, None, *figures(overall))
    for topic in topics:
        yield (*who, topic.question_id, topic.topic_id, *figures(topic.figure))


def figures(figure: Figure) -> tuple[object, ...]:
    low, high = (figure.ci95.low, figure.ci95.high) if figure.ci95 else (None, None)
    suppressed = str(figure.suppressed).lower()
    return (figure.n, figure.population, figure.mean, low, high, suppressed, figure.reason)
