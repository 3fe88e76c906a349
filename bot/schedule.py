"""Scheduled work: sweeps of repositories, redelivery, and deleting old deliveries."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol
from uuid import uuid4

from bot.handlers.events import EVENTS, SWEEP_INTERVAL, Job
from bot.handlers.jobs import job_of
from bot.inbox.delivery import Delivery, InboxUnavailable
from bot.logs import get_logger
from bot.review.subject import Repository
from bot.store.location import StoreUnavailable

START_WINDOW = timedelta(minutes=15)
"""Workers that start within the same quarter of an hour count as started together."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Rounds(Protocol):
    """Names the rounds of scheduled work, and says when the next one begins.

    A round has the same name for all workers that share it, so that it is queued once.
    """

    def at_start(self) -> str:
        """The name of the round to run when a worker starts."""

    def now(self) -> str:
        """The name of the current round."""

    def until_next(self) -> timedelta:
        """How long until the next round."""


@dataclass(frozen=True, slots=True)
class LocalRounds:
    """Rounds of a worker with its own store: while it was away, nobody saw what came.

    Attributes:
        every: How long to wait between two rounds.
    """

    every: timedelta = SWEEP_INTERVAL

    def at_start(self) -> str:
        """A unique name: each start is a round."""
        return self.now()

    def now(self) -> str:
        """A unique name."""
        return uuid4().hex

    def until_next(self) -> timedelta:
        """Always the same."""
        return self.every


@dataclass(frozen=True, slots=True)
class SharedRounds:
    """Rounds of several workers on one store, on machines whose clocks roughly agree.

    A start may end a time in which no worker ran, so it is a round too. A new version that restarts
    all workers makes only one such round (two if they start across the end of a `start_window`).

    Attributes:
        clock: The time of day.
        every: Time from the beginning of one round to the next.
        start_window: Starts within one such span of the clock are one round.
    """

    clock: Callable[[], datetime]
    every: timedelta = SWEEP_INTERVAL
    start_window: timedelta = START_WINDOW

    def at_start(self) -> str:
        """Named after the quarter of an hour of the start."""
        return f"start-{_start_of(self.clock(), self.start_window)}"

    def now(self) -> str:
        """Named after the time at which the round began."""
        return _start_of(self.clock(), self.every)

    def until_next(self) -> timedelta:
        """How long until the clock reaches the next round."""
        return self.every - _since_start(self.clock(), self.every)


def _since_start(now: datetime, span: timedelta) -> timedelta:
    return (now - _EPOCH) % span


def _start_of(now: datetime, span: timedelta) -> str:
    # Without a colon, since a colon would end the cause (see `bot.handlers.jobs.job_of`).
    return (now - _since_start(now, span)).astimezone(UTC).strftime("%Y-%m-%dT%H%M%SZ")


_PAUSE = timedelta(seconds=2)
"""How long to wait if the store cannot be used."""

_log = get_logger()


class KnownRepositories(Protocol):
    """The part of the store that scheduled work needs."""

    async def repositories(self) -> Sequence[Repository]:
        """The repositories the app is known to be installed on."""


class Accepting(Protocol):
    """The part of the inbox that scheduled work needs."""

    async def accept(self, delivery: Delivery) -> object:
        """Queue a job; one that was queued before is a duplicate."""


async def queue_round(
    store: KnownRepositories,
    inbox: Accepting,
    clock: Callable[[], datetime],
    every: timedelta,
    round_name: str,
) -> None:
    """Queue the jobs of one round: those that the table of events has at such an interval.

    Args:
        store: Knows the repositories.
        inbox: Where the jobs are queued.
        clock: The time of day.
        every: The interval.
        round_name: The name of the round.
    """
    now = clock()
    timed = {
        Job(kind.name): (kind.is_about_app, kind.timing.cause(round_name, now))
        for kind in EVENTS.values()
        if kind.timing is not None and kind.timing.every == every
    }
    for repository in (None, *await store.repositories()):
        for name, (is_about_app, cause) in timed.items():
            if is_about_app == (repository is None):
                await inbox.accept(job_of(name, repository, cause, now))


async def run_in_rounds(
    queue: Callable[[str], Awaitable[object]],
    stop: asyncio.Event,
    rounds: Rounds,
    *,
    pause: timedelta = _PAUSE,
) -> None:
    """Queue something now and repeatedly until `stop` is set.

    Args:
        queue: Queues the work of a round; its argument is the cause.
        stop: Set when the process is to end.
        rounds: When to queue it, and with which cause.
        pause: How long to wait if the store cannot be used.
    """
    cause = rounds.at_start()
    while not stop.is_set():
        try:
            await queue(cause)
        except (InboxUnavailable, StoreUnavailable) as fault:
            _log.error("store unavailable; sweep skipped", error=str(fault))
            await _wait(stop, pause)
        else:
            await _wait(stop, rounds.until_next())
            cause = rounds.now()


async def _wait(stop: asyncio.Event, duration: timedelta) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(duration.total_seconds()):
            await stop.wait()


KEEP_DELIVERIES_FOR = timedelta(days=30)
"""How long a handled delivery is kept: GitHub offers its redelivery for three days only."""

KEEP_WRITES_FOR = timedelta(days=365)
"""How long the audit keeps what was written to GitHub."""

PRUNING_INTERVAL = timedelta(hours=6)
"""How long after old deliveries were deleted the next are."""


class PrunableInbox(Protocol):
    """The part of the inbox that `prune` needs."""

    async def prune(self, before: datetime) -> int:
        """Delete deliveries that were done before a moment; returns how many."""


class PrunableStore(Protocol):
    """The part of the store that `prune` needs."""

    async def forget_writes(self, before: datetime) -> int:
        """Delete audit lines from before a moment; returns how many."""


async def prune(inbox: PrunableInbox, store: PrunableStore, clock: Callable[[], datetime]) -> None:
    """Delete old deliveries and audit lines; dead deliveries stay until somebody replays them."""
    try:
        if count := await inbox.prune(clock() - KEEP_DELIVERIES_FOR):
            _log.info("old deliveries deleted", count=count)
        if count := await store.forget_writes(clock() - KEEP_WRITES_FOR):
            _log.info("old audit entries deleted", count=count)
    except (InboxUnavailable, StoreUnavailable) as error:
        _log.warning("old deliveries not deleted", error=str(error))
