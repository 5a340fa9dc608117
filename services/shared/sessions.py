"""The transaction of a request: it commits after the route returned and before the answer is sent."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncSession

from services.shared import idempotency
from services.shared.auth import Caller, Operator, Role, identified, organisation_of, permit
from services.shared.database import EVERYONE, Database


async def _of_caller(request: Request, principal: Caller) -> AsyncIterator[AsyncSession]:
    database: Database = request.app.state.database
    async with database.transaction(principal.organisation_id) as session:
        await idempotency.claim(request, session, str(principal.key_id))
        yield session


@asynccontextmanager
async def transaction_of_key(request: Request, *roles: Role) -> AsyncIterator[AsyncSession]:
    """For what is called very often: the caller is looked up in the transaction of the work itself, which halves the
    statements around it. Whatever waits for the client must come before it."""
    database: Database = request.app.state.database
    async with database.transaction(organisation_of(request)) as session:
        principal = await identified(request, session)
        permit(principal, *roles)
        await idempotency.claim(request, session, str(principal.key_id))
        yield session


async def _of_operator(request: Request, _operator: Annotated[None, Operator]) -> AsyncIterator[AsyncSession]:
    database: Database = request.app.state.database
    async with database.transaction(EVERYONE) as session:
        await idempotency.claim(request, session, "operator")
        yield session


# `scope="function"`: without it FastAPI sends a 201 before the commit, and a commit that fails goes unnoticed.
Session = Annotated[AsyncSession, Depends(_of_caller, scope="function")]
OperatorSession = Annotated[AsyncSession, Depends(_of_operator, scope="function")]
