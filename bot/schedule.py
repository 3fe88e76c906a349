"""Scheduled work: sweeps of repositories, redelivery, and deleting old deliveries."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Protocol
from zlib import crc32

from bot.handlers.events import EVENTS, Job, Timing
from bot.handlers.jobs import job_of
from bot.inbox.delivery import Delivery, InboxUnavailable
from bot.logs import get_logger
from bot.review.subject import Repository
from bot.store.location import StoreUnavailable

LOOK_INTERVAL = timedelta(minutes=5)
"""How often to look which jobs are due; they begin so much late at most."""

START_WINDOW = timedelta(minutes=15)
"""Workers that start within the same quarter of an hour count as started together."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PAUSE = timedelta(seconds=2)
"""How long to wait if the store cannot be used."""

_log = get_logger()


def shared_start(now: datetime) -> str:
    """The name of a start that all workers share which start at about the same time.

    A new version that restarts all workers makes only one such start (two if they start across the
    end of a `START_WINDOW`).
    """
    return f"start-{_moment(now - (now - _EPOCH) % START_WINDOW)}"


def last_due(repository: Repository | None, every: timedelta, now: datetime) -> datetime:
    """When a repository's jobs with this interval were due last; None is for those of the app.

    Each repository has a time of its own within the interval, so that not all are swept at once. It
    is the same for all workers.
    """
    name = "" if repository is None else repository.full_name.lower()
    return now - (now - _EPOCH - every * (crc32(name.encode()) / 2**32)) % every


def _moment(at: datetime) -> str:
    # Without a colon, since a colon would end the cause (see `bot.handlers.jobs.job_of`).
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H%M%SZ")


class KnownRepositories(Protocol):
    """The part of the store that scheduled work needs."""

    async def repositories(self) -> Sequence[Repository]:
        """The repositories the app is known to be installed on."""


class Accepting(Protocol):
    """The part of the inbox that scheduled work needs."""

    async def accept(self, delivery: Delivery) -> object:
        """Queue a job; one that was queued before is a duplicate."""


class TimedJobs:
    """Queues the jobs that the table of events has at intervals.

    A job is named after the time at which it was due, so that several workers queue it once.
    """

    def __init__(
        self, store: KnownRepositories, inbox: Accepting, clock: Callable[[], datetime], start: str
    ) -> None:
        """Prepare.

        Args:
            store: Knows the repositories.
            inbox: Where the jobs are queued.
            clock: The time of day.
            start: Names this start: a new name, or that of all workers (`shared_start`).
        """
        self._store = store
        self._inbox = inbox
        self._clock = clock
        self._start = start
        self._looked_at: datetime | None = None

    async def queue(self) -> None:
        """Queue what has become due since the last time; the first time, everything.

        A start may end a time in which no worker ran, and nobody saw what came.
        """
        now = self._clock()
        # If the clock was turned back meanwhile, it counts from there.
        since = None if self._looked_at is None else min(self._looked_at, now)
        for repository in (None, *await self._store.repositories()):
            for every, kinds in _TIMED[repository is None].items():
                due = last_due(repository, every, now)
                if since is None or due > since:
                    name = self._start if since is None else _moment(due)
                    for kind, timing in kinds:
                        await self._inbox.accept(
                            job_of(kind, repository, timing.cause(name, now), now)
                        )
        self._looked_at = now


def _timed(*, is_about_app: bool) -> Mapping[timedelta, Sequence[tuple[Job, Timing]]]:
    """The kinds of jobs at each interval."""
    found = defaultdict[timedelta, list[tuple[Job, Timing]]](list)
    for kind in EVENTS.values():
        if kind.timing is not None and kind.is_about_app == is_about_app:
            found[kind.timing.every].append((Job(kind.name), kind.timing))
    return found


_TIMED = {is_about_app: _timed(is_about_app=is_about_app) for is_about_app in (True, False)}


async def repeat(
    work: Callable[[], Awaitable[object]],
    stop: asyncio.Event,
    every: timedelta,
    *,
    pause: timedelta = _PAUSE,
) -> None:
    """Do something now, and again and again until `stop` is set.

    Args:
        work: What to do.
        stop: Set when the process is to end.
        every: How long to wait between two times.
        pause: How long to wait if the store cannot be used.
    """
    while not stop.is_set():
        try:
            await work()
        except (InboxUnavailable, StoreUnavailable) as fault:
            _log.error("store unavailable; sweep skipped", error=str(fault))
            await _wait(stop, pause)
        else:
            await _wait(stop, every)


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
