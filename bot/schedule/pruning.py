"""Forgetting old deliveries, so that the store does not grow for ever."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from bot.inbox.protocol import InboxUnavailable

KEPT = timedelta(days=30)
"""How long a handled delivery is kept: GitHub offers its redelivery for three days only."""

_PAUSE = timedelta(hours=6)
_log = structlog.get_logger()


class PrunableInbox(Protocol):
    """What of an inbox is needed here."""

    async def prune(self, before: datetime) -> int:
        """Forget deliveries that were done before a moment; returns how many."""


async def prune_deliveries(
    inbox: PrunableInbox, clock: Callable[[], datetime], stop: asyncio.Event
) -> None:
    """Forget deliveries handled long ago, now and every few hours until `stop` is set.

    Dead deliveries stay until somebody replays them.
    """
    while not stop.is_set():
        try:
            if count := await inbox.prune(clock() - KEPT):
                _log.info("old deliveries forgotten", count=count)
        except InboxUnavailable as error:
            _log.warning("old deliveries not forgotten", error=str(error))
        with suppress(TimeoutError):
            async with asyncio.timeout(_PAUSE.total_seconds()):
                await stop.wait()
