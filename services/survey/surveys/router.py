"""`/v1/surveys`."""

import asyncio
from typing import Annotated, Any
from uuid import UUID

from fastapi import Header, Path, Query, Response

from services.shared.auth import Caller, allow
from services.shared.etags import IfMatch, set_etag
from services.shared.pages import Page, Paging, UnsortedPages, page, sorted_by
from services.shared.patch import MergePatch, patches
from services.shared.problems import body_error, parameter_error
from services.shared.routing import Router
from services.shared.schemas import Key, NullableFilter
from services.shared.sessions import Session
from services.survey.interchange.surveyjs.answering import EITHER, InFormat, SurveyJs, surveyjs
from services.survey.surveys import queries, schemas, service
from services.survey.surveys.languages import preferred
from services.survey.surveys.models import Survey, SurveyVersion
from services.survey.surveys.preview import preview
from services.survey.surveys.view_schemas import RespondentView

router = Router(tag="surveys")
READERS = [allow("admin", "director", "provider-manager", "provider-staff")]
WRITERS = [allow("admin", "provider-manager")]
SORTABLE = {"createdAt": Survey.created_at, "updatedAt": Survey.updated_at, "key": Survey.key}
SurveyId = Annotated[UUID, Path(alias="surveyId")]
Number = Annotated[int, Path(alias="version", ge=1, le=2**31 - 1, description="1 is what was published first")]
InLanguage = Annotated[
    schemas.Language | None, Query(description="One of the survey's; by default as Accept-Language prefers")
]
Preferred = Annotated[str | None, Header(alias="Accept-Language", examples=["nl"])]
REFUSALS = """

What a schema cannot say is refused with 400 and one of these codes beside its pointer: `duplicate`,
`missingTranslation`, `unknownTopic`, `unknownLabels`, `labelCount`, `unknownQuestion`, `notEarlier`, `unfitOperator`,
`neverMet` (and `wrongType`, `outOfRange`, `notWhole`, `unknownOption`, `tooManyDecimals`, `notADate`, `missing`,
`notAllowed` for the value of a condition), `notACondition`, `tooDeep`, `showAndSkip`, `alwaysRequired`,
`unknownAttribute`, `severalOverall`, `aboveMaximum`, `moreThanOptions`, `differs`, `notRepeated`, `notNeighbours`,
`rowsDiffer` (of a matrix), `unknownName`, `loneBrace` (in a text), `unknownQuestionType`, `unknownReference`,
`notAProvider`.

That it can be answered is proved, over all that somebody can be and answer: `cycle` (questions that hang on each other),
`neverShown` (a section, question or option that nobody can come to see), `deadEnd` (somebody must answer and cannot, or is
asked nothing at all), `tooComplex` (too much hangs together to prove it)."""


@router.get("/surveys", dependencies=READERS)
async def list_surveys(
    session: Session,
    principal: Caller,
    paging: Annotated[Paging, sorted_by(SORTABLE)],
    key: Annotated[Key | None, Query(description="Only the survey with this key")] = None,
    provider_id: Annotated[
        NullableFilter | None,
        Query(alias="providerId", description="Only of this provider; `none`: those of several providers"),
    ] = None,
) -> Page[schemas.SurveySummary]:
    """Surveys of the caller's providers, and those of several providers."""
    found = queries.surveys(principal)
    if key is not None:
        found = found.where(Survey.key == key)
    if provider_id is not None:
        found = found.where(queries.of_provider(provider_id))
    return await page(
        session, found, paging, sortable=SORTABLE, default="-createdAt", tie=[Survey.id], item=_summary
    )  # fmt: skip


@router.post(
    "/surveys", status_code=201, dependencies=WRITERS, response_model_exclude_unset=True,
    description=f"Makes a draft. It must be whole, so that it can be published as it is. `keyTaken` (409).{REFUSALS}",
)  # fmt: skip
async def make_survey(
    session: Session, principal: Caller, body: schemas.SurveyBody, response: Response
) -> schemas.SurveyView:
    survey = await service.make(session, principal, body)
    response.headers["Location"] = f"/v1/surveys/{survey.id}"
    return _shown(survey, response)


@router.get("/surveys/{surveyId}", dependencies=READERS, response_model_exclude_unset=True)
async def get_survey(
    session: Session, principal: Caller, survey_id: SurveyId, response: Response
) -> schemas.SurveyView:
    """The survey with its draft; what was published is among its versions."""
    return _shown(await service.found(session, principal, survey_id), response)


@router.patch(
    "/surveys/{surveyId}", dependencies=WRITERS, response_model_exclude_unset=True,
    openapi_extra=patches(schemas.SurveyBody),
    description="Changes the draft. Lists (`sections`, `topics`) are replaced whole. `keyTaken`, `keyFixed` (409)."
    + REFUSALS,
)  # fmt: skip
async def change_survey(
    session: Session,
    principal: Caller,
    survey_id: SurveyId,
    patch: MergePatch,
    response: Response,
    if_match: IfMatch = None,
) -> schemas.SurveyView:
    return _shown(await service.change(session, principal, survey_id, if_match, patch), response)


@router.delete("/surveys/{surveyId}", status_code=204, dependencies=WRITERS)
async def remove_survey(session: Session, principal: Caller, survey_id: SurveyId, if_match: IfMatch = None) -> None:
    """Of a survey that was never published: `surveyPublished`, `surveyInUse` (409)."""
    await service.remove(session, principal, survey_id, if_match)


