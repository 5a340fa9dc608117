"""Imports every module that declares a table, so that `Base.metadata` is whole."""

from services.shared import consumer, idempotency, keys, outbox
from services.survey.catalogue import models as catalogue
from services.survey.contact_policy import models as contact_policy
from services.survey.imports import models as imports
from services.survey.interactions import models as interactions
from services.survey.interchange import models as interchange
from services.survey.organisation import models as organisation
from services.survey.programmes import models as programmes
from services.survey.responses import models as responses
from services.survey.scim import models as scim
from services.survey.surveys import models as surveys
from services.survey.waves import models as waves

__all__ = [
    "catalogue",
    "consumer",
    "contact_policy",
    "idempotency",
    "imports",
    "interactions",
    "interchange",
    "keys",
    "organisation",
    "outbox",
    "programmes",
    "responses",
    "scim",
    "surveys",
    "waves",
]
