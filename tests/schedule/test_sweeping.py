"""Every repository is looked through at the start and again and again, whatever the store does."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from types import SimpleNamespace

from bot.handlers.events import SWEEP_INTERVAL, Job
from bot.inbox.delivery import Delivery, utc_now
from bot.review.subject import Repository
from bot.schedule import LocalRounds, queue_round, run_in_rounds
from bot.store.location import StoreUnavailable

PEPS, OTHER = Repository("python/peps", 7), Repository("other/peps", 8)
AT_ONCE = timedelta(0)


class Store:
    """Knows two repositories, and cannot be read at first."""

    def __init__(self, failures: int = 0) -> None:
        self.failures = failures

    async def repositories(self) -> Sequence[Repository]:
        if self.failures:
            self.failures -= 1
            raise StoreUnavailable("the disk is full")
        return [PEPS, OTHER]


async def swept(
    store: Store, count: int, *, every: timedelta = AT_ONCE, pause: timedelta = AT_ONCE
) -> list[tuple[str, str]]:
    """Run until so many sweeps were queued; each as repository and cause."""
    queued: list[tuple[str, str]] = []
    stop = asyncio.Event()

    async def accept(delivery: Delivery) -> None:
        if delivery.event == Job.SWEEP and len(queued) < count:
            queued.append((delivery.key, delivery.id.rpartition(":")[2]))
        if len(queued) == count:
            stop.set()

    inbox = SimpleNamespace(accept=accept)
    queue = partial(queue_round, store, inbox, utc_now, SWEEP_INTERVAL)
    async with asyncio.timeout(10):
        await run_in_rounds(queue, stop, LocalRounds(every), pause=pause)
    return queued


async def test_every_repository_is_swept_in_every_round_with_a_cause_of_its_own() -> None:
    queued = await swept(Store(), 6)
    assert [name for name, _ in queued] == ["python/peps", "other/peps"] * 3
    assert len({cause for _, cause in queued}) == 3


async def test_a_round_that_the_store_refuses_is_tried_again_soon() -> None:
    hours = timedelta(hours=6)
    assert len(await swept(Store(failures=2), 2, every=hours)) == 2


async def test_it_waits_between_rounds_and_ends_when_told_to() -> None:
    assert len(await swept(Store(), 2, every=timedelta(hours=6))) == 2
