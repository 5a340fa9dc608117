"""Pushing as the published document has it. `router.py` serves it without FastAPI's own reading and writing of bodies,
which would cost more than the database does, so this function is never called."""

from typing import Any

from services.shared.auth import Caller
from services.shared.routing import Router
from services.survey.interactions import schemas

router = Router(tag="interactions")
MADE: dict[int | str, dict[str, Any]] = {
    201: {"description": "One that was not there yet", "model": schemas.Interaction}
}


@router.post("/interactions", responses=MADE)
async def push_interactions(_principal: Caller, body: schemas.InteractionsPushed) -> schemas.InteractionsAnswer:
    """One interaction, or up to 500 of them as `items`. Whoever sends one again, by its externalId, makes no second one,
    so a batch that was not answered can be sent again as it was.

    The latest state wins, whatever comes first: one without `closedAt` that comes after the closed one is `overtaken`,
    unless it was opened after that (and so is open again). A service or an employee whose externalId is not known yet
    may come later: the interaction is in, `parked` until then.

    Those of a batch that are not right are `refused`, with the reason and a pointer into the batch; the others are in.
    If none is right, it is a 400. Codes beside those of a schema: `farFuture` (more than a day ahead),
    `closedBeforeOpened`, `longerThanOpen` (more minutes than it was open), `unknownReference` (an id that is nobody's),
    `notAReference`.
    """
    raise NotImplementedError
