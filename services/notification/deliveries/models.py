"""What goes to whom, as far as this service knows people: by the number of their invitation."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Index, SmallInteger, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from services.notification.base import Base
from services.shared.database import Tenant


class Wave(Tenant, Base):
    """What survey's events say of a wave."""

    __tablename__ = "waves"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    title: Mapped[dict[str, str]]
    closes_at: Mapped[datetime]
    closed: Mapped[bool] = mapped_column(default=False)


class Delivery(Tenant, Base):
    """One mail to one invited person, whatever it takes to get it there. The table is the queue too.

    `due_at` is when somebody must look at it next: null once it is over. `lease` names the batch of the worker that
    has it; when that worker dies, `due_at` passes and another takes over.

    Rows of reminders must not tell who got one, for who gets none has answered: they all go through the same states
    and none has an instant of its own. `sent_at` and `updated_at` are of invitations. `marks.py` says
    what `mark` is.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        UniqueConstraint("organisation_id", "invitation_number", "kind", "number"),
        Index("ix_deliveries_due", "organisation_id", "due_at", postgresql_where=text("due_at IS NOT NULL")),
        Index("ix_deliveries_wave", "organisation_id", "wave_id", "kind", "id"),
        {"postgresql_with": {"fillfactor": "70"}},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("gen_random_uuid()"))
    wave_id: Mapped[UUID]
    invitation_number: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str]
    number: Mapped[int] = mapped_column(SmallInteger)
    state: Mapped[str]
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0, server_default="0")
    due_at: Mapped[datetime | None]
    lease: Mapped[UUID | None]
    reason: Mapped[str | None]
    reply: Mapped[str | None]
    mark: Mapped[bytes | None]
    maybe_doubled: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    sent_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())
    version: Mapped[int] = mapped_column(default=1, server_default="1")


class ReminderRound(Tenant, Base):
    """All reminders of a wave with one number."""

    __tablename__ = "reminder_rounds"

    wave_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    id: Mapped[UUID] = mapped_column(server_default=text("gen_random_uuid()"))
    invited: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())
