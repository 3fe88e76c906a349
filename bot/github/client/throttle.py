"""How fast the bot writes: one token bucket an installation, shared by all that writes to it."""

from collections.abc import Callable
from typing import Protocol

from aiolimiter import AsyncLimiter
from cachetools import LRUCache

BURST = 8
"""Writes that may be made at once."""

_MOST_INSTALLATIONS = 1_000


class Limiter(Protocol):
    """A token bucket."""

    async def acquire(self) -> None:
        """Take one token, waiting until there is one."""


def token_bucket() -> Limiter:
    """Eight writes at once, then one a second, well below GitHub's secondary limits.

    Source: https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
    """
    return AsyncLimiter(max_rate=BURST, time_period=BURST)


class WriteThrottle:
    """The token buckets of all installations."""

    def __init__(self, make: Callable[[int], Limiter] = lambda _: token_bucket()) -> None:
        """Let `make` make the bucket of each installation."""
        self._make = make
        self._buckets: LRUCache[int, Limiter] = LRUCache(_MOST_INSTALLATIONS)

    def of(self, installation: int) -> Limiter:
        """The bucket of an installation."""
        return self._buckets.setdefault(installation, self._make(installation))
