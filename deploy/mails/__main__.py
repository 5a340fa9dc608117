"""`python -m deploy.mails FOLDER [--host 127.0.0.1] [--port 1025]`: one `.eml` a mail, in the order of their arrival."""

import argparse
import asyncio
import signal
import time
from itertools import count
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

LIMIT = 10_000_000  # bytes of one mail


class Filing:
    """A name sorts by the time of arrival. A mail appears under it only when it is whole."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.number = count()

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's
        name = f"{time.time_ns():020d}-{next(self.number):06d}"
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        unfinished = self.folder / f".{name}.part"
        unfinished.write_bytes(content)
        unfinished.rename(self.folder / f"{name}.eml")
        return "250 filed"


async def serve(folder: Path, host: str, port: int) -> None:
    filing, loop, stopped = Filing(folder), asyncio.get_running_loop(), asyncio.Event()
    for stop in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(stop, stopped.set)
    server = await loop.create_server(
        lambda: SMTP(filing, hostname="mails.klankbord.example", data_size_limit=LIMIT, enable_SMTPUTF8=True),
        host,
        port,
    )
    async with server:
        print(f"filing the mails that come to {host}:{port} in {folder}", flush=True)
        await stopped.wait()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m deploy.mails", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=1025)
    chosen = parser.parse_args()
    chosen.folder.mkdir(parents=True, exist_ok=True)
    asyncio.run(serve(chosen.folder, chosen.host, chosen.port))


if __name__ == "__main__":
    main()
