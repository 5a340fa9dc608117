"""The body of a push, from bytes to uses.

A batch that is right takes the short way: msgspec, at a twentieth of what the schemas cost. What it does not take at
once goes the long way, by the schemas, which alone refuse; a test holds that both read the same.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, NamedTuple, Protocol
from uuid import UUID

import msgspec
from msgspec import Meta
from pydantic import Field, TypeAdapter, ValidationError

from services.shared.problems import UNREADABLE, FieldError, field_errors, invalid, pointer_of
from services.shared.schemas import EXTERNAL
from services.survey.interactions.rules import LONGEST, Fault, Use
from services.survey.interactions.schemas import MOST, InteractionBody

LONGEST_NAME = 100
_Text = Annotated[str, Meta(min_length=1, max_length=200)]
_Name = Annotated[str, Meta(min_length=1, max_length=LONGEST_NAME)]
_Reference = Annotated[str, Meta(min_length=1, max_length=120)]
_At = Annotated[str, Meta(pattern=r"^20[0-9]{2}-\d\d-\d\dT\d\d:\d\d:\d\d(\.[0-9]{3}|\.[0-9]{6})?(Z|[+-]\d\d:\d\d)$")]


class Sent(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
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


class _Given(Protocol):
    external_id: str
    service_id: str
    employee_id: str
    kind: str
    channel: str
    duration_minutes: int | None


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
    if b"\\u0000" in body:
        raise ValueError
    sent = _decoder.decode(body).items
    uses: dict[int, Use] = {}
    for place, given in enumerate(sent):
        if any(text.isspace() for text in (given.external_id, given.kind, given.channel)):
            raise ValueError
        closed_at = None if given.closed_at is None else datetime.fromisoformat(given.closed_at)
        use, faults = _use(given, datetime.fromisoformat(given.opened_at), closed_at)
        if faults:
            raise ValueError
        uses[place] = use
    return Pushed(False, sent, uses, {})


def _use(given: _Given, opened_at: datetime, closed_at: datetime | None) -> tuple[Use, list[Fault]]:
    service_id, service_name, service = _named("serviceId", given.service_id)
    employee_id, employee_name, employee = _named("employeeId", given.employee_id)
    use = Use(
        given.external_id, service_id, service_name, employee_id, employee_name, given.kind, given.channel,
        opened_at, closed_at, given.duration_minutes,
    )  # fmt: skip
    return use, service + employee


def _named(name: str, reference: str) -> tuple[UUID | None, str | None, list[Fault]]:
    """A name that no externalId can be would be parked for ever."""
    if reference.startswith(EXTERNAL):
        external_id = reference.removeprefix(EXTERNAL)
        if 1 <= len(external_id) <= LONGEST_NAME and not external_id.isspace():
            return None, external_id, []
    else:
        try:
            return UUID(reference), None, []
        except ValueError:
            pass
    return None, None, [Fault(name, "notAReference", "is neither an id nor external:… of 1 to 100 characters")]


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
        use, faults = _use(read, read.opened_at, read.closed_at)
        if faults:
            pushed.refused[place] = pointed(faults, start)
        else:
            pushed.uses[place] = use
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
