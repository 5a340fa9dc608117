"""What makes this service: its routers, its consumers, its background work."""

from services.shared.app import Service


def service() -> Service:
    return Service(
        name="analytics",
        title="Klankbord analytics",
        description="Analytics of Klankbord.",
        routers=[],
    )
