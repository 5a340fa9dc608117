"""The operations of respond as the published document has them. `router.py` serves them without FastAPI's overhead, so
these functions are never called; a test holds the two against each other."""

from typing import Annotated, Any

from fastapi import Header, Path

from services.shared.routing import Router
from services.survey.responses.schemas import AnswersGiven
from services.survey.surveys.view_schemas import RespondentView

Token = Annotated[
    str,
    Path(
        description="The secret in the invitation's link: the right to answer once",
        pattern=r"^[A-Za-z0-9_-]{43}$",
        examples=["AAAAAAAAEmcAAAAAAAAAB2N5cHJlc3MtYW5kLWFsZGV"],
    ),
]
OVER: dict[int | str, dict[str, Any]] = {410: {"$ref": "#/components/responses/Problem410"}}
USED_OR_OVER: dict[int | str, dict[str, Any]] = {409: {"$ref": "#/components/responses/Problem409"}, **OVER}
router = Router(tag="respond")


@router.get("/respond/{token}", response_model=RespondentView, responses=USED_OR_OVER)
async def get_questionnaire(
    token: Token, accept_language: Annotated[str | None, Header(alias="Accept-Language", examples=["nl"])] = None
) -> None:
    """The questionnaire as the respondent sees it: in one language, with the services that they may rate.

    The token is the only credential. Problem codes: `notFound` (the token is forged), `alreadyAnswered` (409) and
    `waveClosed` (410).
    """
    raise NotImplementedError


@router.put("/respond/{token}", status_code=204, response_model=None, responses=OVER)
async def put_answers(token: Token, body: AnswersGiven) -> None:
    """The answer, once and for all: it is sealed and cannot be looked up, changed or taken back.

    Acknowledged once it is safe. Problem codes: `invalidAnswer` (400; an answer does not fit its question, `errors` says
    which), `answerTooLong` (400; the texts do not fit into a ballot), `bodyIncomplete` (400), `notFound` (the token is
    forged), `alreadyAnswered` (409) and `waveClosed` (410).

    Codes at `errors`, beside `missing`, `unknownQuestion` and `duplicate`: `languageNotOffered`, `answeredTwice`,
    `valueAndNotApplicable`, `notApplicableNotAllowed`, `notAskedOfServices`, `serviceNotOffered`, `notShown`,
    `optionNotShown`, `required`, `empty`, `tooFewServices`, `tooManyServices`, `wrongType`, `outOfRange`, `notWhole`, `unknownOption`,
    `tooFewOptions`, `tooManyOptions`, `tooManyDecimals`, `notADate`, `tooLong`, `controlCharacter`, `extraForbidden`, `invalidJson`.
    """
    raise NotImplementedError
