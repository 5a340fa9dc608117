"""Pushed files: what became of each, its bytes while they are needed, and its place in the queue."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, UniqueConstraint, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.shared.database import Tenant, Timestamps
from services.shared.ids import new_id
from services.survey.base import Base

_OF_IMPORT: tuple[list[str], list[str]] = (["organisation_id", "import_id"], ["imports.organisation_id", "imports.id"])


class Import(Tenant, Timestamps, Base):
    """`approved_removals`, `approved_swaps` and `approved_taken` are as many as were told when it began to wait: who approves
    it agrees to these and to no more. `approved_taken` counts by kind what goes along. `attempts` counts runs that began, so
    that a file which kills its worker is given up. `told` is how to read the file, as `columns.Told` has it: a copy, since a
    saved mapping may change."""

    __tablename__ = "imports"
    __table_args__ = (Index(None, "organisation_id", "created_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str]
    mode: Mapped[str]
    dry_run: Mapped[bool]
    atomic: Mapped[bool]
    media_type: Mapped[str]
    told: Mapped[dict[str, Any]]
    removal_share: Mapped[float | None]
    valid_from: Mapped[date | None]
    status: Mapped[str] = mapped_column(default="queued")
    progress: Mapped[float] = mapped_column(default=0.0)
    counts: Mapped[dict[str, int]] = mapped_column(JSONB)
    ignored_columns: Mapped[list[str]]
    failure_code: Mapped[str | None]
    failure_detail: Mapped[str | None]
    approval_code: Mapped[str | None]
    approval_detail: Mapped[str | None]
    approved_removals: Mapped[int | None]
    approved_swaps: Mapped[int | None]
    approved_taken: Mapped[dict[str, int] | None] = mapped_column(JSONB)
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")


class ImportPart(Tenant, Base):
    """A piece of the file, stored as it arrives: the import itself is made once all are there, so without a foreign key.
    The pieces go when the import is over, or the upload breaks off: they hold people's data."""

    __tablename__ = "import_parts"

    import_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[bytes]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


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


class ImportChange(Tenant, Base):
    """A row of the diff. `before` and `after` have the fields that differ, by the names that files have."""

    __tablename__ = "import_changes"
    __table_args__ = (
        ForeignKeyConstraint(*_OF_IMPORT, ondelete="CASCADE"),
        Index(None, "organisation_id", "external_id"),
    )

    import_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    external_id: Mapped[str | None]
    before: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    after: Mapped[dict[str, Any] | None] = mapped_column(JSONB)


class ImportMapping(Tenant, Timestamps, Base):
    """How another system's export is read: its headers, its words and its dates. `told` as `columns.Told` has it."""

    __tablename__ = "import_mappings"
    __table_args__ = (UniqueConstraint("organisation_id", "name"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str]
    kind: Mapped[str]
    told: Mapped[dict[str, Any]]
