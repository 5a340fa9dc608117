"""Settings of analytics alone."""

from services.shared.settings import Settings


class AnalyticsSettings(Settings):
    pass
