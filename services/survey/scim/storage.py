"""Where scim2-server reads and writes: our use cases, for one request in its transaction."""

from typing import Any
from uuid import UUID

from scim2_models import (
    InvalidPathException,
    NotFoundException,
    Path,
    Resource,
    ResourceType,
    ResponseParameters,
    ScimFilter,
    ScimProvider,
    SearchRequest,
)
from scim2_server.storage import AsyncScimStorage, SearchPage
from sqlalchemy import ColumnElement, Text, func
from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.auth import Principal
from services.survey.organisation.models import Employee, Organisation
from services.survey.organisation.queries import VISIBLE, as_id
from services.survey.scim import groups, queries, unit_groups, users
from services.survey.scim.filters import Terms, condition
from services.survey.scim.group_queries import GroupRow
from services.survey.scim.queries import Searched
from services.survey.scim.schemas import AttributeKeys


class Storage(AsyncScimStorage):
    """`changing` locks what it reads, and gives groups their members for the library to change and to answer; `fill` gives
    them to those that were only read. `only` are the members of whom a PATCH of a group speaks: of a group of a hundred
    thousand no others are read then (None: all are)."""

    def __init__(
        self, session: AsyncSession, principal: Principal, organisation: Organisation, provider: ScimProvider,
        *, changing: bool,
    ) -> None:  # fmt: skip
        self.session, self.principal, self.provider, self.changing = session, principal, provider, changing
        self.keys: AttributeKeys = attribute_keys(organisation)
        self.kind = groups.kind_of(organisation)
        self.only: set[UUID] | None = None
        self.read: dict[UUID, GroupRow] = {}
        self.asked: ResponseParameters[Any] | None = None

    async def get(
        self, resource_type: ResourceType, resource_id: str, *,
        response_parameters: ResponseParameters[Any] | None = None,
    ) -> Resource[Any]:  # fmt: skip
        name, found = str(resource_type.name), as_id(resource_id)
        self.asked = response_parameters
        shown = await self._shown(name, [found]) if found else []
        if not shown:
            raise NotFoundException(detail=f"There is no {name} of id {resource_id!r}")
        return shown[0]

    async def _shown(self, name: str, ids: list[UUID]) -> list[Resource[Any]]:
        if name == "User":
            rows = await queries.users(self.session, ids, lock=self.changing)
            memberships = await self.kind.of(self.session, [row.employee for row in rows])
            return [users.shown(self.provider, row, self.keys, memberships) for row in rows]
        only = self.only if groups.wants_members(self.asked) else set[UUID]()
        found = await self.kind.rows(self.session, ids, members=only, lock=self.changing)
        self.read = {row.id: row for row in found}
        return [groups.shown(row, with_members=self.changing) for row in found]

    def fill(self, body: dict[str, Any], base_url: str) -> None:
        """Puts the members into the groups that are answered."""
        if self.changing:
            return
        for resource in (body, *body.get("Resources", ())):
            row = self.read.get(UUID(resource["id"])) if "id" in resource and self.read else None
            if row is not None and (members := groups.members_shown(row, base_url, self.asked)):
                resource["members"] = members

    async def search(
        self,
        resource_types: list[ResourceType],
        search_request: SearchRequest[Any],
        *,
        position: Any = None,  # noqa: ARG002 - of cursors, which we do not offer
    ) -> SearchPage:
        names = [str(resource_type.name) for resource_type in resource_types]
        total, found = await queries.found(
            self.session,
            [self._searched(name, search_request) for name in names],
            descending=search_request.sort_order == SearchRequest.SortOrder.descending,
            offset=(search_request.start_index or 1) - 1,
            limit=search_request.count or 0,
        )
        self.asked = search_request
        shown: dict[str, Resource[Any]] = {}
        for name in names:
            ids = [each for kind, each in found if kind == name]
            some = await self._shown(name, ids) if ids else []
            shown |= {str(resource.id): resource for resource in some}
        return SearchPage(total, [shown[str(each)] for _, each in found if str(each) in shown])

    def _searched(self, name: str, asked: SearchRequest[Any]) -> Searched:
        is_user = name == "User"
        terms = queries.user_terms(self.keys, self.kind.membership_terms()) if is_user else self.kind.terms()
        model: Any = self.provider.model_for(name)
        where = [VISIBLE] if is_user else []
        if asked.filter is not None:
            bound: Any = ScimFilter
            where.append(condition(bound[model](str(asked.filter)), terms))
        key = None if asked.sort_by is None else _sort_key(asked.sort_by, model, terms)
        return Searched(name, Employee.id if is_user else self.kind.ID, where, key)  # type: ignore[arg-type]  # a column

    async def create(self, resource_type: ResourceType, resource: Resource[Any]) -> Resource[Any]:
        if resource_type.name == "User":
            made = await users.make(self.session, resource, self.keys, await unit_groups.top(self.session))
        else:
            made = await groups.make(self.session, self.kind, resource)  # type: ignore[arg-type]  # the other type
        return await self.get(resource_type, str(made))

    async def update(
        self,
        resource_type: ResourceType,
        resource: Resource[Any],
        *,
        expected_version: str | None = None,  # noqa: ARG002 - locked
    ) -> Resource[Any]:
        """What it changes was read before, and is locked since."""
        if resource_type.name == "User":
            await users.change(self.session, self.principal, resource, self.keys)
        else:
            before = self.read[UUID(resource.id)]
            await groups.change(self.session, self.principal, self.kind, before, resource)  # type: ignore[arg-type]  # as above
        return await self.get(resource_type, str(resource.id))

    async def delete(
        self,
        resource_type: ResourceType,
        resource_id: str,
        *,
        expected_version: str | None = None,  # noqa: ARG002 - locked since it was read
    ) -> None:
        remove = users.remove if resource_type.name == "User" else self.kind.remove
        await remove(self.session, self.principal, UUID(resource_id))


def attribute_keys(organisation: Organisation) -> AttributeKeys:
    return tuple(str(attribute["key"]) for attribute in organisation.attributes)


def _sort_key(path: Path[Any], model: Any, terms: Terms) -> ColumnElement[Any] | None:
    """Text in lower case (RFC 7644, 3.4.2.3). What this kind of resource has not, it is not sorted by."""
    binding = path.resolve(model)
    if binding is None:
        return None
    term = terms.get(binding.urn.lower())
    if term is None or term.holds is not None:
        raise InvalidPathException(path=str(path), detail=f"'{path}' cannot be sorted by")
    if term.lowered is not None:
        return term.lowered
    is_text = term.column.type.python_type is str and not term.exact
    return func.lower(term.column, type_=Text) if is_text else term.column
