from pathlib import Path

from services.analytics.service import service
from services.analytics.settings import AnalyticsSettings
from services.shared.main import run

DESCRIBING: dict[str, object] = {}

if __name__ == "__main__":
    run(service, AnalyticsSettings, Path(__file__).parent, DESCRIBING)
