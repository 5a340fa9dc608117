"""Makes what `deploy/compose.yaml` asks of its surroundings: secrets and the mail folder.

    python3 deploy/prepare_compose.py [FOLDER]

FOLDER is what KLANKBORD_COMPOSE names for Compose (`.klankbord/compose` by default). What is there is kept. It also
writes FOLDER/run.json, so that `make demo RUN=FOLDER/run.json` plays on it. Needs nothing but Python.
"""

import json
import os
import secrets
import sys
from base64 import b64encode
from pathlib import Path

SERVICES = ("survey", "analytics", "notification")


def main(folder: Path) -> None:
    """Only its owner enters the folder. The files in it are readable, since they are mounted, one by one, into
    containers that run as users of their own."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    kept, mails = folder / "secrets", folder / "mails"
    kept.mkdir(exist_ok=True)
    mails.mkdir(exist_ok=True)
    mails.chmod(0o777)
    for name in ("postgres_password", "operator_key", *(f"{service}_peer_key" for service in SERVICES)):
        keep(kept / name, secrets.token_urlsafe(32))
    keep(kept / "smtp_password", "")  # for who has one to fill in; an empty one is none
    for name in ("token_keys", "box_keys", "unsubscribe_keys"):
        keep(kept / name, json.dumps([b64encode(secrets.token_bytes(32)).decode()]))
    for service in SERVICES:
        role = f"klankbord_{service}"
        for user, url in ((role, "database_url"), (f"{role}_owner", "migration_database_url")):
            password = keep(kept / f"{user}_password", secrets.token_urlsafe(32))
            keep(kept / f"{service}_{url}", f"postgresql://{user}:{password}@postgres:5432/{role}")
    run = {
        **{name: f"http://127.0.0.1:{8000 + number}" for number, name in enumerate(SERVICES)},
        "operatorKey": (kept / "operator_key").read_text("utf-8"),
        "mailFolder": "mails",
    }
    (folder / "run.json").touch(mode=0o600)
    (folder / "run.json").write_text(json.dumps(run, indent=1), "utf-8")


def keep(path: Path, value: str) -> str:
    if not path.exists():
        path.write_text(value, "utf-8")
        path.chmod(0o644)
    return path.read_text("utf-8")


if __name__ == "__main__":
    named = sys.argv[1] if len(sys.argv) > 1 else os.environ.get("KLANKBORD_COMPOSE")
    main(Path(named) if named else Path(__file__).resolve().parents[1] / ".klankbord" / "compose")
