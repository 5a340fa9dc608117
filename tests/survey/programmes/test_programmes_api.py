"""Programmes as resources: what they are made of, and what is refused."""

from typing import Any

import pytest

from services.survey.programmes import recurrence
from tests.survey.programmes.plans import AFTER, CONTINUOUS, PATCH, QUARTERLY, body, made
from tests.survey.waves.world import World


async def test_a_programme_is_made_read_changed_and_removed(world: World) -> None:
    admin = await world.client()
    answer = await admin.post("/v1/programmes", json=body(world, QUARTERLY, reminders=[7], contactRules={"minimumDaysBetween": 30}))  # fmt: skip
    shown = answer.json()
    where = answer.headers["Location"]
    assert (answer.status_code, shown["nextRunAt"]) == (201, "2031-03-03T08:00:00Z")
    assert shown["title"] == {"nl": "Hoe helpen wij u?", "en": "How do we help you?"}
    assert shown["schedule"] == {**QUARTERLY, "startTime": "09:00", "publicHolidays": None}
    assert shown["contactRules"] == {"minimumDaysBetween": 30}
    assert (await admin.get(where)).json() == shown
    assert (await admin.get("/v1/programmes?active=true")).json()["items"] == [shown]
    assert (await admin.get("/v1/programmes?active=false")).json()["items"] == []
    assert (await admin.patch(where, json={}, headers={**PATCH, "If-Match": '"9"'})).status_code == 412
    changed = (await admin.patch(where, json={"schedule": {"startTime": "13:30"}}, headers=PATCH)).json()
    assert (changed["nextRunAt"], changed["schedule"]["rrule"]) == ("2031-03-03T12:30:00Z", QUARTERLY["rrule"])
    other = (await admin.patch(where, json={"schedule": CONTINUOUS}, headers=PATCH)).json()
    assert (other["schedule"]["kind"], other["nextRunAt"]) == ("continuous", "2031-01-01T08:00:00Z")
    assert (await admin.delete(where, headers={"If-Match": "*"})).status_code == 204
    assert (await admin.get(where)).status_code == 404


async def test_pausing_and_resuming(world: World) -> None:
    admin = await world.client()
    where = f"/v1/programmes/{await made(admin, world, QUARTERLY)}"
    paused = (await admin.post(f"{where}/pause")).json()
    assert (paused["active"], paused["nextRunAt"]) == (False, None)
    assert (await admin.post(f"{where}/pause")).json() == paused
    resumed = (await admin.post(f"{where}/resume")).json()
    assert (resumed["active"], resumed["nextRunAt"]) == (True, "2031-03-03T08:00:00Z")
    waiting = await admin.post("/v1/programmes", json=body(world, QUARTERLY, active=False))
    assert waiting.json()["nextRunAt"] is None


async def test_an_audience_stands_for_the_services_that_it_uses(world: World) -> None:
    admin, it = await world.client(), await world.client("provider-manager", "it")
    plan = {**body(world, QUARTERLY), "audience": {"unitIds": ["external:south"]}}
    del plan["serviceIds"]
    ids = {name: str(key) for name, key in world.services.items()}
    both = (await admin.post("/v1/programmes", json=plan)).json()
    assert set(both["serviceIds"]) == {ids["laptops"], ids["network"], ids["payroll"]}
    assert both["audience"] == {"unitIds": [str(world.units["south"])]}
    mine = (await it.post("/v1/programmes", json=plan)).json()
    assert "serviceIds" in mine, mine
    assert set(mine["serviceIds"]) == {ids["laptops"], ids["network"]}
    preview = (await admin.post(f"/v1/programmes/{both['id']}/sample-preview")).json()
    assert (preview["population"], preview["audience"], preview["invited"]) == (28, 8, 8)


async def test_who_may(world: World) -> None:
    admin, hr, reader = [await world.client(*who) for who in (("admin",), ("provider-manager", "hr"), ("director",))]
    theirs = await made(hr, world, QUARTERLY, "payroll")
    both = await made(admin, world, QUARTERLY, "payroll", "laptops")
    assert [item["id"] for item in (await hr.get("/v1/programmes")).json()["items"]] == [theirs]
    assert (await hr.get(f"/v1/programmes/{both}")).status_code == 404
    assert (await hr.post("/v1/programmes", json=body(world, QUARTERLY, "laptops"))).status_code == 403
    assert len((await reader.get("/v1/programmes")).json()["items"]) == 2
    assert (await reader.post("/v1/programmes", json=body(world, QUARTERLY))).status_code == 403
    assert (await reader.post(f"/v1/programmes/{both}/run")).status_code == 403


