"""What makes this service: its routers, its consumers, its background work."""

from services.shared.app import Service


def service() -> Service:
    return Service(
        name="notification",
        title="Klankbord notification",
        description="Notification of Klankbord.",
        routers=[],
    )
