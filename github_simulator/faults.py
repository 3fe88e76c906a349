"""The state behind the switches for faults: which requests fail, and which reads lag."""

import random
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from github_simulator.model.world import World
from github_simulator.wire import Refusal


@dataclass(slots=True)
class Failure:
    """Requests that match are answered with an error, or not at all.

    Attributes:
        match: Searched for in `METHOD /path?query`.
        times: How many requests are still to fail; None for all.
        status: The answer's status; None closes the connection without an answer.
        after: Whether the request is carried out first, and only its answer is lost.
        share: The chance that a matching request fails.
    """

    match: re.Pattern[str]
    times: int | None
    status: int | None
    after: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)
    message: str = "Server Error"
    share: float = 1.0
    chance: random.Random = field(default_factory=random.Random)
    statuses: Sequence[int] = ()

    def strikes(self, request: str) -> bool:
        """Whether this request fails; if so, it is counted."""
        if self.times == 0 or not self.match.search(request):
            return False
        if self.share < 1.0 and self.chance.random() >= self.share:
            return False
        if self.times is not None:
            self.times -= 1
        return True

    def refusal(self) -> Refusal | None:
        """The answer, None for a closed connection."""
        status = self.chance.choice(list(self.statuses)) if self.statuses else self.status
        if status is None:
            return None
        return Refusal(status, self.message, headers=self.headers)


class Faults:
    """All switches. Everything works unless told otherwise."""

    def __init__(self) -> None:
        self.failures: list[Failure] = []
        self.latency_seconds = 0.0
        self._stale: World | None = None
        self._stale_until = 0.0
        self._stale_reads: int | None = None

    def clear(self) -> None:
        """Let everything work again."""
        self.failures.clear()
        self.latency_seconds = 0.0
        self.catch_up()

    def catch_up(self) -> None:
        """Let reads show the present state again."""
        self._stale = None

    def find(self, request: str, *, after: bool) -> Failure | None:
        """The failure that strikes a request before or after it is carried out."""
        for failure in self.failures:
            if failure.after is after and failure.strikes(request):
                return failure
        return None

    def lag(self, world: World, seconds: float | None, reads: int | None) -> None:
        """From now on reads show the world as it is now, for a while."""
        self._stale = world.replica()
        self._stale_until = float("inf") if seconds is None else time.monotonic() + seconds
        self._stale_reads = reads

    def world_for_reading(self, world: World) -> World:
        """The replica while reads lag, else the world itself. Every call counts as one read."""
        stale = self._stale
        if stale is None:
            return world
        if time.monotonic() >= self._stale_until:
            self._stale = None
            return world
        if self._stale_reads is not None:
            self._stale_reads -= 1
            if self._stale_reads <= 0:
                self._stale = None
        return stale
