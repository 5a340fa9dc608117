"""What every body has in common: lowerCamelCase, no unknown property, no text that PostgreSQL cannot store."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    WithJsonSchema,
)
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

_FORBIDDEN = re.compile("[\x00\ud800-\udfff]")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})", re.IGNORECASE | re.ASCII)
_AMOUNT = re.compile(r"[0-9]{1,12}(\.[0-9]{1,2})?")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z]{2})?")

EXTERNAL = "external:"
SLASH = "\ue000"  # in a path, in place of one that stands inside a segment: a character for private use
NONE = "none"  # in a filter: what is null
FIRST, LAST = datetime(1900, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(9899, 12, 31)


def is_storable(text: str) -> bool:
    """PostgreSQL's text holds neither NUL nor half a surrogate pair."""
    return not _FORBIDDEN.search(text)


def storable(text: str) -> str:
    if not is_storable(text):
        raise PydanticCustomError("unstorableText", "has a character that cannot be stored (NUL or a lone surrogate)")
    return text


def not_blank(text: str) -> str:
    """Nothing is trimmed: what is sent is what is kept."""
    if text.isspace():
        raise PydanticCustomError("blank", "is nothing but spaces")
    return text


def _date_only(value: Any) -> Any:
    """Without this pydantic takes instants and Unix seconds for dates."""
    if isinstance(value, str) and not _DATE.fullmatch(value):
        raise PydanticCustomError("notADate", "is not a date: expected YYYY-MM-DD")
    if isinstance(value, int | float):
        raise PydanticCustomError("notADate", "is not a date: expected YYYY-MM-DD")
    return value


def _instant_only(value: Any) -> Any:
    """Without this pydantic takes Unix seconds and dates for instants."""
    if not isinstance(value, datetime) and not (isinstance(value, str) and _INSTANT.fullmatch(value)):
        raise PydanticCustomError("notAnInstant", "is not an instant: expected RFC 3339 with an offset")
    return value


def _storable_instant(at: datetime) -> datetime:
    """In UTC, as it comes back from the database. Beyond these an offset leads out of the years that Python and
    PostgreSQL count."""
    if not FIRST <= at <= LAST:
        raise PydanticCustomError("outOfRange", "must be between the years 1900 and 9999")
    return at.astimezone(UTC)


def _reckonable(day: date) -> date:
    """What comes years after it is a day still."""
    if not FIRST_DAY <= day <= LAST_DAY:
        raise PydanticCustomError("outOfRange", "must be between the years 1900 and 9900")
    return day


def _whole(value: Any) -> Any:
    """JSON and JSON Schema have one kind of number: 5.0 is the integer 5."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _language_tags(texts: dict[str, str]) -> dict[str, str]:
    for tag in texts:
        if not _LANGUAGE.fullmatch(tag):
            raise PydanticCustomError("notALanguage", "has a key that is no language tag such as nl or en-GB")
    return texts


def _in_cents(amount: Decimal) -> str:
    return format(amount, ".2f")


def _names_one(reference: str) -> str:
    if not reference.startswith(EXTERNAL):
        try:
            UUID(reference)
        except ValueError:
            raise PydanticCustomError("notAReference", "is neither an id nor external:…") from None
    return reference


def _names_one_or_none(reference: str) -> str:
    return reference if reference == NONE else _names_one(reference)


def _amount(value: Any) -> Any:
    """Without this pydantic takes numbers, `1e3` and spaces too."""
    if not isinstance(value, Decimal) and not (isinstance(value, str) and _AMOUNT.fullmatch(value)):
        raise PydanticCustomError("notAMoneyAmount", 'is not an amount: expected a decimal string such as "1250.00"')
    return value


STORABLE, NOT_BLANK = AfterValidator(storable), AfterValidator(not_blank)
ShortText = Annotated[str, Field(min_length=1, max_length=200), STORABLE, NOT_BLANK]
ExternalId = Annotated[
    str,
    Field(min_length=1, max_length=100, description="The id in the system it comes from; unique in the organisation"),
    STORABLE,
    NOT_BLANK,
]
Date = Annotated[date, BeforeValidator(_date_only)]
PlannedDate = Annotated[Date, AfterValidator(_reckonable)]
Instant = Annotated[AwareDatetime, BeforeValidator(_instant_only), AfterValidator(_storable_instant)]
LanguageMap = Annotated[
    dict[str, Annotated[str, Field(min_length=1, max_length=5000), STORABLE, NOT_BLANK]],
    Field(
        min_length=1,
        max_length=20,
        examples=[{"nl": "Schoonmaak", "en": "Cleaning"}],
        json_schema_extra={"propertyNames": {"pattern": f"^{_LANGUAGE.pattern}$"}},
    ),
    AfterValidator(_language_tags),
]


def _with_slashes(reference: str) -> str:
    return reference.replace(SLASH, "/")


Reference = Annotated[
    str,
    Field(
        min_length=1,
        max_length=120,
        description="The id, or `external:` followed by the externalId",
        examples=["external:E1023"],
    ),
    STORABLE,
    AfterValidator(_with_slashes),
]
ReferenceFilter = Annotated[Reference, AfterValidator(_names_one)]
NullableFilter = Annotated[
    Reference, AfterValidator(_names_one_or_none), Field(description="An id, `external:` and an externalId, or `none`")
]
WHOLE = BeforeValidator(_whole)  # behind the bounds, or these are not in the JSON Schema
Key = Annotated[
    str,
    Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,63}$", description="Unique where it stands", examples=["overall"]),
]
Amount = Annotated[
    Decimal,
    Field(ge=0, max_digits=14, decimal_places=2),
    BeforeValidator(_amount),
    PlainSerializer(_in_cents, return_type=str),
    WithJsonSchema({"type": "string", "pattern": f"^{_AMOUNT.pattern}$", "examples": ["1250.00"]}),
]


class Schema(BaseModel):
    """The base of every body, in and out. What has a default is always there in an answer."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        validate_by_name=True,
        validate_by_alias=True,
        serialize_by_alias=True,
        extra="forbid",
        from_attributes=True,
        allow_inf_nan=False,
        json_schema_serialization_defaults_required=True,
    )


class Sparse(Schema):
    """One that goes out without what was not set."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=False)


class Money(Schema):
    amount: Amount = Field(examples=["1250.00"])
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$", examples=["EUR"])]
