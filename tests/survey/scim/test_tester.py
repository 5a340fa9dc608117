"""What an independent tester says, which reads our own schemas and tries all that they promise."""

import asyncio
from collections import Counter

import httpx2
import pytest
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_tester import check_server
from scim2_tester.utils import CheckResult, Status

from tests.fixtures.services import Running
from tests.survey.scim import world


@pytest.mark.parametrize(("groups", "kinds"), [("units", None), ("roles", ["Group"])])
async def test_scim2_tester_passes_whole(survey: Running, groups: str, kinds: list[str] | None) -> None:
    """Users are the same whatever groups are."""
    scim = await world.made(survey, scimGroups=groups)
    authorization = {"Authorization": scim.client.headers["Authorization"]}

    def check(url: str) -> list[CheckResult]:
        with httpx2.Client(base_url=url, headers=authorization) as client:
            return check_server(SyncSCIMClient(client), resource_types=kinds)

    async with world.served(survey) as url:
        results = await asyncio.to_thread(check, url)
    counts = Counter(result.status for result in results)
    assert [(result.title, result.reason) for result in results if result.status != Status.SUCCESS] == []
    assert counts[Status.SUCCESS] > (30 if kinds else 80)
