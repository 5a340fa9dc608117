"""The row `programmes.draw` of the bench: a whole run of a programme, from finding that it is due to the commit. Of
100,000 employees in a tree of 2,000 units a stratified sample of 10,000 is drawn and invited under a contact policy.
Beside it a plain `INSERT … SELECT … ORDER BY random()` of as many of them, committed, into a table with the columns and
indexes of the invitations (their numbers from PostgreSQL's secure generator), without foreign keys and row-level
security. Alternating; each run finds the ledger of those before it."""

import asyncio
import base64
import json
import statistics
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter
from typing import Any
from uuid import UUID, uuid4

import asyncpg
from sqlalchemy import insert

from services.shared.database import Database
from services.shared.main import migrate
from services.survey.contact_policy.models import ContactPolicy
from services.survey.organisation.models import Organisation
from services.survey.programmes.models import Programme
from services.survey.programmes.scheduler import run_programmes
from services.survey.settings import SurveySettings
from services.survey.surveys.models import Survey, SurveyVersion
from tests.fixtures.postgres import ROOT
from tests.load import ground
from tests.survey.waves.world import DEFINITION

EMPLOYEES, UNITS, SERVICES, SAMPLE, ROUNDS, WARM = 100_000, 2_000, 4, 10_000, 9, 1
BAR = 5.0
START, APART = datetime(2031, 3, 3, 8, tzinfo=UTC), timedelta(days=91)
# Six units below each; all use the services of one of them. What others asked in the year before is in the ledger.
GROUND = (
    """
    INSERT INTO units (organisation_id, id, external_id, name, parent_id, is_provider, is_consumer)
    SELECT $1, ids[n], 'U' || n, 'Unit ' || n, ids[CASE WHEN n > 1 THEN (n - 2) / 6 + 1 END], n = 2, true
    FROM (SELECT array_agg(gen_random_uuid()) AS ids FROM generate_series(1, {units})) made,
         generate_series(1, {units}) n
    """,
    """
    INSERT INTO employees (organisation_id, id, external_id, given_name, family_name, email, unit_id, language,
                           attributes)
    SELECT $1, gen_random_uuid(), 'E' || n, 'Given', 'Family', 'e' || n || '@rivierenmark.example',
           ids[n % {units} + 1], 'nl',
           jsonb_build_object('location', 'Location ' || n % 40, 'roleFamily', 'role ' || n % 9)
    FROM (SELECT array_agg(id) AS ids FROM units) there, generate_series(1, {employees}) n
    """,
    """
    INSERT INTO services (organisation_id, id, external_id, provider_id, name)
    SELECT $1, gen_random_uuid(), 'S' || n, id, '{{}}' FROM units, generate_series(1, {services}) n
    WHERE external_id = 'U2'
    """,
    """
    INSERT INTO audience_units (organisation_id, service_id, unit_id)
    SELECT $1, services.id, units.id FROM services, units WHERE parent_id IS NULL
    """,
    """
    INSERT INTO contacts (organisation_id, employee_id, wave_id, invited_date)
    SELECT $1, id, gen_random_uuid(), date '2031-03-03' - (1 + 300 * random())::int
    FROM employees WHERE random() < 0.5
    """,
)
PLAIN = """
INSERT INTO plain (organisation_id, number, wave_id, employee_id, unit_id, service_ids)
SELECT organisation_id, uuid_hash_extended(gen_random_uuid(), 0), $1, id, unit_id, $2 FROM employees
ORDER BY random() LIMIT {size}
"""


