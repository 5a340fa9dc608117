"""A wave that was taken out becomes a release, once, and the same again after a rebuild."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.exc import ProgrammingError

from services.analytics import rebuild
from services.analytics.base import Base
from services.analytics.facts import models as facts
from services.analytics.releases.models import Decision, Release, ReleaseLog, ReleaseRequest
from services.analytics.releases.service import release_due
from services.analytics.response_rates.models import ResponseRate
from services.analytics.scores.models import Score
from services.contracts.events import Event, UnitChanged, WaveTaken
from services.shared.outbox import OutboxEvent
from services.shared.settings import MigrationSettings
from tests.analytics.feeding import feed, released
from tests.analytics.releases.organisations import organisation
from tests.analytics.worlds import World, catalogue, fielding
from tests.fixtures.services import Running

SHOWS = 126  # an organisation of the audit in which much is shown and some is hidden


def told(world: World) -> list[Event]:
    return [*catalogue(world), *fielding(world)]


def as_migrating(analytics: Running) -> MigrationSettings:
    """What a migration job is told, and no more."""
    url = analytics.settings.migration_database_url
    assert url is not None
    return MigrationSettings(migration_database_url=url)


async def rows(analytics: Running, organisation_id: UUID, *tables: type[Base]) -> list[list[tuple[Any, ...]]]:
    async with analytics.database.transaction(organisation_id) as session:
        return [sorted((tuple(row) for row in await session.execute(select(*table.__table__.columns))), key=str)
                for table in tables]  # fmt: skip


async def events_of(analytics: Running, organisation_id: UUID) -> Sequence[OutboxEvent]:
    async with analytics.database.transaction(organisation_id) as session:
        return (await session.scalars(select(OutboxEvent))).all()


async def test_a_release_is_told_once_and_has_its_rows(analytics: Running, organisation_id: UUID) -> None:
    world = organisation(SHOWS)
    await released(analytics.database, organisation_id, world)
    assert await release_due(analytics.database) == 0
    (release,), scores, rates, (wave,) = await rows(
        analytics, organisation_id, Release, Score, ResponseRate, facts.Wave
    )
    (event,) = await events_of(analytics, organisation_id)
    assert event.type == "release.published"
    assert event.data["releaseId"] == str(release[1])
    assert event.data["waveId"] == str(world.wave_id)
    assert len(scores) > 50
    assert len(rates) > 3
    assert wave[-1] == "released"


async def test_a_rebuild_gives_the_same_rows_and_the_same_release(analytics: Running, organisation_id: UUID) -> None:
    """Chance has its say in what is hidden, so only a replay can give the same."""
    worlds = [organisation(seed) for seed in (SHOWS, 5, 9)]
    everything = [told(world) for world in worlds]
    for said in everything:
        await feed(analytics.database, organisation_id, said)
    assert await release_due(analytics.database) == 3
    kept = (Release, Score, ResponseRate, Decision, ReleaseLog)
    before = await rows(analytics, organisation_id, *kept)

    await rebuild.reset(as_migrating(analytics))
    assert await rows(analytics, organisation_id, Release, Score, ResponseRate) == [[], [], []]
    assert await rows(analytics, organisation_id, Decision, ReleaseLog) == before[3:]
    for said in everything:
        await feed(analytics.database, organisation_id, said)
    assert await release_due(analytics.database) == 3
    assert await rows(analytics, organisation_id, *kept) == before
    assert len(await events_of(analytics, organisation_id)) == 3


async def test_a_release_speaks_of_the_tree_as_the_wave_was_drawn(analytics: Running, organisation_id: UUID) -> None:
    """Whether units move after it, or between its draw and its taking out: the same rows."""
    world = organisation(SHOWS)
    (root,) = [unit for unit, parent in world.tree.items() if parent is None]
    elsewhere = {unit: root if parent != root else next(iter(set(world.tree) - {unit, root}))
                 for unit, parent in world.tree.items() if parent is not None}  # fmt: skip
    moved = [
        UnitChanged(unit_id=unit, external_id=None, name="Moved", parent_id=parent, is_provider=False, is_consumer=True)
        for unit, parent in elsewhere.items()
        if world.tree[unit] == root or world.tree[unit] != parent
    ]
    assert moved
    await feed(analytics.database, organisation_id, told(world))
    assert await release_due(analytics.database) == 1
    before = await rows(analytics, organisation_id, Release, Score, ResponseRate)
    await feed(analytics.database, organisation_id, moved)
    assert await release_due(analytics.database) == 0
    assert await rows(analytics, organisation_id, Release, Score, ResponseRate) == before

    await rebuild.reset(as_migrating(analytics))
    first, *rest = fielding(world)
    await feed(analytics.database, organisation_id, [*catalogue(world), first, *moved, *rest])
    assert await release_due(analytics.database) == 1
    assert await rows(analytics, organisation_id, Release, Score, ResponseRate) == before


async def test_decisions_are_replayed_and_not_worked_out_again(analytics: Running, organisation_id: UUID) -> None:
    """A cell that the log says is hidden stays hidden, though nothing else would hide it."""
    world = organisation(SHOWS)
    await released(analytics.database, organisation_id, world)
    cell = (Score.question_id == "overall", Score.service_id.is_(None), Score.consumer_id.is_(None))
    owner = analytics.settings.migration_database_url
    assert owner is not None
    async with analytics.database.transaction(organisation_id) as session:
        assert not (await session.scalars(select(Score.suppressed).where(*cell, Score.provider_id.is_(None)))).one()
    connection = await asyncpg.connect(owner.get_secret_value())
    await connection.execute("SELECT set_config('klankbord.organisation', $1, false)", str(organisation_id))
    await connection.execute(
        "UPDATE decisions SET reason = 'protectsAnother' WHERE provider_id IS NULL AND service_id IS NULL "
        "AND consumer_id IS NULL AND question = 'overall'"
    )
    await connection.close()
    await rebuild.reset(as_migrating(analytics))
    await feed(analytics.database, organisation_id, told(world))
    assert await release_due(analytics.database) == 1
    async with analytics.database.transaction(organisation_id) as session:
        row = (await session.scalars(select(Score).where(*cell, Score.provider_id.is_(None)))).one()
    assert (row.suppressed, row.reason, row.n, row.distribution) == (True, "protectsAnother", None, None)


@pytest.mark.parametrize("table", [Decision, ReleaseLog])
async def test_the_log_can_only_be_appended_to(
    analytics: Running, organisation_id: UUID, table: type[Decision | ReleaseLog]
) -> None:
    await released(analytics.database, organisation_id, organisation(SHOWS))
    for change in (delete(table), update(table).values(release_id=uuid4()), text(f"TRUNCATE {table.__tablename__}")):
        with pytest.raises(ProgrammingError, match="permission denied"):
            async with analytics.database.transaction(organisation_id) as session:
                await session.execute(change)


async def test_a_wave_that_cannot_be_released_stops_no_other(analytics: Running, organisation_id: UUID) -> None:
    broken, fine = organisation(5), organisation(SHOWS)
    elsewhere = uuid4()
    await feed(analytics.database, organisation_id, [e for e in told(broken) if isinstance(e, WaveTaken)])
    await feed(analytics.database, organisation_id, told(fine))
    await feed(analytics.database, elsewhere, told(fine))
    assert await release_due(analytics.database) == 2
    async with analytics.database.transaction(organisation_id) as session:
        waiting = (await session.scalars(select(ReleaseRequest.wave_id))).all()
        assert list(waiting) == [broken.wave_id]
    await feed(analytics.database, organisation_id, told(broken))
    assert await release_due(analytics.database) == 1


async def test_a_wave_of_too_few_is_released_with_everything_hidden(analytics: Running, organisation_id: UUID) -> None:
    world = organisation(SHOWS)
    world.ballots = world.ballots[:4]
    await released(analytics.database, organisation_id, world)
    async with analytics.database.transaction(organisation_id) as session:
        for table in (Score, ResponseRate):
            reasons = (await session.execute(select(table.suppressed, table.reason, func.count()).group_by(
                table.suppressed, table.reason))).all()  # fmt: skip
            assert [tuple(row[:2]) for row in reasons] == [(True, "belowMinimum")]


def columns_of_figures() -> list[Any]:
    keys = {"organisation_id", "id", "release_id", "wave_id", "provider_id", "service_id", "consumer_id", "topic_id",
            "question_id", "population", "suppressed", "reason"}  # fmt: skip
    return [column for column in Score.__table__.columns if column.name not in keys]


async def test_a_hidden_row_has_no_figure_but_its_population(analytics: Running, organisation_id: UUID) -> None:
    await released(analytics.database, organisation_id, *[organisation(seed) for seed in (SHOWS, 5, 9, 12)])
    async with analytics.database.transaction(organisation_id) as session:
        hidden = (await session.execute(select(*columns_of_figures()).where(Score.suppressed))).all()
        shown = (await session.scalars(select(Score.n).where(~Score.suppressed))).all()
    assert len(hidden) > 20
    assert {value for row in hidden for value in row} == {None}
    assert len(shown) > 20
    assert min(n for n in shown if n is not None) >= 5
