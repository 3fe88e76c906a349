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
from uuid import uuid4

import structlog

from bot.inbox.protocol import InboxUnavailable
from bot.review.subject import Repository
from bot.store.failure import StoreUnavailable

EVERY = timedelta(hours=6)
"""How long a lost event, a new core developer or a new editor may wait to be noticed."""

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
    *,
    every: timedelta = EVERY,
    pause: timedelta = _PAUSE,
) -> None:
    """Queue a sweep of every repository, now and again and again until `stop` is set.

    Args:
        store: Knows the repositories.
        queue_sweep: Queues the sweep of a repository; what it is told beside is the cause.
        stop: Set when the process is to end.
        every: How long to wait between two sweeps.
        pause: How long to wait where the store cannot be used.
    """
    while not stop.is_set():
        round_ = uuid4().hex
        try:
            for repository in await store.repositories():
                await queue_sweep(repository, round_)
        except (InboxUnavailable, StoreUnavailable) as fault:
            _log.error("the store cannot be used now; nothing is looked through", error=str(fault))
            wait = pause
        else:
            wait = every
        with suppress(TimeoutError):
            async with asyncio.timeout(wait.total_seconds()):
                await stop.wait()
