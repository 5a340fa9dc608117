"""What makes this service: its routers, its consumers, its background work."""

from collections.abc import Sequence

from fastapi import FastAPI

from services.analytics.cross_section.router import router as cross_section_router
from services.analytics.facts import consumers as facts
from services.analytics.releases import consumers as releases
from services.analytics.releases.router import router as releases_router
from services.analytics.releases.service import release_due
from services.analytics.response_rates.router import router as response_rates_router
from services.analytics.scorecards.router import router as scorecards_router
from services.analytics.scores.router import router as scores_router
from services.shared.app import Service
from services.shared.consumer import Consumer
from services.shared.tasks import Task, every


def _consumers(app: FastAPI) -> Sequence[Consumer]:
    handlers = {**facts.HANDLERS, **releases.HANDLERS}
    return [Consumer(app.state.settings, app.state.database, "analytics", "survey", handlers)]


def _tasks(app: FastAPI) -> Sequence[Task]:
    return [every(1, lambda: release_due(app.state.database), "release")]


def service() -> Service:
    return Service(
        name="analytics",
        title="Klankbord analytics",
        description="What was concluded from the answers: releases, scores and response rates.",
        routers=[releases_router, scores_router, scorecards_router, cross_section_router, response_rates_router],
        tags=[
            {"name": "Releases", "description": "What can be read, since when, and under which thresholds"},
            {"name": "Scores", "description": "Released figures, a cell a row"},
            {"name": "Scorecards", "description": "One provider at a glance"},
            {"name": "Cross-section", "description": "All providers and their internal customers"},
            {"name": "Response rates", "description": "How many of those invited answered"},
        ],
        consumers=_consumers,
        tasks=_tasks,
    )
