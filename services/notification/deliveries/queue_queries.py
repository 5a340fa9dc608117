"""The statements of the queue. Each names its organisation: rows are locked within one organisation only, so that the
table can be spread over machines."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Boolean, DateTime, Double, LargeBinary, SmallInteger, Text, Uuid, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.notification.deliveries.rules import Outcome

NEXT_ORGANISATION = text(
    "SELECT organisation_id FROM deliveries WHERE due_at <= now() AND organisation_id > :after "
    "ORDER BY organisation_id LIMIT 1"
)
DEPTH = text("SELECT count(*) FROM deliveries WHERE due_at IS NOT NULL")
NEXT_ROUND = text(
    "SELECT wave_id, kind, number FROM deliveries WHERE organisation_id = :organisation_id AND due_at <= now() "
    "ORDER BY due_at LIMIT 1"
)
# Those picked come as arrays so that they are joined by hash or by key: while statistics do not know the rows of a wave
# that just opened, `FROM picked` would compare each row of the organisation with all of them.
CLAIM = text(
    """
    WITH picked AS (
        SELECT id, state FROM deliveries
        WHERE organisation_id = :organisation_id AND due_at <= now()
          AND wave_id = :wave_id AND kind = :kind AND number = :number
        ORDER BY due_at LIMIT :most FOR UPDATE SKIP LOCKED
    )
    UPDATE deliveries d
    SET lease = :lease, due_at = now() + make_interval(secs => :seconds), state = 'queued',
        maybe_doubled = d.maybe_doubled OR (was.state = 'sending' AND d.kind = 'invitation')
    FROM unnest(ARRAY(SELECT id FROM picked ORDER BY id), ARRAY(SELECT state FROM picked ORDER BY id)) AS was (id, state)
    WHERE d.organisation_id = :organisation_id AND d.id = was.id
    RETURNING d.id, d.invitation_number, d.attempts, was.state = 'sending' AS in_doubt, d.mark
    """
)
EXTEND = text(
    "UPDATE deliveries SET due_at = now() + make_interval(secs => :seconds) "
    "WHERE organisation_id = :organisation_id AND id = ANY(:ids) AND lease = :lease AND due_at IS NOT NULL"
).bindparams(bindparam("ids", type_=ARRAY(Uuid)))
RELEASE = text(
    "UPDATE deliveries SET lease = NULL, due_at = now() + make_interval(secs => :seconds) "
    "WHERE organisation_id = :organisation_id AND id = ANY(:ids) AND lease = :lease AND state = 'queued'"
).bindparams(bindparam("ids", type_=ARRAY(Uuid)))
PUT_OFF = text(
    "UPDATE deliveries SET due_at = now() + make_interval(secs => :seconds) WHERE organisation_id = :organisation_id "
    "AND id IN (SELECT id FROM deliveries WHERE organisation_id = :organisation_id AND wave_id = :wave_id "
    "AND kind = :kind AND number = :number AND state = 'queued' AND lease IS NULL "
    "AND due_at < now() + make_interval(secs => :seconds) ORDER BY id FOR UPDATE SKIP LOCKED)"
)
# Run again after a lost answer both of these do nothing more: the lease is gone, or the state is there already.
MARK_SENDING = text(
    "UPDATE deliveries SET state = 'sending' WHERE organisation_id = :organisation_id AND id = ANY(:ids) "
    "AND lease = :lease AND state IN ('queued', 'sending') RETURNING id"
).bindparams(bindparam("ids", type_=ARRAY(Uuid)))
MARK_DONE = text(
    """
    UPDATE deliveries d
    SET state = o.state, attempts = o.attempts, reason = o.reason, reply = o.reply, lease = NULL,
        due_at = coalesce(o.until, now() + make_interval(secs => o.wait)), maybe_doubled = d.maybe_doubled OR o.in_doubt,
        sent_at = CASE WHEN o.state = 'sent' THEN now() END,
        updated_at = CASE WHEN d.kind = 'invitation' THEN now() ELSE d.updated_at END, version = d.version + 1,
        mark = o.mark
    FROM unnest(:ids, :states, :attempts, :reasons, :replies, :waits, :instants, :doubts, :marks)
        AS o(id, state, attempts, reason, reply, wait, until, in_doubt, mark)
    WHERE d.organisation_id = :organisation_id AND d.id = o.id AND d.lease = :lease
    RETURNING d.id, d.state
    """
).bindparams(
    bindparam("ids", type_=ARRAY(Uuid)),
    bindparam("states", type_=ARRAY(Text)),
    bindparam("attempts", type_=ARRAY(SmallInteger)),
    bindparam("reasons", type_=ARRAY(Text)),
    bindparam("replies", type_=ARRAY(Text)),
    bindparam("waits", type_=ARRAY(Double)),
    bindparam("instants", type_=ARRAY(DateTime(timezone=True))),
    bindparam("doubts", type_=ARRAY(Boolean)),
    bindparam("marks", type_=ARRAY(LargeBinary)),
)


@dataclass(frozen=True)
class Claimed:
    id: UUID
    invitation_number: int
    attempts: int
    in_doubt: bool
    mark: bytes | None = None


@dataclass(frozen=True)
class Round:
    """What one batch is about: all of it goes with the same text."""

    organisation_id: UUID
    wave_id: UUID
    kind: str
    number: int


async def next_organisation(session: AsyncSession, after: UUID) -> UUID | None:
    """In turns, so that one with a hundred thousand mails does not hold up the others. Needs EVERYONE."""
    found: UUID | None = await session.scalar(NEXT_ORGANISATION, {"after": after})
    return found


async def depth(session: AsyncSession) -> int:
    """Over all organisations. Needs EVERYONE."""
    return int(await session.scalar(DEPTH) or 0)


async def next_round(session: AsyncSession, organisation_id: UUID) -> Round | None:
    row = (await session.execute(NEXT_ROUND, {"organisation_id": organisation_id})).one_or_none()
    return None if row is None else Round(organisation_id, row.wave_id, row.kind, row.number)


async def claim(session: AsyncSession, batch: Round, lease: UUID, *, most: int, seconds: float) -> list[Claimed]:
    parameters = {
        "organisation_id": batch.organisation_id, "wave_id": batch.wave_id, "kind": batch.kind,
        "number": batch.number, "lease": lease, "most": most, "seconds": seconds,
    }  # fmt: skip
    rows = await session.execute(CLAIM, parameters)
    return [Claimed(row.id, row.invitation_number, row.attempts, row.in_doubt, row.mark) for row in rows]


async def extend(
    session: AsyncSession, organisation_id: UUID, lease: UUID, ids: Sequence[UUID], seconds: float
) -> None:
    await session.execute(
        EXTEND, {"organisation_id": organisation_id, "lease": lease, "ids": list(ids), "seconds": seconds}
    )


async def release(
    session: AsyncSession, organisation_id: UUID, lease: UUID, ids: Sequence[UUID], seconds: float
) -> None:
    """Gives back what was not tried."""
    await session.execute(
        RELEASE, {"organisation_id": organisation_id, "lease": lease, "ids": list(ids), "seconds": seconds}
    )


async def put_off(session: AsyncSession, batch: Round, seconds: float) -> None:
    """All of the round that nobody has on its way, together: what was tried would come back before what was not, and use
    up its tries."""
    await session.execute(PUT_OFF, {**asdict(batch), "seconds": seconds})


async def mark_sending(session: AsyncSession, organisation_id: UUID, lease: UUID, ids: Sequence[UUID]) -> set[UUID]:
    """Those that may be sent: not those that were cancelled, or that another worker took over, meanwhile."""
    found = await session.scalars(MARK_SENDING, {"organisation_id": organisation_id, "lease": lease, "ids": list(ids)})
    return set(found)


async def mark_done(
    session: AsyncSession, organisation_id: UUID, lease: UUID, outcomes: Mapping[UUID, Outcome]
) -> set[UUID]:
    """Those that this call changed."""
    chosen = list(outcomes.values())
    parameters: dict[str, Any] = {
        "organisation_id": organisation_id, "lease": lease, "ids": list(outcomes),
        "states": [outcome.state.value for outcome in chosen],
        "attempts": [outcome.attempts for outcome in chosen],
        "reasons": [outcome.reason for outcome in chosen],
        "replies": [outcome.reply for outcome in chosen],
        "waits": [outcome.wait for outcome in chosen],
        "instants": [outcome.until for outcome in chosen],
        "doubts": [outcome.in_doubt for outcome in chosen],
        "marks": [outcome.mark for outcome in chosen],
    }  # fmt: skip
    return {row.id for row in await session.execute(MARK_DONE, parameters)}
