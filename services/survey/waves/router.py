"""`/v1/waves`, and what notification asks about them."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Path, Query, Request, Response

from services.shared.auth import Caller, allow, peer
from services.shared.database import EVERYONE, Database
from services.shared.etags import IfMatch, require_match, set_etag
from services.shared.ids import of_number
from services.shared.pages import Page, Paging, UnsortedPages, page, sorted_by
from services.shared.patch import MergePatch, patches
from services.shared.problems import not_found
from services.shared.routing import Router
from services.shared.sessions import Session
from services.shared.settings import ServiceName
from services.survey.responses.boxes import box_keys
from services.survey.waves import fielding, previewing, queries, schemas, service
from services.survey.waves import recipients as mail
from services.survey.waves.models import Invitation, Wave

router = Router(tag="waves")
WaveId = Annotated[UUID, Path(alias="waveId")]
READ = [allow("admin", "director", "provider-manager", "provider-staff")]
WRITE = [allow("admin", "provider-manager")]


@router.get("/waves", dependencies=READ)
async def list_waves(
    session: Session,
    caller: Caller,
    paging: Annotated[Paging, sorted_by(queries.SORTABLE)],
    status: Annotated[schemas.Status | None, Query(description="Only waves in this state")] = None,
    survey_id: Annotated[UUID | None, Query(alias="surveyId", description="Only waves of this survey")] = None,
) -> Page[schemas.Wave]:
    """The waves of services that are all the caller's, or that mail by the right of the caller's units."""
    waves = queries.visible(caller, status=status, survey_id=survey_id)
    return await page(
        session, waves, paging, sortable=queries.SORTABLE, default="-createdAt", tie=[Wave.id], item=_view
    )


@router.post("/waves", status_code=201, dependencies=WRITE)
async def create_wave(session: Session, caller: Caller, response: Response, body: schemas.WaveBody) -> schemas.Wave:
    """Makes a draft. 403 for services of others. `inThePast`, `closesBeforeItOpens`, `unknownVersion` (never published),
    `belowMinimum` (a wave can only raise the organisation's) (400)."""
    wave = await service.create(session, caller, body)
    response.headers["Location"] = f"/v1/waves/{wave.id}"
    return _tagged(response, wave)


@router.get("/waves/{waveId}", dependencies=READ)
async def get_wave(session: Session, caller: Caller, response: Response, wave_id: WaveId) -> schemas.Wave:
    return _tagged(response, await service.find(session, caller, wave_id))


@router.patch("/waves/{waveId}", dependencies=WRITE, openapi_extra=patches(schemas.WaveBody))
async def change_wave(
    session: Session, caller: Caller, response: Response, wave_id: WaveId, patch: MergePatch, if_match: IfMatch = None
) -> schemas.Wave:
    """A draft changes at will, and one that was to open by itself is then opened anew; of an open wave only a later
    `closesAt`. 403 for a draft of which services are others' now, unless it names others. 409 `waveFrozen`, `onlyLater`,
    `waveClosed`; 400 `inThePast`, `closesBeforeItOpens`, `unknownVersion`, `belowMinimum`."""
    wave = await service.find(session, caller, wave_id, lock=True)
    require_match(if_match, wave.revision)
    await service.change(session, caller, wave, patch)
    return _tagged(response, wave)


@router.delete("/waves/{waveId}", status_code=204, dependencies=WRITE)
async def delete_wave(session: Session, caller: Caller, wave_id: WaveId, if_match: IfMatch = None) -> None:
    """Drafts only: 409 `waveFrozen`."""
    wave = await service.find(session, caller, wave_id, lock=True)
    require_match(if_match, wave.revision)
    await service.remove(session, wave)


@router.post("/waves/{waveId}/sample-preview", dependencies=READ)
async def preview_sample(session: Session, caller: Caller, wave_id: WaveId) -> schemas.SamplePreview:
    """How many the sample asks for if the wave opened now, and about how many the contact policy leaves out; never
    who. 409 `servicesMoved`."""
    return await previewing.preview(session, await service.find(session, caller, wave_id))


@router.post("/waves/{waveId}/open", dependencies=WRITE)
async def open_wave(
    session: Session, caller: Caller, request: Request, response: Response, wave_id: WaveId
) -> schemas.Wave:
    """Draws the sample, freezes the wave and invites. A wave whose `opensAt` is yet to come stays a draft that is
    `scheduled`, and opens by itself at that time; so does one that is opened in a quiet period, after it. 409
    `alreadyOpen`, `alreadyScheduled`, `waveClosed`, `closesInThePast`, `surveyNotPublished`, `emptyAudience`,
    `sampleLargerThanAudience`, `servicesMoved` (gone, or to other providers than its makers), `tooFewInvited` (the
    sample is below `minimumGroup`; or, once those are left out whom the contact policy does, below the
    organisation's)."""
    wave = await service.find(session, caller, wave_id, lock=True)
    await fielding.open_or_schedule(session, caller, wave, box_keys(request.app.state.settings))
    return _tagged(response, wave)


@router.post("/waves/{waveId}/close", dependencies=WRITE)
async def close_wave(session: Session, caller: Caller, response: Response, wave_id: WaveId) -> schemas.Wave:
    """Before its `closesAt`, for good. 409 `notOpen`, `alreadyClosed`."""
    wave = await service.find(session, caller, wave_id, lock=True)
    await fielding.close(session, wave)
    return _tagged(response, wave)


@router.get("/waves/{waveId}/progress", dependencies=READ)
async def get_progress(session: Session, caller: Caller, wave_id: WaveId) -> schemas.Progress:
    """As counted last: daily, and once after the end."""
    return await service.progress(session, await service.find(session, caller, wave_id))


@router.get("/waves/{waveId}/invitations", dependencies=[allow("admin", "director", "provider-manager")])
async def list_invitations(
    session: Session, caller: Caller, paging: UnsortedPages, wave_id: WaveId
) -> Page[schemas.Invitation]:
    """Who was invited. Nothing here says who answered, and a cursor holds nothing that is not shown."""
    wave = await service.find(session, caller, wave_id)
    return await page(
        session, queries.invitations(wave.id), paging, sortable={"employeeId": Invitation.employee_id},
        default="employeeId", tie=[Invitation.employee_id], item=_invitation,
    )  # fmt: skip


@router.post("/peer/recipients", include_in_schema=False)
async def recipients(
    request: Request, body: schemas.RecipientsAsked, _peer: Annotated[ServiceName, Depends(peer("notification"))]
) -> schemas.Recipients:
    database: Database = request.app.state.database
    if body.organisation_id == EVERYONE:
        raise not_found("organisation")
    async with database.transaction(body.organisation_id) as session:
        return await mail.recipients(session, request.app.state.settings, body)


def _view(wave: Wave) -> schemas.Wave:
    return schemas.Wave.model_validate(wave)


def _tagged(response: Response, wave: Wave) -> schemas.Wave:
    set_etag(response, wave.revision)
    return _view(wave)


def _invitation(invitation: Invitation) -> schemas.Invitation:
    return schemas.Invitation(
        id=of_number(invitation.number),
        employee_id=invitation.employee_id,
        unit_id=invitation.unit_id,
        delivery_state=invitation.delivery_state or "pending",
    )
