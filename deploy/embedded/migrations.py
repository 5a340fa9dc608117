"""Which databases wait for a migration. Asking is quick; the job that migrates takes seconds only to find nothing."""

import asyncio
import re
from pathlib import Path

from deploy.embedded.postgres import BINARIES, Cluster

ROOT = Path(__file__).parents[2]
REVISION = re.compile(r'^(revision|down_revision)\b[^=]*=\s*"([^"]+)"', re.MULTILINE)


def head(service: str) -> set[str]:
    """What nothing else builds upon, by the files."""
    found: dict[str, set[str]] = {"revision": set(), "down_revision": set()}
    for path in (ROOT / "services" / service / "migrations" / "versions").glob("*.py"):
        for name, revision in REVISION.findall(path.read_text("utf-8")):
            found[name].add(revision)
    return found["revision"] - found["down_revision"]


async def pending(service: str, cluster: Cluster) -> bool:
    return await _applied(service, cluster) != head(service)


async def _applied(service: str, cluster: Cluster) -> set[str]:
    server = ["-h", "127.0.0.1", "-p", str(cluster.port), "-U", "postgres", "-d", f"klankbord_{service}"]
    process = await asyncio.create_subprocess_exec(
        str(BINARIES / "psql"), "-X", "-A", "-t", "-q", *server, "-c", "SELECT version_num FROM alembic_version",
        env={"PGPASSWORD": cluster.password, "LC_ALL": "C"},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    output, _ = await process.communicate()
    return set(output.decode().split())
