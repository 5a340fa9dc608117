"""`python -m deploy.embedded`, which is `make run`."""

import argparse
import asyncio
import os
import signal
import sys
from collections.abc import Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Any

from rich.console import Console

from deploy.embedded.home import claimed, home_path
from deploy.embedded.secrets import SERVICES
from deploy.embedded.system import System
from deploy.embedded.trouble import Trouble, troubles


def chosen_port() -> int:
    text = os.environ.get("KLANKBORD_PORT") or "8000"
    if not text.isdecimal() or not 1 <= int(text) <= 65533:
        raise Trouble(f"KLANKBORD_PORT is {text!r}, which is not a port between 1 and 65533")
    return int(text)


async def main(console: Console, parent: int | None) -> None:
    port = chosen_port()
    with claimed(home_path()) as home:
        stop = asyncio.Event()
        for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(name, stop.set)
        watching = asyncio.create_task(_gone(parent, stop)) if parent is not None else None
        # A message can come while the spinner turns, so all go through the console that knows of it.
        system = System(home, port, lambda text: console.print(text, highlight=False, markup=False))
        try:
            await _until(stop, _live(system, console, stop))
        finally:
            console.print("stopping")
            await system.stop()
            if watching is not None:
                watching.cancel()
            console.print("stopped; the data is kept in", str(home.path), highlight=False, soft_wrap=True)


async def _live(system: System, console: Console, stop: asyncio.Event) -> None:
    async with asyncio.TaskGroup() as watch:
        with console.status("starting"):
            await system.start(watch)
        _welcome(system, console)
        await stop.wait()


async def _until(stop: asyncio.Event, work: Coroutine[Any, Any, None]) -> None:
    task, stopped = asyncio.create_task(work), asyncio.create_task(stop.wait())
    await asyncio.wait((task, stopped), return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()
    if not task.done():
        task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def _gone(parent: int, stop: asyncio.Event) -> None:
    """`make` passes SIGTERM on, but nothing when it is killed, and an interrupt that it alone gets it keeps to itself:
    it stops catching the signal and waits for us."""
    catches = _catches_interrupt(parent)
    while os.getppid() == parent and _catches_interrupt(parent) == catches:  # noqa: ASYNC110 - only looking tells
        await asyncio.sleep(0.5)
    stop.set()


def _catches_interrupt(process: int) -> bool | None:
    try:
        status = Path(f"/proc/{process}/status").read_text("ascii", "replace")
    except OSError:  # gone, or another kind of system
        return None
    caught = next(int(line.split()[1], 16) for line in status.splitlines() if line.startswith("SigCgt"))
    return bool(caught & 1 << (signal.SIGINT - 1))


def _welcome(system: System, console: Console) -> None:
    console.print("\n[bold]Klankbord is ready.[/bold]  Ctrl-C stops it.")
    for service in SERVICES:
        base = system.addresses.url(service)
        console.print(f"  {service:<13} {base}/v1   docs: {base}/docs", highlight=False, soft_wrap=True)
    console.print(f"  admin key     {system.secrets.admin_key}", highlight=False, soft_wrap=True)
    console.print(f"  mails         {system.home.mails}", highlight=False, soft_wrap=True)
    console.print(f"  for programs  {system.home.run}", highlight=False, soft_wrap=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m deploy.embedded")
    parser.add_argument("--stop-with-parent", action="store_true", help="stop when the process that started this ends")
    arguments = parser.parse_args()
    try:
        asyncio.run(main(Console(), os.getppid() if arguments.stop_with_parent else None))
    except Exception as error:
        known = troubles(error)
        if not known:
            raise
        sys.exit("\n".join(f"Klankbord: {trouble}" for trouble in known))
