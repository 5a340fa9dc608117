"""The whole measurement, from the organisation's files to its released figures."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from deploy.demo import author, plain, readback
from deploy.demo.api import Api
from deploy.demo.folder import Folder
from deploy.demo.mailbox import Mailbox
from deploy.demo.progress import Steps
from deploy.demo.readback import Figures, Ids
from deploy.demo.respondents import AT_ONCE, Wave
from deploy.demo.system import Run
from deploy.embedded.trouble import Trouble

RELEASE_PATIENCE = 900.0  # seconds from closing a wave to its release


@dataclass(frozen=True)
class Played:
    """The organisation as it stands after its last wave. `waves` gives the id by the name of the answers file."""

    organisation_id: str
    survey: Api
    analytics: Api
    waves: dict[str, str]
    units: Ids
    services: Ids
    plain: Figures
    said: Figures


@asynccontextmanager
async def operator_of(run: Run) -> AsyncIterator[Api]:
    limits = httpx.Limits(max_connections=AT_ONCE + 8, max_keepalive_connections=AT_ONCE + 8)
    async with httpx.AsyncClient(timeout=120, limits=limits) as client:
        yield Api(client, run["survey"].rstrip("/") + "/v1", run["operatorKey"])


async def play(folder: Folder, run: Run, operator: Api, steps: Steps) -> Played:
    with steps.step("make the organisation"):
        organisation_id, admin = await author.organisation(folder, operator)
    await author.push(folder, admin, steps)
    with steps.step("make and publish the survey"):
        manager = await author.provider_manager(folder, admin)
        asked = await author.questionnaire(folder, manager)
    units, services = await readback.ids(admin, "/units"), await readback.ids(admin, "/services")
    analytics = Api(operator.client, run["analytics"].rstrip("/") + "/v1", admin.key)
    with steps.step("work the figures out from the files"):
        expected = await asyncio.to_thread(plain.figures, folder)
    waves: dict[str, str] = {}
    said: Figures = {}
    for name in folder.waves:
        mailbox = Mailbox(Path(run["mailFolder"]))
        with steps.step(f"{name}: draw and open the wave"):
            waves[name] = await author.open_wave(folder, manager, asked, name)
        await _respond(folder, name, operator, mailbox, services, steps)
        with steps.step(f"{name}: close, take out, release"):
            await author.close_wave(manager, waves[name])
            await _released(admin, analytics, waves[name])
        with steps.step(f"{name}: read the figures back"):
            said[name] = await readback.wave_figures(folder, analytics, waves[name], units, services, expected[name])
    return Played(organisation_id, admin, analytics, waves, units, services, expected, said)


async def _respond(folder: Folder, name: str, operator: Api, mailbox: Mailbox, services: Ids, steps: Steps) -> None:
    respondent = Api(operator.client, operator.base)
    wave = Wave(folder, name, respondent, dict(services.by_name))
    invited = {
        employee["email"].strip().lower()
        for employee in folder.employees.values()
        if employee["email"].strip() and folder.uses(employee["unitExternalId"])
    }
    recorded = sum(map(len, wave.by_address.values()))
    with steps.step(f"{name}: mails", len(invited)) as mails, steps.step(f"{name}: answers", recorded) as answers:
        await wave.play(mailbox, invited, mails, answers)


async def _released(survey: Api, analytics: Api, wave_id: str) -> None:
    """Survey says so once it has heard of the release, which is after it can be read."""
    deadline = time.monotonic() + RELEASE_PATIENCE
    wave: dict[str, Any] = {}
    while wave.get("status") != "released":
        if time.monotonic() > deadline:
            raise Trouble(f"the wave is {wave['status']} and not released after {RELEASE_PATIENCE:.0f} s")
        await asyncio.sleep(0.5)
        wave = await survey.get(f"/waves/{wave_id}")
    if not (await analytics.get("/releases", waveId=wave_id))["items"]:
        raise Trouble(f"the wave {wave_id} is said to be released, but analytics shows no release of it")