def measure(report: Callable[[str], None], rounds: int = ROUNDS) -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory(prefix="klankbord-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        server = ground.database(folder / "postgres")
        try:
            given = ground.chosen(server, ground.free_port())
            migrate(given["migration_database_url"], ROOT / "services" / "survey")
            report(f"making {EMPLOYEES:,} employees in {UNITS:,} units")
            settings = SurveySettings.model_validate(given)
            return asyncio.run(_alternate(settings, server.get_uri(database="bench"), rounds, report))
        finally:
            server.cleanup()


async def _alternate(
    settings: SurveySettings, url: str, rounds: int, report: Callable[[str], None]
) -> list[dict[str, Any]]:
    database, plain = Database(settings), await asyncpg.connect(url)
    keys = [base64.b64decode(key.get_secret_value()) for key in settings.box_keys]
    services = await _world(database, plain)
    ours, theirs = [], []
    for at in range(-WARM, rounds):
        moment, began = START + (at + WARM) * APART, perf_counter()
        ran = await run_programmes(database, keys, moment)
        ours.append(perf_counter() - began)
        began = perf_counter()
        done = await plain.execute(PLAIN.format(size=SAMPLE), uuid4(), services)
        theirs.append(perf_counter() - began)
        if (ran, done) != (1, f"INSERT 0 {SAMPLE}"):
            raise RuntimeError(f"{ran} ran, beside {done}")
        # Who runs at the very instant that was planned is taken for a run by hand, whose open wave replaces the next.
        await plain.execute("UPDATE waves SET status = 'closed' WHERE status = 'open'")
        report(f"round {at + 1} of {rounds}, a programme: {ours[-1]:.2f} s, plainly {theirs[-1]:.2f} s")
    invited = await plain.fetchval("SELECT count(*) FROM (SELECT DISTINCT wave_id, employee_id FROM invitations) once")
    if invited != SAMPLE * (rounds + WARM):
        raise RuntimeError(f"{invited} were invited")
    await plain.close()
    await database.close()
    return [_row(ours[WARM:], theirs[WARM:])]


async def _world(database: Database, plain: asyncpg.Connection) -> list[UUID]:
    """The services; with a quarterly programme."""
    organisation_id, survey_id = uuid4(), uuid4()
    own: dict[str, Any] = {"organisation_id": organisation_id}
    for statement in GROUND:
        await plain.execute(statement.format(units=UNITS, employees=EMPLOYEES, services=SERVICES), organisation_id)
    services = [row[0] for row in await plain.fetch("SELECT id FROM services")]
    async with database.transaction(organisation_id) as session:
        await session.execute(insert(Organisation).values(
            **own, token_number=1, name="Rivierenmark", time_zone="Europe/Amsterdam", languages=["nl"],
            minimum_group=5, comment_minimum_group=10, attributes=[],
        ))  # fmt: skip
        await session.execute(insert(ContactPolicy).values(
            **own, maximum_invitations=4, within_days=365, minimum_days_between=14, quiet_periods=[],
        ))  # fmt: skip
        await session.execute(insert(Survey).values(
            **own, id=survey_id, key="internal", maker_unit_ids=[], definition=DEFINITION, latest_version=1,
        ))  # fmt: skip
        await session.execute(insert(SurveyVersion).values(
            **own, survey_id=survey_id, number=1, definition=DEFINITION
        ))  # fmt: skip
        await session.execute(insert(Programme).values(
            **own, id=uuid4(), survey_id=survey_id, title={"nl": "Meting"}, service_ids=services, audience=[],
            schedule={"kind": "periodic", "startDate": "2031-03-03", "rrule": "FREQ=DAILY;INTERVAL=91"},
            sample={"kind": "number", "number": SAMPLE, "seed": 4}, service_choice="respondent",
            closes_after_days=21, reminders=[7, 14], active=True, planned_at=START, due_at=START,
        ))  # fmt: skip
    await plain.execute("CREATE TABLE plain (LIKE invitations INCLUDING ALL)")
    await plain.execute("VACUUM ANALYZE")
    return services


def _row(ours: list[float], theirs: list[float]) -> dict[str, Any]:
    """The ratio is the median of the rounds' ratios: what slows the machine slows both."""
    ratio = statistics.median(a / b for a, b in zip(ours, theirs, strict=True))
    return {"name": "programmes.draw", "ours": statistics.median(ours), "theirs": statistics.median(theirs),
            "unit": "s", "ratio": ratio, "bar": BAR, "holds": ratio <= BAR}  # fmt: skip


if __name__ == "__main__":
    print(json.dumps(measure(print, int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS), indent=1))
