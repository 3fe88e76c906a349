"""Old deliveries are forgotten; trouble of the store does not end the task."""

from datetime import UTC, datetime

from bot.inbox.delivery import InboxUnavailable
from bot.schedule import KEEP_DELIVERIES_FOR, KEEP_WRITES_FOR, prune
from bot.store.location import StoreUnavailable

NOW = datetime(2026, 11, 22, tzinfo=UTC)


class PrunedInbox:
    """An inbox of which only the pruning is looked at."""

    def __init__(self, *, broken: bool = False) -> None:
        self.pruned_before: list[datetime] = []
        self._broken = broken

    async def prune(self, before: datetime) -> int:
        """Note the moment."""
        self.pruned_before.append(before)
        if self._broken:
            raise InboxUnavailable("the disk is full")
        return 3


class PrunedStore:
    """A store of which only the audit is looked at."""

    def __init__(self, trouble: Exception | None = None) -> None:
        self.forgot_before: list[datetime] = []
        self._trouble = trouble

    async def forget_writes(self, before: datetime) -> int:
        """Note the moment."""
        self.forgot_before.append(before)
        if self._trouble is not None:
            raise self._trouble
        return 2


async def test_deliveries_older_than_a_month_and_writes_older_than_a_year_are_forgotten() -> None:
    inbox, store = PrunedInbox(), PrunedStore()
    await prune(inbox, store, lambda: NOW)
    assert inbox.pruned_before == [NOW - KEEP_DELIVERIES_FOR]
    assert store.forgot_before == [NOW - KEEP_WRITES_FOR]


async def test_a_store_in_trouble_does_not_end_the_task_with_an_error() -> None:
    inbox = PrunedInbox(broken=True)
    await prune(inbox, PrunedStore(), lambda: NOW)
    assert inbox.pruned_before == [NOW - KEEP_DELIVERIES_FOR]


async def test_nor_does_an_audit_that_cannot_be_written() -> None:
    store = PrunedStore(StoreUnavailable("the disk is full"))
    await prune(PrunedInbox(), store, lambda: NOW)
    assert store.forgot_before == [NOW - KEEP_WRITES_FOR]
