"""Settings of survey alone."""

from pydantic import Field, SecretStr

from services.shared.settings import Settings


class SurveySettings(Settings):
    """Keys are base64 of 32 random bytes. The first of a list is used for new things, all of them for what is there, so
    that a key can be replaced: put the new one in front, and take the old one away once nothing of it is left."""

    operator_key: SecretStr = Field(min_length=20)
    token_keys: list[SecretStr] = Field(min_length=1, description="sign the tokens of invitations")
    box_keys: list[SecretStr] = Field(min_length=1, description="wrap the private keys of ballot boxes")
    respond_limit: int = Field(default=60, ge=1, description="requests a minute for each invitation")
    forged_limit: int = Field(default=60, ge=1, description="requests a minute with forged tokens from one address")
