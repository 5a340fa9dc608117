"""The protocol, which is scim2-server's, and where ours differs."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from http import HTTPStatus
from typing import Any
from uuid import UUID

from scim2_models import (
    Context,
    InvalidFilterException,
    PatchOp,
    PatchOperation,
    Required,
    Resource,
    ResourceType,
    ResponseParameters,
    SearchRequest,
)
from scim2_models.path import CompareOperator, Comparison, LogicalExpr, LogicalOperator
from scim2_server.conditions import Conditions
from scim2_server.handler import AsyncScimHandler
from scim2_server.requests import ScimRequest
from scim2_server.responses import ScimResponse
from scim2_server.service import ScimService
from scim2_server.storage import SearchPage

from services.survey.organisation.queries import as_id
from services.survey.scim.filters import qualified
from services.survey.scim.rules import CORE_GROUP
from services.survey.scim.schemas import AttributeKeys, provider_for
from services.survey.scim.storage import Storage

LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
LONGEST_FILTER = 20_000
ALWAYS = ("name", "active")  # every user has them, so the schema says that they are required; we fill them in


class Service(ScimService):
    def read_search(self, resource_types: list[ResourceType], payload: Any) -> tuple[SearchRequest[Any], Any]:
        """The library would read a filter of any length, and nobody else is served meanwhile."""
        sent = payload if isinstance(payload, Mapping) else {}
        filters = {name: value for name, value in sent.items() if name.casefold() == "filter"}
        if any(len(str(value)) > LONGEST_FILTER for value in filters.values()):
            raise InvalidFilterException(detail=f"a filter may have {LONGEST_FILTER:,} characters at the most")
        if any(found.name == "User" for found in resource_types):
            read = {name: qualified(value) for name, value in filters.items() if isinstance(value, str)}
            payload = {**sent, **read} if read else payload
        return super().read_search(resource_types, payload)

    def search_response(
        self,
        base_url: str,
        resource_types: list[ResourceType],  # noqa: ARG002 - each resource knows its own
        page: SearchPage,
        search_request: SearchRequest[Any],
    ) -> ScimResponse:  # fmt: skip
        """The library validates a page anew before it goes out, which takes as long as all else. One without resources
        says so: RFC 7644 lets the key be left out, Entra's examples do not."""
        context = Context.RESOURCE_QUERY_RESPONSE
        resources = [
            self.publish(base_url, resource).model_dump(scim_ctx=context, response_parameters=search_request)
            for resource in page.resources
        ]
        body = {
            "schemas": [LIST], "totalResults": page.total, "itemsPerPage": len(resources),
            "startIndex": search_request.start_index, "Resources": resources,
        }  # fmt: skip
        return ScimResponse(HTTPStatus.OK, body)

    def patch_response(
        self, base_url: str, resource: Resource[Any], response_parameters: ResponseParameters[Any]
    ) -> ScimResponse:
        """A user is answered, which is what Okta reads; a group, which may be large, is not (204)."""
        if resource.meta is not None and resource.meta.resource_type == "User":
            published = self.publish(base_url, resource)
            return self.resource_response(published, Context.RESOURCE_REPLACEMENT_RESPONSE, response_parameters)
        return super().patch_response(base_url, resource, response_parameters)


@lru_cache(maxsize=100)
def service_for(keys: AttributeKeys) -> Service:
    provider = provider_for(keys)
    for attribute in provider.schemas[0].attributes or ():
        if attribute.name in ALWAYS:
            attribute.required = Required.true
    return Service(provider)


class Handler(AsyncScimHandler):
    storage: Storage
    whole = False  # is the group that a PATCH changes asked for?

    async def patch(self, request: ScimRequest) -> ScimResponse:
        self.whole = not {"attributes", "excludedAttributes"}.isdisjoint(request.query)
        return await super().patch(request)

    async def patch_resource(
        self, resource_type: ResourceType, resource_id: str, patch_op: "PatchOp[Any]", conditions: Conditions
    ) -> Resource[Any]:
        if resource_type.name == "Group" and not self.whole:
            self.storage.only = members_spoken_of(patch_op)
        return await super().patch_resource(resource_type, resource_id, patch_op, conditions)


def members_spoken_of(patch_op: "PatchOp[Any]") -> set[UUID] | None:
    """Of whom a PATCH says that they come or go; None where it may mean others too: all of them, or those of whom
    something else is true than their id."""
    spoken: set[UUID] = set()
    for operation in patch_op.operations or ():
        for found in _spoken_of(operation):
            if found is None:
                return None
            spoken |= found
    return spoken


def _spoken_of(operation: "PatchOperation[Any]") -> list[set[UUID] | None]:
    path, value = operation.path, operation.value
    if path is None:
        listed = [each for key, each in value.items() if _is_members(key)] if isinstance(value, Mapping) else []
        return [None if operation.op == "replace" else _values(each) for each in listed]
    if not _is_members(str(path)):
        return []
    if path.value_filter is not None:
        return [_compared(path.value_filter)]
    everybody = operation.op == "replace" or (operation.op == "remove" and value is None)
    return [None if everybody else _values(value)]


def _is_members(path: str) -> bool:
    return re.match(rf"^({re.escape(CORE_GROUP)}:)?members\b", path, re.IGNORECASE) is not None


def _values(value: Any) -> set[UUID] | None:
    entries = value if isinstance(value, Sequence) and not isinstance(value, str) else [value]
    if not all(isinstance(entry, Mapping) and set(entry) == {"value"} for entry in entries):
        return None
    return {found for entry in entries if (found := as_id(str(entry["value"]))) is not None}


def _compared(node: Any) -> set[UUID] | None:
    """`value eq "…"`, or several of them with `or`."""
    if isinstance(node, LogicalExpr) and node.op == LogicalOperator.or_:
        parts = [_compared(term) for term in node.terms]
        return None if None in parts else {each for part in parts if part is not None for each in part}
    if isinstance(node, Comparison) and node.op == CompareOperator.eq and node.attr_path.attr.lower() == "value":
        found = as_id(str(node.value))
        return set() if found is None else {found}
    return None
