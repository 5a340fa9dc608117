"""A provider's scorecard, put together from released rows."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.analytics.facts import queries as facts
from services.analytics.facts.models import CatalogueService
from services.analytics.facts.reach import reach_of
from services.analytics.releases.models import Release
from services.analytics.scorecards import queries, questions
from services.analytics.scorecards.schemas import (
    Answering,
    Figure,
    Interval,
    Scorecard,
    ServiceScores,
    TopicFigure,
    TrendPoint,
)
from services.analytics.scores.models import Score
from services.shared.auth import Principal
from services.shared.problems import not_found

Rows = Mapping[tuple[UUID, UUID | None, str], Score]


async def scorecard(session: AsyncSession, principal: Principal, unit: str, wave_id: UUID | None) -> Scorecard:
    provider_id = await facts.unit_id(session, unit, "unitId")
    reach = await reach_of(session, principal)
    reached = reach.consumers is None and (reach.providers is None or provider_id in reach.providers)
    now = await queries.release(session, provider_id, wave_id) if reached else None
    names = await queries.units(session, [provider_id])
    if now is None or not names:
        raise not_found("provider with a release")
    definition = (await facts.survey_version(session, now.survey_id, now.survey_version)).definition
    overall = questions.overall(definition)
    history = await _history(session, now, definition, overall["key"] if overall else None)
    scores = await queries.whole(session, [release.id for release in history], provider_id)
    build = _Build(now, history, overall["key"] if overall else None, questions.topics(definition), scores)
    services = await queries.services(session, sorted(build.services))
    return Scorecard(
        unit_id=provider_id,
        name=names[0].name,
        wave_id=now.wave_id,
        wave_title=now.title,
        release_id=now.id,
        overall_question_id=build.overall,
        overall_points=overall["points"] if overall else None,
        overall=build.overall_figure(None),
        topics=build.topic_figures(None),
        trend=build.trend(None),
        response=await _response(session, now),
        services=[build.service(service) for service in sorted(services, key=lambda s: (s.external_id or "", s.id))],
    )


async def _history(
    session: AsyncSession, now: Release, definition: Mapping[str, Any], overall: str | None
) -> list[Release]:
    """Up to and with this release, without those in which the overall question had another scale."""
    releases = await queries.earlier(session, now)
    versions = await facts.survey_versions(session, {(each.survey_id, each.survey_version) for each in releases})
    return [
        each for each in releases
        if each.id == now.id
        or (overall and questions.comparable(definition, versions[each.survey_id, each.survey_version], overall))
    ]  # fmt: skip


class _Build:
    """Rows by release, service (none: pooled) and question."""

    def __init__(
        self, now: Release, history: Sequence[Release], overall: str | None, topics: Sequence[questions.Topic],
        scores: Sequence[Score],
    ) -> None:  # fmt: skip
        self.now, self.history, self.overall, self.topics = now, history, overall, topics
        self.rows: Rows = {(score.release_id, score.service_id, score.question_id): score for score in scores}
        self.services = {score.service_id for score in scores if score.release_id == now.id and score.service_id}

    def figure(self, service_id: UUID | None, question: str, release: Release | None = None) -> Figure:
        return figure_of(self.rows.get(((release or self.now).id, service_id, question)))

    def overall_figure(self, service_id: UUID | None) -> Figure | None:
        return None if self.overall is None else self.figure(service_id, self.overall)

    def topic_figures(self, service_id: UUID | None) -> list[TopicFigure]:
        return [
            TopicFigure(
                topic_id=topic.key, name=topic.name, question_id=topic.question, points=topic.points,
                figure=self.figure(service_id, topic.question),
            )
            for topic in self.topics
        ]  # fmt: skip

    def trend(self, service_id: UUID | None) -> list[TrendPoint]:
        return [
            TrendPoint(
                wave_id=release.wave_id, title=release.title, opens_at=release.opens_at,
                figure=self.figure(service_id, self.overall, release),
            )
            for release in self.history
            if self.overall is not None and (release.id, service_id, self.overall) in self.rows
        ]  # fmt: skip

    def service(self, service: CatalogueService) -> ServiceScores:
        return ServiceScores(
            service_id=service.id, external_id=service.external_id, name=service.name,
            overall=self.overall_figure(service.id), topics=self.topic_figures(service.id), trend=self.trend(service.id),
        )  # fmt: skip


def figure_of(row: Score | None) -> Figure:
    """A cell that no row speaks of has nobody whom it could be about."""
    if row is None or row.suppressed:
        hidden = row.reason if row is not None else "belowMinimum"
        population = row.population if row is not None else 0
        return Figure(n=None, population=population, mean=None, ci95=None, suppressed=True, reason=hidden)
    interval = None  # of the mean: for nps it is that of another figure
    if row.ci95_low is not None and row.ci95_high is not None and row.nps is None and row.mean is not None:
        interval = Interval(low=row.ci95_low, high=row.ci95_high)
    return Figure(
        n=row.n, population=row.population, mean=row.mean, ci95=interval, suppressed=False, reason=None
    )  # fmt: skip


async def _response(session: AsyncSession, now: Release) -> Answering:
    row = await queries.total_rate(session, now)
    if row is None:
        return Answering(invited=None, answered=None, rate=None)
    return Answering(invited=row.invited, answered=row.answered, rate=row.rate)
