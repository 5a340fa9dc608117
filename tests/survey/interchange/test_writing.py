"""What is written for SurveyJS, loaded by SurveyJS."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest

from services.survey.interchange.surveyjs.writing import written
from services.survey.responses.submission import Submission
from services.survey.surveys.answers import About, Checked, check, compile_definition
from services.survey.surveys.conditions import Circumstances
from services.survey.surveys.rules import completed
from tests.survey.interchange.widest import widest
from tests.survey.surveys.definitions import municipality
from tests.web.tooling import Tooling, tooling

LOADING = Path(__file__).parent / "loading.mjs"
SERVICES = {"external:FAC-02": UUID(int=1), "external:ICT-01": UUID(int=2)}
REFERENCES = list(SERVICES)
NOT = "notApplicable"
ASIDE = ("lost", "told", "factors")  # of which "not applicable" is a box beside the answer
VARIABLES = ("attribute_", "usedServices", "ratedServices", "organisation")  # set by whoever shows the document
Given = Mapping[str, Any]
"""What somebody answers: `rated` has a set of answers for each service, in the order of SERVICES."""


def case(*rated: Given, location: str | None = None, uses: list[str] | None = None, **once: Any) -> dict[str, Any]:
    return {"rated": list(rated), "once": once, "location": location, "uses": uses or []}


GOOD: Given = {"overall": 8, "lost": 0}
SAID: dict[str, Any] = {"tell": False}
CASES: dict[str, dict[str, Any]] = {
    "next to nothing": case({"easy": 3}),
    "the least": case(GOOD, **SAID),
    "a low mark": case({"overall": 5, "lost": 0}, **SAID),
    "a low mark with its reason": case({"overall": 5, "lost": 0, "why": "slow", "factors": ["a", "c"]}, **SAID),
    "another reason": case({"overall": 1, "lost": 0, "why": "dear"}, **SAID),
    "no reason applies": case({"overall": 1, "lost": 0, "why": NOT}, **SAID),
    "the edge of a condition": case({"overall": 6, "lost": 0, "factors": ["b", "c"]}, **SAID),
    "too few factors": case({**GOOD, "factors": ["c"]}, **SAID),
    "two services": case({"overall": 3, "lost": 1, "why": "rude"}, GOOD, **SAID),
    "the second service alone is wrong": case(GOOD, {"overall": 2, "lost": 0}, **SAID),
    "rows of a table": case({**GOOD, "speed": 1, "care": NOT}, **SAID),
    "a fan": case({**GOOD, "recommend": 9, "fan": "yes"}, **SAID),
    "no fan": case({**GOOD, "recommend": 8}, **SAID),
    "a recommendation that does not apply": case({**GOOD, "recommend": NOT}, **SAID),
    "zero is an answer": case({**GOOD, "recommend": 0}, **SAID),
    "much lost": case({"overall": 8, "lost": 61}, **SAID),
    "much lost, with why": case({"overall": 8, "lost": 61, "whyLost": "lifts"}, **SAID),
    "not much lost": case({"overall": 8, "lost": 60}, **SAID),
    "lost time does not apply": case({"overall": 8, "lost": NOT}, **SAID),
    "less than no time": case({"overall": 8, "lost": -1}, **SAID),
    "more than a month": case({"overall": 8, "lost": 43_201, "whyLost": "all"}, **SAID),
    "half a minute": case({"overall": 8, "lost": 0.5}, **SAID),
    "something to tell": case(GOOD, tell=True),
    "something told": case(GOOD, tell=True, told="so", two="too"),
    "nothing to tell applies": case(GOOD, tell=True, told=NOT, two="too"),
    "too long": case(GOOD, tell=True, told="x" * 31, two="too"),
    "too many years": case(GOOD, **SAID, years=60.5),
    "too few years": case(GOOD, **SAID, years=-1),
    "years with a decimal": case(GOOD, **SAID, years=2.5),
    "years with two decimals": case(GOOD, **SAID, years=2.25),
    "too early": case(GOOD, **SAID, since="1999-12-31"),
    "too late": case(GOOD, **SAID, since="2031-01-01"),
    "a date on the edge": case(GOOD, **SAID, since="2020-06-30"),
    "a date after it": case(GOOD, **SAID, since="2020-07-01"),
    "a date after it, and years": case(GOOD, **SAID, since="2020-07-01", years=5),
    "ranked": case(GOOD, **SAID, best=["x", "z"]),
    "ranked without x": case(GOOD, **SAID, best=["z"]),
    "ranked too many": case(GOOD, **SAID, best=["x", "y", "z"]),
    "red": case(GOOD, **SAID, colours=["red", "green"]),
    "no red": case(GOOD, **SAID, colours=["blue"]),
    "too many factors": case({**GOOD, "overall": 4, "why": "slow", "factors": ["a", "c"]}, **SAID),
    "factors do not apply": case({**GOOD, "factors": NOT}, **SAID),
    "it matters little": case(GOOD, **SAID, matters=2),
    "it matters": case(GOOD, **SAID, matters=3),
    "at the depot": case(GOOD, **SAID, location="Depot 'Oost'"),
    "elsewhere": case(GOOD, **SAID, location="Town hall"),
    "a user": case(GOOD, **SAID, uses=["external:ICT-01"]),
    "a user of something else": case(GOOD, **SAID, uses=["external:FAC-02"]),
}  # fmt: skip


def data_of(one: Mapping[str, Any], panel: str = "service", table: str = "table") -> dict[str, Any]:
    """As the pages of somebody who shows the document collect it."""
    panels = []
    for reference, answers in zip(REFERENCES, one["rated"], strict=False):
        rows = {key: answers[key] for key in ("speed", "care") if key in answers}
        panels.append(
            {
                "serviceId": reference,
                "serviceName": f"name of {reference}",
                **beside(answers),
                **({table: rows} if rows else {}),
            }
        )
    return {panel: panels, **beside(one["once"])}


def beside(answers: Given) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for key, value in answers.items():
        if key in ("speed", "care"):
            continue
        made |= {f"{key}-{NOT}": True} if value == NOT and key in ASIDE else {key: value}
    return made


def variables_of(one: Mapping[str, Any]) -> dict[str, Any]:
    location = {"attribute_location": one["location"]} if one["location"] else {}
    return {
        "usedServices": one["uses"],
        "ratedServices": REFERENCES[: len(one["rated"])],
        "organisation": "Us",
        **location,
    }


class Ours:
    """What we make of a case."""

    def __init__(self, definition: Mapping[str, Any], one: Mapping[str, Any]) -> None:
        self.questionnaire, self.one = compile_definition(definition), one
        self.about = About(
            attributes={"location": one["location"]} if one["location"] else {},
            uses=[str(SERVICES[each]) for each in one["uses"]],
        )
        self.rates = [str(SERVICES[each]) for each in REFERENCES[: len(one["rated"])]]

    def here(self, values: Mapping[str, Any], service: str | None = None) -> Circumstances:
        return Circumstances(values, self.about.attributes, self.about.uses, self.rates, service)

    def shown(self) -> set[str]:
        once = {key: None if value == NOT else value for key, value in self.one["once"].items()}
        found: set[str] = set()
        for place, (service, answers) in enumerate(zip(self.rates, self.one["rated"], strict=True)):
            values = {**once, **{key: None if value == NOT else value for key, value in answers.items()}}
            found |= {
                f"{place}:{key}"
                for key, asked in self.questionnaire.repeated.items()
                if asked.is_shown(self.here(values, service))
            }
        return found | {key for key, asked in self.questionnaire.once.items() if asked.is_shown(self.here(once))}

    def wrong(self) -> set[str]:
        """The answers that are refused, and those that are missing."""
        body: list[dict[str, Any]] = []
        names: list[str] = []
        for place, (service, answers) in enumerate(
            zip([*self.rates, None], [*self.one["rated"], self.one["once"]], strict=True)
        ):
            for key, value in answers.items():
                given = {"notApplicable": True} if value == NOT else {"value": value}
                body.append({"question": key, **given, **({"serviceId": service} if service else {})})
                names.append(f"{place}:{key}" if service else key)
        submission = msgspec.convert({"language": "nl", "answers": body}, Submission)
        result = check(self.questionnaire, submission, list(SERVICES.values()), self.about)
        return set() if isinstance(result, Checked) else set(self._named(result, names))

    def _named(self, errors: Any, names: list[str]) -> Iterator[str]:
        for error in errors:
            parts = error.pointer.split("/")
            if len(parts) > 2:
                yield names[int(parts[2])]
            elif error.code == "required":
                key, _, service = error.detail.partition(" must be answered")
                service = service.removeprefix(" for service ")
                yield f"{self.rates.index(service)}:{key}" if service else key


@pytest.fixture(scope="module")
def web() -> Tooling:
    return tooling()


def ours_in(definition: Mapping[str, Any]) -> dict[str, Any]:
    """Conditions name services as the wave does: by id."""
    from json import dumps, loads

    said = dumps(definition)
    for reference, service in SERVICES.items():
        said = said.replace(reference, str(service))
    made: dict[str, Any] = loads(said)
    return made


@pytest.fixture(scope="module")
def looked(web: Tooling) -> dict[str, Any]:
    job = {
        "document": written(widest()),
        "cases": [{"data": data_of(one), "variables": variables_of(one)} for one in CASES.values()],
    }
    made = web.result_of(LOADING, job)
    return {**made, "cases": dict(zip(CASES, made["cases"], strict=True))}


def test_it_loads_without_an_error(looked: dict[str, Any]) -> None:
    assert looked["errors"] == []
    assert [each for each in looked["found"] if not any(f'"{name}' in each for name in VARIABLES)] == []


@pytest.mark.parametrize("name", CASES)
def test_what_is_shown_and_refused_is_the_same(looked: dict[str, Any], name: str) -> None:
    ours, theirs = Ours(ours_in(widest()), CASES[name]), looked["cases"][name]
    shown = {each for each in theirs["shown"] if not each.endswith(f"-{NOT}")}
    assert shown == ours.shown()
    assert set(theirs["wrong"]) == ours.wrong()


def test_the_table_of_cases_has_both_good_and_bad_ones() -> None:
    wrong = {name: Ours(ours_in(widest()), one).wrong() for name, one in CASES.items()}
    assert len([name for name in wrong if wrong[name]]) > 12
    assert len([name for name in wrong if not wrong[name]]) > 20
    everything = set().union(*(Ours(ours_in(widest()), one).shown() for one in CASES.values()))
    asked = compile_definition(ours_in(widest()))
    assert {name.rpartition(":")[2] for name in everything} == {*asked.repeated, *asked.once}


def test_options_hang_on_the_score(looked: dict[str, Any]) -> None:
    assert looked["cases"]["a low mark"]["options"]["0:factors"] == ["a", "c"] or set(
        looked["cases"]["a low mark"]["options"]["0:factors"]
    ) == {"a", "c"}
    assert set(looked["cases"]["the least"]["options"]["0:factors"]) == {"b", "c"}


def test_the_municipality_survey_loads(web: Tooling) -> None:
    cases = [
        {"data": {"service": [{"serviceId": "a", "serviceName": "A", "overall": mark}]}, "variables": {}}
        for mark in (5, 6)
    ]
    made = web.result_of(LOADING, {"document": written(completed(municipality())), "cases": cases})
    assert (made["errors"], made["found"]) == ([], [])
    low, high = made["cases"]
    assert set(low["shown"]) - set(high["shown"]) == {"0:reason"}
    assert low["wrong"] == ["0:reason"]
    assert high["wrong"] == []
