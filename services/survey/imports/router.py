"""`/v1/imports`."""

from typing import Annotated, Any

from fastapi import BackgroundTasks, Depends, Query, Request, Response

from services.shared.auth import Caller, allow
from services.shared.etags import set_etag
from services.shared.pages import Page, Paging, UnsortedPages, page, sorted_by
from services.shared.routing import Router
from services.shared.sessions import Session
from services.shared.tasks import Wake
from services.survey.imports import queries, schemas, service
from services.survey.imports.columns import Kind
from services.survey.imports.models import Import, ImportRowError
from services.survey.organisation.schemas import Flag

router = Router(tag="imports")
SORTABLE = {"createdAt": Import.created_at}
PUSHERS = [allow("admin", "integrator")]
FILE: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "The file. In CSV the header has the fields' names; references end in `ExternalId`, declared"
        " attributes are columns of their own, a language map is a column a language (`nameNl`), an amount has its"
        " `currency` beside it. NDJSON has the same names, an object a line, such as"
        ' `{"externalId": "OE", "name": "Gemeente"}`.',
        "content": {
            # Without a schema: it is bytes, and none is of a wrong type.
            "text/csv": {
                "example": "externalId,name,parentExternalId,isProvider,isConsumer\nOE,Gemeente,,false,true\n",
            },
            "application/x-ndjson": {},
        },
    }
}


async def whole_file(request: Request, _principal: Caller) -> service.Upload:
    """Read before the transaction begins, so that a slow upload keeps no connection."""
    return service.upload(await request.body(), request.headers.get("content-type", ""))


def _wake(request: Request, after: BackgroundTasks) -> None:
    """After the answer, so after the commit."""
    wake: Wake | None = getattr(request.app.state, "imports", None)
    if wake is not None:
        after.add_task(wake.now)


@router.post("/imports", status_code=202, dependencies=PUSHERS, openapi_extra=FILE)
async def push_import(
    request: Request,
    after: BackgroundTasks,
    file: Annotated[service.Upload, Depends(whole_file)],
    session: Session,
    response: Response,
    kind: Annotated[Kind, Query()],
    mode: Annotated[schemas.Mode, Query(description="`snapshot`: who is missing has left")] = "merge",
    dry_run: Annotated[Flag, Query(alias="dryRun", description="Only say what it would do")] = False,
    atomic: Annotated[Flag, Query(description="All rows or none")] = False,
) -> schemas.Import:
    """Files of an organisation take effect one after the other, in the order they came. Rows may come in any order."""
    row = await service.push(session, file, kind=kind, mode=mode, dry_run=dry_run, atomic=atomic)
    response.headers["Location"] = f"/v1/imports/{row.id}"
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
    """Lets a snapshot remove as many as it said. `notWaiting` (409)."""
    row = await service.approve(session, import_id)
    _wake(request, after)
    return service.shown(row)


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
