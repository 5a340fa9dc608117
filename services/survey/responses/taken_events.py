"""What taking out tells: in pieces, in random order, with the summary last."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import partial
from typing import TypeVar
from uuid import UUID

from services.contracts import events
from services.shared.ids import random_id
from services.survey.responses.falling_apart import Comment, Contents, Released, Response, shuffle
from services.survey.responses.groups import Grouping, Tree
from services.survey.waves.turnouts import Turnout, beside_raters, enough_came, tellable

PIECE = 500
Item = TypeVar("Item")
Scrub = Callable[[str, str], str]


def of_contents(
    wave_id: UUID, contents: Contents, participation: events.Participation, scrub: Scrub
) -> Iterator[events.Event]:
    """Each event is made when it is asked for. `scrub` takes a text and its language."""
    making: list[Callable[[], events.Event]] = []
    for of, released in contents.released.items():
        making += _of_service(wave_id, of.service, released, scrub, contents.rankings)
    shuffle(making)
    for make in making:
        yield make()
    yield events.WaveTaken(
        wave_id=wave_id, pieces=len(making), enough=True, participation=participation,
        services=[_taken(of.service, each.grouping) for of, each in contents.released.items() if of.alone is None],
        alone=[
            events.TakenAlone(question=of.alone, **_taken(of.service, each.grouping).model_dump())
            for of, each in sorted(contents.released.items(), key=lambda item: str(item[0]))
            if of.alone is not None and each.grouping.people  # that too few were asked would say who answered
        ],
    )  # fmt: skip


def of_destroyed(wave_id: UUID) -> events.WaveTaken:
    """Too few to be opened."""
    return events.WaveTaken(
        wave_id=wave_id, pieces=0, enough=False, participation=events.Participation(), services=[]
    )  # fmt: skip


def _of_service(
    wave_id: UUID, service: UUID | None, released: Released, scrub: Scrub, rankings: Collection[str]
) -> Iterator[Callable[[], events.Event]]:
    for responses in pieces(released.responses):
        yield partial(_responses, wave_id, service, responses, rankings)
    for comments in pieces(released.comments):
        yield partial(_comments, wave_id, service, comments, scrub)


def pieces(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    for start in range(0, len(items), PIECE):
        yield items[start : start + PIECE]


def _responses(
    wave_id: UUID, service: UUID | None, responses: Sequence[Response], rankings: Collection[str]
) -> events.ResponsesTaken:
    return events.ResponsesTaken(
        wave_id=wave_id,
        service_id=service,
        responses=[
            events.Response(
                id=random_id(),
                group_id=response.group,
                answers=[
                    events.Answer(
                        question=answer.question,
                        value=answer.value,
                        not_applicable=answer.value is None,
                        ranked=answer.question in rankings and answer.value is not None,
                    )
                    for answer in response.answers
                ],
            )
            for response in responses
        ],
    )


def _comments(wave_id: UUID, service: UUID | None, comments: Sequence[Comment], scrub: Scrub) -> events.CommentsTaken:
    return events.CommentsTaken(
        wave_id=wave_id,
        service_id=service,
        comments=[
            events.Comment(
                id=random_id(), group_id=comment.group, question=comment.question, language=comment.language,
                text=scrub(comment.text, comment.language),
            )
            for comment in comments
        ],
    )  # fmt: skip


def told_of(
    parents: Tree, own: Mapping[UUID, Turnout], used: Mapping[UUID, Collection[UUID]], minimum: int, contents: Contents,
    kept: Mapping[UUID | None, Turnout] | None = None, asked: Mapping[UUID, Mapping[UUID, Turnout]] | None = None,
) -> dict[UUID | None, Turnout]:  # fmt: skip
    """The turnout that may be told beside the figures of this release, and beside the progress that was (`kept`). A reader
    also puts figures of what all who answered did beside it, so a unit's is told only where it has those figures too."""
    before, whole = kept or {}, sum(own.values(), Turnout())
    if not enough_came(before.get(None), whole, minimum):
        return {}
    told = tellable(parents, beside_raters(own, used, contents.raters(), asked), minimum, before)
    closed = [grouping.closed for grouping in contents.of_everybody]
    return {unit: turnout for unit, turnout in told.items() if unit is None or all(unit in each for each in closed)}


def participation_of(told: Mapping[UUID | None, Turnout]) -> events.Participation:
    units = [events.UnitTurnout(unit_id=unit, answered=told[unit].answered) for unit in sorted(filter(None, told))]
    return events.Participation(answered=told[None].answered if None in told else None, units=units)


def _taken(service: UUID | None, grouping: Grouping) -> events.TakenService:
    """Sets come sorted by their random ids: an order of arrival would say who came first. How many too few were is not
    said: of a service with one user that would be whether this one answered."""
    return events.TakenService(
        service_id=service,
        groups=[events.GroupSize(unit_id=unit, people=people) for unit, people in sorted(grouping.people.items())],
        closed_units=sorted(grouping.closed),
        protected_units=sorted(grouping.protected),
    )
