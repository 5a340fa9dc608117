"""What SCIM's values mean here, and how identity systems spell them otherwise than RFC 7644 does."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

CORE_USER = "urn:ietf:params:scim:schemas:core:2.0:User"
CORE_GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
# In this namespace because Microsoft Entra lets an administrator add attributes under no other.
DECLARED = "urn:ietf:params:scim:schemas:extension:klankbord:2.0:User"
# Enterprise attributes that are the organisation's own where it declares them, by the key in lower case.
MAPPED = {"department": "department", "division": "division", "costcenter": "costCenter"}
BARE_ENTERPRISE = re.compile(r"(?<![\w:.$-])(?:employeeNumber|department|division|costCenter|manager)\b", re.IGNORECASE)
PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"

_LANGUAGE = re.compile(r"([A-Za-z]{2,3})(?:[-_](?:[A-Za-z]{4}[-_])?([A-Za-z]{2}))?(?![A-Za-z0-9])")
_URNS = (ENTERPRISE, DECLARED, CORE_USER, CORE_GROUP)
_MANAGER = re.compile(rf"^(?:{re.escape(ENTERPRISE)}:)?manager(?:\.(?:value|\$ref))?$", re.IGNORECASE)
_MEMBERS = re.compile(rf"^(?:{re.escape(CORE_GROUP)}:)?members$", re.IGNORECASE)
Body = dict[str, Any]


def language_of(preferred: str | None) -> str | None:
    """`nl`, `en-US`, `en_us`, `zh-Hans-CN`, or the first of an Accept-Language, as /v1 spells it; None if it is none."""
    found = _LANGUAGE.match((preferred or "").strip())
    if found is None:
        return None
    language, region = found[1].lower(), found[2]
    return f"{language}-{region.upper()}" if region else language


def names_of(given: str | None, family: str | None, *others: str | None) -> tuple[str, str]:
    """An employee has both names; what was not sent is taken from the first of the others that says something (RFC 7644,
    3.3: a provider may assign what a client leaves out)."""
    text = next((other.partition("@")[0].strip() for other in others if other and other.strip()), "")
    first, _, rest = text.partition(" ")
    given, family = (given or "").strip(), (family or "").strip()
    family = family or (rest if not given or first == given else text) or first or given
    return given or first or family, family


def address_of(emails: Iterable[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """The work one; else one that does not say what it is, the primary first."""
    kept = [mail for mail in emails if mail.get("value") and (mail.get("type") or "work").lower() == "work"]
    kept.sort(key=lambda mail: (not mail.get("type"), not mail.get("primary")))
    return kept[0] if kept else None


def scim_names(keys: Sequence[str]) -> dict[str, str]:
    """The declared attributes' names in SCIM, which knows no spaces and dots, by key."""
    names: dict[str, str] = {}
    for key in keys:
        name = plain = re.sub(r"[ .]", "_", key)
        number = 1
        while name.replace("_", "").lower() in {other.replace("_", "").lower() for other in names.values()}:
            number += 1
            name = f"{plain}{number}"
        names[key] = name
    return names


# --- dialects ---


def plain_resource(body: Any) -> Any:
    """Of a POST or PUT: no nulls, no key that is a path, a manager as SCIM has it."""
    if not isinstance(body, dict):
        return body
    made: Body = {}
    for key, value in body.items():
        if value is not None:
            _place(made, _parts(key), value)
    _plain_manager(made)
    if "members" in made:
        made["members"] = plain_members(made["members"])
    made.setdefault("schemas", [CORE_GROUP if "members" in made else CORE_USER])
    return made


def _parts(key: str) -> list[str]:
    """`urn:…:User:department` and `name.givenName` lead into objects."""
    for urn in _URNS:
        if key.lower() == urn.lower():
            return [urn] if urn in (ENTERPRISE, DECLARED) else []
        if key.lower().startswith(urn.lower() + ":"):
            rest = _parts(key[len(urn) + 1 :])
            return [urn, *rest] if urn in (ENTERPRISE, DECLARED) else rest
    return key.split(".") if re.fullmatch(r"[A-Za-z]\w*\.\$?[A-Za-z]\w*", key) else [key]


