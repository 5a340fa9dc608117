"""Which databases wait for a migration. Asking is quick; the job that migrates takes seconds only to find nothing."""

import asyncio

from deploy.embedded.postgres import BINARIES, Cluster
from services.shared import revisions


async def pending(service: str, cluster: Cluster) -> bool:
    return await _applied(service, cluster) != revisions.head(service)


async def _applied(service: str, cluster: Cluster) -> set[str]:
    server = ["-h", "127.0.0.1", "-p", str(cluster.port), "-U", "postgres", "-d", f"klankbord_{service}"]
    process = await asyncio.create_subprocess_exec(
        str(BINARIES / "psql"), "-X", "-A", "-t", "-q", *server, "-c", "SELECT version_num FROM alembic_version",
        env={"PGPASSWORD": cluster.password, "LC_ALL": "C"},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    output, _ = await process.communicate()
    return set(output.decode().split())
