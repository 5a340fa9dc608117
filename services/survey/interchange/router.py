"""`/v1/survey-imports`."""

from typing import Annotated, Any

from fastapi import Depends, Query, Request, Response

from services.shared.auth import Caller, allow
from services.shared.etags import set_etag
from services.shared.pages import Page, Paging, page, sorted_by
from services.shared.routing import Router
from services.shared.schemas import Key, Reference
from services.shared.sessions import Session
from services.survey.interchange import queries, schemas, service
from services.survey.interchange.models import SurveyImport
from services.survey.interchange.recognise import Format

router = Router(tag="survey imports")
READERS = [allow("admin", "director", "provider-manager", "provider-staff")]
WRITERS = [allow("admin", "provider-manager")]
SORTABLE = {"createdAt": SurveyImport.created_at}
FILE: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "The file: a LimeSurvey survey (`.lss`, XML), a Qualtrics survey (`.qsf`) or SurveyJS JSON.",
        # Without schemas: it is bytes, and what they are is recognised.
        "content": {"application/json": {"schema": {"type": "object"}, "example": schemas.EXAMPLE},
                    "application/xml": {}, "text/xml": {}, "application/octet-stream": {}},
    }
}  # fmt: skip


async def whole_file(
    request: Request,
    _principal: Caller,
    format: Annotated[  # noqa: A002 - the name of the query key
        Format | None, Query(description="By default it is recognised")
    ] = None,
    key: Annotated[
        Key | None, Query(description="Of the draft; by default it is made of what the file is called")
    ] = None,
    provider_id: Annotated[
        Reference | None, Query(alias="providerId", description="By default: about services of several providers")
    ] = None,
) -> service.Upload:
    """Read before the transaction begins, so that a slow upload keeps no connection."""
    media_type = request.headers.get("content-type", "")
    return await service.read(await request.body(), media_type, format, key, provider_id)


@router.post(
    "/survey-imports", status_code=201, dependencies=WRITERS, openapi_extra=FILE,
    description="Makes a draft of another tool's survey, with a report of all that could not be carried as it was. HTML"
    " becomes plain text. What our rules refuse is left out and told; a condition that cannot be said is told, and"
    " its question is asked of everybody then. A file of which nothing can be used is refused with 400 and one of"
    " `notASurvey`, `unreadable`, `documentType`, `formatDiffers`, `tooManyQuestions`, `nothingToCarry`; for `providerId`"
    " also `notAProvider`; `keyTaken` (409).",
)  # fmt: skip
async def bring_survey(
    file: Annotated[service.Upload, Depends(whole_file)], session: Session, principal: Caller, response: Response
) -> schemas.SurveyImport:
    row = await service.bring_in(session, principal, file)
    response.headers["Location"] = f"/v1/survey-imports/{row.id}"
    set_etag(response, row.version)
    return service.shown(row)


@router.get("/survey-imports", dependencies=READERS)
async def list_survey_imports(
    session: Session, principal: Caller, paging: Annotated[Paging, sorted_by(SORTABLE)]
) -> Page[schemas.SurveyImportSummary]:
    """The newest first. An import goes with the draft that it made."""
    return await page(
        session, queries.survey_imports(principal), paging, sortable=SORTABLE, default="-createdAt",
        tie=[SurveyImport.id], item=service.summary,
    )  # fmt: skip


@router.get("/survey-imports/{surveyImportId}", dependencies=READERS)
async def get_survey_import(
    session: Session, principal: Caller, survey_import_id: schemas.SurveyImportId, response: Response
) -> schemas.SurveyImport:
    """With the report."""
    row = await service.found(session, principal, survey_import_id)
    set_etag(response, row.version)
    return service.shown(row)
