"""A service holds the keys of those alone whom it knows, so that none can pass for a third."""

import pytest

from services.shared.main import _with_keys
from services.shared.settings import HELD, ServiceName, Settings
from tests.fixtures.services import Running


async def statuses(service: Running) -> dict[ServiceName, int]:
    found: dict[ServiceName, int] = {}
    for peer in HELD:
        async with service.with_key(f"peer-key-of-{peer}") as client:
            found[peer] = (await client.get("/v1/events")).status_code
    return found


async def test_survey_knows_both(survey: Running) -> None:
    assert await statuses(survey) == {"survey": 200, "analytics": 200, "notification": 200}


async def test_the_others_do_not_know_each_other(analytics: Running, notification: Running) -> None:
    assert await statuses(analytics) == {"survey": 200, "analytics": 200, "notification": 401}
    assert await statuses(notification) == {"survey": 200, "analytics": 401, "notification": 200}
    assert "peer-key-of-notification" not in analytics.settings.peer_keys().values()
    assert "peer-key-of-analytics" not in notification.settings.peer_keys().values()


@pytest.mark.parametrize("service", HELD)
def test_a_key_that_is_needed_and_missing_is_said(service: ServiceName, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KLANKBORD_PORT", "8000")
    monkeypatch.setenv("KLANKBORD_DATABASE_URL", "postgresql://nobody@localhost/nothing")
    for peer in HELD[service]:
        monkeypatch.setenv(f"KLANKBORD_{peer.upper()}_PEER_KEY", "key")
    assert _with_keys(Settings, service).peer_keys().keys() == HELD[service]
    for peer in HELD[service]:
        name = f"KLANKBORD_{peer.upper()}_PEER_KEY"
        with monkeypatch.context() as without:
            without.delenv(name)
            with pytest.raises(SystemExit, match=name):
                _with_keys(Settings, service)
        with monkeypatch.context() as empty:
            empty.setenv(name, "")
            with pytest.raises(SystemExit, match=name):
                _with_keys(Settings, service)
