"""`python -m deploy.demo`, which is `make demo`. DATA names another folder, RUN another system's run.json."""

import asyncio
import os
import sys
from pathlib import Path

from rich.console import Console

from deploy.demo import manager
from deploy.demo.compare import Verdict, compare, expected_wrong
from deploy.demo.files import write_figures
from deploy.demo.folder import Folder
from deploy.demo.manager import Views
from deploy.demo.play import Played, operator_of, play
from deploy.demo.progress import Steps
from deploy.demo.system import Run, running_system
from deploy.demo.views import held
from deploy.embedded.home import home_path, write_private
from deploy.embedded.trouble import troubles

OWN_FOLDER = Path(__file__).parent / "municipality"
SHOWN = 20  # differences; there may be thousands


async def demo(folder: Folder, run: Run, out: Path, console: Console) -> int:
    steps = Steps(console)
    async with operator_of(run) as operator:
        with steps.bars:
            played = await play(folder, run, operator, steps)
            with steps.step("fetch the views and pictures"):
                write_figures(out, played.said)
                write_private(out / "run.json", _run_file(run, played))
                views = await manager.read(folder, played, out)
    manager.show(views, console)
    verdict, wrong = judge(folder, played, views)
    return report(verdict, wrong, out, console)


def judge(folder: Folder, played: Played, views: Views) -> tuple[Verdict, list[str]]:
    verdict = Verdict()
    pairs = {name: (rows, played.said[name]) for name, rows in played.plain.items()}
    pairs["views"] = held(folder, played, views)
    for name, (plain, said) in pairs.items():
        found = compare(plain, said, folder.minimum)
        found.wrong = [f"{name}: {fault}" for fault in found.wrong]
        verdict.join(found)
    return verdict, expected_wrong(played.plain, folder.expected) if folder.expected is not None else []


def report(verdict: Verdict, wrong: list[str], out: Path, console: Console) -> int:
    def say(text: str) -> None:
        console.print(text, highlight=False, markup=False, soft_wrap=True)

    for fault in (*verdict.wrong[:SHOWN], *wrong[:SHOWN]):
        say(f"  {fault}")
    say(
        f"{verdict.readable} rows are readable, {verdict.hidden} are hidden, {len(verdict.wrong)} differ from the files."
    )
    if wrong:
        say(f"{len(wrong)} rows of the folder's expected.json differ from what its files say.")
    say(f"Figures and pictures are in {out}")
    if verdict.wrong or wrong or not verdict.readable:
        say("FAILED")
        return 1
    say("Every readable figure equals the one computed from the files; everything below the minimum is hidden.")
    return 0


def _run_file(run: Run, played: Played) -> dict[str, object]:
    addresses = {name: run[name] for name in ("survey", "analytics", "notification")}
    return {
        "organisationId": played.organisation_id,
        "adminKey": played.survey.key,
        **addresses,
        "waves": played.waves,
    }


def main() -> int:
    console = Console(width=None if sys.stdout.isatty() else 140)
    try:
        folder = Folder(Path(os.environ.get("DATA") or OWN_FOLDER).expanduser().resolve())
        with running_system() as run:
            out = home_path() / "demo"
            out.mkdir(parents=True, exist_ok=True)
            return asyncio.run(demo(folder, run, out, console))
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        known = troubles(error)
        if not known:
            raise
        console.print("\n".join(f"demo: {trouble}" for trouble in known), style="red", highlight=False, markup=False)
        return 1


if __name__ == "__main__":
    sys.exit(main())
