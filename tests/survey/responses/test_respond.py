import asyncio
from collections import Counter
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
import pytest_asyncio
from msgspec import structs

from services.shared import openapi
from services.survey.responses.schemas import AnswersGiven
from services.survey.responses.submission import GivenAnswer, Submission
from services.survey.surveys.view_schemas import RespondentView
from services.survey.waves import tokens
from tests.fixtures.services import Running
from tests.survey.responses import world
from tests.survey.responses.world import Employed, World

ROOT, TEAM = UUID(int=1), UUID(int=2)
CLEANING, CATERING = UUID(int=77), UUID(int=78)
Body = dict[str, Any]


@pytest_asyncio.fixture
async def there(survey: Running) -> World:
    people = [Employed(TEAM, {"location": "Stadhuis"}) for _ in range(20)]
    return await world.make(
        survey.database, survey.settings, {ROOT: None, TEAM: ROOT}, {CLEANING: ROOT, CATERING: ROOT}, people
    )


def body(*answers: Body, language: str = "nl") -> Body:
    return {
        "language": language,
        "answers": answers or [{"question": "overall", "serviceId": str(CLEANING), "value": 8}],
    }


async def put(survey: Running, token: str, content: Body | bytes | None = None, **more: Any) -> httpx.Response:
    if isinstance(content, bytes):
        more.setdefault("headers", {"content-type": "application/json"})
        return await survey.client.put(f"/v1/respond/{token}", content=content, **more)
    return await survey.client.put(f"/v1/respond/{token}", json=content or body(), **more)


