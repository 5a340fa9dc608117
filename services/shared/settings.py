"""Settings that every service has. Environment variables start with `KLANKBORD_`; a secret may also be a file of the
variable's name in lower case under `/run/secrets`. Nothing has a default that would be unsafe in production."""

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SecretsSettingsSource, SettingsConfigDict

ServiceName = Literal["survey", "analytics", "notification"]
SECRETS = Path("/run/secrets")


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="KLANKBORD_", extra="ignore")

    host: str = "127.0.0.1"
    port: int = Field(ge=1, le=65535)
    public_url: str = "https://klankbord.example"
    database_url: SecretStr
    migration_database_url: SecretStr | None = None
    database_pool: int = Field(default=8, ge=1, description="connections of this process at the most")

    survey_url: str = "http://127.0.0.1:8000"
    analytics_url: str = "http://127.0.0.1:8001"
    notification_url: str = "http://127.0.0.1:8002"
    survey_peer_key: SecretStr
    analytics_peer_key: SecretStr
    notification_peer_key: SecretStr

    cors_origins: list[str] = []
    rate_limit: int = Field(default=3000, ge=1, description="requests a minute for each key")
    body_limit: int = Field(default=1_000_000, ge=1_000, description="bytes of a request body, imports apart")
    upload_limit: int = Field(default=50_000_000, ge=1_000, description="bytes of an uploaded file")
    log_level: str = "INFO"

    def peer_keys(self) -> dict[ServiceName, str]:
        return {
            "survey": self.survey_peer_key.get_secret_value(),
            "analytics": self.analytics_peer_key.get_secret_value(),
            "notification": self.notification_peer_key.get_secret_value(),
        }

    def peer_url(self, service: ServiceName) -> str:
        urls: dict[ServiceName, str] = {
            "survey": self.survey_url,
            "analytics": self.analytics_url,
            "notification": self.notification_url,
        }
        return urls[service].rstrip("/")

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
