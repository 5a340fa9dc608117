"""What makes this service: its routers, its consumers, its background work."""

from fastapi import FastAPI

from services.shared.app import Service
from services.survey.catalogue import router as catalogue
from services.survey.contact_policy import router as contact_policy
from services.survey.imports import jobs as import_jobs
from services.survey.imports import mapping_router as import_mappings
from services.survey.imports import router as imports
from services.survey.interactions import described as interactions_described
from services.survey.interactions import router as interactions
from services.survey.interchange import router as interchange
from services.survey.organisation import router as organisation
from services.survey.organisation.api_keys import router as api_keys
from services.survey.organisation.employees import router as employees
from services.survey.organisation.units import router as units
from services.survey.programmes import router as programmes
from services.survey.programmes import scheduler as programme_runs
from services.survey.responses import described as respond_described
from services.survey.responses import router as responding
from services.survey.responses.page import router as page
from services.survey.scim import errors as scim_errors
from services.survey.scim import router as scim
from services.survey.surveys import router as surveys
from services.survey.surveys.bank import router as bank
from services.survey.waves import consumers, scheduler
from services.survey.waves import router as waves


def service() -> Service:
    return Service(
        name="survey",
        title="Klankbord survey",
        description="Survey of Klankbord.",
        routers=[
            organisation.router,
            api_keys.router,
            units.router,
            employees.router,
            catalogue.router,
            surveys.router,
            bank.router,
            interchange.router,
            waves.router,
            contact_policy.router,
            programmes.router,
            imports.router,
            interactions.router,
            import_mappings.router,
        ],
        consumers=consumers.feeds,
        install=install,
        described=[respond_described.router, interactions_described.router],
        close=responding.close,
        tasks=lambda app: [
            responding.taking_out(app),
            scheduler.task(app),
            programme_runs.task(app),
            *import_jobs.tasks(app),
            *interactions.tasks(app),
        ],
        uploads=("/v1/imports",),
        files=("/v1/survey-imports",),
        silent=("/v1/respond", "/r/"),
        free=("/v1/respond/",),
        refusals={"/scim/": scim_errors.refusal},
    )


def install(app: FastAPI) -> None:
    """The page first, so that respond's own route comes before it."""
    page.install(app)
    responding.install(app)
    scim.install(app)
