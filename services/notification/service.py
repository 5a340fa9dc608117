"""What makes this service: its routers, its consumers, its background work."""

from collections.abc import Sequence

from fastapi import FastAPI

from services.notification.channels import router as channels
from services.notification.deliveries import consumers as deliveries_feed
from services.notification.deliveries import router as deliveries
from services.notification.deliveries.worker import Worker
from services.notification.organisation import consumers as organisation_feed
from services.notification.preferences import router as preferences
from services.notification.templates import router as templates
from services.shared.app import Service
from services.shared.consumer import Consumer
from services.shared.tasks import Task


def _consumers(app: FastAPI) -> Sequence[Consumer]:
    handlers = {**organisation_feed.HANDLERS, **deliveries_feed.HANDLERS}
    return [Consumer(app.state.settings, app.state.database, "notification", "survey", handlers)]


def _tasks(app: FastAPI) -> Sequence[Task]:
    return [Worker(app.state.settings, app.state.database).run]


def service() -> Service:
    return Service(
        name="notification",
        title="Klankbord notification",
        description="What is told: mails to those who are invited, and what became of them.",
        routers=[deliveries.router, channels.router, templates.router, preferences.router],
        tags=[
            {"name": "deliveries", "description": "What went, and what became of it"},
            {"name": "channels", "description": "Ways to reach people"},
            {"name": "templates", "description": "The texts of mails"},
            {"name": "preferences", "description": "What recipients want"},
        ],
        consumers=_consumers,
        tasks=_tasks,
    )
