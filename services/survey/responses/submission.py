"""The body of an answer, from bytes to fields. Decoded by msgspec, which costs a fraction of a pydantic model."""

import re

import msgspec

from services.shared.problems import FieldError, Problem, body_error, pointer_of

LONGEST = 100_000  # bytes; a ballot holds 8,000, compressed
_WHERE = re.compile(r" - at `\$(.*)`$")
_STEP = re.compile(r"\.([^.\[]+)|\[(\d+)\]")
_FIELD = re.compile(r"(unknown|missing required) field `(.*)`$")


class GivenAnswer(msgspec.Struct, forbid_unknown_fields=True, rename="camel", frozen=True):
    question: str
    service_id: str | None = None
    value: int | float | bool | str | list[str] | None = None
    not_applicable: bool = False


class Submission(msgspec.Struct, forbid_unknown_fields=True, rename="camel", frozen=True):
    language: str
    answers: list[GivenAnswer]


_decoder = msgspec.json.Decoder(Submission)


def read(body: bytes) -> Submission:
    """Refuses what is not the shape; whether the answers fit the questions is for the survey to say."""
    if len(body) > LONGEST:
        raise Problem(413, "bodyTooLarge", f"The body may have {LONGEST:,} bytes at the most.")
    try:
        return _decoder.decode(body)
    except msgspec.ValidationError as error:
        raise _refused(str(error)) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise body_error("", "invalidJson", "is not JSON in UTF-8") from None


def _refused(message: str) -> Problem:
    """Msgspec says where in words: ``Expected `str`, got `int` - at `$.answers[0].question` ``."""
    where = _WHERE.search(message)
    path = [name or index for name, index in _STEP.findall(where[1])] if where else []
    detail = message[: where.start()] if where else message
    named = _FIELD.search(detail)
    if named is None:
        return body_error(pointer_of(path), "wrongType", detail.replace("`", ""))
    code, detail = ("extraForbidden", "is not known here") if named[1] == "unknown" else ("missing", "is required")
    return body_error(pointer_of([*path, named[2]]), code, detail)


def refused(errors: list[FieldError]) -> Problem:
    return Problem(400, "invalidAnswer", "Some answers do not fit the questions; `errors` says which.", errors=errors)
