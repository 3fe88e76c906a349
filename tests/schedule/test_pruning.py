"""Old deliveries are forgotten; trouble of the store does not end the task."""

import asyncio
from datetime import UTC, datetime

from bot.inbox.protocol import InboxUnavailable
from bot.schedule.pruning import KEPT, prune_deliveries

NOW = datetime(2026, 11, 22, tzinfo=UTC)


class PrunedInbox:
    """An inbox of which only the pruning is looked at."""

    def __init__(self, stop: asyncio.Event, *, broken: bool = False) -> None:
        self.pruned_before: list[datetime] = []
        self._stop = stop
        self._broken = broken

    async def prune(self, before: datetime) -> int:
        """Note the moment, and end the task after this round."""
        self.pruned_before.append(before)
        self._stop.set()
        if self._broken:
            raise InboxUnavailable("the disk is full")
        return 3


async def test_deliveries_older_than_a_month_are_forgotten() -> None:
    stop = asyncio.Event()
    inbox = PrunedInbox(stop)
    await prune_deliveries(inbox, lambda: NOW, stop)
    assert inbox.pruned_before == [NOW - KEPT]


async def test_a_store_in_trouble_does_not_end_the_task_with_an_error() -> None:
    stop = asyncio.Event()
    inbox = PrunedInbox(stop, broken=True)
    await prune_deliveries(inbox, lambda: NOW, stop)
    assert inbox.pruned_before == [NOW - KEPT]
