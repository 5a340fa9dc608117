"""From what is staged to what happens: nothing, a diff, a question to somebody, or the merge."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from services.survey.imports import diff_queries, results, staging_queries
from services.survey.imports.kinds.all import KINDS
from services.survey.imports.kinds.plan import Run
from services.survey.imports.models import Import
from services.survey.imports.rules import Agreed, question
from services.survey.imports.schemas import ImportCounts
from services.survey.imports.staging import Progress, Staged
from services.survey.interactions import arrivals as interactions
from services.survey.organisation import queries as organisation

NOT_ENDED = "The last line does not end in a line break, so that the file may be cut off: none of it took effect."
PLANNED = 0.8  # share of the progress


async def take(session: AsyncSession, row: Import, staged: Staged, share: float, progress: Progress) -> ImportCounts:
    own = await organisation.organisation(session, lock=True)
    assert own is not None
    today = datetime.now(ZoneInfo(own.time_zone)).date()
    kind = KINDS[row.kind]
    await kind.settle(session)
    plan = await kind.plan(session, Run(row.mode == "snapshot", row.valid_from or today))
    progress.share = PLANNED
    refused = await staging_queries.refused_rows(session)
    counts = ImportCounts(read=staged.read, **plan.effects, removed=plan.effect.missing, refused=refused)
    agreed = Agreed(row.approved_removals, row.approved_swaps, row.approved_taken or {})
    shares = (row.removal_share, own.import_removal_share, share)
    allowed = next(each for each in shares if each is not None)
    asked = question(plan.effect, allowed, staged.unidentified, agreed, ended=staged.ended)
    row.status, row.approval_code, row.approval_detail = "done", None, None
    await results.forget_errors(session, row)
    if row.atomic and (refused or not staged.ended):
        row.status, row.failure_code = "failed", "rowsRefused" if refused else "lineNotEnded"
        row.failure_detail = f"Rows refused: {refused}, so none took effect." if refused else NOT_ENDED
        return ImportCounts(read=staged.read, refused=refused)
    if row.dry_run or asked or agreed != Agreed():
        await diff_queries.keep(session, row, plan)
    if asked:
        row.approval_code, row.approval_detail, told = asked.code, asked.detail, asked.agreed
        row.approved_removals, row.approved_swaps, row.approved_taken = told.removals, told.swaps, dict(told.taken)
    if asked and not row.dry_run:
        row.status = "waitingForApproval"
    elif not row.dry_run:
        await plan.apply(session)
        if row.kind in ("employees", "services"):
            await interactions.match(session)
    return counts
