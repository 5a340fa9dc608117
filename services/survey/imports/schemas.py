"""What is said about an import."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Path
from pydantic import Field

from services.shared.schemas import Schema
from services.survey.imports.columns import Kind

Mode = Literal["merge", "snapshot"]
Status = Literal["queued", "running", "waitingForApproval", "done", "failed"]
ImportRef = Annotated[UUID, Path(alias="importId")]


class ImportCounts(Schema):
    """Rows of the file, but `removed`. Of a dry run, and while it waits for approval: what would be."""

    read: int = Field(default=0, ge=0)
    created: int = Field(default=0, ge=0)
    changed: int = Field(default=0, ge=0)
    unchanged: int = Field(default=0, ge=0)
    removed: int = Field(default=0, ge=0, description="Missing from a snapshot; an employee has left then")
    refused: int = Field(default=0, ge=0)


class ImportFailure(Schema):
    code: str = Field(examples=["emptyFile"])
    detail: str


class Import(Schema):
    id: UUID
    created_at: datetime
    updated_at: datetime
    kind: Kind
    mode: Mode
    dry_run: bool
    atomic: bool
    status: Status
    progress: float = Field(ge=0, le=1)
    counts: ImportCounts
    ignored_columns: list[str] = Field(description="Columns of the file that are not known here")
    failure: ImportFailure | None = Field(description="Why nothing took effect, if it failed")


class ImportRowError(Schema):
    """The row was refused (`error`), or taken, but not all of it (`warning`)."""

    line: int | None = Field(
        description="Where the row begins, the first line being 1; null for what is not in the file"
    )
    column: str | None = Field(description="Null if it is about the row as a whole")
    code: str = Field(examples=["unknownUnit"])
    detail: str
    severity: Literal["error", "warning"]
