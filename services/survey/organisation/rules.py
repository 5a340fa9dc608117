"""What holds for trees of units, lines of management and declared attributes, whatever stores them."""

import re
from collections.abc import Hashable, Iterable, Mapping
from typing import TypeVar
from zoneinfo import available_timezones

LIMITED_ROLES = frozenset({"provider-manager", "provider-staff", "consumer-manager"})
MAIL = re.compile(r"[^\x00-\x20\x7f@<>(),;:\"\[\]\\]+@[^\x00-\x20\x7f@<>(),;:\"\[\]\\]+")
LONGEST_MAIL = 254
# What an employee has already: an attribute of this name would be a second column of the same name in a file.
RESERVED_ATTRIBUTES = frozenset({
    "id", "externalid", "givenname", "familyname", "email", "unitid", "unitexternalid", "managerid",
    "managerexternalid", "language", "hiredon", "attributes", "active", "createdat", "updatedat",
    "leavestartdate", "leaveenddate", "optedout",
})  # fmt: skip

Node = TypeVar("Node", bound=Hashable)


def path_up(start: Node, above: Mapping[Node, Node | None]) -> list[Node]:
    """From `start` to the top. In a circle it ends where it would come back."""
    path: list[Node] = []
    seen: set[Node] = set()
    node: Node | None = start
    while node is not None and node not in seen:
        seen.add(node)
        path.append(node)
        node = above.get(node)
    return path


def closes_circle(node: Node, new_above: Node | None, above: Mapping[Node, Node | None]) -> bool:
    """Would `node` be above itself if it were put below `new_above`?"""
    return new_above is not None and node in path_up(new_above, above)


def below(tops: Iterable[Node], above: Mapping[Node, Node | None]) -> set[Node]:
    """The tops that are there, and all below them."""
    children: dict[Node | None, list[Node]] = {}
    for node, parent in above.items():
        children.setdefault(parent, []).append(node)
    waiting = [node for node in tops if node in above]
    found: set[Node] = set()
    while waiting:
        node = waiting.pop()
        if node not in found:
            found.add(node)
            waiting.extend(children.get(node, ()))
    return found


def is_mail(text: str) -> bool:
    """Only what no mail server would take is refused: the mail that bounces is the real test."""
    return len(text) <= LONGEST_MAIL and MAIL.fullmatch(text) is not None


def is_time_zone(name: str) -> bool:
    return name in available_timezones()


def undeclared(values: Mapping[str, object], declared: Iterable[str]) -> list[str]:
    known = set(declared)
    return [key for key in values if key not in known]
