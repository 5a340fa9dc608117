"""Which migrations the code brings, by their files: Alembic would make a service slower to start and larger."""

import re
from pathlib import Path

REVISION = re.compile(r'^(revision|down_revision)\b[^=]*=\s*"([^"]+)"', re.MULTILINE)
SERVICES = Path(__file__).parents[1]


def behind(service: str, applied: set[str]) -> bool:
    """Whether a database lacks what this code needs. One at a revision unknown here is ahead: of a newer version."""
    found = _found(service)
    return not applied or (applied <= found["revision"] and applied != found["revision"] - found["down_revision"])


def head(service: str) -> set[str]:
    """What no other migration builds upon."""
    found = _found(service)
    return found["revision"] - found["down_revision"]


def _found(service: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {"revision": set(), "down_revision": set()}
    for path in (SERVICES / service / "migrations" / "versions").glob("*.py"):
        for name, revision in REVISION.findall(path.read_text("utf-8")):
            found[name].add(revision)
    return found
