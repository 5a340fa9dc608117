"""Changing people, units and services one by one, which waits for a file that changes many."""

from collections.abc import AsyncIterator

from fastapi import Depends, Request

from services.shared.auth import organisation_of
from services.shared.turns import Turns

TURNS = Turns(3)


async def _turn(request: Request) -> AsyncIterator[None]:
    async with TURNS.of(organisation_of(request)):
        yield


IN_TURN = Depends(_turn, scope="function")
