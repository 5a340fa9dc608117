"""`/v1/programmes`."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query, Request, Response

from services.shared.auth import Caller, allow
from services.shared.etags import IfMatch, require_match, set_etag
from services.shared.pages import Page, Paging, page, sorted_by
from services.shared.patch import MergePatch, patches
from services.shared.routing import Router
from services.shared.sessions import Session
from services.survey.organisation.schemas import Flag
from services.survey.programmes import queries, running, schemas, service
from services.survey.programmes.models import Programme, ProgrammeRun
from services.survey.responses.boxes import box_keys
from services.survey.waves.schemas import SamplePreview, Wave

router = Router(tag="programmes")
ProgrammeId = Annotated[UUID, Path(alias="programmeId")]
READ = [allow("admin", "director", "provider-manager", "provider-staff")]
WRITE = [allow("admin", "provider-manager")]


@router.get("/programmes", dependencies=READ)
async def list_programmes(
    session: Session,
    caller: Caller,
    paging: Annotated[Paging, sorted_by(queries.SORTABLE)],
    active: Annotated[Flag | None, Query(description="Only those that are active, or paused")] = None,
    survey_id: Annotated[UUID | None, Query(alias="surveyId", description="Only programmes of this survey")] = None,
) -> Page[schemas.Programme]:
    """The programmes over services that are all the caller's, and those whose services somebody of the caller's units
    named, also when one of these is gone or is another provider's now."""
    found = queries.visible(caller, active=active, survey_id=survey_id)
    return await page(
        session, found, paging, sortable=queries.SORTABLE, default="-createdAt", tie=[Programme.id], item=service.shown
    )


@router.post("/programmes", status_code=201, dependencies=WRITE)
async def create_programme(
    session: Session, caller: Caller, response: Response, body: schemas.ProgrammeBody
) -> schemas.Programme:
    """Makes a standing plan, which runs by itself unless it is made paused. 403 for services of others. `inThePast`,
    `sampleLargerThanAudience`, `emptyAudience`, `tooFewInvited` (no wave of it could have a figure), `afterTheEnd` (a
    reminder that no wave would be open for), `belowMinimum`, `notOfThisProgramme`, `neverMet`, `shorterThanPeriod`
    (a cycle in which nobody could be asked again); of a rule `notARecurrence`, `neverFires`, `firesTooOften` (400).
    409 `tooFewInvited`: beside this one the contact policy would leave another of its makers too few for a figure."""
    programme = await service.create(session, caller, body)
    response.headers["Location"] = f"/v1/programmes/{programme.id}"
    return _tagged(response, programme)


@router.get("/programmes/{programmeId}", dependencies=READ)
async def get_programme(
    session: Session, caller: Caller, response: Response, programme_id: ProgrammeId
) -> schemas.Programme:
    return _tagged(response, await service.find(session, caller, programme_id))


@router.patch("/programmes/{programmeId}", dependencies=WRITE, openapi_extra=patches(schemas.ProgrammeBody))
async def change_programme(
    session: Session,
    caller: Caller,
    response: Response,
    programme_id: ProgrammeId,
    patch: MergePatch,
    if_match: IfMatch = None,
) -> schemas.Programme:
    """Holds from the next run on; waves that are open stay as they are. Refused as when it is made; units and services
    that the patch does not name may be gone."""
    programme = await service.find(session, caller, programme_id, lock=True)
    require_match(if_match, programme.version)
    await service.change(session, caller, programme, patch)
    return _tagged(response, programme)


@router.delete("/programmes/{programmeId}", status_code=204, dependencies=WRITE)
async def delete_programme(
    session: Session, caller: Caller, programme_id: ProgrammeId, if_match: IfMatch = None
) -> None:
    """One that has no waves yet: 409 `programmeHasRun`."""
    programme = await service.find(session, caller, programme_id, lock=True)
    require_match(if_match, programme.version)
    await service.remove(session, programme)


@router.post("/programmes/{programmeId}/pause", dependencies=WRITE)
async def pause_programme(
    session: Session, caller: Caller, response: Response, programme_id: ProgrammeId
) -> schemas.Programme:
    """It runs no more until it is resumed. Waves that are open go on, with their reminders."""
    programme = await service.find(session, caller, programme_id, lock=True)
    await service.set_active(session, programme, active=False)
    return _tagged(response, programme)


@router.post("/programmes/{programmeId}/resume", dependencies=WRITE)
async def resume_programme(
    session: Session, caller: Caller, response: Response, programme_id: ProgrammeId
) -> schemas.Programme:
    """It runs again from its next time on. What it missed is not made up for. 409 `tooFewInvited`, as when it is
    made."""
    programme = await service.find(session, caller, programme_id, lock=True)
    await service.set_active(session, programme, active=True)
    return _tagged(response, programme)


@router.post("/programmes/{programmeId}/run", status_code=202, dependencies=WRITE)
async def run_programme(
    session: Session, caller: Caller, request: Request, response: Response, programme_id: ProgrammeId
) -> Wave:
    """Now, beside its schedule, which asks nobody again on that day, nor while a wave opened so is open: it records
    `alreadyRanToday` or `waveOpen`. Answers the wave that it opened, or to which it added a portion. 409 `quietPeriod`,
    `alreadyRanToday`, `waveOpen` (of an earlier run, where each run has its own), and `noServicesLeft` (all are
    gone or another provider's), `othersDueToday` (after interactions: others have precedence), and what a wave's opening is refused for: `surveyNotPublished`, `emptyAudience`,
    `tooFewInvited`."""
    programme = await service.find(session, caller, programme_id, lock=True)
    wave = await running.run_by_hand(session, programme, box_keys(request.app.state.settings))
    response.headers["Location"] = f"/v1/waves/{wave.id}"
    return Wave.model_validate(wave)


@router.get("/programmes/{programmeId}/runs", dependencies=READ)
async def list_runs(
    session: Session,
    caller: Caller,
    paging: Annotated[Paging, sorted_by(queries.RUNS_SORTABLE)],
    programme_id: ProgrammeId,
) -> Page[schemas.Run]:
    """What became of each time at which it was to run."""
    programme = await service.find(session, caller, programme_id)
    return await page(
        session, queries.runs(programme.id), paging, sortable=queries.RUNS_SORTABLE, default="-ranAt",
        tie=[ProgrammeRun.id], item=schemas.Run.model_validate,
    )  # fmt: skip


@router.post("/programmes/{programmeId}/sample-preview", dependencies=READ)
async def preview_programme(session: Session, caller: Caller, programme_id: ProgrammeId) -> SamplePreview:
    """How many the next wave asks for if it were drawn now, and about how many the contact policy leaves out; never who.
    A continuous one opens its next wave when no other is added to, and asks fewer in it the less is left of the period;
    nobody, if it is too little for a figure: then it is that of the next period. After interactions: how many uses wait
    to be asked about today."""
    return await running.preview(session, await service.find(session, caller, programme_id))


def _tagged(response: Response, programme: Programme) -> schemas.Programme:
    set_etag(response, programme.version)
    return service.shown(programme)
