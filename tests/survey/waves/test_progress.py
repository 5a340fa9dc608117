"""What may be told of a wave under way, and that nothing tells who answered."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from services.shared.ids import number_of
from services.survey.responses.taking_out import take_out_due
from services.survey.waves.scheduler import run_due
from tests.fixtures.services import Running
from tests.survey.waves.world import World, make

KEYS = [b"0" * 32]


async def read(world: World, wave: str) -> dict[str, Any]:
    client = await world.client("director")
    progress: dict[str, Any] = (await client.get(f"/v1/waves/{wave}/progress")).json()
    names = {str(unit): name for name, unit in world.units.items()}
    progress["units"] = {names[row["unitId"]]: row["answered"] for row in progress["units"]}
    return progress


async def test_a_draft_has_none(world: World) -> None:
    progress = await read(world, await world.draft(await world.client()))
    assert (progress["invited"], progress["asOfDate"], progress["units"]) == (0, None, {})


async def test_it_is_counted_once_a_day(world: World, survey: Running) -> None:
    wave = await world.opened(await world.client())
    assert (await read(world, wave))["invited"] == 20
    await world.burn(wave, "north", 7)
    await world.burn(wave, "south", 6)
    await run_due(survey.database, KEYS)
    assert (await read(world, wave))["answered"] == 0
    await run_due(survey.database, KEYS, datetime.now(UTC) + timedelta(days=1))
    progress = await read(world, wave)
    assert progress["answered"] == 13
    assert progress["asOfDate"] > str(datetime.now(UTC).date() - timedelta(days=1))


async def test_and_once_more_after_the_end(world: World, survey: Running) -> None:
    admin = await world.client()
    wave = await world.opened(admin)
    await world.burn(wave, "north", 7)
    await admin.post(f"/v1/waves/{wave}/close")
    assert (await read(world, wave))["answered"] == 0
    assert (await world.wave(wave)).due_at is None
    await take_out_due(survey.database, KEYS)
    assert (await read(world, wave))["answered"] is None  # its box holds too few: they were burned by hand


async def test_a_small_unit_cannot_be_had_by_subtraction(world: World, survey: Running) -> None:
    wave = await world.opened(await world.client())
    day = datetime.now(UTC)
    seen = []
    for burned in ({"north": 7}, {"south": 3}, {"south": 2}):
        for unit, people in burned.items():
            await world.burn(wave, unit, people)
        day += timedelta(days=1)
        await run_due(survey.database, KEYS, day)
        seen.append((await read(world, wave))["units"])
    assert seen == [
        {"north": 7},  # those above would say, beside who rates phones, that nobody in south answered
        {"north": 7},  # and that three did
        {"root": 12, "line": 12, "north": 7, "south": 5},
    ]


async def test_nothing_that_can_be_read_changes_when_somebody_answers(world: World, survey: Running) -> None:
    admin = await world.client()
    wave = await world.opened(admin)

    async def everything() -> list[tuple[str, str | None, str]]:
        answers = [await admin.get(f"/v1/waves{path}") for path in ("", f"/{wave}", f"/{wave}/progress")]
        answers.append(await admin.get(f"/v1/waves/{wave}/invitations?limit=200"))
        return [
            (answer.text, answer.headers.get("ETag"), answer.headers.get("Last-Modified", "")) for answer in answers
        ]

    before = await everything()
    await world.burn(wave, "north", 9)
    await run_due(survey.database, KEYS)
    assert await everything() == before


async def test_invitations_are_listed_with_their_delivery(world: World) -> None:
    admin = await world.client()
    wave = await world.opened(admin)
    first = (await admin.get(f"/v1/waves/{wave}/invitations?limit=12")).json()
    path = f"/v1/waves/{wave}/invitations?limit=12&cursor={first['nextCursor']}"
    rest = (await admin.get(path)).json()
    items = first["items"] + rest["items"]
    assert rest["nextCursor"] is None
    assert len({item["employeeId"] for item in items}) == 20
    assert {frozenset(item) for item in items} == {frozenset({"id", "employeeId", "unitId", "deliveryState"})}
    assert {item["deliveryState"] for item in items} == {"pending"}
    numbers = {row.number for row in await world.rows("SELECT number FROM invitations")}
    assert {number_of(UUID(item["id"])) for item in items} == numbers


async def test_invitations_have_no_column_that_tells_when(survey: Running) -> None:
    world = await make(survey)
    columns = await world.rows("SELECT column_name, data_type FROM information_schema.columns"
                               " WHERE table_name = 'invitations'")  # fmt: skip
    assert not [row for row in columns if "time" in row.data_type or row.data_type == "date"]
    assert {row.column_name for row in columns} == {
        "organisation_id", "number", "wave_id", "employee_id", "unit_id", "service_ids", "burned", "delivery_state",
        "portion",
    }  # fmt: skip
