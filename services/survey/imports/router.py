"""`/v1/imports`."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import BackgroundTasks, Depends, Query, Request, Response

from services.shared.auth import Caller, allow
from services.shared.database import Database
from services.shared.etags import set_etag
from services.shared.pages import Page, Paging, UnsortedPages, page, sorted_by
from services.shared.routing import Router
from services.shared.schemas import STORABLE, Date
from services.shared.sessions import Session
from services.shared.tasks import Wake
from services.survey.imports import mappings, queries, schemas, service
from services.survey.imports.columns import KINDS, Kind, Told, told
from services.survey.imports.diff_queries import changes
from services.survey.imports.models import Import, ImportChange, ImportRowError
from services.survey.imports.reading.files import XLSX
from services.survey.imports.receiving import Upload, discard, receive
from services.survey.organisation.schemas import Flag

router = Router(tag="imports")
SORTABLE = {"createdAt": Import.created_at}
PUSHERS = [allow("admin", "integrator")]
MODES = (
    "`snapshot`: who is missing has left. Not those people and units that an identity system made by SCIM and no file"
    " has named yet: they leave when it says so. Who is named is active, whatever SCIM said, unless the file's `active` says otherwise."
    " `merge`: who is missing stays as they are, and who has left is named without coming back, unless `active` says so"
)
FILE: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "The file. In CSV the header has the fields' names; references end in `ExternalId`, declared"
        " attributes are columns of their own, a language map is a column a language (`nameNl`), an amount has its"
        " `currency` beside it. NDJSON has the same names, an object a line, such as"
        ' `{"externalId": "OE", "name": "Gemeente"}`. Of a workbook (XLSX) a sheet is read as a CSV file would be.'
        " A saved mapping reads other headers.\n\nColumns, those in bold needed:\n\n"
        + "\n".join(f"- {told(kind)}" for kind in KINDS),
        "content": {
            # Without a schema: it is bytes, and none is of a wrong type.
            "text/csv": {
                "example": "externalId,name,parentExternalId,isProvider,isConsumer\nOE,Gemeente,,false,true\n",
            },
            "application/x-ndjson": {},
            XLSX: {},
        },
    }
}


def asked(
    kind: Annotated[Kind, Query()],
    mode: Annotated[schemas.Mode, Query(description=MODES)] = "merge",
    dry_run: Annotated[Flag, Query(alias="dryRun", description="Only say what it would do, see the diff")] = False,
    atomic: Annotated[Flag, Query(description="All rows or none")] = False,
    mapping: Annotated[
        Annotated[str, STORABLE] | None, Query(max_length=200, description="A saved mapping, by its id or its name")
    ] = None,
    delimiter: Annotated[schemas.Delimiter | None, Query(description="Of CSV. By default it is recognised")] = None,
    charset: Annotated[schemas.Charset | None, Query(description="Of CSV. By default it is recognised")] = None,
    decimal: Annotated[schemas.Decimal | None, Query(description="Of CSV and of texts in workbooks. By default what both could be is refused; NDJSON is always read so")] = None,
    sheet: Annotated[schemas.Told | None, Query(description="Of a workbook, by name. By default the first")] = None,
    removal_share: Annotated[
        schemas.Share | None,
        Query(alias="removalShare", description="A snapshot that removes more waits for approval; by default what the"
              " organisation says, else a tenth"),
    ] = None,
    valid_from_date: Annotated[
        Date | None,
        Query(alias="validFromDate", description="From when movers and leavers are where the file has them; today at"
              " the latest, which it is by default", json_schema_extra={"format": "date"}),
    ] = None,
) -> service.Asked:  # fmt: skip
    told = Told(
        delimiter="\t" if delimiter == "tab" else delimiter, charset=charset, decimal=decimal, sheet=sheet
    )  # fmt: skip
    return service.Asked(kind, mode, dry_run, atomic, mapping, told, removal_share, valid_from_date)


@dataclass
class Received:
    """`taken`: there is an import that the file belongs to."""

    file: Upload
    asked: service.Asked
    told: Told
    taken: bool = False


async def received(
    request: Request, principal: Caller, asked: Annotated[service.Asked, Depends(asked)]
) -> AsyncIterator[Received]:
    """The file is stored before the request's transaction begins; if that fails, or was done before, it goes again."""
    database: Database = request.app.state.database
    async with database.transaction(principal.organisation_id) as session:
        await service.refuse_senseless(session, asked)
        told = await mappings.told_by(session, asked.kind, asked.mapping, asked.told)
    file = await receive(request, principal.organisation_id)
    found = Received(file, asked, told)
    try:
        yield found
    except BaseException:
        found.taken = False
        raise
    finally:
        if not found.taken:
            await discard(database, principal.organisation_id, file.import_id)


