"""A questionnaire as a respondent sees it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import UUID

from services.survey.surveys import piping
from services.survey.surveys.conditions import Circumstances
from services.survey.surveys.fault import Definition
from services.survey.surveys.introduction import introduction
from services.survey.surveys.languages import in_language
from services.survey.surveys.logic import logic_of
from services.survey.surveys.order import in_order
from services.survey.surveys.personal import Personal
from services.survey.surveys.rules import TEXTS, questions, service_bounds

CONDITIONS = ("showIf", "skipIf", "requireIf")
HIDDEN = ("role", "randomOrder", "randomOptions")  # the order is drawn already


@dataclass(frozen=True)
class OfferedService:
    """A service that the respondent may rate."""

    id: UUID
    name: Mapping[str, str]
    provider_id: UUID
    provider_name: str
    external_id: str | None = None


def respondent_view(
    definition: Definition,
    *,
    organisation: str,
    services: Sequence[OfferedService],
    language: str | None,
    minimum_group: int,
    comment_minimum_group: int,
    closes_at: datetime | None = None,
    here: Circumstances | None = None,
    token: str | None = None,
) -> dict[str, Any]:
    """What `GET /v1/respond/{token}` answers and what the page is made from: ready for JSON, in lowerCamelCase.

    Texts are plain strings in `language`; without one they stay language maps. How a question is measured is not said
    (`role`), what it is about is (`topic`). `here`: what is certain of the respondent; without it every condition stays.
    `token`: from which random order is drawn. Names are put into texts, but for those of the service being rated.
    """
    definition = Personal(here).of(definition) if here else definition
    names, logic = {"organisation": organisation}, logic_of(definition)
    _, most = service_bounds(definition)

    introduced = partial(
        introduction, minimum_group=minimum_group, comment_minimum_group=comment_minimum_group,
        several_services=most > 1, comments=any(question["type"] == "text" for question in questions(definition)),
    )  # fmt: skip
    languages = list(definition["languages"])
    return {
        "organisation": organisation,
        "languages": languages,
        "language": language,
        "title": _named(_said(definition["title"], language), names),
        "introduction": introduced(language) if language else {tag: introduced(tag) for tag in languages},
        "closesAt": closes_at.astimezone(UTC).isoformat().replace("+00:00", "Z") if closes_at else None,
        "services": [_service(service, language) for service in services] if most else [],
        "topics": _spoken(definition.get("topics") or [], language, names),
        "labels": _labels(definition, language, names),
        "sections": [_spoken(in_order(section, logic, token), language, names) for section in definition["sections"]],
    }


def _labels(definition: Definition, language: str | None, names: Mapping[str, str]) -> dict[str, list[Any]]:
    return {
        name: [_named(_said(wording, language), names) for wording in wordings]
        for name, wordings in (definition.get("labels") or {}).items()
    }


def _service(service: OfferedService, language: str | None) -> dict[str, Any]:
    return {
        "id": str(service.id),
        "externalId": service.external_id,
        "name": _said(service.name, language),
        "providerId": str(service.provider_id),
        "providerName": service.provider_name,
    }


def _said(text: Mapping[str, str], language: str | None) -> Any:
    return in_language(text, language) if language else dict(text)


def _named(said: Any, names: Mapping[str, str], *, repeated: bool = False) -> Any:
    """In sections asked for each service the other names and the double braces stay, for whoever shows them."""
    if isinstance(said, Mapping):
        return {tag: _named(each, names, repeated=repeated) for tag, each in said.items()}
    return piping.partly(said, names) if repeated else piping.filled(said, names)


def _spoken(node: Any, language: str | None, names: Mapping[str, str], *, repeated: bool = False) -> Any:
    if isinstance(node, list):
        return [_spoken(each, language, names, repeated=repeated) for each in node]
    if not isinstance(node, Mapping):
        return node
    repeated = repeated or bool(node.get("repeatFor"))
    return {
        name: _named(_said(each, language), names, repeated=repeated)
        if name in TEXTS and isinstance(each, Mapping)
        else each if name in CONDITIONS else _spoken(each, language, names, repeated=repeated)
        for name, each in node.items()
        if name not in HIDDEN and each is not None
    }  # fmt: skip
