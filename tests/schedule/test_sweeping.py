"""Every repository is looked through at the start and again and again, whatever the store does."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

from bot.review.subject import Repository
from bot.schedule import LocalRounds, sweep_repositories
from bot.store.version import StoreUnavailable

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

    async def queue_sweep(repository: Repository, cause: str) -> None:
        queued.append((repository.full_name, cause))
        if len(queued) == count:
            stop.set()

    async with asyncio.timeout(10):
        await sweep_repositories(store, queue_sweep, stop, LocalRounds(every), pause=pause)
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
