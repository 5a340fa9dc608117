from collections.abc import Iterable
from typing import Any

import pytest

from services.contracts.events import Event
from services.shared import outbox
from services.survey.responses.queries import names
from tests.fixtures.services import Running
from tests.survey import people
from tests.survey.imports.pushing import ATTRIBUTES, push

EMPLOYEES, UNITS = 20_000, 500
HEADER = "externalId,givenName,familyName,email,unitExternalId,managerExternalId,language,location,hiredOn"


def units() -> str:
    rows = [f"U{number},Unit {number},U{(number - 1) // 5},false,true" for number in range(UNITS - 1, 0, -1)]
    return "\n".join(["externalId,name,parentExternalId,isProvider,isConsumer", *rows, "U0,Top,,false,true"])


def employees(location: str) -> str:
    rows = [
        f"E{number},Given {number},Family,e{number}@x.example,U{number % UNITS},"
        f"{f'E{number // 8}' if number else ''},nl,{location},2020-01-01"
        for number in range(EMPLOYEES - 1, -1, -1)
    ]
    return "\n".join([HEADER, *rows])


async def test_twenty_thousand_employees_are_taken_once(survey: Running) -> None:
    organisation = await people.make(survey, attributes=ATTRIBUTES)
    assert (await push(organisation, units(), "units")).counts == {"read": UNITS, "created": UNITS}
    for location, effect in (("Stadhuis", "created"), ("Stadhuis", "unchanged"), ("Werf", "changed")):
        pushed = await push(organisation, employees(location), "employees")
        assert pushed.counts == {"read": EMPLOYEES, effect: EMPLOYEES}
    async with survey.database.transaction(organisation.id) as session:
        assert len([name async for name in names(session)]) == EMPLOYEES


async def test_of_many_units_and_services_a_page_at_a_time_is_told(
    survey: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that what is in memory does not grow with the file."""
    pages: list[int] = []
    append_many = outbox.append_many

    async def counted(session: Any, events: Iterable[Event], subject: str | None = None) -> None:
        told = list(events)
        pages.append(len(told))
        await append_many(session, told, subject)

    monkeypatch.setattr(outbox, "append_many", counted)
    organisation = await people.make(survey)
    files = {
        "units": "externalId,name,parentExternalId,isProvider\nOE,Top,,true\n"
        + "".join(f"U{number},Unit {number},OE,false\n" for number in range(5_000)),
        "services": "externalId,providerExternalId,nameNl\n"
        + "".join(f"S{number},OE,Dienst {number}\n" for number in range(5_001)),
    }
    for kind, content in files.items():
        pages.clear()
        assert (await push(organisation, content, kind)).counts == {"read": 5_001, "created": 5_001}
        told = await organisation.events(f"{kind.removesuffix('s')}.changed")
        assert len({each[f"{kind.removesuffix('s')}Id"] for each in told}) == len(told) == 5_001
        assert [page for page in pages if page] == [5_000, 1]
