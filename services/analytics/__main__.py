from pathlib import Path

from services.shared.main import run
from services.analytics.service import service
from services.analytics.settings import AnalyticsSettings

DESCRIBING: dict[str, object] = {}

if __name__ == "__main__":
    run(service, AnalyticsSettings, Path(__file__).parent, DESCRIBING)
