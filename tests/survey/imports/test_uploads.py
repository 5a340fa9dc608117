"""Files that arrive in pieces, break off, are too large, or are not what they are sent as."""

import io
import zipfile
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select, update

from services.shared.database import Database
from services.survey.imports import receiving
from services.survey.imports.models import Import, ImportPart
from services.survey.imports.reading.files import XLSX
from services.survey.settings import SurveySettings
from tests.fixtures.services import Running
from tests.survey import people
from tests.survey.imports.pushing import UNITS, push, result, run, send

CSV = {"Content-Type": "text/csv"}


async def parts(database: Database, organisation: people.Made) -> int:
    async with database.transaction(organisation.id) as session:
        return await session.scalar(select(func.count()).select_from(ImportPart)) or 0


async def imports(organisation: people.Made) -> int:
    return len((await organisation.admin.get("/v1/imports")).json()["items"])


async def test_a_file_comes_in_pieces(survey: Running) -> None:
    organisation = await people.make(survey)

    async def slowly() -> AsyncIterator[bytes]:
        yield (UNITS.splitlines()[0] + "\n").encode()
        for row in UNITS.splitlines()[1:]:
            yield (row + "\n").encode()
            yield b"\n" * 700_000

    answer = await organisation.admin.post("/v1/imports?kind=units", content=slowly(), headers=CSV)
    assert answer.status_code == 202
    assert await parts(survey.database, organisation) == 3
    await run(survey)
    assert (await result(organisation.admin, answer.json()["id"])).counts == {"read": 4, "created": 4}


async def test_a_body_that_breaks_off_leaves_nothing(survey: Running) -> None:
    organisation = await people.make(survey)
    messages: list[Any] = [
        {"type": "http.request", "body": b"x" * 2_500_000, "more_body": True}, {"type": "http.disconnect"}
    ]  # fmt: skip
    sent: list[Any] = []
    key = organisation.admin.headers["authorization"].encode()

    async def receive() -> Any:
        return messages.pop(0)

    async def send_on(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http", "method": "POST", "path": "/v1/imports", "raw_path": b"/v1/imports", "query_string": b"kind=units",
        "headers": [(b"authorization", key), (b"content-type", b"text/csv")], "client": ("127.0.0.1", 1),
        "scheme": "http", "server": ("klankbord.test", 80), "http_version": "1.1", "root_path": "",
    }  # fmt: skip
    await survey.app(scope, receive, send_on)
    assert [message["status"] for message in sent if message["type"] == "http.response.start"] == [400]
    assert (await parts(survey.database, organisation), await imports(organisation)) == (0, 0)


async def test_what_a_killed_process_left_is_thrown_away(survey: Running) -> None:
    organisation = await people.make(survey)
    waiting = await send(organisation.admin, UNITS, "kind=units")
    lost = await send(organisation.admin, UNITS, "kind=units")
    async with survey.database.transaction(organisation.id) as session:
        await session.execute(update(ImportPart).values(created_at=func.now() - timedelta(hours=25)))
        row = (await session.scalars(select(Import).where(Import.id == lost))).one()
        await session.delete(row)
    assert isinstance(survey.settings, SurveySettings)
    await receiving.forget_broken(survey.database, survey.settings)
    assert await parts(survey.database, organisation) == 1
    await run(survey)
    assert (await result(organisation.admin, waiting)).status == "done"


