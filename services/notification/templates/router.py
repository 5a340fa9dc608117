"""`/v1/templates`."""

from datetime import UTC, datetime, timedelta

from services.notification.listing import page_of
from services.notification.organisation.queries import organisation
from services.notification.templates.library import Source, Values, render, source, sources
from services.notification.templates.rules import moment
from services.notification.templates.schemas import Kind, Language, Preview, PreviewBody, Template
from services.shared.auth import Caller, allow
from services.shared.pages import Page, UnsortedPages
from services.shared.routing import Router
from services.shared.sessions import Session

router = Router(tag="templates")
READERS = allow("admin", "director", "provider-manager")
EXAMPLES = {
    "nl": ("Uw organisatie", "Voorbeeld van een vragenlijst", "Noor Voorbeeld"),
    "en": ("Your organisation", "Example of a survey", "Sam Example"),
}
LINK = "https://klankbord.example/r/example"
UNSUBSCRIBE_LINK = "https://klankbord.example/v1/unsubscribe/example"


@router.get("/templates", dependencies=[READERS])
async def list_templates(paging: UnsortedPages) -> Page[Template]:
    """The mails as they are written, one for each kind and language."""
    return page_of([_template(found) for found in sources()], paging)


@router.get("/templates/{kind}/{language}", dependencies=[READERS])
async def get_template(kind: Kind, language: Language) -> Template:
    return _template(source(kind, language))


@router.post("/templates/{kind}/{language}/preview", dependencies=[READERS])
async def preview_template(
    session: Session, caller: Caller, kind: Kind, language: Language, body: PreviewBody
) -> Preview:
    """The mail as a recipient would get it. Nothing is sent."""
    known = await organisation(session, caller.organisation_id)
    example, title, name = EXAMPLES[language]
    closes_at = body.closes_at or datetime.now(UTC) + timedelta(days=14)
    values = Values(
        organisation=body.organisation or (known.name if known else example),
        title=body.title or title,
        name=name if body.name is None else body.name,
        link=LINK,
        closing=moment(closes_at, known.time_zone if known else "UTC", language),
        minimum=body.minimum_group or 5,
        unsubscribe_link=UNSUBSCRIBE_LINK,
    )
    made = render(kind, language, values)
    return Preview(kind=kind, language=language, subject=made.subject, text=made.text, html=made.html)


def _template(found: Source) -> Template:
    return Template(
        kind=found.kind, language=found.language, origin="builtIn", subject=found.subject,
        preview=found.preview, text=found.text, mjml=found.mjml,
    )  # fmt: skip
