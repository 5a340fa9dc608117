"""The cross-section, put together from released rows."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.analytics.cross_section import queries as own
from services.analytics.cross_section.rules import at_level
from services.analytics.cross_section.schemas import Crossing, CrossSection, UnitName
from services.analytics.facts import queries as facts
from services.analytics.facts.models import Unit
from services.analytics.facts.reach import Reach, reach_of
from services.analytics.releases.models import Release
from services.analytics.scorecards import queries, questions
from services.analytics.scorecards.service import figure_of
from services.shared.auth import Principal
from services.shared.problems import not_found, parameter_error


async def cross_section(
    session: AsyncSession, principal: Principal, wave_id: UUID | None, question_id: str | None, level: int
) -> CrossSection:
    reach = await reach_of(session, principal)
    now = await queries.release(session, None, wave_id)
    if now is None or not _reached(now, reach):
        raise not_found("release")
    definition = (await facts.survey_version(session, now.survey_id, now.survey_version)).definition
    question = _question(definition, question_id)
    key = question["key"]
    columns = at_level(await own.tree(session, now.wave_id), level)
    scores = await queries.crossing(session, now, key, columns)
    cells = [
        Crossing(
            provider_id=score.provider_id, consumer_id=score.consumer_id, service_ids=score.services or [],
            figure=figure_of(score),
        )
        for score in scores
        if score.provider_id is not None and _shows(reach, score.provider_id, score.consumer_id)
    ]  # fmt: skip
    names = {unit.id: unit for unit in await queries.units(session, [*columns, *now.provider_ids])}
    return CrossSection(
        wave_id=now.wave_id,
        wave_title=now.title,
        release_id=now.id,
        question_id=key,
        points=question["points"],
        level=level,
        providers=_names(names, {cell.provider_id for cell in cells}),
        consumers=_names(names, {cell.consumer_id for cell in cells if cell.consumer_id}),
        cells=cells,
    )


def _question(definition: Mapping[str, Any], key: str | None) -> Mapping[str, Any]:
    if key is None:
        overall = questions.overall(definition)
        if overall is None:
            raise parameter_error(
                "questionId", "noOverall", "must be named: this wave's survey has no overall question"
            )
        return overall
    question = questions.question(definition, key)
    if question is None:
        raise parameter_error("questionId", "unknownQuestion", "is no question of this wave's survey")
    if questions.asked_once(definition, key):
        raise parameter_error("questionId", "notAboutServices", "is asked once, so that it is about no provider")
    if not question.get("points"):
        raise parameter_error("questionId", "noScale", "is answered on no scale, so that it has no mean to compare")
    return question


def _reached(now: Release, reach: Reach) -> bool:
    if reach.providers is not None:
        return bool(reach.providers.intersection(now.provider_ids))
    return reach.consumers is None or bool(reach.consumers.intersection(now.unit_ids))


def _shows(reach: Reach, provider_id: UUID, consumer_id: UUID | None) -> bool:
    if reach.providers is not None:
        return provider_id in reach.providers
    return reach.consumers is None or consumer_id in reach.consumers


def _names(names: Mapping[UUID, Unit], wanted: set[UUID]) -> list[UnitName]:
    """In the order of the units' external ids."""
    return [
        UnitName(unit_id=unit.id, external_id=unit.external_id, name=unit.name)
        for unit in names.values()
        if unit.id in wanted
    ]
