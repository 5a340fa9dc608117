"""What `external:` means when an external id was given again."""

from uuid import UUID, uuid4

from services.analytics.facts import models, queries
from services.contracts import events
from services.shared.ids import new_id
from tests.analytics.feeding import feed
from tests.fixtures.services import Running


def unit(unit_id: UUID) -> events.UnitChanged:
    return events.UnitChanged(
        unit_id=unit_id, external_id="NORTH", name="North", parent_id=None, is_provider=False, is_consumer=True
    )


def service(service_id: UUID) -> events.ServiceChanged:
    return events.ServiceChanged(service_id=service_id, external_id="DESK", provider_id=uuid4(), name={"en": "Desk"})


async def meant(analytics: Running, organisation_id: UUID) -> tuple[UUID, UUID]:
    async with analytics.database.transaction(organisation_id) as session:
        return (
            await queries.unit_id(session, "external:NORTH", "unitId"),
            await queries.service_id(session, "external:DESK", "serviceId"),
        )


async def test_what_is_there_is_meant_rather_than_what_was_removed(analytics: Running, organisation_id: UUID) -> None:
    """Whatever the order in which the rows lie in the table."""
    old, there, late = ([new_id(), new_id()] for _ in range(3))
    for units, services in (old, there, late):
        await feed(analytics.database, organisation_id, [unit(units), service(services)])
    for gone in (late, old):
        removed = [events.UnitRemoved(unit_id=gone[0]), events.ServiceRemoved(service_id=gone[1])]
        await feed(analytics.database, organisation_id, removed)
    assert await meant(analytics, organisation_id) == tuple(there)


async def test_of_those_removed_the_newest_is_meant(analytics: Running, organisation_id: UUID) -> None:
    old, new = ([new_id(), new_id()] for _ in range(2))
    for units, services in (new, old):
        await feed(
            analytics.database, organisation_id,
            [unit(units), service(services), events.UnitRemoved(unit_id=units),
             events.ServiceRemoved(service_id=services)],
        )  # fmt: skip
    assert await meant(analytics, organisation_id) == tuple(new)
    async with analytics.database.transaction(organisation_id) as session:
        assert await queries.unit_id(session, "external:NOWHERE", "unitId") == models.NONE
