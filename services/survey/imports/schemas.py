"""What is said about an import, and how another system's export is read."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Path
from pydantic import Field

from services.shared.schemas import STORABLE, WHOLE, Schema, ShortText
from services.survey.imports.columns import Kind
from services.survey.imports.refusals import FAILURE_CODES, ROW_CODES, told
from services.survey.organisation.schemas import Resource

Mode = Literal["merge", "snapshot"]
Status = Literal["queued", "running", "waitingForApproval", "done", "failed"]
Delimiter = Literal[",", ";", "|", "tab"]
Decimal = Literal[",", "."]
ImportRef = Annotated[UUID, Path(alias="importId")]
MappingRef = Annotated[UUID, Path(alias="mappingId")]
Told = Annotated[str, Field(max_length=200), STORABLE]
Charset = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.:-]{1,40}$", examples=["windows-1252"])]
Line = Annotated[int, Field(ge=1, le=1000, strict=True), WHOLE]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]


class ImportCounts(Schema):
    """Rows of the file, but `removed`. Of a dry run, and while it waits for approval: what would be."""

    read: int = Field(
        default=0,
        ge=0,
        description="Neither empty rows nor, in workbooks, those of nothing else but formulas of which there is no value,"
        " as below a table",
    )
    created: int = Field(default=0, ge=0)
    changed: int = Field(default=0, ge=0)
    unchanged: int = Field(default=0, ge=0)
    removed: int = Field(default=0, ge=0, description="Missing from a snapshot; an employee has left then")
    refused: int = Field(default=0, ge=0)
    overtaken: int = Field(
        default=0, ge=0, description="Of interactions: a later state of the same one is there, or in the file"
    )
    parked: int = Field(
        default=0, ge=0, description="Of interactions that are in: they wait for their service or employee to arrive"
    )


class ImportFailure(Schema):
    code: str = Field(description=told(FAILURE_CODES), examples=["emptyFile"])
    detail: str


class ApprovalReason(Schema):
    """`relatedRemoved`: what is missing is little, but interactions, costs, audiences, surveys, programmes, waves or keys hang on it.
    Services and units with such are never removed unasked. Of several reasons the code is the first's, and `detail` tells
    all: approving agrees to these, and to as many."""

    code: Literal[
        "tooManyRemoved", "everythingRemoved", "unreadableRows", "lineNotEnded", "relatedRemoved", "idsLookSwapped"
    ]
    detail: str = Field(examples=["312 of 2,400 are missing from the file, more than 10%."])


class Import(Schema):
    id: UUID
    created_at: datetime
    updated_at: datetime
    kind: Kind
    mode: Mode
    dry_run: bool
    atomic: bool
    valid_from_date: date | None = Field(description="From when movers and leavers are where the file has them")
    status: Status
    progress: float = Field(ge=0, le=1)
    counts: ImportCounts
    ignored_columns: list[str] = Field(description="Columns of the file that are not known here")
    failure: ImportFailure | None = Field(description="Why nothing took effect, if it failed")
    approval_reason: ApprovalReason | None = Field(
        description="Why it waits for approval; of a dry run: why it would. Look at the diff, then approve or cancel"
    )


class ImportChange(Schema):
    """`before` and `after` by the names that files have; of what is changed the fields that differ alone. Of a service
    or a unit that is removed `before` also says what would go with it or be left without: `takenAlong`, how many by kind."""

    kind: Literal["created", "changed", "removed"]
    external_id: str | None = Field(description="Of an audience and of costs: of the service", examples=["E1023"])
    before: dict[str, Any] | None = Field(description="Null of what is created", examples=[{"familyName": "Geerts"}])
    after: dict[str, Any] | None = Field(description="Null of what is removed", examples=[{"familyName": "Smit"}])


class ImportRowError(Schema):
    """The row was refused (`error`), or taken, but not all of it (`warning`)."""

    line: int | None = Field(
        description="Where the row begins, the first line being 1; null for what is not in the file"
    )
    column: str | None = Field(description="Null if it is about the row as a whole")
    code: str = Field(description=told(ROW_CODES), examples=["unknownUnit"])
    detail: str
    severity: Literal["error", "warning"]


class ImportMappingBody(Schema):
    """How the export of another system is read as it is. Fields are named as in our own files (`unitExternalId`)."""

    name: ShortText = Field(description="Unique in the organisation", examples=["AFAS medewerkers"])
    kind: Kind = Field(examples=["employees"])
    columns: dict[Told, Told] = Field(
        min_length=1,
        max_length=500,
        description="The file's headers, each with the field that it is. Several with one field are joined by a space, in"
        " the order of the file. Headers that are not here are ignored",
        examples=[{"Medewerker": "externalId", "Roepnaam": "givenName", "Voorvoegsel": "familyName",
                   "Achternaam": "familyName", "Afdeling": "unitExternalId"}],
    )  # fmt: skip
    constants: dict[Told, Told] = Field(
        default={}, max_length=100, description="Fields that every row has alike", examples=[{"language": "nl"}]
    )
    values: dict[Told, dict[Told, Told]] = Field(
        default={},
        max_length=100,
        description="Of a field: the file's words with ours, whatever the case; `*` is whatever is not named",
        examples=[{"active": {"In dienst": "true", "*": "false"}}],
    )
    date_formats: list[Told] = Field(
        default=[],
        max_length=10,
        description="Of dates and instants: YYYY, YY, MM, M, DD, D, hh, h, mm, ss and A (am, pm). The first that fits",
        examples=[["DD-MM-YYYY"]],
        json_schema_extra={"format": "list"},
    )
    duration_format: Literal["h:mm", "m:ss"] | None = Field(
        default=None,
        description="What `1:35` is, as TOPdesk has `0:15`; so too in cells of a workbook that show it thus, while those that"
        " show seconds are as they are. Null: refused, since it could be either; a workbook's times are hours and minutes."
        " With `m:ss` times of which a workbook shows something else, as `1 h`, are refused",
    )
    delimiter: Delimiter | None = Field(default=None, description="Null: recognised")
    charset: Charset | None = Field(default=None, description="Null: recognised")
    decimal: Decimal | None = Field(
        default=None,
        description="Of CSV and of texts in workbooks. Null: recognised, and refused where both could be meant, as in"
        " NDJSON always",
    )
    sheet: Told | None = Field(default=None, description="Of a workbook. Null: the first", examples=["Medewerkers"])
    header_line: Line | None = Field(
        default=None,
        description="Of CSV and workbooks: where the headers stand; titles above are skipped. Null: the first that is not"
        " empty",
        examples=[4],
    )
    data_line: Line | None = Field(
        default=None,
        description="Of CSV and workbooks: where the rows begin, below a second line of headers, say. Null: right below"
        " the headers",
    )


class ImportMapping(Resource, ImportMappingBody):
    pass
