"""What makes this service: its routers, its consumers, its background work."""

from services.shared.app import Service
from services.survey.responses import router as responding
from services.survey.catalogue import router as catalogue
from services.survey.organisation import router as organisation
from services.survey.organisation.api_keys import router as api_keys
from services.survey.organisation.employees import router as employees
from services.survey.organisation.units import router as units


def service() -> Service:
    return Service(
        name="survey",
        title="Klankbord survey",
        description="Survey of Klankbord.",
        routers=[organisation.router, api_keys.router, units.router, employees.router, catalogue.router],
    )
