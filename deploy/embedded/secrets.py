"""The secrets of an embedded run: made once, kept in one file of mode 600."""

import json
import secrets
from base64 import b64encode
from dataclasses import asdict, dataclass, field
from uuid import uuid4

from deploy.embedded.home import Home, write_private
from deploy.embedded.trouble import Trouble
from services.shared.settings import ServiceName

SERVICES: tuple[ServiceName, ...] = ("survey", "analytics", "notification")


def _token() -> str:
    return secrets.token_urlsafe(32)


def _each() -> dict[str, str]:
    return {service: _token() for service in SERVICES}


def _key_list() -> list[str]:
    return [b64encode(secrets.token_bytes(32)).decode()]


@dataclass
class Secrets:
    superuser: str = field(default_factory=_token)
    owners: dict[str, str] = field(default_factory=_each)
    roles: dict[str, str] = field(default_factory=_each)
    peers: dict[str, str] = field(default_factory=_each)
    token_keys: list[str] = field(default_factory=_key_list)
    box_keys: list[str] = field(default_factory=_key_list)
    unsubscribe_keys: list[str] = field(default_factory=_key_list)
    operator_key: str = field(default_factory=_token)
    # The first organisation is asked for under this key, so that a start that broke off does not make a second one.
    first_organisation: str = field(default_factory=lambda: str(uuid4()))
    admin_key: str | None = None


def load_or_make(home: Home) -> Secrets:
    if home.secrets.exists():
        return _kept(home)
    if home.postgres.exists():
        raise Trouble(
            f"{home.path} has a database but no {home.secrets.name}: restore that file, or use another folder"
        )
    made = Secrets()
    save(home, made)
    return made


def _kept(home: Home) -> Secrets:
    try:
        kept = Secrets(**json.loads(home.secrets.read_text("utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise Trouble(f"{home.secrets} cannot be read ({error}); without it the data folder is of no use") from error
    if kept.admin_key is not None and not home.postgres.exists():
        raise Trouble(
            f"{home.secrets} has the key of an organisation, but its database {home.postgres} is gone: restore that "
            f"folder, or move {home.secrets.name} away: the next start then makes a new system"
        )
    return kept


def save(home: Home, made: Secrets) -> None:
    write_private(home.secrets, asdict(made))
