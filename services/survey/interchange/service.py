"""Making a draft of another tool's file. Reading the file comes before the transaction; the draft and its report are
made in it, both or neither."""

import asyncio
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.auth import Principal
from services.shared.problems import FieldError, Problem, body_error, invalid, not_found
from services.survey.interchange import queries, schemas
from services.survey.interchange.bringing import Brought, brought
from services.survey.interchange.keys import made_key
from services.survey.interchange.models import SurveyImport
from services.survey.interchange.recognise import Format
from services.survey.interchange.refusal import Unusable
from services.survey.interchange.repair import ROUNDS
from services.survey.surveys import service as surveys
from services.survey.surveys.rules import completed

MEDIA_TYPES = ("application/json", "application/xml", "text/xml", "application/octet-stream")


@dataclass(frozen=True)
class Upload:
    """`key_given`: somebody asked for it, so no other will do."""

    brought: Brought
    key_given: bool


async def read(data: bytes, content_type: str, wanted: Format | None, key: str | None, provider: str | None) -> Upload:
    """In a thread, for a large file takes seconds."""
    if content_type.partition(";")[0].strip().lower() not in MEDIA_TYPES:
        raise Problem(415, "unsupportedMediaType", f"Send the file as one of {', '.join(MEDIA_TYPES)}.")
    try:
        made = await asyncio.to_thread(brought, data, wanted, key, provider)
    except Unusable as unusable:
        raise body_error("", unusable.code, unusable.detail) from None
    return Upload(made, key is not None)


async def bring_in(session: AsyncSession, principal: Principal, upload: Upload) -> SurveyImport:
    report = upload.brought.report
    await _without_strangers(session, upload.brought)
    body = upload.brought.body
    if not upload.key_given:
        body.key = made_key(body.key, await queries.keys_like(session, body.key), "survey")
    try:
        survey = await surveys.make(session, principal, body)
    except Problem as problem:
        raise _of_parameters(problem) from None
    row = SurveyImport(
        organisation_id=principal.organisation_id, survey_id=survey.id, format=upload.brought.format,
        sections=len(body.sections), questions=sum(len(section.questions) for section in body.sections),
        findings=[finding.as_json() for finding in report.findings], more_findings=report.more,
    )  # fmt: skip
    session.add(row)
    await session.flush()
    return row


async def _without_strangers(session: AsyncSession, made: Brought) -> None:
    """A file that was written for another organisation looks at services and attributes that this one has not."""
    for _ in range(ROUNDS):
        try:
            await surveys.settled(session, completed(made.body.model_dump(mode="json", exclude_unset=True)))
            return
        except Problem as problem:
            await asyncio.to_thread(made.take_out, problem)


async def found(session: AsyncSession, principal: Principal, import_id: UUID) -> SurveyImport:
    row = await queries.survey_import(session, principal, import_id)
    if row is None:
        raise not_found("survey import")
    return row


def summary(row: SurveyImport) -> schemas.SurveyImportSummary:
    return schemas.SurveyImportSummary.model_validate(_summary(row))


def shown(row: SurveyImport) -> schemas.SurveyImport:
    return schemas.SurveyImport.model_validate({**_summary(row), "findings": row.findings})


def _summary(row: SurveyImport) -> dict[str, Any]:
    names = ("id", "survey_id", "format", "sections", "questions", "created_at", "updated_at")
    return {name: getattr(row, name) for name in names} | {"finding_count": len(row.findings) + row.more_findings}


def _of_parameters(problem: Problem) -> Problem:
    """What the body of a survey has as a property is a query parameter here."""
    if not problem.errors:
        return problem
    return invalid([
        FieldError(parameter="providerId", code=error.code, detail=error.detail) if error.pointer == "/providerId" else error
        for error in problem.errors
    ])  # fmt: skip
