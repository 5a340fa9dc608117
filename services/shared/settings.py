"""Settings that every service has. Environment variables start with `KLANKBORD_`; a secret may also be a file of the
variable's name in lower case under `/run/secrets`. Nothing has a default that would be unsafe in production."""

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SecretsSettingsSource, SettingsConfigDict

ServiceName = Literal["survey", "analytics", "notification"]
SECRETS = Path("/run/secrets")
# Whose keys a service holds: its own, which it shows, and those of the peers that call it. So analytics cannot call as
# notification, which is given addresses, nor notification as analytics, which is given responses.
HELD: dict[ServiceName, frozenset[ServiceName]] = {
    "survey": frozenset({"survey", "analytics", "notification"}),
    "analytics": frozenset({"survey", "analytics"}),
    "notification": frozenset({"survey", "notification"}),
}


class Sources(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="KLANKBORD_", extra="ignore")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """No `.env`; secret files only where there is such a folder, or pydantic-settings warns at every start."""
        files = (SecretsSettingsSource(settings_cls, secrets_dir=SECRETS),) if SECRETS.is_dir() else ()
        return init_settings, env_settings, *files


class MigrationSettings(Sources):
    """All that a migration job is told."""

    migration_database_url: SecretStr


class Settings(Sources):
    host: str = "127.0.0.1"
    port: int = Field(ge=1, le=65535)
    public_url: str = "https://klankbord.example"
    database_url: SecretStr
    migration_database_url: SecretStr | None = Field(default=None, description="the owner's; a service never needs it")
    database_pool: int = Field(default=8, ge=1, description="connections of this process at the most")

    survey_url: str = "http://127.0.0.1:8000"
    analytics_url: str = "http://127.0.0.1:8001"
    notification_url: str = "http://127.0.0.1:8002"
    survey_peer_key: SecretStr
    analytics_peer_key: SecretStr | None = None
    notification_peer_key: SecretStr | None = None

    cors_origins: list[str] = []
    rate_limit: int = Field(default=3000, ge=1, description="requests a minute for each key")
    body_limit: int = Field(default=1_000_000, ge=1_000, description="bytes of a request body, files apart")
    trusted_proxies: str = Field(default="", description="whose X-Forwarded-For is believed: addresses or networks")
    file_limit: int = Field(default=20_000_000, ge=1_000, description="bytes of a file that is read whole")
    upload_limit: int = Field(
        default=1_000_000_000, ge=1_000, description="bytes of an uploaded file, which is streamed"
    )
    log_level: str = "INFO"

    def peer_keys(self) -> dict[ServiceName, str]:
        """Those it was given; an empty one is none."""
        given: dict[ServiceName, SecretStr | None] = {
            "survey": self.survey_peer_key,
            "analytics": self.analytics_peer_key,
            "notification": self.notification_peer_key,
        }
        return {service: key.get_secret_value() for service, key in given.items() if key}

    def peer_url(self, service: ServiceName) -> str:
        urls: dict[ServiceName, str] = {
            "survey": self.survey_url,
            "analytics": self.analytics_url,
            "notification": self.notification_url,
        }
        return urls[service].rstrip("/")
