"""The three services with the commands and settings of their containers (`deploy/compose.yaml`)."""

import json
import os
import sys
from dataclasses import dataclass

from deploy.embedded.postgres import Cluster
from deploy.embedded.processes import Command
from deploy.embedded.secrets import SERVICES, Secrets
from services.shared.settings import HELD, ServiceName

# As in the Containerfile. A burst of work leaves no more memory behind than it must.
PROCESS = {"PYTHONUNBUFFERED": "1", "MALLOC_ARENA_MAX": "2", "MALLOC_TRIM_THRESHOLD_": "131072"}
INHERITED = (
    "PATH", "HOME", "LANG", "TZ", "PYTHONPATH", "SSL_CERT_FILE", "KLANKBORD_RATE_LIMIT", "KLANKBORD_RESPOND_LIMIT",
    "KLANKBORD_FORGED_LIMIT", "KLANKBORD_LOG_LEVEL",
    "KLANKBORD_CORS_ORIGINS", "KLANKBORD_LEASE_SECONDS",
)  # fmt: skip


@dataclass(frozen=True)
class Addresses:
    survey: int
    smtp: int

    def port(self, service: str) -> int:
        return self.survey + SERVICES.index(service)

    def url(self, service: str) -> str:
        return f"http://127.0.0.1:{self.port(service)}"


def environment(service: ServiceName, secrets: Secrets, cluster: Cluster, addresses: Addresses) -> dict[str, str]:
    database = f"klankbord_{service}"
    given = {
        "PORT": str(addresses.port(service)),
        "PUBLIC_URL": addresses.url(service),
        "DATABASE_URL": cluster.dsn(database, database, secrets.roles[service]),
        **{f"{peer.upper()}_URL": addresses.url(peer) for peer in SERVICES},
        **{f"{peer.upper()}_PEER_KEY": secrets.peers[peer] for peer in HELD[service]},
        **_own(service, secrets, addresses),
    }
    return {**_around(), **{f"KLANKBORD_{name}": value for name, value in given.items()}}


def _around() -> dict[str, str]:
    return {**{name: os.environ[name] for name in INHERITED if name in os.environ}, **PROCESS}


def _own(service: str, secrets: Secrets, addresses: Addresses) -> dict[str, str]:
    if service == "survey":
        return {
            "OPERATOR_KEY": secrets.operator_key,
            "TOKEN_KEYS": json.dumps(secrets.token_keys),
            "BOX_KEYS": json.dumps(secrets.box_keys),
        }
    if service == "notification":
        return {
            "SMTP_HOST": "127.0.0.1",
            "SMTP_PORT": str(addresses.smtp),
            "UNSUBSCRIBE_KEYS": json.dumps(secrets.unsubscribe_keys),
        }
    return {}


def serving(service: str, given: dict[str, str]) -> Command:
    return Command(service, [sys.executable, "-m", f"services.{service}"], given)


def migrating(service: str, secrets: Secrets, cluster: Cluster) -> Command:
    """The owner's address is this job's alone."""
    database = f"klankbord_{service}"
    url = cluster.dsn(database, f"{database}_owner", secrets.owners[service])
    command = [sys.executable, "-m", f"services.{service}", "migrate"]
    return Command(f"{service}-migrate", command, {**_around(), "KLANKBORD_MIGRATION_DATABASE_URL": url})
