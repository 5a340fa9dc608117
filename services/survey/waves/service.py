"""What is done with a wave while it is a draft. Opening it and what follows is in `fielding.py`."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncSession

from services.contracts.events import WaveExtended
from services.shared.auth import Principal
from services.shared.outbox import append
from services.shared.patch import patched
from services.shared.problems import body_error, conflict, forbidden, not_found
from services.survey.surveys import queries as surveys
from services.survey.waves import queries
from services.survey.waves.models import Wave
from services.survey.waves.right_queries import makers, still_theirs
from services.survey.waves.sampling import sample_size
from services.survey.waves.schemas import Progress, Sample, UnitProgress, WaveBody

SAMPLE: TypeAdapter[Sample] = TypeAdapter(Sample)


async def create(session: AsyncSession, principal: Principal, fields: WaveBody) -> Wave:
    wave = Wave(organisation_id=principal.organisation_id)
    await _fill(session, principal, wave, fields)
    wave.maker_unit_ids = await makers(session, principal, wave.service_ids)
    session.add(wave)
    await session.flush()
    return wave


async def find(session: AsyncSession, principal: Principal, wave_id: UUID, *, lock: bool = False) -> Wave:
    wave = await queries.wave_of(session, principal, wave_id, lock=lock)
    if wave is None:
        raise not_found("wave")
    return wave


async def change(session: AsyncSession, principal: Principal, wave: Wave, patch: Mapping[str, Any]) -> None:
    """A draft that was to be opened at its time must be opened anew, for what was checked then is no longer said."""
    if wave.status not in ("draft", "open"):
        raise conflict(
            "waveFrozen", "A closed wave neither changes nor opens again: its ballots are taken out at once."
        )
    before = _fields(wave)
    after = patched(before, _whole_sample(patch))
    if wave.status == "draft":
        await _fill(session, principal, wave, after)
        if "serviceIds" in patch:
            wave.maker_unit_ids = await makers(session, principal, wave.service_ids, wave.maker_unit_ids)
        wave.scheduled, wave.planned_at, wave.due_at, wave.code = False, None, None, None
        wave.revision += 1
    elif after == before.model_copy(update={"closes_at": after.closes_at}):
        await _extend(session, wave, after.closes_at)
    elif after != before:
        raise conflict("waveFrozen", "Once a wave is open nothing changes but a later closesAt.")
    await session.flush()


def _whole_sample(patch: Mapping[str, Any]) -> Mapping[str, Any]:
    """Another kind of sample takes the place of the old one, without its number or share."""
    sample = patch.get("sample")
    if not isinstance(sample, Mapping) or "kind" not in sample:
        return patch
    others = dict.fromkeys(("number", "share", "marginOfError", "confidence", "expectedResponse"))
    return {**patch, "sample": {**others, **sample}}


async def _extend(session: AsyncSession, wave: Wave, closes_at: datetime) -> None:
    if closes_at == wave.closes_at:
        return
    if wave.closes_at <= datetime.now(UTC):
        raise conflict("waveClosed", "This wave has ended.")
    if closes_at < wave.closes_at:
        raise conflict("onlyLater", "An open wave can be extended; to end it early, close it.")
    wave.closes_at = closes_at
    wave.revision += 1
    await append(session, WaveExtended(wave_id=wave.id, closes_at=closes_at))


async def remove(session: AsyncSession, wave: Wave) -> None:
    if wave.status != "draft":
        raise conflict("waveFrozen", "Only a draft can be deleted.")
    await session.delete(wave)


async def progress(session: AsyncSession, wave: Wave) -> Progress:
    rows = {row.unit_id: row for row in await queries.progress(session, wave.id)}
    total = rows.pop(None, None)
    if total is None:
        return Progress(wave_id=wave.id, as_of_date=None, invited=0, bounced=0, answered=0, units=[])
    return Progress(
        wave_id=wave.id,
        as_of_date=total.as_of_date,
        invited=total.invited,
        bounced=total.bounced,
        answered=total.answered,
        units=[UnitProgress.model_validate(row, from_attributes=True) for row in rows.values()],
    )


def size_of(sample: Mapping[str, Any], audience: int) -> int:
    return sample_size(
        audience, number=sample.get("number"), share=sample.get("share"), margin=sample.get("marginOfError"),
        confidence=sample.get("confidence", 0.95), expected=sample.get("expectedResponse", 1.0),
    )  # fmt: skip


def audience_of(strata: Sequence[queries.Stratum]) -> int:
    return sum(stratum.population for stratum in strata if stratum.served)


async def today(session: AsyncSession, now: datetime) -> date:
    """Where the organisation is."""
    return now.astimezone(ZoneInfo((await queries.organisation(session)).time_zone)).date()


def _fields(wave: Wave) -> WaveBody:
    return WaveBody(
        survey_id=wave.survey_id,
        version=wave.version,
        title=wave.title,
        service_ids=[str(service_id) for service_id in wave.service_ids],
        service_choice="random" if wave.service_choice == "random" else "respondent",
        sample=SAMPLE.validate_python(wave.sample),
        opens_at=wave.opens_at,
        closes_at=wave.closes_at,
        reminders=wave.reminders,
        minimum_group=wave.minimum_group,
        comment_minimum_group=wave.comment_minimum_group,
    )


async def _fill(session: AsyncSession, principal: Principal, wave: Wave, fields: WaveBody) -> None:
    if fields.closes_at <= datetime.now(UTC):
        raise body_error("/closesAt", "inThePast", "must be in the future")
    survey = await surveys.survey(session, principal, fields.survey_id)
    if survey is None:
        raise body_error("/surveyId", "unknownReference", "there is no such survey")
    version = fields.version or survey.latest_version
    if fields.version and await queries.definition(session, survey.id, fields.version) is None:
        raise body_error("/version", "unknownVersion", "this version was never published")
    wave.survey_id, wave.version = survey.id, version
    wave.title = fields.title or survey.definition["title"]
    wave.service_ids = await services_of(session, principal, fields.service_ids)
    wave.service_choice = fields.service_choice
    wave.sample = fields.sample.model_dump(mode="json")
    if wave.sample["seed"] is None:
        wave.sample["seed"] = secrets.randbelow(2**31)
    wave.opens_at, wave.closes_at = fields.opens_at, fields.closes_at
    wave.reminders = fields.reminders
    await _fill_minimums(session, wave, fields)


async def _fill_minimums(session: AsyncSession, wave: Wave, fields: WaveBody) -> None:
    organisation = await queries.organisation(session)
    wave.minimum_group = minimum("/minimumGroup", fields.minimum_group, wave.minimum_group, organisation.minimum_group)
    least, given, before = organisation.comment_minimum_group, fields.comment_minimum_group, wave.comment_minimum_group
    wave.comment_minimum_group = minimum("/commentMinimumGroup", given, before, least)


def minimum(pointer: str, given: int | None, before: int | None, least: int) -> int:
    """What a draft said before the organisation raised its own is raised with it, and not refused."""
    if given is not None and given < least and given != before:
        raise body_error(pointer, "belowMinimum", f"the organisation's is {least}; a wave can only raise it")
    return max(given or least, least)


async def refuse_moved(session: AsyncSession, wave: Wave) -> None:
    """Its makers had the right to its services when they named them, or opened it."""
    if await still_theirs(session, wave.service_ids, wave.maker_unit_ids) != wave.service_ids:
        raise conflict(
            "servicesMoved", "Services are gone, or are another provider's since they were named; name serviceIds anew."
        )


async def services_of(
    session: AsyncSession, principal: Principal, references: Sequence[str], pointer: str = "/serviceIds"
) -> list[UUID]:
    """The services by id. Who may not measure one may not open a wave over it, not even together with their own."""
    named = await queries.services_named(session, principal, references)
    ids: list[UUID] = []
    for place, reference in enumerate(references):
        service = named.get(reference.lower() if not reference.startswith("external:") else reference)
        if service is None:
            raise body_error(f"{pointer}/{place}", "unknownReference", f"there is no service {reference}")
        if not service.mine:
            raise forbidden("A wave needs the right to the providers of all its services.")
        if service.id in ids:
            raise body_error(f"{pointer}/{place}", "duplicate", "names a service twice")
        ids.append(service.id)
    return ids
