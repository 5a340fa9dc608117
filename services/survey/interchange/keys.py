"""Keys made of the names that other tools have."""

import re
import unicodedata
from collections.abc import Container

LONGEST = 64
_OTHERS = re.compile(r"[^A-Za-z0-9_-]+")


def made_key(name: str, taken: Container[str], otherwise: str) -> str:
    """A key like `name`, that is not taken; like `otherwise` if the name has no letter or digit that a key may have."""
    plain = unicodedata.normalize("NFKD", name[:200]).encode("ascii", "ignore").decode()
    key = _OTHERS.sub("-", plain).strip("-_")[: LONGEST - 8] or otherwise
    if not key[0].isalpha():
        key = f"{otherwise}-{key}"[: LONGEST - 8]
    candidate, number = key, 1
    while candidate in taken:
        number += 1
        candidate = f"{key}-{number}"
    return candidate
