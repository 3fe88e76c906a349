"""Every repository is looked through at the start and again and again, whatever the store does."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from types import SimpleNamespace

import pytest

from bot.handlers.events import Job
from bot.inbox.delivery import Delivery, InboxUnavailable, utc_now
from bot.review.subject import Repository
from bot.schedule import TimedJobs, repeat
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


async def swept(store: Store, count: int, *, every: timedelta = AT_ONCE) -> list[str]:
    """The repositories of so many sweeps, each look being a start."""
    queued: list[str] = []
    stop = asyncio.Event()

    async def accept(delivery: Delivery) -> None:
        if delivery.event == Job.SWEEP and len(queued) < count:
            queued.append(delivery.key)
        if len(queued) == count:
            stop.set()

    async def start() -> None:
        await TimedJobs(store, SimpleNamespace(accept=accept), utc_now, "start").queue()

    async with asyncio.timeout(10):
        await repeat(start, stop, every, pause=AT_ONCE)
    return queued


async def test_every_repository_is_swept_each_time() -> None:
    assert await swept(Store(), 6) == ["python/peps", "other/peps"] * 3


async def test_what_the_store_refuses_is_tried_again_soon() -> None:
    assert len(await swept(Store(failures=2), 2, every=timedelta(hours=6))) == 2


async def test_what_was_refused_in_the_middle_is_queued_the_next_time() -> None:
    accepted: list[str] = []
    is_full = True

    async def accept(delivery: Delivery) -> None:
        if is_full and delivery.key == OTHER.full_name:
            raise InboxUnavailable("the disk is full")
        accepted.append(delivery.key)

    jobs = TimedJobs(Store(), SimpleNamespace(accept=accept), utc_now, "start")
    with pytest.raises(InboxUnavailable):
        await jobs.queue()
    assert OTHER.full_name not in accepted
    is_full = False
    await jobs.queue()
    assert OTHER.full_name in accepted


async def test_it_waits_between_two_times_and_ends_when_told_to() -> None:
    assert len(await swept(Store(), 2, every=timedelta(hours=6))) == 2