ONCE = {"kind": "once", "startsAt": "2031-03-03T09:00:00+01:00"}


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"schedule": {**QUARTERLY, "rrule": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"}}, "/schedule/rrule", "neverFires"),
        ({"schedule": {**QUARTERLY, "rrule": "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=31"}}, "/schedule/rrule", "neverFires"),
        ({"schedule": {**QUARTERLY, "rrule": "FREQ=WEEKLY;UNTIL=20310302"}}, "/schedule/rrule", "neverFires"),
        ({"schedule": {**QUARTERLY, "rrule": "FREQ=MONTHLY;BYMONTH=13"}}, "/schedule/rrule", "notARecurrence"),
        ({"schedule": {**QUARTERLY, "rrule": "FREQ=WEEKLY;COUNT=0"}}, "/schedule/rrule", "notARecurrence"),
        ({"schedule": {**QUARTERLY, "rrule": "FREQ=WEEKLY;BYDAY=2MO"}}, "/schedule/rrule", "notARecurrence"),
        ({"schedule": {**QUARTERLY, "rrule": "FREQ=SECONDLY"}}, "/schedule/rrule", "firesTooOften"),
        ({"schedule": {**QUARTERLY, "rrule": "FREQ=MINUTELY"}}, "/schedule/rrule", "firesTooOften"),
        ({"schedule": {**QUARTERLY, "rrule": "DTSTART;TZID=Europe/Nowhere:20310303T090000"}}, "/schedule/rrule", "notARecurrence"),
        ({"schedule": {**QUARTERLY, "rrule": "FREQ=DAILY"}}, "/schedule/rrule", "firesTooOften"),
        ({"schedule": {**QUARTERLY, "rrule": "first monday"}}, "/schedule/rrule", "notARecurrence"),
        ({"schedule": {**QUARTERLY, "startTime": "25:00"}}, "/schedule/startTime", "stringPatternMismatch"),
        ({"schedule": {**QUARTERLY, "startTime": "nine"}}, "/schedule/startTime", "stringPatternMismatch"),
        ({"schedule": {**QUARTERLY, "publicHolidays": "XX"}}, "/schedule/publicHolidays", "literalError"),
        ({"schedule": {**ONCE, "startsAt": "2020-03-03T09:00:00+01:00"}}, "/schedule/startsAt", "inThePast"),
        ({"schedule": {**ONCE, "startsAt": "2031-03-03T09:00:00"}}, "/schedule/startsAt", "notAnInstant"),
        ({"schedule": {**ONCE, "startsAt": "2031-03-03T09:00:00[Europe/Nowhere]"}}, "/schedule/startsAt", "notAnInstant"),
        ({"schedule": {"kind": "hourly"}}, "/schedule/kind", "literalError"),
        ({"schedule": {"startDate": "2031-01-01"}}, "/schedule/kind", "missing"),
        ({"schedule": {**AFTER, "condition": {"colour": "red"}}}, "/schedule/condition/colour", "extraForbidden"),
        ({"schedule": {**AFTER, "condition": {"minimumMinutes": 9, "maximumMinutes": 8}}},
         "/schedule/condition/maximumMinutes", "neverMet"),
        ({"schedule": {**AFTER, "condition": {"serviceIds": ["external:nothing"]}}},
         "/schedule/condition/serviceIds/0", "unknownReference"),
        ({"serviceIds": ["external:payroll"], "schedule": {**AFTER, "condition": {"serviceIds": ["external:laptops"]}}},
         "/schedule/condition/serviceIds/0", "notOfThisProgramme"),
        ({"schedule": {**AFTER, "share": 0}}, "/schedule/share", "greaterThan"),
        ({"sample": {"kind": "number", "number": 21}}, "/sample/number", "sampleLargerThanAudience"),
        ({"sample": {"kind": "marginOfError", "marginOfError": 0}}, "/sample/marginOfError", "greaterThanEqual"),
        ({"schedule": {**CONTINUOUS, "cycleDays": 89}}, "/schedule/cycleDays", "shorterThanPeriod"),
        ({"schedule": {**CONTINUOUS, "period": "month", "cycleDays": 366}}, "/schedule/period", "tooFewInvited"),
        ({"surveyId": "0198a000-0000-7000-8000-000000000000"}, "/surveyId", "unknownReference"),
        ({"serviceIds": []}, "/serviceIds", "missing"),
        ({"serviceIds": [], "audience": {"unitIds": ["external:remote"]}}, "/audience", "emptyAudience"),
        ({"audience": {"unitIds": ["external:remote"]}}, "/audience", "emptyAudience"),
        ({"audience": {"unitIds": ["external:remote"]}, "schedule": CONTINUOUS}, "/audience", "emptyAudience"),
        ({"audience": {"unitIds": ["external:remote"]}, "schedule": AFTER}, "/audience", "emptyAudience"),
        ({"audience": {"unitIds": ["external:nowhere"]}}, "/audience/unitIds/0", "unknownReference"),
        ({"audience": {"unitIds": ["external:north", "UNIT:north"]}}, "/audience/unitIds/1", "duplicate"),
        ({"schedule": {**QUARTERLY, "rrule": "FREQ=MONTHLY;BYDAY=99MO"}}, "/schedule/rrule", "notARecurrence"),
        ({"schedule": {**QUARTERLY, "rrule": "FREQ=WEEKLY;UNTIL=20310303T075959Z"}}, "/schedule/rrule", "neverFires"),
        ({"schedule": {**QUARTERLY, "startDate": "9995-03-03"}}, "/schedule/startDate", "outOfRange"),
        ({"schedule": {**CONTINUOUS, "startDate": "9999-12-31"}}, "/schedule/startDate", "outOfRange"),
        ({"sample": {"kind": "share", "share": 0.01}}, "/sample", "tooFewInvited"),
        ({"sample": {"kind": "number", "number": 4}}, "/sample/number", "tooFewInvited"),
        ({"sample": {"kind": "number", "number": 6}, "minimumGroup": 7}, "/sample/number", "tooFewInvited"),
        ({"minimumGroup": 21}, "/minimumGroup", "tooFewInvited"),
        ({"schedule": AFTER, "minimumGroup": 21}, "/minimumGroup", "tooFewInvited"),
        ({"closesAfterDays": 10, "reminders": [3, 10]}, "/reminders", "afterTheEnd"),
        ({"schedule": AFTER, "closesAfterDays": 10, "reminders": [40]}, "/reminders", "afterTheEnd"),
        ({"minimumGroup": 4}, "/minimumGroup", "belowMinimum"),
        ({"closesAfterDays": 0}, "/closesAfterDays", "greaterThanEqual"),
        ({"reminders": [7, 7]}, "/reminders", "duplicate"),
        ({"contactRules": {"minimumDaysBetween": 0}}, "/contactRules/minimumDaysBetween", "greaterThanEqual"),
    ],
)  # fmt: skip
async def test_what_is_refused(world: World, change: dict[str, Any], pointer: str, code: str) -> None:
    admin = await world.client()
    for unit in change.get("audience", {}).get("unitIds", []):
        if unit.startswith("UNIT:"):
            units = [str(world.units[unit[5:]]) if one == unit else one for one in change["audience"]["unitIds"]]
            change = {"audience": {"unitIds": units}}
    answer = await admin.post("/v1/programmes", json={**body(world, QUARTERLY), **change})
    assert answer.status_code == 400, answer.text
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [(pointer, code)]
    assert (await world.rows("SELECT count(*) FROM programmes"))[0][0] == 0


