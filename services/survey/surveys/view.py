"""A questionnaire as a respondent sees it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from services.survey.surveys.introduction import introduction
from services.survey.surveys.languages import in_language
from services.survey.surveys.rules import TEXTS, Definition, questions, service_bounds


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
) -> dict[str, Any]:
    """What `GET /v1/respond/{token}` answers and what the page is made from: ready for JSON, in lowerCamelCase.

    Texts are plain strings in `language`; without one they stay language maps. How a question is measured is not said
    (`role`), what it is about is (`topic`).
    """
    _, most = service_bounds(definition)

    def introduced(tag: str) -> str:
        return introduction(
            tag, minimum_group=minimum_group, comment_minimum_group=comment_minimum_group, several_services=most > 1,
            comments=any(question["type"] == "text" for question in questions(definition)),
        )  # fmt: skip

    languages = list(definition["languages"])
    return {
        "organisation": organisation,
        "languages": languages,
        "language": language,
        "title": _said(definition["title"], language),
        "introduction": introduced(language) if language else {tag: introduced(tag) for tag in languages},
        "closesAt": closes_at.astimezone(UTC).isoformat().replace("+00:00", "Z") if closes_at else None,
        "services": [_service(service, language) for service in services] if most else [],
        "topics": _spoken(definition.get("topics") or [], language),
        "labels": {
            name: [_said(wording, language) for wording in wordings]
            for name, wordings in (definition.get("labels") or {}).items()
        },
        "sections": _spoken(definition["sections"], language),
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


def _spoken(node: Any, language: str | None) -> Any:
    if isinstance(node, list):
        return [_spoken(each, language) for each in node]
    if not isinstance(node, Mapping):
        return node
    return {
        name: _said(each, language) if name in TEXTS and isinstance(each, Mapping) else _spoken(each, language)
        for name, each in node.items()
        if name != "role" and each is not None
    }
