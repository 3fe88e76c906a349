"""Timed work: sweeps of repositories, redelivery, and forgetting old deliveries."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol
from uuid import uuid4

import structlog

from bot.inbox.protocol import InboxUnavailable
from bot.review.subject import Repository
from bot.store.version import StoreUnavailable

SWEEP_INTERVAL = timedelta(hours=6)
"""How long a lost event, a new core developer or a new editor may wait to be noticed."""

REDELIVERY_INTERVAL = timedelta(hours=1)
"""How long a webhook that GitHub could not deliver may wait to be asked for again."""

START_WINDOW = timedelta(minutes=15)
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
class LocalRounds:
    """Those of a worker that has the store to itself: what came while it was away, nobody saw.

    Attributes:
        every: How long to wait between two rounds.
    """

    every: timedelta = SWEEP_INTERVAL

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
        start_window: Starts within one such span of the clock are one round.
    """

    clock: Callable[[], datetime]
    every: timedelta = SWEEP_INTERVAL
    start_window: timedelta = START_WINDOW

    def at_start(self) -> str:
        """Named after the quarter of an hour."""
        return f"start-{_start_of(self.clock(), self.start_window)}"

    def now(self) -> str:
        """Named after when it began."""
        return _start_of(self.clock(), self.every)

    def until_next(self) -> timedelta:
        """Till the clock gets there."""
        return self.every - _since_start(self.clock(), self.every)


def day_of(now: datetime) -> str:
    """The name of the day (UTC)."""
    return now.astimezone(UTC).date().isoformat()


def week_of(now: datetime) -> str:
    """The name of the week (ISO 8601, UTC; it begins on Monday)."""
    year, week, _ = now.astimezone(UTC).isocalendar()
    return f"{year}-W{week:02}"


def _since_start(now: datetime, span: timedelta) -> timedelta:
    return (now - _EPOCH) % span


def _start_of(now: datetime, span: timedelta) -> str:
    # Without a colon, which would end a cause (see `bot.handlers.internal_jobs`).
    return (now - _since_start(now, span)).astimezone(UTC).strftime("%Y-%m-%dT%H%M%SZ")


_PAUSE = timedelta(seconds=2)
"""How long to wait where the store cannot be used."""

_log = structlog.get_logger()


class KnownRepositories(Protocol):
    """What of a store is needed here."""

    async def repositories(self) -> Sequence[Repository]:
        """The repositories the app is known to be installed on."""


async def sweep_repositories(
    store: KnownRepositories,
    queue_sweep: Callable[[Repository, str], Awaitable[object]],
    stop: asyncio.Event,
    rounds: Rounds,
    *,
    pause: timedelta = _PAUSE,
) -> None:
    """Queue a sweep of every repository, now and again and again until `stop` is set.

    Args:
        store: Knows the repositories.
        queue_sweep: Queues the sweep of a repository; what it is told beside is the cause.
        stop: Set when the process is to end.
        rounds: When, and by which cause.
        pause: How long to wait where the store cannot be used.
    """

    async def queue(cause: str) -> None:
        for repository in await store.repositories():
            await queue_sweep(repository, cause)

    await run_in_rounds(queue, stop, rounds, pause=pause)


async def run_in_rounds(
    queue: Callable[[str], Awaitable[object]],
    stop: asyncio.Event,
    rounds: Rounds,
    *,
    pause: timedelta = _PAUSE,
) -> None:
    """Queue something now and again and again until `stop` is set.

    Args:
        queue: Queues what is done in a round; it is told the cause.
        stop: Set when the process is to end.
        rounds: When, and by which cause.
        pause: How long to wait where the store cannot be used.
    """
    cause = rounds.at_start()
    while not stop.is_set():
        try:
            await queue(cause)
        except (InboxUnavailable, StoreUnavailable) as fault:
            _log.error("the store cannot be used now; nothing is looked through", error=str(fault))
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
"""How long the audit tells what was written to GitHub."""

_PAUSE_PRUNING = timedelta(hours=6)


class PrunableInbox(Protocol):
    """What of an inbox is needed here."""

    async def prune(self, before: datetime) -> int:
        """Forget deliveries that were done before a moment; returns how many."""


class PrunableStore(Protocol):
    """What of a store is needed here."""

    async def forget_writes(self, before: datetime) -> int:
        """Take the lines from before a moment out of the audit; returns how many."""


async def prune(
    inbox: PrunableInbox,
    store: PrunableStore,
    clock: Callable[[], datetime],
    stop: asyncio.Event,
) -> None:
    """Forget what is long ago, now and every few hours until `stop` is set.

    Dead deliveries stay until somebody replays them.
    """
    while not stop.is_set():
        try:
            if count := await inbox.prune(clock() - KEEP_DELIVERIES_FOR):
                _log.info("old deliveries forgotten", count=count)
            if count := await store.forget_writes(clock() - KEEP_WRITES_FOR):
                _log.info("old writes forgotten", count=count)
        except (InboxUnavailable, StoreUnavailable) as error:
            _log.warning("old deliveries not forgotten", error=str(error))
        with suppress(TimeoutError):
            async with asyncio.timeout(_PAUSE_PRUNING.total_seconds()):
                await stop.wait()
