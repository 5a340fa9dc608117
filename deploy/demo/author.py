"""Before the first answer: the organisation, its people and services, and a survey of a provider's manager."""

import asyncio
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from deploy.demo.api import Api
from deploy.demo.folder import Folder
from deploy.demo.progress import Steps
from deploy.embedded.trouble import Trouble

KINDS = {"units": "units.csv", "services": "services.csv", "employees": "employees.csv", "audiences": "audiences.csv"}


@dataclass(frozen=True)
class Organisation:
    """`manager` is the caller who measures, `admin` the one who set things up and reads the whole."""

    id: str
    admin: Api
    manager: Api


@dataclass(frozen=True)
class Questionnaire:
    survey_id: str
    version: int


async def organisation(folder: Folder, operator: Api) -> tuple[str, Api]:
    languages = folder.organisation.get("languages", ["en"])
    attributes = [{"key": key, "name": dict.fromkeys(languages, in_words(key))} for key in folder.attributes]
    body = {**folder.organisation, "attributes": attributes}
    made = await operator.post("/organisations", body, headers=once())
    return str(made["id"]), replace(operator, key=made["adminKey"])


def once() -> dict[str, str]:
    return {"Idempotency-Key": str(uuid4())}


def in_words(key: str) -> str:
    """`roleFamily` becomes `Role family`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", key).capitalize()


async def push(folder: Folder, admin: Api, steps: Steps) -> None:
    for kind, name in KINDS.items():
        content = (folder.path / name).read_bytes()
        with steps.step(f"push {kind}", 100) as step:
            query = {"kind": kind, "mode": "merge"}
            headers = {"Content-Type": "text/csv", **once()}
            answer = await admin.call("POST", "/imports", params=query, content=content, headers=headers)
            job = answer.json()
            while job["status"] not in ("done", "failed"):
                step.done(100 * job.get("progress", 0))
                await asyncio.sleep(0.2)
                job = await admin.get(f"/imports/{job['id']}")
            await _complain(kind, job, admin)


async def _complain(kind: str, job: dict[str, Any], admin: Api) -> None:
    if job["status"] == "done" and not job["counts"]["refused"]:
        return
    errors = (await admin.get(f"/imports/{job['id']}/errors", limit=5))["items"]
    shown = "\n".join(f"  line {e['line']}, {e['column']}: {e['code']}: {e['detail']}" for e in errors)
    raise Trouble(f"the import of {kind} ended as {job['status']}, {job['counts']}\n{shown}")


async def provider_manager(folder: Folder, admin: Api) -> Api:
    providers = sorted({service["providerExternalId"] for service in folder.services.values()})
    body = {
        "name": "Manager of all providers",
        "role": "provider-manager",
        "unitIds": [f"external:{provider}" for provider in providers],
        "expiresAt": (datetime.now(UTC) + timedelta(days=30)).isoformat(),
    }
    made = await admin.post("/api-keys", body, headers=once())
    return replace(admin, key=made["key"])


async def questionnaire(folder: Folder, manager: Api) -> Questionnaire:
    made = await manager.post("/surveys", folder.survey, headers=once())
    published = await manager.post(f"/surveys/{made['id']}/publish", None, headers=once())
    return Questionnaire(made["id"], int(published["version"]))


async def open_wave(folder: Folder, manager: Api, asked: Questionnaire, name: str) -> str:
    now = datetime.now(UTC)
    title = {language: f"{text} {name}" for language, text in folder.survey["title"].items()}
    body = {
        "surveyId": asked.survey_id,
        "version": asked.version,
        "title": title,
        "serviceIds": [f"external:{service}" for service in folder.services],
        "serviceChoice": "respondent",
        "sample": {"kind": "all", "seed": 1},
        "opensAt": now.isoformat(),
        "closesAt": (now + timedelta(days=21)).isoformat(),
        "reminders": [],
    }
    made = await manager.post("/waves", body, headers=once())
    await manager.post(f"/waves/{made['id']}/open", None, headers=once())
    return str(made["id"])


async def close_wave(manager: Api, wave_id: str) -> None:
    await manager.post(f"/waves/{wave_id}/close", None, headers=once())
