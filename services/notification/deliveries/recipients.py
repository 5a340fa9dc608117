"""Addresses are survey's: asked for in batches at the moment of sending, and kept nowhere."""

from collections.abc import Sequence
from http import HTTPStatus

import httpx
from pydantic import AwareDatetime, BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from services.notification.deliveries.queue_queries import Round


class _Told(BaseModel):
    """What else survey says is not for us."""

    model_config = ConfigDict(alias_generator=to_camel, extra="ignore", frozen=True)


class Recipient(_Told):
    invitation_id: str
    address: str
    name: str | None = None
    language: str | None = None
    link: str


class WaveTexts(_Told):
    """`quiet_until`: nothing may go out before then."""

    title: dict[str, str]
    closes_at: AwareDatetime
    organisation_name: str
    minimum_group: int
    quiet_until: AwareDatetime | None = None


class Recipients(_Told):
    """Invitations that are not among the items have nothing to be sent."""

    items: list[Recipient]
    wave: WaveTexts

    def by_invitation(self) -> dict[int, Recipient]:
        return {int(item.invitation_id): item for item in self.items}


async def ask(survey: httpx.AsyncClient, batch: Round, invitations: Sequence[int]) -> Recipients | None:
    """None: survey does not know the wave (any more)."""
    body = {
        "organisationId": str(batch.organisation_id),
        "waveId": str(batch.wave_id),
        "kind": batch.kind,
        "invitationIds": [str(number) for number in invitations],
    }
    answer = await survey.post("/v1/peer/recipients", json=body)
    if answer.status_code == HTTPStatus.NOT_FOUND:
        return None
    answer.raise_for_status()
    return Recipients.model_validate_json(answer.content)
