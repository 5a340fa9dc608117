"""What makes this service: its routers, its consumers, its background work."""

from services.shared.app import Service


def service() -> Service:
    return Service(
        name="survey",
        title="Klankbord survey",
        description="Survey of Klankbord.",
        routers=[],
    )