def code_of(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.status_code, answer.json()["code"]


async def test_answering_burns_the_invitation_and_drops_a_ballot(survey: Running, there: World) -> None:
    answer = await put(survey, there.tokens[0])
    assert (answer.status_code, answer.text) == (204, "")
    assert answer.headers["api-version"].startswith("1.")
    assert answer.headers["ratelimit-policy"] == '"respond";q=60;w=60'
    assert await there.count(survey.database, "ballots") == 1
    assert code_of(await put(survey, there.tokens[0])) == (409, "alreadyAnswered")
    assert code_of(await survey.client.get(f"/v1/respond/{there.tokens[0]}")) == (409, "alreadyAnswered")
    assert await there.count(survey.database, "ballots") == 1


async def test_the_questionnaire_as_the_respondent_sees_it(survey: Running, there: World) -> None:
    address = f"/v1/respond/{there.tokens[0]}"
    answer = await survey.client.get(address, headers={"accept-language": "en-GB,en;q=0.8"})
    assert answer.status_code == 200
    view = answer.json()
    assert (view["language"], view["languages"], view["organisation"]) == ("en", ["nl", "en"], "Gemeente")
    assert {(service["id"], service["name"]) for service in view["services"]} == {
        (str(CLEANING), "Service"), (str(CATERING), "Service"),
    }  # fmt: skip
    assert [question["key"] for question in view["sections"][0]["questions"]] == ["overall", "speed", "nps", "comment"]
    assert answer.headers["content-language"] == "en"
    assert "etag" not in answer.headers
    assert (await survey.client.get(address, headers={"accept-language": "fr"})).json()["language"] == "nl"


async def test_what_is_documented_is_what_is_served(survey: Running, there: World) -> None:
    """The described operations are never called, so hold them against what is."""
    operations = openapi.document(survey.app)["paths"]["/respond/{token}"]
    assert {operation["operationId"] for operation in operations.values()} == {"getQuestionnaire", "putAnswers"}
    RespondentView.model_validate((await survey.client.get(f"/v1/respond/{there.tokens[0]}")).json())
    documented = set(operations["get"]["responses"]) & set(operations["put"]["responses"])
    assert {"400", "404", "409", "410", "413", "415", "429"} <= documented
    schema = AnswersGiven.model_json_schema()
    assert set(schema["properties"]) == {field.encode_name for field in structs.fields(Submission)}
    assert set(schema["$defs"]["AnswerGiven"]["properties"]) == {
        field.encode_name for field in structs.fields(GivenAnswer)
    }


async def test_a_service_may_be_named_by_its_external_id(survey: Running, there: World) -> None:
    given = {"question": "overall", "value": 8}
    assert (await put(survey, there.tokens[0], body({**given, "serviceId": "external:S-77"}))).status_code == 204
    refused = await put(survey, there.tokens[1], body({**given, "serviceId": "external:S-79"}))
    assert code_of(refused) == (400, "invalidAnswer")
    assert refused.json()["errors"][0]["pointer"] == "/answers/0/serviceId"


async def test_a_forged_token_is_refused_before_the_database(survey: Running, there: World) -> None:
    forged = tokens.sign(1, there.numbers[0], [b"1" * 32])
    for token in (forged, "x", there.tokens[0][:-1] + "!", "é" * 43):
        assert code_of(await put(survey, token)) == (404, "notFound")
        assert code_of(await survey.client.get(f"/v1/respond/{token}")) == (404, "notFound")
    unknown = tokens.sign(4711, there.numbers[0], survey.app.state.answering.intake.token_keys)
    assert code_of(await put(survey, unknown)) == (404, "notFound")


async def test_after_the_end_nobody_is_told_who_answered(survey: Running, there: World) -> None:
    assert (await put(survey, there.tokens[1])).status_code == 204
    await there.set_wave(survey.database, status="closed")
    for token in there.tokens[:2]:
        assert code_of(await put(survey, token)) == (410, "waveClosed")
        assert code_of(await survey.client.get(f"/v1/respond/{token}")) == (410, "waveClosed")


@pytest.mark.parametrize(
    ("content", "status", "code", "pointer"),
    [
        (b"", 400, "invalidRequest", ""),
        (b"{", 400, "invalidRequest", ""),
        (b"\xff", 400, "invalidRequest", ""),
        (b"[" * 50_000, 400, "invalidRequest", ""),
        (b"[]", 400, "invalidRequest", ""),
        (b'{"language":"nl"}', 400, "invalidRequest", "/answers"),
        (b'{"language":"nl","answers":[],"me":"Piet"}', 400, "invalidRequest", "/me"),
        (b'{"language":"nl","answers":[{"question":7}]}', 400, "invalidRequest", "/answers/0/question"),
        (b'{"language":"nl","answers":[{"question":"a","value":{}}]}', 400, "invalidRequest", "/answers/0/value"),
        (b'{"language":"nl","answers":[{"question":"a","value":1e999}]}', 400, "invalidRequest", "/answers/0/value"),
        (b'{"language":"nl","answers":[{"question":"a","value":["\\ud800"]}]}', 400, "invalidRequest", ""),
        (b'{"language":"fr","answers":[]}', 400, "invalidAnswer", "/language"),
        (b'{"language":"nl","answers":[]}', 400, "invalidAnswer", "/answers"),
        (b'{"language":"nl","answers":[{"question":"mood","value":3}]}', 400, "invalidAnswer", "/answers/0/question"),
        (
            b'{"language":"nl","answers":[{"question":"last","value":"a\\u0000"}]}',
            400,
            "invalidAnswer",
            "/answers/0/value",
        ),
        (b" " * 100_001, 413, "bodyTooLarge", None),
        (b" " * 10_000_000, 413, "bodyTooLarge", None),
    ],
)
async def test_bad_input_is_refused_and_burns_nothing(
    survey: Running, there: World, content: bytes, status: int, code: str, pointer: str | None
) -> None:
    answer = await put(survey, there.tokens[0], content)
    assert code_of(answer) == (status, code)
    if pointer is not None:
        assert answer.json()["errors"][0]["pointer"] == pointer
    assert (await put(survey, there.tokens[0])).status_code == 204


async def test_what_fits_no_ballot_is_refused(survey: Running, there: World) -> None:
    noise = "".join(chr(0x4E00 + number * 7919 % 20_000) for number in range(8_000))
    answer = await put(survey, there.tokens[0], body(
        {"question": "overall", "serviceId": str(CLEANING), "value": 8},
        {"question": "comment", "serviceId": str(CLEANING), "value": noise},
    ))  # fmt: skip
    assert code_of(answer) == (400, "answerTooLong")
    assert (await put(survey, there.tokens[0])).status_code == 204


async def test_media_type_query_and_method(survey: Running, there: World) -> None:
    plain = await survey.client.put(
        f"/v1/respond/{there.tokens[0]}", content=b"{}", headers={"content-type": "text/plain"}
    )
    assert code_of(plain) == (415, "unsupportedMediaType")
    assert code_of(await put(survey, there.tokens[0] + "?debug=1")) == (400, "invalidRequest")
    posted = await survey.client.post(f"/v1/respond/{there.tokens[0]}")
    assert code_of(posted) == (405, "methodNotAllowed")
    assert {"GET", "PUT"} <= set(posted.headers["allow"].replace(" ", "").split(","))


async def test_limits_are_by_token_and_for_forged_ones_by_address(survey: Running, there: World) -> None:
    state = survey.app.state.answering
    state.by_token.quota, state.by_address.quota = 3, 2
    for _ in range(3):
        assert code_of(await put(survey, there.tokens[0], b"{"))[0] == 400
    limited = await put(survey, there.tokens[0])
    assert code_of(limited) == (429, "tooManyRequests")
    assert int(limited.headers["retry-after"]) > 0
    statuses = [(await put(survey, f"{at:043}")).status_code for at in range(4)]
    assert statuses == [404, 404, 429, 429]
    assert (await put(survey, there.tokens[1])).status_code == 204, "others behind the same address go on"


async def test_the_same_invitation_at_the_same_time_counts_once(survey: Running, there: World) -> None:
    answers = await asyncio.gather(*(put(survey, token) for token in there.tokens * 3))
    assert Counter(answer.status_code for answer in answers) == {204: 20, 409: 40}
    assert await there.count(survey.database, "ballots") == 20


async def test_a_lost_connection_is_a_503_and_the_next_request_goes_through(survey: Running, there: World) -> None:
    assert (await put(survey, there.tokens[0])).status_code == 204
    pool = await survey.app.state.answering.intake.pool()
    async with pool.acquire() as connection:
        await connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() "
            "AND application_name = 'klankbord intake' AND datname = current_database()"
        )
        own = connection.get_server_pid()
    async with survey.database.transaction(uuid4()) as session:
        await (await session.connection()).exec_driver_sql(f"SELECT pg_terminate_backend({own})")
    answers = [await put(survey, there.tokens[1]) for _ in range(8)]
    assert {answer.status_code for answer in answers} <= {204, 409, 503}
    assert await there.count(survey.database, "ballots") == 2


async def test_one_ballot_a_page_and_none_out_of_line(survey: Running, there: World) -> None:
    for token in there.tokens:
        assert (await put(survey, token)).status_code == 204
    async with survey.database.transaction(there.organisation_id) as session:
        driver = await session.connection()
        row = (await driver.exec_driver_sql(
            "SELECT pg_relation_size('ballots') / 8192, pg_relation_size(reltoastrelid) FROM pg_class "
            "WHERE oid = 'ballots'::regclass"
        )).one()  # fmt: skip
    assert tuple(row) == (20, 0)
