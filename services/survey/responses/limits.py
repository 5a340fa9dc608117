"""How often respond may be called: by token, since a whole office shares one address, and for forged tokens by address.
In memory only."""

import time
from collections.abc import Hashable
from dataclasses import dataclass, field

from services.shared.problems import Problem

WINDOW = 60  # seconds


@dataclass
class Limit:
    """So many in each window. All are forgotten when it ends, so memory is bounded by what one window brings."""

    name: str
    quota: int
    hits: dict[Hashable, int] = field(default_factory=dict)
    ends: float = 0.0

    def hit(self, who: Hashable) -> dict[str, str]:
        """The headers that tell how many are left; raises 429 when none are."""
        now = time.monotonic()
        if now >= self.ends:
            self.hits.clear()
            self.ends = now + WINDOW
        hits = self.hits[who] = self.hits.get(who, 0) + 1
        left, seconds = self.quota - hits, int(self.ends - now) + 1
        headers = {
            "RateLimit-Policy": f'"{self.name}";q={self.quota};w={WINDOW}',
            "RateLimit": f'"{self.name}";r={max(0, left)};t={seconds}',
        }
        if left < 0:
            detail = f"Too many requests; try again in {seconds} seconds."
            raise Problem(429, "tooManyRequests", detail, headers={**headers, "Retry-After": str(seconds)})
        return headers
