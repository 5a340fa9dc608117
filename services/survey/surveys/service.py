"""Writing questionnaires and publishing them. A draft is always whole, so that publishing it cannot fail."""

import asyncio
from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.contracts.events import SurveyPublished
from services.shared import outbox
from services.shared.auth import Principal
from services.shared.etags import require_match
from services.shared.patch import patched_as
from services.shared.problems import FieldError, body_error, conflict, forbidden, invalid, not_found, pointer_of
from services.survey.organisation import queries as organisation
from services.survey.surveys import queries, rules
from services.survey.surveys.logic import naming, with_services
from services.survey.surveys.models import Survey, SurveyVersion
from services.survey.surveys.schemas import SurveyBody

MOST_ERRORS = 100


async def found(session: AsyncSession, principal: Principal, survey_id: UUID, *, lock: bool = False) -> Survey:
    survey = await queries.survey(session, principal, survey_id, lock=lock)
    if survey is None:
        raise not_found("survey")
    return survey


async def make(session: AsyncSession, principal: Principal, body: SurveyBody) -> Survey:
    survey = Survey(organisation_id=principal.organisation_id, maker_unit_ids=sorted(principal.unit_ids))
    await _fill(session, principal, survey, body)
    session.add(survey)
    await session.flush()
    return survey


async def change(
    session: AsyncSession, principal: Principal, survey_id: UUID, if_match: str | None, patch: Mapping[str, Any]
) -> Survey:
    survey = await _changeable(session, principal, survey_id, if_match)
    before = survey.definition
    await _fill(session, principal, survey, patched_as(SurveyBody, before, patch))
    if survey.definition != before:
        survey.version += 1
    await session.flush()
    return survey


async def remove(session: AsyncSession, principal: Principal, survey_id: UUID, if_match: str | None) -> None:
    survey = await _changeable(session, principal, survey_id, if_match)
    if survey.latest_version is not None:
        raise conflict("surveyPublished", "A survey that was published stays: its figures refer to it.")
    if await queries.has_waves(session, survey.id):
        raise conflict("surveyInUse", "A wave uses this survey; delete that first.")
    await session.delete(survey)


async def publish(session: AsyncSession, principal: Principal, survey_id: UUID) -> tuple[SurveyVersion, bool]:
    """The version, and whether it is new: publishing what is published already changes nothing."""
    survey = await found(session, principal, survey_id, lock=True)
    await _refuse_stranger(session, principal, survey)
    if survey.latest_version is not None:
        latest = await queries.version(session, survey.id, survey.latest_version)
        if latest is not None and latest.definition == survey.definition:
            return latest, False
    number = (survey.latest_version or 0) + 1
    published = SurveyVersion(
        organisation_id=survey.organisation_id, survey_id=survey.id, number=number, definition=survey.definition
    )
    session.add(published)
    survey.latest_version = number
    survey.version += 1
    await session.flush()
    await session.refresh(published)
    await outbox.append(session, _announced(survey, published), str(survey.id))
    return published, True


async def version(session: AsyncSession, principal: Principal, survey_id: UUID, number: int) -> SurveyVersion:
    survey = await found(session, principal, survey_id)
    wanted = await queries.version(session, survey.id, number)
    if wanted is None:
        raise not_found("version")
    return wanted


def checked(body: SurveyBody, at: str = "") -> dict[str, Any]:
    """The definition that a body makes: what was sent, with the defaults written out. Refuses what makes no sense,
    with pointers that begin with `at`. The proof may take seconds: call it in a thread."""
    definition = rules.completed(body.model_dump(mode="json", exclude_unset=True))
    errors = [
        FieldError(pointer=at + pointer_of(fault.path), code=fault.code, detail=fault.detail)
        for fault, _ in zip(rules.faults(definition), range(MOST_ERRORS), strict=False)
    ]
    if errors:
        raise invalid(errors)
    return definition


