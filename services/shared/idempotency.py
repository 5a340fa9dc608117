"""`Idempotency-Key`: a repeated POST gets its first answer, kept in the transaction of the effect itself.

Two requests with one key at the same time: the second waits for the first's row, then repeats its answer. Kept answers
are sealed with the key that the client sent and a secret of this service, neither of which is in the database: the
answer to a new API key holds that key.
"""

import hashlib
from datetime import datetime, timedelta
from typing import Any

from fastapi import Request, Response
from nacl.secret import SecretBox
from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from services.shared.database import EVERYONE, Database, SharedBase, Tenant
from services.shared.problems import Problem, parameter_error
from services.shared.settings import Settings

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
        await _repeat(session, key, fingerprint, _seal(request, who))
    request.state.idempotency = (session, key, _seal(request, who))


def _seal(request: Request, who: str) -> SecretBox:
    settings: Settings = request.app.state.settings
    secret = settings.peer_keys()[request.app.state.service].encode()
    material = f"{who}\n{request.headers[HEADER]}".encode()
    return SecretBox(hashlib.blake2b(material, key=hashlib.sha256(secret).digest(), digest_size=32).digest())


async def _repeat(session: AsyncSession, key: str, fingerprint: str, seal: SecretBox) -> None:
    found = (await session.scalars(select(IdempotencyKey).where(IdempotencyKey.key == key))).one()
    if found.fingerprint != fingerprint:
        raise Problem(422, "idempotencyKeyReused", "This Idempotency-Key was used for another request.")
    raise Repeated(Response(seal.decrypt(found.body or b""), found.status or 200, found.headers))


async def keep(request: Request, response: Response) -> None:
    """Called by the route once the response is made, before its transaction commits. Errors are not kept: the
    transaction, and with it the claim, is rolled back."""
    claimed = getattr(request.state, "idempotency", None)
    if claimed is None:
        return
    session, key, seal = claimed
    headers = {name: value for name, value in response.headers.items() if name != "content-length"}
    await session.execute(
        update(IdempotencyKey)
        .where(IdempotencyKey.key == key)
        .values(status=response.status_code, headers=headers, body=bytes(seal.encrypt(bytes(response.body))))
    )


async def forget(database: Database) -> None:
    """A day is enough for a client to repeat itself, and what it sent should not outlive that."""
    async with database.transaction(EVERYONE) as session:
        await session.execute(
            delete(IdempotencyKey).where(IdempotencyKey.created_at < func.now() - timedelta(hours=24))
        )


async def _fingerprint(request: Request) -> str:
    digest = hashlib.sha256(f"{request.method} {request.url.path}?{request.url.query}\n".encode())
    # The body of an upload went by already, and is known by its own digest.
    digest.update(getattr(request.state, "body_digest", None) or await request.body())
    return digest.hexdigest()