async def test_a_file_that_is_too_large_is_refused_before_and_while_it_comes(
    survey: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    organisation = await people.make(survey)
    told = {**CSV, "Content-Length": "2000000000"}
    answer = await organisation.admin.post("/v1/imports?kind=units", content=b"", headers=told)
    assert (answer.status_code, answer.json()["code"]) == (413, "bodyTooLarge")

    came = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal came
        for _ in range(1100):
            came += 1
            yield b"\n" * 1_000_000

    monkeypatch.setattr(receiving, "_store", _nowhere)
    answer = await organisation.admin.post("/v1/imports?kind=units", content=endless(), headers=CSV)
    assert (answer.status_code, answer.json()["code"]) == (413, "bodyTooLarge")
    assert came < 1100
    assert (await parts(survey.database, organisation), await imports(organisation)) == (0, 0)


async def _nowhere(*_: Any) -> None:
    return


@pytest.mark.parametrize(
    ("start", "media_type", "says"),
    [
        (b"PK\x03\x04rest of a workbook", "text/csv", XLSX),
        (b"%PDF-1.7 and more of it", "text/csv", "PDF"),
        (b"\x1f\x8b\x08compressed", "application/x-ndjson", "unpack"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1old", XLSX, "encrypted"),
        (b"externalId,name,parentExternalId", XLSX, "no XLSX"),
        (b"", XLSX, "no XLSX"),
    ],
)
async def test_a_file_of_the_wrong_kind(survey: Running, start: bytes, media_type: str, says: str) -> None:
    organisation = await people.make(survey)
    headers = {"Content-Type": media_type}
    answer = await organisation.admin.post("/v1/imports?kind=units", content=start, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (415, "wrongKind")
    assert says in answer.json()["detail"]
    assert (await parts(survey.database, organisation), await imports(organisation)) == (0, 0)


def archive(**members: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return made.getvalue()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (
            archive(**{"[Content_Types].xml": b"<Types/>", "xl/worksheets/sheet1.xml": b"0" * 50_000_000}),
            "unfoldsTooFar",
        ),
        (archive(**{"[Content_Types].xml": b"x" * 1_500_000}), "unfoldsTooFar"),
        (archive(readme=b"no workbook"), "wrongKind"),
        (archive(**{"[Content_Types].xml": b"<Types/>"})[:-30], "unreadableWorkbook"),
    ],
)
async def test_archives_that_are_refused_before_they_are_parsed(survey: Running, content: bytes, code: str) -> None:
    organisation = await people.make(survey)
    answer = await organisation.admin.post(
        "/v1/imports?kind=units", content=content, headers={"Content-Type": XLSX}
    )  # fmt: skip
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert (await parts(survey.database, organisation), await imports(organisation)) == (0, 0)


async def test_a_repeated_upload_is_one_import(survey: Running) -> None:
    organisation = await people.make(survey)
    headers = {**CSV, "Idempotency-Key": "once"}

    async def post(content: str) -> httpx.Response:
        return await organisation.admin.post("/v1/imports?kind=units", content=content, headers=headers)

    first, again, other = await post(UNITS), await post(UNITS), await post(UNITS + "\n")
    assert (first.status_code, again.json()) == (202, first.json())
    assert (other.status_code, other.json()["code"]) == (422, "idempotencyKeyReused")
    assert (await parts(survey.database, organisation), await imports(organisation)) == (1, 1)


async def test_what_the_query_says_wrongly_is_refused_before_the_body_comes(survey: Running) -> None:
    organisation = await people.make(survey)
    asked = False

    async def body() -> AsyncIterator[bytes]:
        nonlocal asked
        asked = True
        yield b"x"

    for query, code in (
        ("mapping=nobody", "unknownReference"), ("validFromDate=2999-01-01", "dateInFuture"),
        ("removalShare=2", "lessThanEqual"), ("delimiter=x", "literalError"), ("validFromDate=yesterday", "notADate"),
    ):  # fmt: skip
        answer = await organisation.admin.post(f"/v1/imports?kind=units&{query}", content=body(), headers=CSV)
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, code)
    assert asked is False or (await parts(survey.database, organisation)) == 0


async def test_delimiter_charset_and_decimal_can_be_told(survey: Running) -> None:
    organisation = await people.make(survey)
    await push(organisation, UNITS, "units")
    content = "externalId|providerExternalId|nameNl|yearlyCost|currency\nS|OE-1|Caf\xe9, bar|1.310|EUR\n".encode(
        "latin-1"
    )
    pushed = await push(organisation, content, "services", delimiter="%7C", charset="latin-1", decimal=",")
    assert (pushed.counts, pushed.errors) == ({"read": 1, "created": 1}, [])
    service = (await organisation.admin.get("/v1/services/external:S")).json()
    assert (service["name"], service["yearlyCost"]["amount"]) == ({"nl": "Café, bar"}, "1310.00")
