"""Lists by keyset: a page costs the same however deep it is, and rows that come or go do not shift the others."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Generic, TypeVar

import msgspec
from fastapi import Depends, Query, Request, Response
from pydantic import Field
from sqlalchemy import BigInteger, ColumnElement, Select, SmallInteger, literal, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from services.shared.problems import parameter_error
from services.shared.schemas import Schema, storable

Item = TypeVar("Item")
Column = InstrumentedAttribute[Any]


class Page(Schema, Generic[Item]):
    """`nextCursor` is null on the last page."""

    items: list[Item]
    next_cursor: str | None = Field(description="Send it as `cursor` for the next page; null on the last")


@dataclass(frozen=True)
class Paging:
    limit: int
    cursor: str | None
    sort: str | None
    request: Request
    response: Response


Limit = Annotated[int, Query(ge=1, le=200, description="How many items a page has at the most")]
Cursor = Annotated[str | None, Query(max_length=2000, description="`nextCursor` of the page before")]


def sorted_by(sortable: Iterable[str]) -> Any:
    """A dependency for lists that can be sorted by these properties."""
    orders = [sign + name for name in sortable for sign in ("", "-")]
    asked = Query(description="A property to sort by, `-` in front for descending", json_schema_extra={"enum": orders})

    def paging(
        request: Request, response: Response, limit: Limit = 50, cursor: Cursor = None,
        sort: Annotated[str | None, asked] = None,
    ) -> Paging:  # fmt: skip
        return Paging(limit, cursor, sort, request, response)

    return Depends(paging)


def _unsorted(request: Request, response: Response, limit: Limit = 50, cursor: Cursor = None) -> Paging:
    return Paging(limit, cursor, None, request, response)


UnsortedPages = Annotated[Paging, Depends(_unsorted)]


async def page(
    session: AsyncSession,
    select: Select[Any],
    paging: Paging,
    *,
    sortable: Mapping[str, Column],
    default: str,
    tie: Sequence[Column],
    item: Callable[[Any], Item],
) -> Page[Item]:
    """One page of `select`, ordered by the property that `paging.sort` names (`default` if none) and then by `tie`,
    which must be unique. Columns that can be sorted by must not be null. Sets the `Link` header."""
    name = default if paging.sort is None else paging.sort
    descending, key = name.startswith("-"), name.removeprefix("-")
    if key not in sortable:
        raise parameter_error("sort", "notSortable", f"sort by one of: {', '.join(sortable)}")
    columns = [sortable[key], *(column for column in tie if column is not sortable[key])]
    ordered = select.order_by(*(column.desc() if descending else column.asc() for column in columns))
    if paging.cursor is not None:
        ordered = ordered.where(_after(columns, _decode(paging.cursor, name, columns), descending))
    rows = list((await session.scalars(ordered.limit(paging.limit + 1))).all())
    more = len(rows) > paging.limit
    following = _encode(name, [getattr(rows[paging.limit - 1], column.key) for column in columns]) if more else None
    if following is not None:
        url = paging.request.url.include_query_params(cursor=following)
        paging.response.headers["Link"] = f'<{url.path}?{url.query}>; rel="next"'
    return Page[Any](items=[item(row) for row in rows[: paging.limit]], next_cursor=following)


def _after(columns: Sequence[Column], values: Sequence[Any], descending: bool) -> ColumnElement[bool]:
    """(a, b) > (x, y): as one comparison of rows it is a range of an index, also among a hundred thousand rows of one
    import, which were all made at the same instant."""
    place = tuple_(*columns)
    given = tuple_(*(literal(value, column.type) for column, value in zip(columns, values, strict=True)))
    return place < given if descending else place > given


def _encode(name: str, values: list[Any]) -> str:
    return urlsafe_b64encode(msgspec.json.encode([name, *values])).decode().rstrip("=")


def _decode(cursor: str, name: str, columns: Sequence[Column]) -> list[Any]:
    """A cursor is the client's to send, so it is checked like any other input."""
    try:
        given, *values = msgspec.json.decode(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)), type=list[Any])
        if given != name or len(values) != len(columns):
            raise ValueError
        return [_value(value, column) for value, column in zip(values, columns, strict=True)]
    except (ArithmeticError, ValueError, msgspec.MsgspecError):
        raise parameter_error("cursor", "invalidCursor", "is not a cursor of this list in this order") from None


def _value(value: Any, column: Column) -> Any:
    """As the column can hold it; PostgreSQL's own refusal would be an error of ours."""
    found = msgspec.convert(value, column.type.python_type, strict=True)
    if isinstance(found, str):
        return storable(found)
    if isinstance(found, datetime):
        return found.astimezone(UTC)
    if type(found) is int and abs(found) >= 2 ** _bits(column):
        raise ValueError
    return found


def _bits(column: Column) -> int:
    if isinstance(column.type, SmallInteger):
        return 15
    return 63 if isinstance(column.type, BigInteger) else 31
