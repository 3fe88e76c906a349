"""What grows with the number of repositories: rows that are kept, and deliveries that wait.

On both stores: how many bytes each row takes on the disk, how long a job of timed work takes to
queue, and how fast waiting deliveries are taken up by a worker with nothing to do for each,
however many wait behind them. The last is the most that one worker could ever do.
"""

import asyncio
import statistics
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from benchmarks.figure import Figure, Scale
from benchmarks.served import at_work, drained, private_key, temporary_store
from benchmarks.simulated_repository import open_mixed, simulated_repository
from benchmarks.stored import fill, url_of
from benchmarks.stores import Fresh, kinds_of_store
from benchmarks.webhook import Webhook, repeated
from bot.handlers.events import Job
from bot.handlers.jobs import job_of
from bot.inbox.attempt import Attempts
from bot.inbox.delivery import Batch
from bot.inbox.inbox import Inbox
from bot.inbox.open import open_inbox
from bot.review.snapshot import Memory
from bot.review.subject import Repository, Subject
from bot.store.database import open_database
from bot.store.rows import WriteRecord
from bot.store.store import Store
from tests.end_to_end.harness import REPOSITORY

_AT_ONCE = 256
_BUSIEST = Repository(REPOSITORY, 1)


async def measure(scale: Scale) -> Sequence[Figure]:
    """Measure both stores alike."""
    pem = private_key()
    figures: list[Figure] = []
    async with simulated_repository(pem) as simulator, kinds_of_store() as stores:
        async with temporary_store() as path, at_work(simulator, pem, path) as bot:
            await open_mixed(simulator, scale.of(100, 10))
            await drained(simulator, bot)
            memories = await _memories(path)
            webhooks = [
                Webhook(one.event, one.body, "")
                for one in simulator.deliveries
                if (one.event, one.action) == ("pull_request", "opened")
            ]
        for name, fresh in stores.items():
            measured = await _rows(fresh, webhooks, memories, scale.of(2000, 60))
            measured += await _waiting(fresh, scale)
            figures += [replace(one, what=f"{name}: {one.what}") for one in measured]
    return figures


async def _memories(store: Path) -> Sequence[Memory]:
    """What is remembered of pull requests of all kinds."""
    async with _opened(store) as remembered:
        return list((await remembered.reviewed(_BUSIEST)).values())


async def _rows(
    fresh: Fresh, webhooks: Sequence[Webhook], memories: Sequence[Memory], count: int
) -> list[Figure]:
    """Bytes on the disk for each row that is kept."""
    async with fresh() as store:
        await (await open_inbox(url_of(store))).close()  # it makes the tables
        sizes = [await _size(store)]
        await fill(store, repeated(webhooks, count), finished=True)
        sizes.append(await _size(store))
        async with _opened(store) as remembered:
            for number in range(count):
                memory = memories[number % len(memories)]
                await remembered.remember(Subject(_BUSIEST, number + 1), memory)
        sizes.append(await _size(store))
        async with _opened(store) as remembered:
            for number in range(count):
                subject = Subject(_BUSIEST, number + 1)
                line = WriteRecord(
                    datetime.now(UTC), subject, webhooks[0].guid, "add labels", "new-pep", False
                )
                await remembered.record_write(line)
        sizes.append(await _size(store))
    usual = statistics.mean(len(one.body) for one in webhooks) / 1000
    what = (
        f"a webhook of {usual:.0f} kB that is kept",
        "a pull request that is remembered",
        "a write in the audit",
    )
    return [
        Figure(each, (after - before) / count / 1000, "kB")
        for each, before, after in zip(what, sizes, sizes[1:], strict=False)
    ]


async def _waiting(fresh: Fresh, scale: Scale) -> list[Figure]:
    """How long queueing takes, and how fast jobs are taken up while many wait."""
    async with fresh() as store:
        inbox = await open_inbox(url_of(store))
        try:
            alone = scale.of(200, 10)
            begun = time.perf_counter()
            await _queue(inbox, 0, alone, at_once=1)
            seconds = (time.perf_counter() - begun) / alone
            figures = [Figure("a job is queued alone in", 1000 * seconds, "ms")]
            queued, taken = alone, 0
            for many in scale.of((1_000, 10_000, 50_000), (50, 100)):
                await _queue(inbox, queued, many + taken)
                queued = many + taken
                few = scale.of(320, 16)
                pace = few / await _seconds_to_take(inbox, few)
                taken += few + 1
                figures.append(Figure(f"taken up a second while {many:,} wait", pace, "/s"))
        finally:
            await inbox.close()
        size = Figure("a job of timed work that is kept", await _size(store) / queued / 1000, "kB")
    return [size, *figures]


async def _queue(inbox: Inbox, first: int, end: int, *, at_once: int = _AT_ONCE) -> None:
    """Queue sweeps of different repositories."""
    now = datetime.now(UTC)
    for start in range(first, end, at_once):
        async with asyncio.TaskGroup() as group:
            for number in range(start, min(start + at_once, end)):
                one = Repository(f"owner-{number}/peps", number)
                group.create_task(_accept(inbox, one, now))


async def _accept(inbox: Inbox, repository: Repository, now: datetime) -> None:
    await inbox.accept(job_of(Job.SWEEP, repository, "round", now))


async def _seconds_to_take(inbox: Inbox, count: int) -> float:
    """How long it takes until so many were handled, with nothing to do for each."""
    stop, begun = asyncio.Event(), list[float]()

    async def handle(_batch: Batch) -> None:
        begun.append(time.perf_counter())
        if len(begun) > count:
            stop.set()

    await inbox.work(Attempts(handle), stop, grace=1.0)
    # From the first to the last: starting and stopping the worker is not counted.
    return begun[count] - begun[0]


@asynccontextmanager
async def _opened(store: Path | str) -> AsyncIterator[Store]:
    database = await open_database(url_of(store))
    try:
        yield Store(database)
    finally:
        await database.close()


async def _size(store: Path | str) -> int:
    """Bytes on the disk of a store that is closed."""
    if isinstance(store, Path):
        return (await asyncio.to_thread(store.stat)).st_size
    async with await psycopg.AsyncConnection.connect(store) as connection:
        answer = await connection.execute("SELECT pg_database_size(current_database())")
        row = await answer.fetchone()
        return 0 if row is None else int(row[0])
