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
    import_removal_share: float = Field(
        default=0.1, ge=0, le=1, description="a snapshot that removes a larger share waits for approval"
    )
    import_part_hours: float = Field(
        default=24, gt=0, description="after which what an upload that broke off left behind is thrown away"
    )
    import_claim_seconds: float = Field(default=15, ge=1, description="after which another worker takes over an import")
