"""Looking through every repository at the start and from time to time after it.

Webhooks get lost, and some things have none: nobody tells that python/devguide lists a new core
developer, or that somebody joined the editors' team. A sweep finds all of that; it is queued like
any other delivery, so that trouble with GitHub is the worker's to bear.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Protocol

import structlog

from bot.inbox.protocol import InboxUnavailable
from bot.review.subject import Repository
from bot.schedule.rounds import Rounds
from bot.store.failure import StoreUnavailable

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

    await in_rounds(queue, stop, rounds, pause=pause)


async def in_rounds(
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