def _place(target: Body, parts: Sequence[str], value: Any) -> None:
    if isinstance(value, dict):
        value = {key: each for key, each in value.items() if each is not None}
    *above, last = parts or [""]
    for part in above:
        inner = target.setdefault(part, {})
        if not isinstance(inner, dict):
            return
        target = inner
    if not last:  # what stands under the core's own URN stands above
        target.update(value if isinstance(value, dict) else {})
    elif isinstance(value, dict) and isinstance(target.get(last), dict):
        target[last].update(value)
    else:
        target[last] = value


def _plain_manager(made: Body) -> None:
    extension = made.get(ENTERPRISE)
    if not isinstance(extension, dict):
        return
    for key in [key for key in extension if key.lower() == "manager"]:
        found = manager_id(extension.pop(key))
        if found:
            extension["manager"] = {"value": found}


def manager_id(value: Any) -> str | None:
    """An id, a reference, an object with either, or a list of one of these. Nothing, said in whatever way: None."""
    if isinstance(value, list):
        return manager_id(value[0]) if value else None
    if isinstance(value, dict):
        sent = {key.lower(): each for key, each in value.items()}
        return manager_id(sent.get("value")) or manager_id(sent.get("$ref"))
    if not isinstance(value, str):
        return None
    return value.rstrip("/").rpartition("/")[2].strip() or None


def plain_members(value: Any) -> Any:
    """What else is said of a member (`$ref`, `display`, `type`) says nothing of who it is."""
    entries = value if isinstance(value, list) else [value]
    if any(isinstance(entry, dict) and "value" not in entry and "$ref" not in entry for entry in entries):
        return entries
    return [
        {"value": entry.get("value") or manager_id(entry.get("$ref"))} if isinstance(entry, dict) else {"value": entry}
        for entry in entries
    ]


def plain_patch(body: Any) -> Any:
    if not isinstance(body, dict):
        return body
    made = {"schemas": [PATCH_OP], **body}
    for key in [key for key in made if key.lower() == "operations" and isinstance(made[key], list)]:
        operations = [each for operation in made[key] for each in _plain_operations(operation)]
        made[key] = operations or made[key]
    return made


def _plain_operations(operation: Any) -> list[Any]:
    if not isinstance(operation, dict):
        return [operation]
    made = {key.lower(): value for key, value in operation.items()}
    path, op, value = made.get("path"), str(made.get("op", "")).lower(), made.get("value")
    if path in (None, ""):
        made.pop("path", None)
        return _without_path(made, value) if isinstance(value, dict) else [made]
    if isinstance(path, str):
        _at_path(made, path, op)
    if op == "add" and made.get("value") is None:
        made |= {"op": "replace", "value": None}  # nothing to add is nothing there
    return [made]


def _at_path(made: Body, path: str, op: str) -> None:
    value = made.get("value")
    if _MANAGER.match(path):
        found = None if op == "remove" else manager_id(value)
        made["path"] = f"{ENTERPRISE}:manager"
        made |= {"op": "remove"} if found is None else {"op": "replace", "value": {"value": found}}
        if found is None:
            made.pop("value", None)
    elif _MEMBERS.match(path):
        if value is not None:
            made["value"] = plain_members(value)
    elif op == "remove":
        made.pop("value", None)
    elif path.lower() == ENTERPRISE.lower() and isinstance(value, dict):
        _in_extension(value)
    elif path.lower() in (CORE_USER.lower(), CORE_GROUP.lower()) and isinstance(value, dict):
        _in_value(value)


def _without_path(made: Body, value: Body) -> list[Any]:
    """Keys with a filter become operations of their own, since the library knows them as paths only."""
    others = {key: each for key, each in value.items() if "[" not in key}
    filtered = [{**made, "path": key, "value": each} for key, each in value.items() if "[" in key]
    _in_value(others)
    return [*([{**made, "value": others}] if others or not filtered else []), *filtered]


def _in_value(value: Body) -> None:
    plain: dict[str, Callable[[Any], Any]] = {"members": plain_members}
    for key in list(value):
        if _MANAGER.match(key):
            found = manager_id(value.pop(key))
            value[f"{ENTERPRISE}:manager"] = None if found is None else {"value": found}
        elif key.lower() == ENTERPRISE.lower() and isinstance(value[key], dict):
            value[key] = dict(value[key])
            _in_extension(value[key])
        elif key.lower() in plain and value[key] is not None:
            value[key] = plain[key.lower()](value[key])


def _in_extension(extension: Body) -> None:
    for key in [key for key in extension if key.lower() == "manager"]:
        found = manager_id(extension.pop(key))
        extension["manager"] = None if found is None else {"value": found}
