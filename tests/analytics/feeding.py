"""Events into analytics, as its consumer hands them over."""

from collections.abc import Iterable
from datetime import UTC, datetime
from uuid import UUID, uuid4

from services.analytics.facts import consumers as facts
from services.analytics.releases import consumers as releases
from services.analytics.releases.service import release_due
from services.contracts.envelope import Envelope
from services.contracts.events import Event
from services.shared.database import Database
from tests.analytics.worlds import World, catalogue, fielding

HANDLERS = {**facts.HANDLERS, **releases.HANDLERS}


def enveloped(organisation_id: UUID, event: Event) -> Envelope[Event]:
    return Envelope[Event].model_construct(
        id=uuid4(), source="/survey", type=event.type, time=datetime.now(UTC), organisationid=organisation_id,
        position="1-1", data=event,
    )  # fmt: skip


async def feed(database: Database, organisation_id: UUID, said: Iterable[Event]) -> None:
    async with database.transaction(organisation_id) as session:
        for event in said:
            await HANDLERS[event.type](session, enveloped(organisation_id, event))


async def released(
    database: Database, organisation_id: UUID, *worlds: World, names: dict[UUID, str] | None = None
) -> None:
    for world in worlds:
        await feed(database, organisation_id, [*catalogue(world, names), *fielding(world)])
    assert await release_due(database) == len(worlds)
