"""Settings of notification alone."""

from typing import Literal

from pydantic import Field, SecretStr

from services.shared.settings import Settings


class NotificationSettings(Settings):
    smtp_host: str = "127.0.0.1"
    smtp_port: int = Field(default=25, ge=1, le=65535)
    smtp_username: str | None = None
    smtp_password: SecretStr | None = None
    smtp_tls: Literal["none", "starttls", "tls"] = "none"
    smtp_connections: int = Field(default=8, ge=1, le=50, description="open to the mail server at the most")
    mail_from: str = "Klankbord <klankbord@klankbord.example>"
    unsubscribe_keys: list[SecretStr] = Field(min_length=1, description="sign the links to unsubscribe; base64")
    lease_seconds: float = Field(default=30, ge=1, le=600, description="after which a dead worker's mails are retaken")