async def settled(session: AsyncSession, definition: dict[str, Any], at: str = "") -> dict[str, Any]:
    """With ids in place of what conditions call services. Refuses services and attributes that there are not."""
    named = list(naming(definition))
    ids = await queries.service_ids(session, [leaf["service"] for _, leaf in named if "service" in leaf])
    known = await organisation.declared_attributes(session) if any("attribute" in leaf for _, leaf in named) else []
    errors = []
    for path, leaf in named:
        if leaf.get("service") and leaf["service"] not in ids:
            detail = "is no service here: give its id, or external: and its externalId"
            errors.append(
                FieldError(pointer=at + pointer_of((*path, "service")), code="unknownReference", detail=detail)
            )
        if leaf.get("attribute") and leaf["attribute"] not in known:
            errors.append(_undeclared(at + pointer_of((*path, "attribute")), known))
    if errors:
        raise invalid(errors[:MOST_ERRORS])
    made: dict[str, Any] = with_services(definition, {reference: str(each) for reference, each in ids.items()})
    return made


async def only_declared(session: AsyncSession, attributes: Collection[str], at: str) -> None:
    """Refuses attributes that there are not."""
    known = await organisation.declared_attributes(session) if attributes else []
    if errors := [_undeclared(at + pointer_of((each,)), known) for each in attributes if each not in known]:
        raise invalid(errors[:MOST_ERRORS])


def _undeclared(pointer: str, known: Collection[str]) -> FieldError:
    detail = "is no attribute that the organisation declares; there are: " + (", ".join(known) or "none")
    return FieldError(pointer=pointer, code="unknownAttribute", detail=detail)


async def _changeable(session: AsyncSession, principal: Principal, survey_id: UUID, if_match: str | None) -> Survey:
    survey = await found(session, principal, survey_id, lock=True)
    await _refuse_stranger(session, principal, survey)
    require_match(if_match, survey.version)
    return survey


async def _refuse_stranger(session: AsyncSession, principal: Principal, survey: Survey) -> None:
    """Who sees a provider's survey holds the provider. One of several is its maker's: who holds the maker's units."""
    if principal.role == "admin" or survey.provider_id is not None:
        return
    held = await organisation.descendants(session, principal.unit_ids)
    if not survey.maker_unit_ids or not held.issuperset(survey.maker_unit_ids):
        raise forbidden("Only an admin or who made this survey of several providers may change it.")


async def _fill(session: AsyncSession, principal: Principal, survey: Survey, body: SurveyBody) -> None:
    definition = await settled(session, await asyncio.to_thread(checked, body))
    if await queries.key_taken(session, body.key, survey.id):
        raise conflict("keyTaken", "Another survey has this key.")
    if survey.latest_version is not None and survey.key != body.key:
        raise conflict("keyFixed", "Trends join on the key, so it stays once a version is published.")
    survey.key = body.key
    if survey.provider_id is None or body.provider_id != str(survey.provider_id):  # what stays may have left meanwhile
        survey.provider_id = await _provider(session, principal, body.provider_id)
    survey.definition = definition | {"providerId": str(survey.provider_id) if survey.provider_id else None}


async def _provider(session: AsyncSession, principal: Principal, reference: str | None) -> UUID | None:
    if reference is None:
        if principal.role != "admin" and not principal.unit_ids:
            raise forbidden("Who makes a survey must hold a provider unit.")
        return None
    unit = await organisation.unit(session, principal, reference)
    if unit is None:
        raise body_error("/providerId", "unknownReference", "is no unit here, or none of yours")
    if not unit.is_provider:
        raise body_error("/providerId", "notAProvider", "is a unit that provides no services")
    return unit.id


def _announced(survey: Survey, published: SurveyVersion) -> SurveyPublished:
    return SurveyPublished(
        survey_id=survey.id, version=published.number, key=survey.key, provider_id=survey.provider_id,
        definition=published.definition, published_at=published.published_at,
    )  # fmt: skip
