"""`Idempotency-Key`: a repeated POST gets its first answer, kept in the transaction of the effect itself.

Two requests with one key at the same time: the second waits for the first's row, then repeats its answer.
"""

import hashlib
from datetime import datetime
from typing import Any

from fastapi import Request, Response
from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from services.shared.database import SharedBase, Tenant
from services.shared.problems import Problem, parameter_error

HEADER = "idempotency-key"
LONGEST = 200


class IdempotencyKey(Tenant, SharedBase):
    __tablename__ = "idempotency_keys"

    key: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[str]
    status: Mapped[int | None]
    headers: Mapped[dict[str, Any] | None]
    body: Mapped[bytes | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Repeated(Exception):
    """The request was handled before; answer `response` and do nothing."""

    def __init__(self, response: Response) -> None:
        self.response = response


async def claim(request: Request, session: AsyncSession, who: str) -> None:
    """Call it first in the transaction. `who` keeps one caller's keys apart from another's."""
    given = request.headers.get(HEADER)
    if request.method != "POST" or given is None:
        return
    if not 1 <= len(given) <= LONGEST:
        raise parameter_error("Idempotency-Key", "length", f"must have 1 to {LONGEST} characters")
    key = hashlib.sha256(f"{who}\n{given}".encode()).hexdigest()
    fingerprint = await _fingerprint(request)
    row = {"organisation_id": session.info["organisation_id"], "key": key, "fingerprint": fingerprint}
    claimed = await session.execute(
        insert(IdempotencyKey).values(row).on_conflict_do_nothing().returning(IdempotencyKey.key)
    )
    if claimed.scalar_one_or_none() is None:
        await _repeat(session, key, fingerprint)
    request.state.idempotency = (session, key)


async def _repeat(session: AsyncSession, key: str, fingerprint: str) -> None:
    found = (await session.scalars(select(IdempotencyKey).where(IdempotencyKey.key == key))).one()
    if found.fingerprint != fingerprint:
        raise Problem(422, "idempotencyKeyReused", "This Idempotency-Key was used for another request.")
    raise Repeated(Response(found.body, found.status or 200, found.headers))


async def keep(request: Request, response: Response) -> None:
    """Called by the route once the response is made, before its transaction commits. Errors are not kept: the
    transaction, and with it the claim, is rolled back."""
    claimed = getattr(request.state, "idempotency", None)
    if claimed is None:
        return
    session, key = claimed
    headers = {name: value for name, value in response.headers.items() if name != "content-length"}
    await session.execute(
        update(IdempotencyKey)
        .where(IdempotencyKey.key == key)
        .values(status=response.status_code, headers=headers, body=bytes(response.body))
    )


async def _fingerprint(request: Request) -> str:
    digest = hashlib.sha256(f"{request.method} {request.url.path}?{request.url.query}\n".encode())
    digest.update(await request.body())
    return digest.hexdigest()
