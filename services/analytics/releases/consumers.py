"""The end of a taking out makes a wave wait for its release."""

from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from services.analytics.facts.consumers import set_status
from services.analytics.facts.models import Taking
from services.analytics.facts.service import put
from services.analytics.releases.models import ReleaseRequest
from services.contracts import events
from services.contracts.envelope import Envelope
from services.shared.consumer import Handler


async def on_wave_taken(session: AsyncSession, event: Envelope[events.WaveTaken]) -> None:
    said = event.data.model_dump(mode="json", exclude={"wave_id"})
    said["services"] += said.pop("alone")
    await put(session, Taking, [{"wave_id": event.data.wave_id, **said}])
    await set_status(session, event.data.wave_id, "taken")
    await put(session, ReleaseRequest, [{"wave_id": event.data.wave_id}])


HANDLERS: Final[dict[str, Handler]] = {"wave.taken": on_wave_taken}