@router.post(
    "/surveys/{surveyId}/publish", status_code=201, dependencies=WRITERS, response_model_exclude_unset=True,
    responses={200: {"model": schemas.VersionView, "description": "The draft is what was published last",
                     "headers": {"Location": {"$ref": "#/components/headers/Location"}}}},
)  # fmt: skip
async def publish_survey(
    session: Session, principal: Caller, survey_id: SurveyId, response: Response
) -> schemas.VersionView:
    """Makes the draft the next version, which never changes. A draft that equals the latest version makes none: the
    answer is that version, with 200."""
    version, new = await service.publish(session, principal, survey_id)
    response.headers["Location"] = f"/v1/surveys/{survey_id}/versions/{version.number}"
    response.status_code = 201 if new else 200
    return _version(version, response)


@router.get("/surveys/{surveyId}/versions", dependencies=READERS)
async def list_survey_versions(
    session: Session, principal: Caller, survey_id: SurveyId, paging: UnsortedPages
) -> Page[schemas.VersionSummary]:
    """What was published of it, the newest first."""
    survey = await service.found(session, principal, survey_id)
    return await page(
        session, queries.versions(survey.id), paging, sortable={"version": SurveyVersion.number},
        default="-version", tie=[SurveyVersion.number], item=_version_summary,
    )  # fmt: skip


@router.get(
    "/surveys/{surveyId}/versions/{version}", dependencies=READERS, response_model_exclude_unset=True,
    response_model=schemas.VersionView | SurveyJs, responses=EITHER,
)  # fmt: skip
async def get_survey_version(
    session: Session, principal: Caller, survey_id: SurveyId, version: Number, response: Response,
    format: InFormat = None,  # noqa: A002 - the name of the query key
) -> Any:  # fmt: skip
    """A questionnaire as it was published, for good."""
    found = await service.version(session, principal, survey_id, version)
    return surveyjs(found, response) if format == "surveyjs" else _version(found, response)


@router.get("/surveys/{surveyId}/preview", dependencies=READERS, response_model_exclude_unset=True)
async def get_survey_preview(
    session: Session, principal: Caller, survey_id: SurveyId, language: InLanguage = None,
    accept_language: Preferred = None,
) -> RespondentView:  # fmt: skip
    """The draft as a respondent would see it. `languageNotOffered` (400)."""
    survey = await service.found(session, principal, survey_id)
    if language is not None and language not in survey.definition["languages"]:
        raise parameter_error("language", "languageNotOffered", "is no language of this survey")
    return await _preview(session, principal, survey, survey.definition, language, accept_language)


@router.post(
    "/surveys/{surveyId}/preview", dependencies=READERS, response_model_exclude_unset=True,
    description="The draft as a respondent would see it, in `language`, or changes that are not saved yet: give the whole"
    f" body of the survey as `survey`. Saves nothing. `languageNotOffered` (400).{REFUSALS}",
)  # fmt: skip
async def preview_survey(
    session: Session, principal: Caller, survey_id: SurveyId, body: schemas.PreviewOf,
    accept_language: Preferred = None,
) -> RespondentView:  # fmt: skip
    survey = await service.found(session, principal, survey_id)
    definition = survey.definition
    if body.survey:
        checked = await asyncio.to_thread(service.checked, body.survey, "/survey")
        definition = await service.settled(session, checked, "/survey")
    await service.only_declared(session, body.attributes or (), "/attributes")
    if body.language is not None and body.language not in definition["languages"]:
        raise body_error("/language", "languageNotOffered", "is no language of this survey")
    return await _preview(session, principal, survey, definition, body.language, accept_language, body.attributes)


async def _preview(
    session: Session, principal: Caller, survey: Survey, definition: dict[str, Any], language: str | None,
    accept_language: str | None, attributes: dict[str, str] | None = None,
) -> RespondentView:  # fmt: skip
    chosen = language or preferred(accept_language, definition["languages"])
    return RespondentView.model_validate(await preview(session, principal, survey, definition, chosen, attributes))


def _shown(survey: Survey, response: Response) -> schemas.SurveyView:
    set_etag(response, survey.version)
    return schemas.SurveyView.model_validate({
        **survey.definition, "id": survey.id, "latestVersion": survey.latest_version,
        "createdAt": survey.created_at, "updatedAt": survey.updated_at,
    })  # fmt: skip


def _summary(survey: Survey) -> schemas.SurveySummary:
    return schemas.SurveySummary(
        id=survey.id, key=survey.key, provider_id=survey.provider_id, title=survey.definition["title"],
        languages=survey.definition["languages"], latest_version=survey.latest_version,
        created_at=survey.created_at, updated_at=survey.updated_at,
    )  # fmt: skip


def _version(version: SurveyVersion, response: Response) -> schemas.VersionView:
    set_etag(response, version.number)
    return schemas.VersionView.model_validate({
        **version.definition, "surveyId": version.survey_id, "version": version.number,
        "publishedAt": version.published_at,
    })  # fmt: skip


def _version_summary(version: SurveyVersion) -> schemas.VersionSummary:
    return schemas.VersionSummary(
        survey_id=version.survey_id, version=version.number, published_at=version.published_at,
        title=version.definition["title"], languages=version.definition["languages"],
    )  # fmt: skip
