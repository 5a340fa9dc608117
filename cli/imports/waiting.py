"""A file is sent, and followed until nothing more happens by itself."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

from rich.progress import Progress, TaskID

from cli.commands import Session, agreed
from cli.failure import Failure, of_system
from cli.shapes import IMPORT
from cli.uploads import Upload

Import = dict[str, Any]
AT_WORK = ("queued", "running")
WAITING = "waitingForApproval"
SHORTEST, LONGEST = 0.2, 2.0  # seconds between two looks


def import_path(import_id: str) -> str:
    return f"/imports/{quote(import_id, safe='')}"


def send(here: Session, upload: Upload, query: Mapping[str, str], idempotency_key: str | None) -> Import:
    try:
        with here.screen.bars() as bars:
            task = bars.add_task("sending", total=upload.size, shown="")
            upload.advance = lambda sent: bars.update(task, completed=sent, shown=f"{sent / 1e6:,.1f} MB")
            return here.survey.upload("/imports", IMPORT, query, upload, idempotency_key=idempotency_key)
    except KeyboardInterrupt:
        here.screen.say(
            "\nThe file may have arrived all the same, and is then imported. To look: klankbord imports list"
        )
        raise


@contextmanager
def arrived(here: Session, import_id: str, state: str = "It goes on at the server.") -> Iterator[None]:
    """Whatever ends the command from here on, it does not end the import."""
    again = f"{state} To see it again: klankbord imports watch {import_id}"
    try:
        yield
    except KeyboardInterrupt:
        here.screen.say(f"\n{again}")
        raise
    except (Failure, OSError) as error:
        failure = error if isinstance(error, Failure) else of_system(error)
        then = "\n".join(each for each in (failure.then, again) if each)
        raise Failure(failure.message, then, exit_code=failure.exit_code) from error


def followed(here: Session, found: Import) -> Import:
    """As it is when it has ended, or waits for somebody."""
    path, pause = import_path(found["id"]), SHORTEST
    with arrived(here, found["id"]), here.screen.bars() as bars:
        task = bars.add_task("importing", total=1.0, shown="")
        while found["status"] in AT_WORK:
            _show(bars, task, found)
            time.sleep(pause)
            pause = min(pause * 1.3, LONGEST)
            found = here.survey.get(path, IMPORT)
    return found


def _show(bars: Progress, task: TaskID, found: Import) -> None:
    rows = f"{found['counts']['read']:,} rows" if found["counts"]["read"] else found["status"]
    bars.update(task, description=found["kind"], completed=found["progress"], shown=rows)


def settled(here: Session, found: Import, *, yes: bool) -> Import:
    """Followed to its end. It may wait for approval more than once: what it would remove has grown by then."""
    import_id = found["id"]
    found = followed(here, found)
    while found["status"] == WAITING:
        here.screen.warn(why(found))
        removed = found["counts"]["removed"]
        question = f"Remove {removed:,}?" if removed else "Is it meant?"
        agreed(here.screen, question, yes=yes, otherwise=if_meant(import_id))
        with arrived(here, import_id):
            found = here.survey.post(f"{import_path(import_id)}/approve", IMPORT)
        found = followed(here, found)
    return found


def if_meant(import_id: str) -> str:
    return f"It waits. If it is meant: klankbord imports approve {import_id} --yes"


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
