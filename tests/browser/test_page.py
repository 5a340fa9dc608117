"""The ready-made page in a real browser, on the real service: nobody is kept out."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import Site
from tests.web.tooling import Tooling, home

SCRIPT = Path(__file__).parent / "answering.mjs"
Step = dict[str, Any]


async def services_of(site: Site, link: str) -> list[str]:
    """As the respondent sees them, in order."""
    view = (await site.service.client.get("/v1/respond/" + link.rpartition("/")[2])).json()
    return [service["id"] for service in view["services"]]


def whole(first: str, second: str, own: str = "nl", other: str = "en") -> list[Step]:
    """Every page there is: mistakes, a language switch on the way, a follow-up, the check, a change, the thanks."""
    return [
        {"look": "start", "press": "next"},
        {"look": "start-mistake", "fill": [["service", first], ["service", second]], "press": "next"},
        {"look": "service", "fill": [[f"q.lostTime.{first}", "veel"]], "press": "next"},
        {"look": "service-mistakes", "fill": [[f"q.overall.{first}", "5"]], "press": f"language.{other}"},
        {"look": "service-other-language", "press": f"language.{own}"},
        {"look": "service-again", "fill": [
            [f"q.responsiveness.{first}", "4"], [f"q.expertise.{first}", "."], [f"q.effort.{first}", "6"],
            [f"q.nps.{first}", "9"], [f"q.lostTime.{first}", "30"],
        ], "press": "next"},
        {"look": "follow-up", "fill": [[f"q.reason.{first}", "tooSlow"]], "press": "next"},
        {"look": "second-service", "fill": [[f"q.overall.{second}", "8"], [f"q.comment.{second}", "Netjes."]],
         "press": "next"},
        {"look": "once", "fill": [
            ["q.importanceResponsiveness", "5"], ["q.solved", "true"], ["q.ways", "phone"],
        ], "press": "next"},
        {"look": "check", "press": f"step.service.{second}.0"},
        {"look": "change", "fill": [[f"q.overall.{second}", "9"]], "press": "next"},
        {"look": "check-again", "press": "next"},
        {"look": "thanks"},
    ]  # fmt: skip


async def visit(tools: Tooling, address: str, steps: list[Step], **more: Any) -> dict[str, Any]:
    """In a thread: the service answers in this process meanwhile."""
    job = {"address": address, "steps": steps, "language": "nl", "width": 360, "textScale": 1, "script": True,
           "scheme": "light", "name": "page", "pictures": None, **more}  # fmt: skip
    seen: dict[str, Any] = await asyncio.to_thread(tools.result_of, SCRIPT, job)
    return seen


def pictures() -> str:
    """Kept, so that somebody can look at them."""
    folder = home() / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    return str(folder)


@pytest.mark.parametrize(
    ("own", "other", "title"), [("nl", "en", "Dank u wel"), ("en", "nl", "Thank you")]
)  # fmt: skip
async def test_answered_whole_by_keyboard_without_script(
    site: Site, tools: Tooling, own: str, other: str, title: str
) -> None:
    link = site.link()
    first, second, *_ = await services_of(site, link)
    seen = await visit(tools, link, whole(first, second, own, other), language=own, script=False)
    assert seen["violations"] == []
    assert [page["language"] for page in seen["pages"]] == [own] * 4 + [other] + [own] * 8
    assert seen["pages"][-1]["title"] == title
    assert seen["cookies"] == 0
    assert [line for line in seen["console"] if "status of 400" not in line] == []  # a page with mistakes is a 400
    assert set(seen["requests"]) == {"GET /r/", "POST /r/"}
    assert await site.ballots() == 1


@pytest.mark.parametrize("own", ["nl", "en"])
@pytest.mark.parametrize(
    ("width", "text_scale", "scheme"),
    [
        (360, 1, "light"),
        (360, 2, "light"),
        pytest.param(1280, 1, "light", marks=pytest.mark.proof),
        pytest.param(360, 1, "dark", marks=pytest.mark.proof),
    ],
)
async def test_no_barrier_that_axe_knows_and_nothing_to_scroll_sideways(
    site: Site, tools: Tooling, own: str, width: int, text_scale: int, scheme: str
) -> None:
    link = site.link()
    first, second, *_ = await services_of(site, link)
    steps = whole(first, second, own, "en" if own == "nl" else "nl")
    seen = await visit(
        tools, link, steps, language=own, width=width, textScale=text_scale, scheme=scheme,
        name=f"{own}-{width}-{text_scale}-{scheme}", pictures=pictures(),
    )  # fmt: skip
    assert seen["violations"] == []
    assert seen["wide"] == []
    assert len(seen["pages"]) == len(steps)
    assert seen["passed"] > 15 * len(steps)  # axe did look


@pytest.mark.parametrize("own", ["nl", "en"])
async def test_a_link_that_cannot_be_used_says_so_without_barriers(site: Site, tools: Tooling, own: str) -> None:
    link = site.link()
    forged = await visit(tools, link[:-3] + "AAA", [{"look": "forged"}], language=own)
    await site.world.set_wave(site.service.database, status="closed")
    closed = await visit(tools, link, [{"look": "closed"}], language=own)
    for seen in (forged, closed):
        assert seen["violations"] == []
        assert seen["pages"][0]["language"] == own
    titles = {"nl": ("Deze link werkt niet", "Dit onderzoek is afgelopen"),
              "en": ("This link does not work", "This survey has ended")}  # fmt: skip
    assert (forged["pages"][0]["title"], closed["pages"][0]["title"]) == titles[own]
