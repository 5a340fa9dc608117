"""The body of a push, from bytes to uses.

A batch that is right takes the short way: msgspec, at a twentieth of what the schemas cost. What it does not take at
once goes the long way, by the schemas, which alone refuse; a test holds that both read the same.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, NamedTuple
from uuid import UUID

import msgspec
from msgspec import Meta
from pydantic import Field, TypeAdapter, ValidationError

from services.shared.problems import UNREADABLE, FieldError, field_errors, invalid, pointer_of
from services.shared.schemas import EXTERNAL
from services.survey.interactions.rules import LONGEST, Fault, Use
from services.survey.interactions.schemas import MOST, InteractionBody

LONGEST_NAME, PREFIX = 100, len(EXTERNAL)
_Text = Annotated[str, Meta(min_length=1, max_length=200)]
_Name = Annotated[str, Meta(min_length=1, max_length=LONGEST_NAME)]
_Reference = Annotated[str, Meta(min_length=1, max_length=120)]
_At = Annotated[str, Meta(min_length=20, max_length=32)]
# As the schemas take them, the years to 2099 and the offsets that PostgreSQL reads: one look at all of a batch costs a
# fraction of one at each.
_INSTANTS = re.compile(
    r"(?:20[0-9]{2}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.[0-9]{3}|\.[0-9]{6})?(?:Z|[+-](?:0\d|1[0-5]):[0-5]\d)\n)*"
)
_EXTERNAL_ID = re.compile(rf"{EXTERNAL}(?!\s*\Z).{{1,{LONGEST_NAME}}}", re.DOTALL)


class Sent(msgspec.Struct, rename="camel", forbid_unknown_fields=True, gc=False):
    external_id: _Name
    service_id: _Reference
    employee_id: _Reference
    kind: _Text
    channel: _Text
    opened_at: _At
    closed_at: _At | None = None
    duration_minutes: Annotated[int, Meta(ge=0, le=LONGEST)] | None = None


class _Batch(msgspec.Struct, forbid_unknown_fields=True):
    items: Annotated[list[Sent], Meta(min_length=1, max_length=MOST)]


class Pushed(NamedTuple):
    """`one`: no batch. `uses` are those that can be read, by their place among `sent`; the others are `refused`."""

    one: bool
    sent: Sequence[Any]
    uses: dict[int, Use]
    refused: dict[int, list[FieldError]]


Named = tuple[UUID | None, str | None]  # the id, or the externalId
NAMELESS = "is neither an id nor external:… of 1 to 100 characters"
at = datetime.fromisoformat
_decoder = msgspec.json.Decoder(_Batch)
_body = TypeAdapter(InteractionBody)
_items: TypeAdapter[list[Any]] = TypeAdapter(Annotated[list[Any], Field(min_length=1, max_length=MOST)])


def read(body: bytes) -> Pushed:
    try:
        return _at_once(body)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return _by_schema(body)


def _at_once(body: bytes) -> Pushed:
    """Raises where anything is unusual, right or wrong."""
    sent = _decoder.decode(body).items
    texts = [
        *[given.external_id for given in sent],
        *{given.kind for given in sent},
        *{given.channel for given in sent},
    ]
    if b"\\u0000" in body or any(map(str.isspace, texts)):
        raise ValueError
    opened = [given.opened_at for given in sent]
    closed = [given.closed_at for given in sent]
    if not _INSTANTS.fullmatch("\n".join([*opened, *filter(None, closed), ""])):
        raise ValueError
    uses = [
        Use(given.external_id, None, given.service_id[PREFIX:], None, given.employee_id[PREFIX:], given.kind,
            given.channel, at(opened_at), None if closed_at is None else at(closed_at), given.duration_minutes)
        for given, opened_at, closed_at in zip(sent, opened, closed, strict=True)
    ]  # fmt: skip
    references = {given.service_id for given in sent} | {given.employee_id for given in sent}
    if not all(map(_EXTERNAL_ID.fullmatch, references)):  # few send ids
        for given, use in zip(sent, uses, strict=True):
            use.service_id, use.service_external_id = _certainly_named(given.service_id)
            use.employee_id, use.employee_external_id = _certainly_named(given.employee_id)
    return Pushed(False, sent, dict(enumerate(uses)), {})


def _certainly_named(reference: str) -> Named:
    named = _named(reference)
    if named is None:
        raise ValueError
    return named


def _named(reference: str) -> Named | None:
    """A name that no externalId can be would be parked for ever."""
    if _EXTERNAL_ID.fullmatch(reference):
        return None, reference[PREFIX:]
    try:
        return UUID(reference), None
    except ValueError:
        return None


def _by_schema(body: bytes) -> Pushed:
    try:
        given = msgspec.json.decode(body)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raise invalid([UNREADABLE]) from None
    one = not (isinstance(given, dict) and "items" in given)
    pushed = Pushed(one, [given] if one else _items_of(given), {}, {})
    for place, item in enumerate(pushed.sent):
        start: tuple[str | int, ...] = () if one else ("items", place)
        try:
            read = _body.validate_python(item)
        except ValidationError as refused:
            errors = [{**error, "loc": ("body", *start, *error["loc"])} for error in refused.errors()]
            pushed.refused[place] = field_errors(errors, given)
            continue
        service, employee = _named(read.service_id), _named(read.employee_id)
        if service is None or employee is None:
            wrong = [name for name, it in (("serviceId", service), ("employeeId", employee)) if it is None]
            pushed.refused[place] = pointed([Fault(name, "notAReference", NAMELESS) for name in wrong], start)
            continue
        pushed.uses[place] = Use(
            read.external_id, *service, *employee, read.kind, read.channel, read.opened_at, read.closed_at,
            read.duration_minutes,
        )  # fmt: skip
    return pushed


def _items_of(given: dict[str, Any]) -> list[Any]:
    errors = [
        FieldError(pointer=pointer_of([key]), code="extraForbidden", detail="is not known beside items")
        for key in given
        if key != "items"
    ]
    try:
        items = _items.validate_python(given["items"], strict=True)
    except ValidationError as refused:
        errors += field_errors([{**error, "loc": ("body", "items")} for error in refused.errors()], given)
    if errors:
        raise invalid(errors)
    return items


def pointed(faults: Sequence[Fault], start: Sequence[str | int]) -> list[FieldError]:
    return [
        FieldError(pointer=pointer_of([*start, fault.name]), code=fault.code, detail=fault.detail) for fault in faults
    ]
