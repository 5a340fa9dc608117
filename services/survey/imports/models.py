"""Pushed files: what became of each, its bytes while they are needed, and its place in the queue."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.shared.database import Tenant, Timestamps
from services.shared.ids import new_id
from services.survey.base import Base

_OF_IMPORT: tuple[list[str], list[str]] = (["organisation_id", "import_id"], ["imports.organisation_id", "imports.id"])


class Import(Tenant, Timestamps, Base):
    """`approved_removals` is how many removals somebody agreed to; `attempts` counts runs that began, so that a file
    which kills its worker is given up."""

    __tablename__ = "imports"
    __table_args__ = (Index(None, "organisation_id", "created_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str]
    mode: Mapped[str]
    dry_run: Mapped[bool]
    atomic: Mapped[bool]
    media_type: Mapped[str]
    charset: Mapped[str | None]
    status: Mapped[str] = mapped_column(default="queued")
    progress: Mapped[float] = mapped_column(default=0.0)
    counts: Mapped[dict[str, int]] = mapped_column(JSONB)
    ignored_columns: Mapped[list[str]]
    failure_code: Mapped[str | None]
    failure_detail: Mapped[str | None]
    approved_removals: Mapped[int | None]
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")


class ImportPart(Tenant, Base):
    """A piece of the file. The pieces go when the import is over: they hold people's data."""

    __tablename__ = "import_parts"
    __table_args__ = (ForeignKeyConstraint(*_OF_IMPORT, ondelete="CASCADE"),)

    import_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[bytes]


class ImportJob(Tenant, Base):
    """The queue. A worker claims a row for some seconds and renews that while it reads the file: a lock for as long
    would hold up the feed, whose horizon is the oldest transaction that writes. The row goes in the transaction of the
    effect itself, so a worker that lost its claim cannot do it twice."""

    __tablename__ = "import_jobs"
    __table_args__ = (ForeignKeyConstraint(*_OF_IMPORT, ondelete="CASCADE"),)

    import_id: Mapped[UUID] = mapped_column(primary_key=True)
    queued_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    claim: Mapped[UUID | None]
    claimed_until: Mapped[datetime | None]


class ImportRowError(Tenant, Base):
    """`severity` is `error` (the row was refused) or `warning` (it was taken, but not all of it)."""

    __tablename__ = "import_errors"
    __table_args__ = (ForeignKeyConstraint(*_OF_IMPORT, ondelete="CASCADE"),)

    import_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    line: Mapped[int | None]
    column: Mapped[str | None]
    code: Mapped[str]
    detail: Mapped[str]
    severity: Mapped[str]