def _wake(request: Request, after: BackgroundTasks) -> None:
    """After the answer, so after the commit."""
    wake: Wake | None = getattr(request.app.state, "imports", None)
    if wake is not None:
        after.add_task(wake.now)


@router.post("/imports", status_code=202, dependencies=PUSHERS, openapi_extra=FILE)
async def push_import(
    request: Request,
    after: BackgroundTasks,
    received: Annotated[Received, Depends(received, scope="function")],
    session: Session,
    response: Response,
) -> schemas.Import:
    """Files of an organisation take effect one after the other, in the order they came. Rows may come in any order.

    A CSV file that is cut off in the last field of a row looks whole, but for the line break at its end, which some tools
    never write. So where it lacks, there is a warning of the last line, `lineNotEnded`; with `atomic` the import fails
    with that code, and a snapshot waits for approval if anybody or anything is missing from it.

    `unknownReference`, `mappingOfOtherKind`, `dateInFuture`, `noSnapshot` (of interactions there is none); a body that is not whole: `incompleteBody`; a workbook that
    cannot be read, or unfolds into far more than it is: `unreadableWorkbook`, `unfoldsTooFar` (400). `wrongKind`: the
    file is not what it is sent as (415)."""
    row = await service.push(session, received.file, received.asked, received.told)
    response.headers["Location"] = f"/v1/imports/{row.id}"
    received.taken = True
    _wake(request, after)
    return service.shown(row)


@router.get("/imports", dependencies=PUSHERS)
async def list_imports(
    session: Session,
    principal: Caller,
    paging: Annotated[Paging, sorted_by(SORTABLE)],
    kind: Annotated[Kind | None, Query()] = None,
    status: Annotated[schemas.Status | None, Query()] = None,
) -> Page[schemas.Import]:
    """The newest first."""
    found = queries.imports(principal)
    if kind is not None:
        found = found.where(Import.kind == kind)
    if status is not None:
        found = found.where(Import.status == status)
    return await page(
        session, found, paging, sortable=SORTABLE, default="-createdAt", tie=[Import.id],
        item=service.shown,
    )  # fmt: skip


@router.get("/imports/{importId}", dependencies=PUSHERS)
async def get_import(session: Session, import_id: schemas.ImportRef, response: Response) -> schemas.Import:
    row = await service.found(session, import_id)
    set_etag(response, row.version)
    return service.shown(row)


@router.post("/imports/{importId}/approve", status_code=202, dependencies=PUSHERS)
async def approve_import(
    request: Request, after: BackgroundTasks, session: Session, import_id: schemas.ImportRef
) -> schemas.Import:
    """Lets it do as much as it said. It takes effect now, over what came since: if newer files did, cancel this one.
    `notWaiting` (409)."""
    row = await service.approve(session, import_id)
    _wake(request, after)
    return service.shown(row)


@router.post("/imports/{importId}/cancel", dependencies=PUSHERS)
async def cancel_import(session: Session, import_id: schemas.ImportRef) -> schemas.Import:
    """Before it took effect: then it is `failed` with the code `cancelled`. `importOver` (409)."""
    return service.shown(await service.cancel(session, import_id))


@router.get("/imports/{importId}/errors", dependencies=PUSHERS)
async def list_import_errors(
    session: Session, paging: UnsortedPages, import_id: schemas.ImportRef
) -> Page[schemas.ImportRowError]:
    """In the order of the lines."""
    row = await service.found(session, import_id)
    return await page(
        session, queries.errors(row.id), paging, sortable={"number": ImportRowError.number}, default="number",
        tie=[ImportRowError.number], item=schemas.ImportRowError.model_validate,
    )  # fmt: skip


@router.get("/imports/{importId}/diff", dependencies=PUSHERS)
async def list_import_changes(
    session: Session, paging: UnsortedPages, import_id: schemas.ImportRef
) -> Page[schemas.ImportChange]:
    """What a dry run would change, and what waits for approval, in the order of the lines; what would be removed comes
    last. It is kept as long as the import, without those who were erased meanwhile."""
    row = await service.found(session, import_id)
    return await page(
        session, changes(row.id), paging, sortable={"number": ImportChange.number}, default="number",
        tie=[ImportChange.number], item=schemas.ImportChange.model_validate,
    )  # fmt: skip
