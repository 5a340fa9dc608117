"""What SCIM shows: only what is stored (RFC 7643, 7). Descriptions are in English, as the RFC's own."""

from functools import lru_cache
from typing import Annotated, Any

from pydantic import Field
from scim2_models import (
    URN,
    AnyExtension,
    Attribute,
    AuthenticationScheme,
    Bulk,
    CaseExact,
    ChangePassword,
    ComplexAttribute,
    ETag,
    Extension,
    Filter,
    Mutability,
    Pagination,
    Patch,
    Reference,
    Required,
    Resource,
    ResourceType,
    Schema,
    ScimPolicy,
    ScimProvider,
    ServiceProviderConfig,
    Sort,
    Uniqueness,
)

from services.survey.scim.rules import CORE_GROUP, CORE_USER, DECLARED, ENTERPRISE, scim_names

LARGEST_PAGE = 200
AttributeKeys = tuple[str, ...]


class Name(ComplexAttribute):
    given_name: str | None = Field(None, description="The given name")
    family_name: str | None = Field(None, description="The family name")


class Email(ComplexAttribute):
    value: str | None = Field(None, description="The address")
    type: str | None = Field(None, description="Only the work address is stored", examples=["work"])
    primary: bool | None = Field(None, description="True: there is one address")


class Membership(ComplexAttribute):
    value: Annotated[str | None, Mutability.read_only, CaseExact.true] = Field(None, description="The group's id")
    ref: Annotated[Reference["Group"] | None, Mutability.read_only] = Field(
        None, serialization_alias="$ref", validation_alias="$ref", description="The group's address"
    )
    display: Annotated[str | None, Mutability.read_only] = Field(None, description="The group's displayName")
    type: Annotated[str | None, Mutability.read_only] = Field(None, description="Always direct", examples=["direct"])


class User(Resource[AnyExtension]):
    """An employee."""

    __schema__ = URN(CORE_USER)

    user_name: Annotated[str | None, Uniqueness.server, Required.true] = Field(
        None, description="Unique in the organisation, whatever the case"
    )
    name: Name | None = Field(None, description="Taken from displayName or userName where it is not given")
    display_name: str | None = Field(None, description="The name as the identity system shows it")
    active: bool | None = Field(None, description="False for who has left; true where it is not given")
    preferred_language: str | None = Field(None, description="In which invitations are written")
    emails: list[Email] | None = Field(None, description="The work address, to which invitations go")
    groups: Annotated[list[Membership] | None, Mutability.read_only] = Field(
        None, description="The groups of which the user is a member"
    )


class Manager(ComplexAttribute):
    value: Annotated[str | None, CaseExact.true] = Field(None, description="The id of the manager, who is a user here")
    ref: Annotated[Reference["User"] | None, CaseExact.true] = Field(  # type: ignore[type-arg]  # names the resource type
        None, serialization_alias="$ref", validation_alias="$ref", description="The manager's address"
    )


class EnterpriseUser(Extension):
    """department, division and costCenter are the organisation's attributes of these keys where it declares them."""

    __schema__ = URN(ENTERPRISE)

    employee_number: str | None = Field(None, description="The number at the employer")
    department: str | None = Field(None, description="The name of a department")
    division: str | None = Field(None, description="The name of a division")
    cost_center: str | None = Field(None, description="The name of a cost centre")
    manager: Manager | None = Field(None, description="The user's manager")


class Member(ComplexAttribute):
    value: Annotated[str | None, Mutability.immutable, CaseExact.true] = Field(None, description="The user's id")
    ref: Annotated[Reference["User"] | None, Mutability.immutable] = Field(  # type: ignore[type-arg]  # as above
        None, serialization_alias="$ref", validation_alias="$ref", description="The user's address"
    )
    type: Annotated[str | None, Mutability.immutable] = Field(None, description="Always User", examples=["User"])


class Group(Resource[Any]):
    """A unit, or a role with its members: by the organisation's `scimGroups`."""

    __schema__ = URN(CORE_GROUP)

    display_name: Annotated[str | None, Required.true] = Field(None, description="The name")
    members: list[Member] | None = Field(None, description="The users in it")


CONFIG = ServiceProviderConfig(
    patch=Patch(supported=True),
    bulk=Bulk(supported=False, max_operations=0, max_payload_size=0),
    filter=Filter(supported=True, max_results=LARGEST_PAGE),
    change_password=ChangePassword(supported=False),
    sort=Sort(supported=True),
    etag=ETag(supported=True),
    pagination=Pagination(
        cursor=False, index=True, default_pagination_method="index", default_page_size=100, max_page_size=LARGEST_PAGE
    ),
    authentication_schemes=[
        AuthenticationScheme(
            type=AuthenticationScheme.Type.oauthbearertoken,
            name="API key",
            description="An API key of role admin or integrator, as a bearer token",
            primary=True,
        )
    ],
)
POLICY = ScimPolicy(
    unknown=ScimPolicy.Unknown.ignore,
    remove_value_as_filter=ScimPolicy.RemoveValue.apply,
    unmatched_path_filter=ScimPolicy.UnmatchedPathFilter.create,
)


def declared_extension(keys: AttributeKeys) -> type[Extension]:
    """The attributes that the organisation declares."""
    attributes = [
        Attribute(name=name, type=Attribute.Type.string, multi_valued=False, description=f"The attribute {key}")
        for key, name in scim_names(keys).items()
    ]
    described = Schema(
        id=DECLARED, name="Attributes", description="What the organisation declares of its employees",
        attributes=attributes,
    )  # fmt: skip
    return Extension.from_schema(described)


@lru_cache(maxsize=100)
def provider_for(keys: AttributeKeys) -> ScimProvider:
    """Kept for organisations that declare the same: making classes takes milliseconds."""
    extensions: list[type[Extension]] = [EnterpriseUser, *([declared_extension(keys)] if keys else [])]
    user = ResourceType.from_resource(User[EnterpriseUser])
    assert user.schema_extensions is not None
    if keys:
        extended = user.schema_extensions[0].model_copy(update={"schema_": DECLARED})
        user.schema_extensions.append(extended)
    return ScimProvider(
        models=[User, *extensions, Group],
        resource_types=[user, ResourceType.from_resource(Group)],
        config=CONFIG,
        policy=POLICY,
    )
