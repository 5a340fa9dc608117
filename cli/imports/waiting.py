"""A file is sent, and followed until nothing more happens by itself."""

import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from rich.progress import Progress, TaskID

from cli.commands import Session, agreed
from cli.failure import Failure
from cli.uploads import Upload

Import = dict[str, Any]
AT_WORK = ("queued", "running")
SHORTEST, LONGEST = 0.2, 2.0  # seconds between two looks


def import_path(import_id: str) -> str:
    return f"/imports/{quote(import_id, safe='')}"


def send(here: Session, upload: Upload, query: Mapping[str, str], idempotency_key: str | None) -> Import:
    with here.screen.bars() as bars:
        task = bars.add_task("sending", total=upload.size, shown="")
        upload.advance = lambda sent: bars.update(task, completed=sent, shown=f"{sent / 1e6:,.1f} MB")
        sent = here.survey.upload("/imports", query, upload, idempotency_key=idempotency_key)
    if not isinstance(sent, dict) or "id" not in sent:
        raise Failure(f"{here.survey.base}/v1/imports answers with no import.", "Check the address.")
    return sent


def followed(here: Session, import_id: str) -> Import:
    """As it is when it has ended, or waits for somebody."""
    path, pause = import_path(import_id), SHORTEST
    found: Import = here.survey.get(path)
    try:
        with here.screen.bars() as bars:
            task = bars.add_task("importing", total=1.0, shown="")
            while found["status"] in AT_WORK:
                _show(bars, task, found)
                time.sleep(pause)
                pause = min(pause * 1.3, LONGEST)
                found = here.survey.get(path)
    except KeyboardInterrupt:
        here.screen.say(f"\nIt goes on at the server. To see it again: klankbord imports watch {import_id}")
        raise
    return found


def _show(bars: Progress, task: TaskID, found: Import) -> None:
    rows = f"{found['counts']['read']:,} rows" if found["counts"]["read"] else found["status"]
    bars.update(task, description=found["kind"], completed=found["progress"], shown=rows)


def settled(here: Session, import_id: str, *, yes: bool) -> Import:
    """Followed to its end. It may wait for approval more than once: what it would remove has grown by then."""
    found = followed(here, import_id)
    while found["status"] == "waitingForApproval":
        here.screen.warn(why(found))
        otherwise = f"It waits. If it is meant: klankbord imports approve {import_id} --yes"
        removed = found["counts"]["removed"]
        agreed(here.screen, f"Remove {removed:,}?" if removed else "Is it meant?", yes=yes, otherwise=otherwise)
        here.survey.post(f"{import_path(import_id)}/approve")
        found = followed(here, import_id)
    return found


def why(found: Import) -> str:
    """What is known about a snapshot that the guard stopped; the server's own words, where it says some."""
    counts = found["counts"]
    staying, removed, created = counts["changed"] + counts["unchanged"], counts["removed"], counts["created"]
    there = staying + removed
    share = f"{removed:,} of {there:,} {found['kind']} ({removed / max(there, 1):.1%})"
    lines = [f"This snapshot would remove {share}: they are not in the file."] if removed else []
    if created and created >= removed / 2:
        lines.append(f"It has {created:,} new ones as well: perhaps the ids have changed, not the {found['kind']}.")
    if counts["refused"]:
        lines.append(f"{counts['refused']:,} rows were refused.")
    said = found.get("approvalReason") or found.get("failure") or {}
    return "\n".join([*lines, *([said["detail"]] if said.get("detail") else [])])
