"""Do the migrations add up to the tables? And: draft the one that is missing.

python -m deploy.checks.migrations draft SERVICE "what changes"
"""

import asyncio
import contextlib
import io
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.util.exc import CommandError

from deploy.embedded import postgres
from deploy.embedded.home import claimed
from deploy.embedded.postgres import Cluster
from deploy.embedded.processes import stop
from deploy.embedded.secrets import SERVICES, Secrets
from services.shared.main import alembic_config

ROOT = Path(__file__).parents[2]


@contextmanager
def cluster() -> Iterator[tuple[Cluster, Secrets]]:
    """A database server of its own, gone after. Its loop runs only while it starts and stops: alembic has its own."""
    with (
        tempfile.TemporaryDirectory(prefix="klankbord-") as folder,
        claimed(Path(folder)) as home,
        asyncio.Runner() as runner,
    ):
        secrets = Secrets()
        made = Cluster(home, postgres.free_port(), secrets.superuser)
        runner.run(postgres.initialise(home, secrets.superuser))
        child = runner.run(postgres.start_server(made))
        try:
            runner.run(postgres.make_databases(made, secrets))
            yield made, secrets
        finally:
            runner.run(stop(child))


def faults() -> list[str]:
    with cluster() as (made, secrets):
        return [fault for service in SERVICES for fault in _faults_of(service, made, secrets)]


def _faults_of(service: str, made: Cluster, secrets: Secrets) -> list[str]:
    config = alembic_config(_owner(service, made, secrets), ROOT / "services" / service)
    command.upgrade(config, "head")
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            command.check(config)
    except CommandError as error:
        return [f"{service}: {error}"]
    return []


def _owner(service: str, made: Cluster, secrets: Secrets) -> str:
    return made.dsn(f"klankbord_{service}", f"klankbord_{service}_owner", secrets.owners[service])


def draft(service: str, message: str) -> None:
    with cluster() as (made, secrets):
        config = alembic_config(_owner(service, made, secrets), ROOT / "services" / service)
        command.upgrade(config, "head")
        number = len(list((ROOT / "services" / service / "migrations" / "versions").glob("[0-9]*.py"))) + 1
        command.revision(config, message, autogenerate=True, rev_id=f"{number:04d}")


if __name__ == "__main__":
    if len(sys.argv) != 4 or sys.argv[1] != "draft" or sys.argv[2] not in SERVICES or not sys.argv[3].strip():
        sys.exit('usage: make migration SERVICE=survey NAME="what changes"')
    draft(sys.argv[2], sys.argv[3])
