from pathlib import Path

from services.notification.service import service
from services.notification.settings import NotificationSettings
from services.shared.main import run

DESCRIBING: dict[str, object] = {"unsubscribe_keys": ["-"]}

if __name__ == "__main__":
    run(service, NotificationSettings, Path(__file__).parent, DESCRIBING)