@pytest.mark.parametrize("schedule", [QUARTERLY, CONTINUOUS, AFTER])
async def test_services_that_nobody_uses_are_no_programme(world: World, schedule: dict[str, Any]) -> None:
    admin = await world.client()
    await world.run("DELETE FROM audience_units WHERE service_id = :service", service=world.services["phones"])
    answer = await admin.post("/v1/programmes", json=body(world, schedule, "phones"))
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [
        ("/serviceIds", "emptyAudience")
    ]


async def test_what_has_nothing_to_do_with_its_size_changes_when_the_audience_has_shrunk(world: World) -> None:
    admin = await world.client()
    where = f"/v1/programmes/{await made(admin, world, QUARTERLY, sample={'kind': 'number', 'number': 20})}"
    await world.run("UPDATE employees SET active = false WHERE external_id = 'north-1'")
    title = {"nl": "Anders", "en": "Other"}
    for patch in ({"active": False}, {"title": title}, {"active": True}):
        assert (await admin.patch(where, json=patch, headers=PATCH)).status_code == 200
    refused = await admin.patch(where, json={"minimumGroup": 6}, headers=PATCH)
    assert [error["code"] for error in refused.json()["errors"]] == ["sampleLargerThanAudience"]
    assert (await admin.patch(where, json={"sample": {"number": 19}}, headers=PATCH)).status_code == 200


async def test_a_refusal_says_what_would_do(world: World) -> None:
    admin = await world.client()
    for schedule, told in (
        ({**CONTINUOUS, "cycleDays": 60}, "90 at the least"),
        ({"kind": "hourly"}, "'once', 'periodic', 'continuous', 'afterInteraction'"),
    ):
        refused = await admin.post("/v1/programmes", json=body(world, schedule))
        assert told in refused.json()["errors"][0]["detail"]


async def test_a_rule_is_looked_at_when_it_is_given_and_not_whenever_its_programme_is_read(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some rules take most of a second."""
    looked_at: list[str] = []

    def look(rule: str, *_: object) -> None:
        looked_at.append(rule)

    monkeypatch.setattr(recurrence, "check", look)
    admin = await world.client()
    where = f"/v1/programmes/{await made(admin, world, QUARTERLY)}"
    await admin.get(where)
    await admin.patch(where, json={"closesAfterDays": 9}, headers=PATCH)
    assert looked_at == [QUARTERLY["rrule"]]
    await admin.patch(where, json={"schedule": {"rrule": "FREQ=WEEKLY"}}, headers=PATCH)
    assert looked_at == [QUARTERLY["rrule"], "FREQ=WEEKLY"]
