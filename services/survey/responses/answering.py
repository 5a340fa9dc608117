"""Answering: one path for the API and the ready-made page. Of it nothing is logged and nothing traced."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from msgspec.structs import replace

from services.shared.database import EVERYONE, Database
from services.shared.problems import Problem, conflict, not_found
from services.survey.organisation.queries import organisation_of_token
from services.survey.responses import ballot, queries, submission
from services.survey.responses.ballot import Answer, Ballot, Part, TooLong
from services.survey.responses.intake import TRIES, Drop, Intake, Invited
from services.survey.responses.limits import Limit
from services.survey.responses.submission import Submission
from services.survey.settings import SurveySettings
from services.survey.surveys.answers import About, Checked, Questionnaire, check, compile_definition
from services.survey.surveys.on_their_own import on_their_own
from services.survey.waves import tokens

REMEMBERED = 1_000  # versions of surveys, organisations by the number in tokens, and what a wave's units use
EXTERNAL = "external:"


@dataclass
class Answering:
    """What respond keeps in memory: its way in, what never changes, and how often who called."""

    database: Database
    intake: Intake
    by_token: Limit
    by_address: Limit
    questionnaires: dict[tuple[UUID, UUID, int], Questionnaire] = field(default_factory=dict)
    organisations: dict[int, UUID] = field(default_factory=dict)
    users: dict[tuple[UUID, UUID, UUID], frozenset[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, database: Database, settings: SurveySettings) -> "Answering":
        return cls(
            database, Intake(database, settings), Limit("respond", settings.respond_limit),
            Limit("forged", settings.forged_limit),
        )  # fmt: skip


@dataclass(frozen=True)
class Respondent:
    organisation_id: UUID
    invited: Invited
    limit: dict[str, str]


async def respondent(state: Answering, token: str, address: str) -> Respondent:
    """Who may answer with this token. 404 when it is forged, 409 when it was used, 410 when the wave is over."""
    numbers = tokens.read(token, state.intake.token_keys)
    if numbers is None:
        state.by_address.hit(address)
        raise not_found("invitation")
    limit = state.by_token.hit(numbers)
    organisation_id = await _organisation(state, numbers[0])
    invited = await state.intake.read(organisation_id, numbers[1]) if organisation_id else None
    if organisation_id is None or invited is None:
        raise not_found("invitation")
    if invited.burned:
        raise conflict("alreadyAnswered", "This invitation was used: the answer is in.")
    if invited.closed:
        raise Problem(410, "waveClosed", "This survey is over; it takes no more answers.")
    return Respondent(organisation_id, invited, limit)


async def submit(state: Answering, token: str, body: bytes, address: str) -> dict[str, str]:
    """Burns the invitation and drops the ballot; returns once that is committed, with the limit's headers."""
    who = await respondent(state, token, address)
    given = submission.read(body)
    for _ in range(TRIES):
        packed = await _packed(state, who, given)
        outcome = await _drop(state, who, packed)
        if outcome == "taken":
            return who.limit
        who = await respondent(state, token, address)  # its box was emptied meanwhile, or another was faster
    raise conflict("alreadyAnswered", "This invitation was used: the answer is in.")


async def _drop(state: Answering, who: Respondent, packed: bytes) -> str:
    invited = who.invited
    assert invited.box_id is not None
    assert invited.public_key is not None
    try:
        sealed = ballot.seal(packed, invited.public_key)
    except TooLong:
        detail = "These answers are too long together; please shorten the texts."
        raise Problem(400, "answerTooLong", detail) from None
    return await state.intake.drop(who.organisation_id, Drop(invited.number, invited.box_id, sealed))


async def _packed(state: Answering, who: Respondent, given: Submission) -> bytes:
    questionnaire = await questionnaire_of(state, who)
    about = await about_respondent(state, who, questionnaire)
    checked = check(questionnaire, given, who.invited.service_ids, about)
    if isinstance(checked, list) and any((answer.service_id or "").startswith(EXTERNAL) for answer in given.answers):
        checked = check(questionnaire, await _by_id(state, who, given), who.invited.service_ids, about)
    if not isinstance(checked, Checked):
        raise submission.refused(checked)
    parts = [
        Part(service, [Answer(*answer) for answer in answers]) for service, answers in checked.parts.items() if answers
    ]
    parts += [
        Part(alone.service, [Answer(*answer) for answer in alone.answers], alone.question)
        for alone in on_their_own(questionnaire, checked, about)
    ]
    return ballot.pack(Ballot(who.invited.unit_id, checked.language, who.invited.attributes, parts))


async def _organisation(state: Answering, token_number: int) -> UUID | None:
    known = state.organisations.get(token_number)
    if known is None:
        async with state.database.transaction(EVERYONE) as session:
            known = await organisation_of_token(session, token_number)
        if known is not None:
            _remember(state.organisations, token_number, known)
    return known


async def about_respondent(state: Answering, who: Respondent, questionnaire: Questionnaire) -> About:
    """What a wave's units use stays as it was drawn, so it is asked once a unit, and only if conditions look at it."""
    invited = who.invited
    uses = frozenset(map(str, invited.service_ids))
    if questionnaire.looks_at_use:
        key = (who.organisation_id, invited.wave_id, invited.unit_id)
        known = state.users.get(key)
        if known is None:
            async with state.database.transaction(who.organisation_id) as session:
                known = frozenset(map(str, await queries.used(session, invited.wave_id, invited.unit_id)))
            _remember(state.users, key, known)
        uses |= known
    return About(invited.attributes, uses)


async def questionnaire_of(state: Answering, who: Respondent) -> Questionnaire:
    key = (who.organisation_id, who.invited.survey_id, who.invited.version)
    known = state.questionnaires.get(key)
    if known is None:
        async with state.database.transaction(who.organisation_id) as session:
            known = compile_definition(await queries.definition(session, who.invited.survey_id, who.invited.version))
        _remember(state.questionnaires, key, known)
    return known


def _remember(known: dict[Any, Any], key: object, value: object) -> None:
    if len(known) >= REMEMBERED:
        known.pop(next(iter(known)))
    known[key] = value


async def _by_id(state: Answering, who: Respondent, given: Submission) -> Submission:
    """Only `external:…` costs a question to the database. What is unknown stays as it is, to be refused."""
    async with state.database.transaction(who.organisation_id) as session:
        found = await queries.external_ids(session, who.invited.service_ids)
    ids = {EXTERNAL + external_id: str(service_id) for external_id, service_id in found}
    answers = [
        replace(answer, service_id=ids.get(answer.service_id or "", answer.service_id)) for answer in given.answers
    ]
    return replace(given, answers=answers)
