"""Numbers as people write them, in either language on a page in either. A point or comma before three digits may set off
thousands or decimals: where it could be both, a guess would be wrong by a factor of a thousand."""

import re
from decimal import Decimal

THREE = re.compile(r"-?([1-9]\d*)[.,]\d{3}", re.ASCII)
GROUPS = re.compile(r"-?[1-9]\d{0,2}([.,'’ \u00a0\u202f])\d{3}(?:\1\d{3})*(?:(?!\1)[.,]\d+)?", re.ASCII)
PLAIN = re.compile(r"-?(?:\d+[.,]?\d*|[.,]\d+)", re.ASCII)
LONGEST = 15


def is_doubtful(text: str, decimals: int) -> bool:
    """Where whole numbers are asked for, 1.250 is a thousand and more, and 1000.250 is neither."""
    found = THREE.fullmatch(text)
    return found is not None and (len(found[1]) <= 3) is (decimals > 0)


def read(text: str, decimals: int) -> int | float | str:
    """What is not a number, or a doubtful one, stays text."""
    if is_doubtful(text, decimals):
        return text
    groups = GROUPS.fullmatch(text)
    plain = (text.replace(groups[1], "") if groups else text).replace(",", ".")
    if len(plain) > LONGEST or not PLAIN.fullmatch(plain):
        return text
    return float(plain) if "." in plain else int(plain)


def written(value: float | str, language: str) -> str:
    """2,5 in Dutch, and never with an exponent."""
    if isinstance(value, str):
        return value
    digits = format(Decimal(str(value)), "f").removesuffix(".0")
    return digits.replace(".", ",") if language == "nl" else digits
