"""When timed work is done again, and what one round of it is called.

Timed work is a delivery that is named after its round, and the inbox takes one of each name. So
several workers on one store need not agree on who does timed work: they only have to call a round
by the same name, and the time of day gives it to them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol
from uuid import uuid4

EVERY = timedelta(hours=6)
"""How long a lost event, a new core developer or a new editor may wait to be noticed."""

EVERY_HOUR = timedelta(hours=1)
"""How long a webhook that GitHub could not deliver may wait to be asked for again."""

TOGETHER = timedelta(minutes=15)
"""Workers that start within the same quarter of an hour were started together."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Rounds(Protocol):
    """Names the rounds, and says when the next one begins."""

    def at_start(self) -> str:
        """The name of the round that a worker begins with."""

    def now(self) -> str:
        """The name of the round that it is time for."""

    def until_next(self) -> timedelta:
        """How long it is till the next."""


@dataclass(frozen=True, slots=True)
class OwnRounds:
    """Those of a worker that has the store to itself: what came while it was away, nobody saw.

    Attributes:
        every: How long to wait between two rounds.
    """

    every: timedelta = EVERY

    def at_start(self) -> str:
        """A name like no other: each start is a round."""
        return self.now()

    def now(self) -> str:
        """A name like no other."""
        return uuid4().hex

    def until_next(self) -> timedelta:
        """Always the same."""
        return self.every


@dataclass(frozen=True, slots=True)
class SharedRounds:
    """Those of any number of workers on one store, on machines whose clocks roughly agree.

    A start may end a time in which nobody worked, so it is a round as well; but a new version that
    starts all workers anew makes one and not one for each of them, or two across a quarter's end.

    Attributes:
        clock: The time of day.
        every: From the beginning of one round to the next.
        together: Starts within one such span of the clock are one round.
    """

    clock: Callable[[], datetime]
    every: timedelta = EVERY
    together: timedelta = TOGETHER

    def at_start(self) -> str:
        """Named after the quarter of an hour."""
        return f"start-{_begin(self.clock(), self.together)}"

    def now(self) -> str:
        """Named after when it began."""
        return _begin(self.clock(), self.every)

    def until_next(self) -> timedelta:
        """Till the clock gets there."""
        return self.every - _since_begin(self.clock(), self.every)


def day_of(now: datetime) -> str:
    """The name of the day (UTC)."""
    return now.astimezone(UTC).date().isoformat()


def week_of(now: datetime) -> str:
    """The name of the week (ISO 8601, UTC; it begins on Monday)."""
    year, week, _ = now.astimezone(UTC).isocalendar()
    return f"{year}-W{week:02}"


def _since_begin(now: datetime, span: timedelta) -> timedelta:
    return (now - _EPOCH) % span


def _begin(now: datetime, span: timedelta) -> str:
    # Without a colon, which would end a cause (see `bot.events.own`).
    return (now - _since_begin(now, span)).astimezone(UTC).strftime("%Y-%m-%dT%H%M%SZ")
