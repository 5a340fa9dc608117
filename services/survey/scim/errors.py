"""Our refusals in SCIM's form (RFC 7644, 3.12)."""

from fastapi.responses import JSONResponse
from scim2_models import Error
from scim2_server.responses import SCIM_MEDIA_TYPE

from services.shared.problems import Problem

UNIQUE = ("externalIdTaken", "emailTaken", "conflict")


def refusal(problem: Problem) -> JSONResponse:
    """`detail` says where and why; the codes of /v1 are not SCIM's."""
    where = [f"{error.pointer or error.parameter or 'the body'} {error.detail}" for error in problem.errors]
    error = Error(status=problem.status, scim_type=_type(problem), detail="; ".join(where) or problem.detail)
    return JSONResponse(error.model_dump(), problem.status, problem.headers, media_type=SCIM_MEDIA_TYPE)


def _type(problem: Problem) -> str | None:
    if problem.status == 409:
        return "uniqueness" if problem.code in UNIQUE else None
    return "invalidValue" if problem.status == 400 else None
