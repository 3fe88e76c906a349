"""Forgetting old deliveries and lines of the audit, so that the store does not grow for ever."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from bot.inbox.protocol import InboxUnavailable
from bot.store.failure import StoreUnavailable

KEPT = timedelta(days=30)
"""How long a handled delivery is kept: GitHub offers its redelivery for three days only."""

WRITES_KEPT = timedelta(days=365)
"""How long the audit tells what was written to GitHub."""

_PAUSE = timedelta(hours=6)
_log = structlog.get_logger()


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
            if count := await inbox.prune(clock() - KEPT):
                _log.info("old deliveries forgotten", count=count)
            if count := await store.forget_writes(clock() - WRITES_KEPT):
                _log.info("old writes forgotten", count=count)
        except (InboxUnavailable, StoreUnavailable) as error:
            _log.warning("old deliveries not forgotten", error=str(error))
        with suppress(TimeoutError):
            async with asyncio.timeout(_PAUSE.total_seconds()):
                await stop.wait()
