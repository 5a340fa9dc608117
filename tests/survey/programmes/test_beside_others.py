"""What programmes leave each other under one contact policy."""

from collections import defaultdict
from datetime import date
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest

from tests.fixtures.services import Running
from tests.survey.programmes.plans import CONTINUOUS, PATCH, body, made
from tests.survey.programmes.test_continuous import days
from tests.survey.programmes.test_short_periods import previewed
from tests.survey.waves.world import make

FIRST = date(2031, 1, 1)
FOUR_A_YEAR = {"maximumInvitations": 4, "withinDays": 365}
WAVES = """SELECT programme_id, count(invitations.number) FROM waves
    LEFT JOIN invitations ON invitations.wave_id = waves.id GROUP BY waves.id, programme_id ORDER BY waves.id"""


@pytest.mark.parametrize(
    ("policy", "period", "foreseen", "months"),
    [(FOUR_A_YEAR, "quarter", 40, 15), ({"minimumDaysBetween": 90}, "month", 14, 12)],
)
async def test_those_that_ask_the_same_people_in_turn_divide_what_the_policy_allows(
    survey: Running, policy: dict[str, Any], period: str, foreseen: int, months: int
) -> None:
    """Neither asks everybody until the policy lets nobody be asked for months."""
    world = await make(survey, north=60, south=40)
    admin = await world.client()
    await admin.patch("/v1/contact-policy", json=policy, headers=PATCH)
    both = [await made(admin, world, {**CONTINUOUS, "period": period}, service) for service in ("laptops", "payroll")]
    assert [await previewed(world, programme) for programme in both] == [foreseen] * 2
    await days(world, FIRST, months * 365 // 12)
    waves = defaultdict[UUID, list[int]](list)
    for programme, invited in await world.rows(WAVES):
        waves[programme].append(invited)
    assert len(waves) == 2
    for sizes in waves.values():
        assert len(sizes) == months // (3 if period == "quarter" else 1)
        assert all(abs(size - foreseen) <= 4 for size in sizes), sizes
    asked = await world.rows(
        "SELECT employee_id, array_agg(invited_date ORDER BY invited_date) FROM contacts GROUP BY 1"
    )
    assert len(asked) == 100
    if policy != FOUR_A_YEAR:
        assert min((later - earlier).days for _, dates in asked for earlier, later in pairwise(dates)) >= 90


async def test_others_count_while_they_run_and_ask_people_of_the_same_units(survey: Running) -> None:
    world = await make(survey, north=60, south=40)
    admin = await world.client()
    await admin.patch("/v1/contact-policy", json=FOUR_A_YEAR, headers=PATCH)
    one = await made(admin, world, CONTINUOUS, "laptops")
    assert await previewed(world, one) == 79
    south = {"audience": {"unitIds": ["external:south"]}}
    elsewhere = await made(admin, world, CONTINUOUS, "phones", audience={"unitIds": ["external:north"]})
    assert await previewed(world, one) == 56, "60 of the 100 are asked by two"
    narrow = await admin.patch(f"/v1/programmes/{one}", json=south, headers=PATCH)
    assert narrow.status_code == 200, narrow.text
    assert await previewed(world, one) == 32, "phones are for north alone"
    await admin.patch(f"/v1/programmes/{one}", json={"audience": None}, headers=PATCH)
    assert await previewed(world, one) == 56
    await admin.post(f"/v1/programmes/{elsewhere}/pause")
    assert await previewed(world, one) == 79
    await admin.post(f"/v1/programmes/{elsewhere}/resume")
    own = {"contactRules": {"minimumDaysBetween": 110}}
    await admin.patch(f"/v1/programmes/{one}", json=own, headers=PATCH)
    await admin.patch("/v1/contact-policy", json={"maximumInvitations": None, "withinDays": None}, headers=PATCH)
    assert await previewed(world, one) == 66, "what it has between its own is not divided"


async def test_each_person_is_shared_by_those_who_ask_them_however_many_there_are(survey: Running) -> None:
    world = await make(survey, north=60, south=40)
    admin = await world.client()
    await admin.patch("/v1/contact-policy", json=FOUR_A_YEAR, headers=PATCH)
    whole = await made(admin, world, CONTINUOUS, "payroll")
    parts = [
        await made(admin, world, CONTINUOUS, "laptops", audience={"unitIds": [f"external:{unit}"]})
        for unit in ("north", "south")
    ]
    assert await previewed(world, whole) == 40, "each is asked by two"
    assert [await previewed(world, part) for part in parts] == [24, 16]
    await admin.post(f"/v1/programmes/{parts[0]}/pause")
    assert await previewed(world, whole) == 63, "40 of the 100 are asked by two"


@pytest.mark.parametrize("then", [{}, {"minimumGroup": 24}])
async def test_others_do_not_silence_one_of_few_people(survey: Running, then: dict[str, Any]) -> None:
    """It has what it needs, whatever minimum the others choose, and who would take that is refused."""
    world = await make(survey, north=60, south=40)
    admin = await world.client()
    await admin.patch("/v1/contact-policy", json={"minimumDaysBetween": 90}, headers=PATCH)
    monthly = {**CONTINUOUS, "period": "month"}
    few = await made(admin, world, monthly, "laptops", audience={"unitIds": ["external:south"]})
    assert await previewed(world, few) == 11
    if then:
        refused = await admin.post("/v1/programmes", json=body(world, monthly, "payroll", **then))
        assert (refused.status_code, refused.json()["code"]) == (400, "invalidRequest"), "it cannot have so many itself"
    large = [await made(admin, world, monthly, service) for service in ("payroll", "network")]
    assert [await previewed(world, each) for each in (few, *large)] == [6, 11, 11]
    paused = body(world, monthly, "laptops", active=False)
    other = (await admin.post("/v1/programmes", json=paused)).json()["id"]
    for refused in (
        await admin.post("/v1/programmes", json={**paused, "active": True}),
        await admin.post(f"/v1/programmes/{other}/resume"),
        await admin.patch(f"/v1/programmes/{other}", json={"active": True}, headers=PATCH),
    ):
        assert (refused.status_code, refused.json().get("code")) == (409, "tooFewInvited"), refused.url
    await days(world, FIRST, 365)
    sizes = [invited for programme, invited in await world.rows(WAVES) if str(programme) == few]
    assert len(sizes) == 12
    assert sum(sizes) / 12 >= 5, sizes
    assert min(sizes) >= 2, sizes


async def test_a_programme_for_a_team_keeps_nobody_out(survey: Running) -> None:
    world = await make(survey, north=300, south=25)
    admin, hr = await world.client(), await world.client("provider-manager", "hr")
    await admin.patch("/v1/contact-policy", json={"minimumDaysBetween": 90}, headers=PATCH)
    monthly = {**CONTINUOUS, "period": "month"}
    team = await made(hr, world, monthly, "payroll", audience={"unitIds": ["external:south"]})
    everybody = await made(admin, world, CONTINUOUS, "laptops")
    assert await previewed(world, everybody) == 262, "of 325, for what is left for the team is too little for a month"
    assert await previewed(world, team) == 0
    quarterly = await hr.patch(f"/v1/programmes/{team}", json={"schedule": {"period": "quarter"}}, headers=PATCH)
    assert quarterly.status_code == 200, quarterly.text
    assert await previewed(world, team) == 10
    assert await previewed(world, everybody) == 253, "25 of whom are asked by two"
    await world.run("UPDATE services SET provider_id = :it WHERE external_id = 'payroll'", it=world.units["it"])
    assert await previewed(world, everybody) == 262, "its makers may ask nobody any more"
    assert (await hr.get(f"/v1/programmes/{team}")).json()["active"]


async def test_one_that_asks_nobody_leaves_its_part_to_others(survey: Running) -> None:
    world = await make(survey, north=60, south=0)
    admin = await world.client()
    clients = [await world.client("provider-manager", *units) for units in (["hr"], ["it"], ["it", "hr"])]
    await admin.patch("/v1/contact-policy", json={"minimumDaysBetween": 90}, headers=PATCH)
    monthly = {**CONTINUOUS, "period": "month"}
    services = [["payroll"], ["laptops"], ["payroll", "laptops"]]
    all_three = [await made(client, world, monthly, *asked) for client, asked in zip(clients, services, strict=True)]
    assert [await previewed(world, each) for each in all_three] == [5, 5, 5]
    quarterly = await made(admin, world, CONTINUOUS, "network")
    assert [await previewed(world, each) for each in all_three] == [5, 5, 0], "the last made of those with too little"
    assert await previewed(world, quarterly) == 16
    await world.run("UPDATE surveys SET latest_version = NULL")
    assert await previewed(world, quarterly) == 48, "the others have nothing to ask"


async def test_what_a_programme_may_take_from_another_hangs_on_the_minimum_of_that(survey: Running) -> None:
    world = await make(survey, north=60, south=40)
    admin = await world.client()
    await admin.patch("/v1/contact-policy", json={"minimumDaysBetween": 90}, headers=PATCH)
    monthly = {**CONTINUOUS, "period": "month"}
    careful = await made(admin, world, monthly, "laptops", minimumGroup=20)
    assert await previewed(world, careful) == 27
    refused = await admin.post("/v1/programmes", json=body(world, monthly, "payroll"))
    assert (refused.status_code, refused.json()["code"]) == (409, "tooFewInvited")


async def test_what_takes_nothing_may_be_changed_though_the_policy_leaves_too_few(survey: Running) -> None:
    world = await make(survey, north=60, south=40)
    admin = await world.client()
    south = {"audience": {"unitIds": ["external:south"]}}
    both = [
        await made(admin, world, {**CONTINUOUS, "period": "month"}, each, **south) for each in ("laptops", "payroll")
    ]
    await admin.patch("/v1/contact-policy", json={"minimumDaysBetween": 90}, headers=PATCH)
    for change in (
        {"schedule": {"startTime": "10:00"}}, {"serviceIds": ["external:network"]}, {"active": False}, {"active": True},
    ):  # fmt: skip
        answer = await admin.patch(f"/v1/programmes/{both[0]}", json=change, headers=PATCH)
        assert answer.status_code == 200, answer.text


async def test_another_kind_of_programme_becomes_one_beside_others(survey: Running) -> None:
    world = await make(survey, north=60, south=40)
    admin = await world.client()
    await admin.patch("/v1/contact-policy", json={"minimumDaysBetween": 90}, headers=PATCH)
    south = {"audience": {"unitIds": ["external:south"]}}
    await made(admin, world, {**CONTINUOUS, "period": "month"}, "laptops", **south)
    await made(admin, world, {**CONTINUOUS, "period": "month"}, "payroll", **south)
    once = await made(admin, world, {"kind": "once", "startsAt": "2031-03-03T09:00:00+01:00"}, "network", **south)
    where = f"/v1/programmes/{once}"
    monthly = {**CONTINUOUS, "startDate": "9000-01-01", "period": "month"}
    refused = await admin.patch(where, json={"schedule": monthly, "audience": None}, headers=PATCH)
    assert (refused.status_code, refused.json()["code"]) == (409, "tooFewInvited")
    assert (await admin.patch(where, json={"schedule": CONTINUOUS, "audience": None}, headers=PATCH)).status_code == 200


async def test_one_that_begins_later_counts_from_then_on(survey: Running) -> None:
    world = await make(survey, north=60, south=40)
    admin = await world.client()
    await admin.patch("/v1/contact-policy", json=FOUR_A_YEAR, headers=PATCH)
    now = await made(admin, world, CONTINUOUS, "laptops")
    later = await made(admin, world, {**CONTINUOUS, "startDate": "2031-10-01"}, "payroll")
    assert [await previewed(world, each) for each in (now, later)] == [79, 40]


@pytest.mark.parametrize(("people", "length", "period"), [(16, 364, "quarter"), (13, 92, "month")])
async def test_a_plan_whose_waves_ask_somewhat_more_than_four_is_refused(
    survey: Running, people: int, length: int, period: str
) -> None:
    world = await make(survey, north=people, south=0)
    schedule = {**CONTINUOUS, "period": period, "cycleDays": length}
    refused = await (await world.client()).post("/v1/programmes", json=body(world, schedule, "laptops"))
    assert refused.status_code == 400
    assert [(error["pointer"], error["code"]) for error in refused.json()["errors"]] == [
        ("/schedule/period", "tooFewInvited")
    ]
