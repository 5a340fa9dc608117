"""What survey says becomes facts, once."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from services.analytics.facts import models
from services.analytics.facts.queries import units_below
from services.contracts import events
from services.shared.keys import ApiKey, hash_of
from tests.analytics.feeding import HANDLERS, enveloped, feed
from tests.analytics.municipality import municipality
from tests.analytics.worlds import an_id, catalogue, fielding
from tests.fixtures.services import Running

WAVE, SERVICE, GROUP = an_id("wave"), an_id("service"), an_id("unit")


def taken(*values: int | str | bool | list[str] | None) -> events.ResponsesTaken:
    responses = [
        events.Response(id=uuid4(), group_id=GROUP,
                        answers=[events.Answer(question="q", value=value, not_applicable=value is None)])
        for value in values
    ]  # fmt: skip
    return events.ResponsesTaken(wave_id=WAVE, service_id=SERVICE, responses=responses)


async def counts(analytics: Running, organisation_id: UUID) -> dict[str, int]:
    async with analytics.database.transaction(organisation_id) as session:
        found = await session.execute(select(models.AnswerCount.value, models.AnswerCount.count))
        return dict(found.all())


async def test_answers_of_several_events_add_up(analytics: Running, organisation_id: UUID) -> None:
    await feed(analytics.database, organisation_id, [taken(8, 8, 7), taken(8, None)])
    assert await counts(analytics, organisation_id) == {"7": 1, "8": 3}
    async with analytics.database.transaction(organisation_id) as session:
        total = (await session.scalars(select(models.AnswerTotal))).one()
    assert (total.n, total.not_applicable, total.group_id) == (4, 1, GROUP)


async def test_values_of_different_types_are_told_apart(analytics: Running, organisation_id: UUID) -> None:
    await feed(analytics.database, organisation_id, [taken(1, True, "1", "true", ["1", "2"])])
    assert await counts(analytics, organisation_id) == {"1": 1, "true": 1, '"1"': 2, '"true"': 1, '"2"': 1}


async def test_an_event_that_comes_twice_counts_once(analytics: Running, organisation_id: UUID) -> None:
    event = enveloped(organisation_id, taken(8, 7))
    for _ in range(2):
        async with analytics.database.transaction(organisation_id) as session:
            await HANDLERS[event.type](session, event)
    assert await counts(analytics, organisation_id) == {"7": 1, "8": 1}


async def test_organisations_do_not_see_each_other_s_facts(analytics: Running, organisation_id: UUID) -> None:
    await feed(analytics.database, organisation_id, [taken(8)])
    assert await counts(analytics, uuid4()) == {}


@pytest.mark.parametrize("times", [1, 2])
async def test_a_whole_wave_is_stored_the_same_when_told_twice(
    analytics: Running, organisation_id: UUID, times: int
) -> None:
    """All but the responses, whose events have an id of their own each time here."""
    world = municipality("2025")
    told = [*catalogue(world), *(event for event in fielding(world) if not isinstance(event, events.ResponsesTaken))]
    for _ in range(times):
        await feed(analytics.database, organisation_id, told)
    async with analytics.database.transaction(organisation_id) as session:
        stored = {
            table.__name__: (await session.execute(select(func.count()).select_from(table))).scalar_one()
            for table in (models.Unit, models.CatalogueService, models.WaveUnit, models.Comment, models.Taking)
        }
        users = select(func.sum(models.WaveUsers.users)).where(
            models.WaveUsers.service_id == models.NONE, models.WaveUsers.provider_id == models.NONE
        )
        assert await session.scalar(users) == 2_400
    assert stored["Unit"] == 151
    assert stored["CatalogueService"] == 24
    assert stored["WaveUnit"] == 151
    assert stored["Taking"] == 1
    assert 300 < stored["Comment"] <= 395


async def test_a_draw_is_read_as_it_is_told_and_as_it_used_to_be(analytics: Running) -> None:
    root, team, network, payroll, it, hr = (an_id(name) for name in ("root", "team", "network", "payroll", "it", "hr"))
    told = events.WaveDrawn(wave_id=WAVE, units=[
        events.DrawnUnit(unit_id=root, parent_id=None, population=2, invited=1, service_ids=[], provider_ids=[]),
        events.DrawnUnit(unit_id=team, parent_id=root, population=9, invited=4, service_ids=[network, payroll],
                         provider_ids=[it, hr]),
    ])  # fmt: skip
    former = events.FormerWaveDrawn(
        wave_id=WAVE,
        units=[events.FormerDrawnUnit(unit_id=root, parent_id=None, population=2, invited=1),
               events.FormerDrawnUnit(unit_id=team, parent_id=root, population=9, invited=4)],
        users=[events.FormerDrawnUsers(unit_id=team, service_id=service, provider_id=provider, users=9)
               for service, provider in ((network, None), (payroll, None), (None, it), (None, hr), (None, None))],
    )  # fmt: skip
    found = []
    for event in (told, former):
        organisation_id = uuid4()
        await feed(analytics.database, organisation_id, [event])
        async with analytics.database.transaction(organisation_id) as session:
            units, users = models.WaveUnit, models.WaveUsers
            of_units = await session.execute(select(units.unit_id, units.parent_id, units.population, units.invited))
            of_users = await session.execute(select(users.unit_id, users.service_id, users.provider_id, users.users))
            found.append((set(of_units.all()), set(of_users.all())))
    assert found[0] == found[1]
    assert found[0][0] == {(root, None, 2, 1), (team, root, 9, 4)}
    none = models.NONE
    assert found[0][1] == {
        (team, network, none, 9), (team, payroll, none, 9), (team, none, it, 9), (team, none, hr, 9), (team, none, none, 9),
    }  # fmt: skip


async def test_what_was_said_last_holds(analytics: Running, organisation_id: UUID) -> None:
    root, team = an_id("root"), an_id("team")

    def unit(unit_id: UUID, name: str, parent_id: UUID | None) -> events.UnitChanged:
        return events.UnitChanged(
            unit_id=unit_id, external_id=name, name=name, parent_id=parent_id, is_provider=False, is_consumer=True
        )

    await feed(
        analytics.database, organisation_id, [unit(root, "a", None), unit(team, "b", None), unit(team, "c", root)]
    )
    await feed(analytics.database, organisation_id, [events.UnitRemoved(unit_id=team)])
    async with analytics.database.transaction(organisation_id) as session:
        found = await session.get_one(models.Unit, (organisation_id, team))
        assert (found.name, found.parent_id, found.removed) == ("c", root, True)
        assert await units_below(session, [root]) == {root, team}
        assert await units_below(session, [team]) == {team}


async def test_a_revoked_key_is_refused(analytics: Running, organisation_id: UUID) -> None:
    client = await analytics.as_role("director", organisation_id)
    key = client.headers["authorization"].removeprefix("Bearer ")
    async with analytics.database.transaction(organisation_id) as session:
        key_id = (await session.scalars(select(ApiKey.id))).one()

    def changed(*, revoked: bool) -> events.ApiKeyChanged:
        later = datetime.now(UTC) + timedelta(days=1)
        return events.ApiKeyChanged(
            key_id=key_id, hash=hash_of(key), role="director", unit_ids=[], expires_at=later, revoked=revoked
        )

    async with client:
        await feed(analytics.database, organisation_id, [changed(revoked=False)])
        assert (await client.get("/v1/releases")).status_code == 200
        await feed(analytics.database, organisation_id, [changed(revoked=True)])
        assert (await client.get("/v1/releases")).status_code == 401


async def ends(analytics: Running, organisation_id: UUID, wave_id: UUID) -> tuple[str, str]:
    async with analytics.database.transaction(organisation_id) as session:
        wave = await session.get_one(models.Wave, (organisation_id, wave_id))
        return wave.closes_at.astimezone(UTC).isoformat(), wave.status


async def test_a_wave_keeps_its_providers_when_a_service_moves(analytics: Running, organisation_id: UUID) -> None:
    world = municipality("2025")
    service, provider = next(iter(world.providers.items()))
    opened = [event for event in fielding(world) if isinstance(event, events.WaveOpened)]
    moved = events.ServiceChanged(service_id=service, external_id=None, provider_id=uuid4(), name={"en": "Moved"})
    extended = events.WaveExtended(wave_id=world.wave_id, closes_at=datetime(2026, 4, 1, tzinfo=UTC))
    closed = events.WaveClosed(wave_id=world.wave_id, closed_at=datetime(2026, 3, 28, 9, 30, tzinfo=UTC))
    await feed(analytics.database, organisation_id, [*catalogue(world), *opened, moved, extended])
    assert await ends(analytics, organisation_id, world.wave_id) == ("2026-04-01T00:00:00+00:00", "open")
    await feed(analytics.database, organisation_id, [closed])
    assert await ends(analytics, organisation_id, world.wave_id) == ("2026-03-28T09:30:00+00:00", "closed")
    async with analytics.database.transaction(organisation_id) as session:
        wave = await session.get_one(models.Wave, (organisation_id, world.wave_id))
        assert UUID(wave.providers[str(service)]) == provider
