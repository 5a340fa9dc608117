"""Each process is given the secrets that it needs, and no others: in Compose, in Kubernetes and embedded."""

import re
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.checks.kustomize import render
from deploy.checks.manifests import FOLDER
from deploy.embedded import services
from deploy.embedded.home import Home
from deploy.embedded.postgres import Cluster
from deploy.embedded.secrets import SERVICES, Secrets
from deploy.prepare_compose import main as prepare
from services.notification.settings import NotificationSettings
from services.shared import settings as shared
from services.shared.settings import HELD, MigrationSettings, ServiceName, Settings

COMPOSE = Path(__file__).parents[2] / "deploy" / "compose.yaml"
DEFAULT = re.compile(r"\$\{(\w+):-([^}]*)\}")
ELSEWHERE = "KLANKBORD_MIGRATION_DATABASE_URL"


def kind(service: ServiceName) -> type[Settings]:
    made: type[Settings] = getattr(import_module(f"services.{service}.settings"), f"{service.capitalize()}Settings")
    return made


@pytest.fixture
def prepared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of deploy/prepare_compose.py; the image's own environment is set."""
    prepare(tmp_path / "compose")
    monkeypatch.setenv("KLANKBORD_PORT", "8000")
    return tmp_path / "compose" / "secrets"


def enter(container: str, prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """As Compose would: its secrets as files, its environment where it has a value. The names of the secrets."""
    compose: dict[str, Any] = yaml.safe_load(COMPOSE.read_text("utf-8"))
    described, mounted = compose["services"][container], tmp_path / container
    mounted.mkdir()
    for secret in described["secrets"]:
        file = compose["secrets"][secret["source"]]["file"]
        (mounted / secret["target"]).write_text((prepared / Path(file).name).read_text("utf-8"))
    for name, value in described.get("environment", {}).items():
        if value is not None:
            monkeypatch.setenv(name, DEFAULT.sub(lambda found: found[2], value))
    monkeypatch.setattr(shared, "SECRETS", mounted)
    return {secret["target"] for secret in described["secrets"]}


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_in_compose(
    service: ServiceName, prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    enter(service, prepared, tmp_path, monkeypatch)
    settings = kind(service)()
    assert settings.peer_keys().keys() == HELD[service]
    assert settings.migration_database_url is None


@pytest.mark.parametrize("service", SERVICES)
def test_a_migration_in_compose(
    service: ServiceName, prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert enter(f"{service}-migrate", prepared, tmp_path, monkeypatch) == {ELSEWHERE.lower()}
    assert f"klankbord_{service}_owner" in MigrationSettings().migration_database_url.get_secret_value()


def test_mail_in_compose(prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It comes up without a password, and with all that a mail server may ask."""
    enter("notification", prepared, tmp_path, monkeypatch)
    plain = NotificationSettings()
    assert (plain.smtp_host, plain.smtp_tls, plain.smtp_username, bool(plain.smtp_password)) == (
        "mails", "none", None, False,
    )  # fmt: skip
    passed = {name for name, value in yaml.safe_load(COMPOSE.read_text("utf-8"))["services"]["notification"]
              ["environment"].items() if value is None}  # fmt: skip
    assert passed == {"KLANKBORD_SMTP_TLS", "KLANKBORD_SMTP_USERNAME", "KLANKBORD_MAIL_FROM"}
    for name, value in zip(sorted(passed), ("Us <us@here.example>", "starttls", "us"), strict=True):
        monkeypatch.setenv(name, value)
    (shared.SECRETS / "klankbord_smtp_password").write_text("secret\n")
    asked = NotificationSettings()
    assert asked.smtp_password is not None
    assert (asked.smtp_tls, asked.smtp_username, asked.smtp_password.get_secret_value(), asked.mail_from) == (
        "starttls", "us", "secret", "Us <us@here.example>",
    )  # fmt: skip


def test_jobs_in_kubernetes() -> None:
    for manifest in render(FOLDER / "base"):
        if manifest["kind"] == "Job":
            (container,) = manifest["spec"]["template"]["spec"]["containers"]
            assert "envFrom" not in container
            assert [variable["name"] for variable in container["env"]] == [ELSEWHERE]
        elif manifest["kind"] == "Deployment":
            assert ELSEWHERE not in str(manifest)


@pytest.mark.parametrize("service", SERVICES)
def test_embedded(service: ServiceName, tmp_path: Path) -> None:
    secrets, cluster = Secrets(), Cluster(Home(tmp_path), 5432, "superuser")
    given = services.environment(service, secrets, cluster, services.Addresses(8000, 25))
    assert {name for name in given if name.endswith("_PEER_KEY")} == {
        f"KLANKBORD_{peer.upper()}_PEER_KEY" for peer in HELD[service]
    }
    assert ELSEWHERE not in given
    migrating = services.migrating(service, secrets, cluster).environment
    assert {name for name in migrating if name.startswith("KLANKBORD_")} - {*services.INHERITED} == {ELSEWHERE}
    assert not {secrets.peers[peer] for peer in SERVICES} & {*migrating.values()}
