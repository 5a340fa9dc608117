"""The committed OpenAPI documents against those that the code makes now."""

import subprocess
import sys
from pathlib import Path

from deploy.embedded.secrets import SERVICES
from services.shared.settings import ServiceName

ROOT = Path(__file__).parents[2]


def faults() -> list[str]:
    """The three are made at the same time: most of it is importing."""
    commands = {service: [sys.executable, "-m", f"services.{service}", "openapi"] for service in SERVICES}
    making = {
        service: subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        for service, command in commands.items()
    }
    made = {service: process.communicate()[0] for service, process in making.items()}
    return [
        f"openapi/{service}.yaml is not what the code says: make openapi"
        for service in SERVICES
        if stale(service, made)
    ]


def stale(service: ServiceName, made: dict[ServiceName, str]) -> bool:
    committed = ROOT / "openapi" / f"{service}.yaml"
    return not committed.is_file() or committed.read_text("utf-8") != made[service]
