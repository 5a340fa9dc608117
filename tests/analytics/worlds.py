"""Organisations with their answers, and what analytics hears of them: taken out by survey's own code."""

import random
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid5

from services.analytics.facts.rules import count
from services.analytics.releases.rules import Answers
from services.analytics.releases.wave import Population, Taken, Wave, questions_of
from services.contracts import events
from services.survey.responses import taken_events
from services.survey.responses.ballot import Ballot, pack
from services.survey.responses.falling_apart import Rules, fall_apart
from services.survey.waves.turnouts import Turnout

SPACE = UUID("6f1f9b5c-6a0e-4d0d-9d1c-2b1c7e0a4a11")
OPENS = datetime(2026, 3, 9, 8, tzinfo=UTC)
CLOSES = datetime(2026, 3, 27, 17, tzinfo=UTC)
Tree = Mapping[UUID, UUID | None]


def an_id(text: str) -> UUID:
    return uuid5(SPACE, text)


@dataclass
class World:
    """`staff` counts people by their own unit, `audience` gives the units whose people use a service."""

    tree: Tree
    staff: Mapping[UUID, int]
    providers: Mapping[UUID, UUID]
    audience: Mapping[UUID, frozenset[UUID]]
    definition: dict[str, Any]
    ballots: Sequence[Ballot]
    wave_id: UUID
    minimum: int = 5
    comment_minimum: int = 10
    invited: Mapping[UUID, int] = field(default_factory=dict)
    version: int = 1

    @property
    def maximum_services(self) -> int:
        return next((s["maximumServices"] for s in self.definition["sections"] if "maximumServices" in s), 1)

    def users(self, services: Iterable[UUID]) -> dict[UUID, int]:
        """By own unit, of any of the services."""
        units = frozenset[UUID]().union(*(self.audience[service] for service in services))
        return {unit: people for unit, people in self.staff.items() if unit in units}


def taking_out(world: World) -> list[events.Event]:
    sections = world.definition["sections"]
    rules = Rules(
        minimum=world.minimum,
        comment_minimum=world.comment_minimum,
        tree=world.tree,
        kinds={question["key"]: question["type"] for section in sections for question in section["questions"]},
    )
    if len(world.ballots) < world.minimum:
        return [taken_events.of_destroyed(world.wave_id)]
    contents = fall_apart([pack(ballot) for ballot in world.ballots], rules, list(world.providers))
    answered, invited = Counter(ballot.unit for ballot in world.ballots), world.invited or world.staff
    own = {unit: Turnout(invited=people, answered=answered[unit]) for unit, people in invited.items()}
    told = taken_events.told_of(world.tree, own, world.audience, world.minimum, contents)
    participation = taken_events.participation_of(told)
    return list(taken_events.of_contents(world.wave_id, contents, participation, lambda text, _language: text))


def drawn(world: World) -> list[events.Event]:
    invited = world.invited or world.staff
    used: dict[UUID, set[UUID]] = {}
    for service in world.providers:
        for unit in world.users([service]):
            used.setdefault(unit, set()).add(service)
    units = [
        events.DrawnUnit(unit_id=unit, parent_id=parent, population=world.staff.get(unit, 0), invited=invited.get(unit, 0),
                         service_ids=sorted(used.get(unit, ())),
                         provider_ids=sorted({world.providers[service] for service in used.get(unit, ())}))
        for unit, parent in world.tree.items()
    ]  # fmt: skip
    return [events.WaveDrawn(wave_id=world.wave_id, units=units)]


def scopes(world: World) -> Iterator[tuple[tuple[UUID | None, UUID | None], list[UUID]]]:
    """Provider and service of a figure, and the services it is about."""
    yield (None, None), list(world.providers)
    for service in world.providers:
        yield (None, service), [service]
    for provider in sorted(set(world.providers.values())):
        yield (provider, None), [s for s, p in world.providers.items() if p == provider]


def fielding(world: World) -> list[events.Event]:
    """All that survey says of a wave, from its survey to its taking out."""
    survey_id = an_id(f"survey {world.definition['key']}")
    published = events.SurveyPublished(
        survey_id=survey_id, version=world.version, key=world.definition["key"], provider_id=None, definition=world.definition,
        published_at=OPENS,
    )  # fmt: skip
    opened = events.WaveOpened(
        wave_id=world.wave_id, survey_id=survey_id, version=world.version, title={"nl": "Meting", "en": "Wave"},
        service_ids=list(world.providers), minimum_group=world.minimum, comment_minimum_group=world.comment_minimum,
        maximum_services=world.maximum_services, opens_at=OPENS, closes_at=CLOSES,
    )  # fmt: skip
    closed = events.WaveClosed(wave_id=world.wave_id, closed_at=CLOSES)
    return [published, *drawn(world), opened, closed, *taking_out(world)]


def catalogue(world: World, names: Mapping[UUID, str] | None = None) -> list[events.Event]:
    names = names or {}
    units = [
        events.UnitChanged(unit_id=unit, external_id=names.get(unit), name=names.get(unit, "A unit"), parent_id=parent,
                           is_provider=unit in world.providers.values(), is_consumer=True)
        for unit, parent in world.tree.items()
    ]  # fmt: skip
    services = [
        events.ServiceChanged(service_id=service, external_id=names.get(service), provider_id=provider,
                              name={"nl": "Een dienst", "en": "A service"})
        for service, provider in world.providers.items()
    ]  # fmt: skip
    return [*units, *services]


def wave_of(world: World, told: Iterable[events.Event] | None = None) -> Wave:
    """The same facts as analytics stores, without a database."""
    heard = list(told if told is not None else taking_out(world))
    end = next(event for event in heard if isinstance(event, events.WaveTaken))
    return Wave(
        id=world.wave_id,
        minimum=world.minimum,
        each=world.maximum_services,
        parents=world.tree,
        questions=questions_of(world.definition),
        providers=world.providers,
        taken={said.service_id: _taken(said) for said in end.services},
        turnout={unit.unit_id: unit.answered for unit in end.participation.units},
        enough=end.enough,
        answered=end.participation.answered,
        people=Population(world.tree, {unit: world.staff.get(unit, 0) for unit in world.tree}),
        invited=Population(world.tree, {unit: (world.invited or world.staff).get(unit, 0) for unit in world.tree}),
        users={scope: Population(world.tree, world.users(about)) for scope, about in scopes(world)},
        alone={(said.service_id, said.question): _taken(said) for said in end.alone},
        answers=_answers(event for event in heard if isinstance(event, events.ResponsesTaken)),
    )


def _taken(said: events.TakenService) -> Taken:
    groups = {group.unit_id: group.people for group in said.groups}
    return Taken(groups, frozenset(said.closed_units), frozenset(said.protected_units))


def _answers(pieces: Iterable[events.ResponsesTaken]) -> dict[tuple[UUID | None, str], dict[UUID, Answers]]:
    result: dict[tuple[UUID | None, str], dict[UUID, Answers]] = {}
    for piece in pieces:
        counts = count(piece.responses)
        for place in counts.places:
            answers = result.setdefault((piece.service_id, place.question), {}).setdefault(place.group, Answers())
            values = Counter({value: n for (where, value), n in counts.values.items() if where == place})
            given = {piece.service_id: counts.given[place]} if counts.given[place] else {}
            answers.add(Answers(values, Counter(given), counts.not_applicable[place]))
    return result


def upwards(tree: Tree, unit: UUID) -> Iterator[UUID]:
    above: UUID | None = unit
    while above is not None:
        yield above
        above = tree[above]


def chance(seed: int) -> random.Random:
    return random.Random(seed)
