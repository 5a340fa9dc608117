"""`/v1/channels`."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Request

from services.notification.channels import service
from services.notification.channels.schemas import Channel, TestMessage, TestMessageBody
from services.notification.listing import page_of
from services.shared.auth import allow
from services.shared.pages import Page, UnsortedPages
from services.shared.problems import not_found
from services.shared.routing import Router
from services.shared.sessions import Session

router = Router(tag="channels")


@router.get("/channels", dependencies=[allow("admin", "director")])
async def list_channels(request: Request, paging: UnsortedPages) -> Page[Channel]:
    return page_of(service.channels(request.app.state.settings), paging)


@router.post("/channels/{channelId}/test-messages", dependencies=[allow("admin")])
async def send_test_message(
    request: Request, _session: Session, channel_id: Annotated[UUID, Path(alias="channelId")], body: TestMessageBody
) -> TestMessage:
    """Sends one, and says what the mail server said."""
    settings = request.app.state.settings
    if channel_id not in [channel.id for channel in service.channels(settings)]:
        raise not_found("channel")
    return await service.send_test(settings, body.address)
