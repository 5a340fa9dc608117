"""Pages of lists that are in the program and not in a table."""

from collections.abc import Sequence
from typing import TypeVar

from services.shared.pages import Page, Paging
from services.shared.problems import parameter_error

Item = TypeVar("Item")


def page_of(items: Sequence[Item], paging: Paging) -> Page[Item]:
    start = 0
    if paging.cursor is not None:
        if not (paging.cursor.isascii() and paging.cursor.isdecimal() and 0 < int(paging.cursor[:9]) < len(items)):
            raise parameter_error("cursor", "invalidCursor", "is not a cursor of this list")
        start = int(paging.cursor[:9])
    end = start + paging.limit
    following = str(end) if end < len(items) else None
    if following is not None:
        url = paging.request.url.include_query_params(cursor=following)
        paging.response.headers["Link"] = f'<{url.path}?{url.query}>; rel="next"'
    return Page[Item](items=list(items[start:end]), next_cursor=following)
