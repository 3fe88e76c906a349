"""The inbox in PostgreSQL: any number of processes accept deliveries, any number handle them.

Deliveries are in the same table as on SQLite; Procrastinate decides which worker handles them when
(`bot.inbox.subject_job`). A process that handles deliveries is one of Procrastinate's workers: it
signs on at its first claim, sends a heartbeat every few seconds, and takes over work of lost ones.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

import psycopg
import structlog

from bot.github.client.throttle import Limiter
from bot.inbox import postgres_statements as statements
from bot.inbox.backoff import LONGEST_DELAY
from bot.inbox.delivery import Delivery, DeliveryRecord, DeliveryState, members_of
from bot.inbox.engine import Connection, Connections, engine_on
from bot.inbox.group_commit import BatchWriter
from bot.inbox.membership import Membership, Rhythm
from bot.inbox.protocol import Acceptance, Batch, Clock, InboxUnavailable, Overview, utc_now
from bot.inbox.shared_bucket import SharedBucket
from bot.inbox.subject_job import ALONE, QUEUE, end_job, keep_job
from bot.store.location import PostgresDatabase
from bot.store.migrate import migrate_store, require_current

T = TypeVar("T")

_PRUNED_AT_ONCE = 500
_CLOSING_SECONDS = 5.0

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Held:
    """A batch this process is handling, the job that stands for it, whether it is to be alone."""

    batch: Batch
    job: int
    alone: bool


class PostgresInbox:
    """`bot.inbox.protocol.Inbox` in a PostgreSQL database; see there what each method promises."""

    def __init__(
        self, connections: Connections, clock: Clock, rhythm: Rhythm, *, serving: bool
    ) -> None:
        """Take over open connections; use `open` to get an inbox on a database that is fit."""
        self._connections = connections
        self._clock = clock
        self._serving = serving
        self._held: list[_Held] = []
        self._membership = Membership(
            connections, rhythm, lambda: [held.job for held in self._held]
        )
        self._changed = self._membership.changed
        self._together = BatchWriter(self._accept)
        self._unfinished: set[asyncio.Task[object]] = set()

    @classmethod
    async def open(
        cls,
        location: PostgresDatabase,
        *,
        serving: bool = True,
        clock: Clock = utc_now,
        rhythm: Rhythm | None = None,
    ) -> "PostgresInbox":
        """Open a database; see `bot.inbox.open.open_inbox`.

        A `rhythm` of its own is for tests that do not want to wait.

        Raises:
            StoreUnusable: It cannot be used; the message says why and names it.
        """
        await asyncio.to_thread(migrate_store if serving else require_current, location)
        connections = Connections(location)
        await connections.open()
        return cls(connections, clock, rhythm or Rhythm(), serving=serving)

    async def accept(self, delivery: Delivery) -> Acceptance:
        """Commit the delivery, then say whether it was new."""
        return await self._together.accept(delivery)

    async def _accept(self, deliveries: Sequence[Delivery]) -> Sequence[Acceptance]:
        async def work(connection: Connection) -> Sequence[Acceptance]:
            await statements.lock_keys(connection, [delivery.key for delivery in deliveries])
            answers = [await _accept_one(connection, delivery) for delivery in deliveries]
            for key in {
                delivery.key
                for delivery, answer in zip(deliveries, answers, strict=True)
                if answer is Acceptance.ACCEPTED
            }:
                await keep_job(connection, key)
            return answers

        return await self._write(work)

    async def claim(self, limit: int) -> Sequence[Batch]:
        """Mark up to `limit` batches as running and return them; empty if none is due."""
        if not self._serving:
            raise InboxUnavailable("the inbox was opened to be looked into, not to be served")
        claimed = self._finished_anyway(self._claim(limit))
        try:
            return await asyncio.shield(claimed)
        except asyncio.CancelledError:
            claimed.add_done_callback(self._return_unclaimed)
            raise

    async def _claim(self, limit: int) -> Sequence[Batch]:
        async with self._membership.claiming:
            self._changed.clear()
            if self._membership.worker is None and self._held:
                # Others took this worker for lost. It starts anew once what it still does has
                # ended, so that nothing is done twice at a time.
                return []
            worker = self._membership.worker or await self._membership.sign_on()
            try:
                return await self._claim_as(worker, limit)
            except psycopg.errors.ForeignKeyViolation:
                self._membership.is_lost()
                return []

    async def _claim_as(self, worker: int, limit: int) -> Sequence[Batch]:
        if any(held.alone for held in self._held):
            return []
        if await self._read(_is_one_to_be_alone):
            if self._held:
                return []
            if (batch := await self._claim_one(worker, ALONE)) is not None:
                return [batch]
        return await self._claim_several(worker, limit) or (
            await self._claim_several(worker, limit) if await self._pull_forward() else []
        )

    async def _claim_several(self, worker: int, limit: int) -> Sequence[Batch]:
        batches: list[Batch] = []
        while len(batches) < limit:
            try:
                batch = await self._claim_one(worker, QUEUE)
            except (InboxUnavailable, psycopg.errors.ForeignKeyViolation):
                # What was claimed before is this process's to handle; the next claim tells.
                if batches:
                    break
                raise
            if batch is None:
                break
            batches.append(batch)
        return batches

    async def _claim_one(self, worker: int, queue: str) -> Batch | None:
        while True:
            async with self._connections.transaction() as connection:
                job = await engine_on(connection).fetch_job([queue], worker)
                if job is None or job.id is None or job.lock is None:
                    return None
                members = members_of(await statements.waiting(connection, job.lock))
                if members:
                    batch = await statements.start(connection, job.lock, members)
                else:
                    # A job that nothing waits for, such as one from before rows were copied.
                    await end_job(connection, job.id, job.lock)
            if members:
                self._held.append(_Held(batch, job.id, alone=queue == ALONE))
                return batch

    async def _pull_forward(self) -> bool:
        """Let nothing wait for a time that a clock turned back since has put far away."""
        async with self._connections.transaction() as connection:
            keys = await statements.keys_put_off(connection, LONGEST_DELAY)
            await statements.lock_keys(connection, keys)
            for key in keys:
                await keep_job(connection, key)
        return bool(keys)

    def _return_unclaimed(self, claimed: "asyncio.Task[Sequence[Batch]]") -> None:
        # Nobody is left who would handle these, and they would wait until this process ends.
        if claimed.cancelled() or claimed.exception() is not None:
            return
        for batch in claimed.result():
            self._finished_anyway(self.hand_back(batch))

    async def wait(self, seconds: float) -> None:
        """Return when something may be due, or after so many seconds.

        Raises:
            InboxUnavailable: It cannot be told.
        """
        if self._changed.is_set():
            return
        until_retry = await self._read(statements.seconds_to_retry)
        pause = seconds if until_retry is None else min(seconds, until_retry)
        with suppress(TimeoutError):
            async with asyncio.timeout(max(pause, 0)):
                await self._changed.wait()

    async def finish(self, batch: Batch) -> None:
        """Record that the batch was handled."""
        await self._settle(batch, lambda connection: statements.finish(connection, batch))

    async def retry(self, batch: Batch, at: datetime, error: str, *, counted: bool = True) -> None:
        """Queue the batch again for a later time, at most `LONGEST_DELAY` ahead."""
        # As a span, since the server has a clock of its own.
        wait = max(min(at - self._clock(), LONGEST_DELAY), timedelta())
        await self._settle(
            batch,
            lambda connection: statements.retry(connection, batch, wait, error, counted=counted),
        )

    async def hand_back(self, batch: Batch) -> None:
        """Queue the batch again at once as if it had never been claimed (at shutdown)."""
        await self._settle(batch, lambda connection: statements.hand_back(connection, batch))

    async def bury(self, batch: Batch, error: str) -> None:
        """Give the batch up, keeping the error, until somebody replays it."""
        await self._settle(batch, lambda connection: statements.bury(connection, batch, error))

    async def _settle(self, batch: Batch, change: Callable[[Connection], Awaitable[None]]) -> None:
        held = next((held for held in self._held if held.batch is batch), None)
        if held is None:
            return

        async def work(connection: Connection) -> None:
            await statements.lock_keys(connection, [batch.key])
            if await engine_on(connection).list_jobs_async(id=held.job):
                await change(connection)
                await end_job(connection, held.job, batch.key)
            else:
                # It was taken over meanwhile, or an earlier attempt to settle it came through.
                _log.warning("settled already", subject=batch.key)

        await asyncio.shield(self._finished_anyway(self._write(work)))
        self._held.remove(held)
        self._changed.set()

    async def records(
        self, state: DeliveryState | None = None, limit: int = 100
    ) -> Sequence[DeliveryRecord]:
        """The latest deliveries, newest first, with empty payloads."""
        return await self._read(lambda connection: statements.records(connection, state, limit))

    async def record(self, delivery_id: str) -> DeliveryRecord | None:
        """One delivery with its payload, or None."""
        return await self._read(lambda connection: statements.record(connection, delivery_id))

    async def replay(self, delivery_id: str) -> bool:
        """Queue a finished or dead delivery again; False if there is none such."""

        async def work(connection: Connection) -> bool:
            key = await statements.key_of(connection, delivery_id)
            if key is None:
                return False
            await statements.lock_keys(connection, [key])
            over = (DeliveryState.DONE, DeliveryState.DEAD)
            replayed = await statements.requeue(connection, delivery_id, over)
            if replayed:
                await keep_job(connection, key)
            return replayed

        return await self._write(work)

    async def depth(self) -> dict[DeliveryState, int]:
        """How many deliveries are in each state."""
        return await self._read(statements.depth)

    async def overview(self) -> Overview:
        """Depth and ages, cheap enough to be asked for every few seconds."""
        return await self._read(statements.overview)

    async def check(self) -> None:
        """Return if deliveries can be taken, as far as is known.

        Nothing is written while all goes well; after a write in vain, writing is tried again.

        Raises:
            InboxUnavailable: They cannot.
        """
        if self._connections.failed_to_write:
            await self._write(statements.touch)
        elif await self._read(statements.is_read_only):
            raise InboxUnavailable(
                "the database takes no writes now (it is a standby, or read-only)"
            )

    def bucket(self, installation: int) -> Limiter:
        """What spaces the writes to an installation, those of all processes."""
        return SharedBucket(self._write, installation, lambda: self._membership.worker)

    def refuse(self, reason: str) -> None:
        """Take and give nothing any more."""
        self._connections.refuse(reason)
        self._changed.set()

    async def prune(self, before: datetime) -> int:
        """Forget deliveries that were done before a moment; returns how many."""
        total = 0
        while pruned := await self._write(
            lambda connection: statements.prune(connection, before, _PRUNED_AT_ONCE)
        ):
            total += pruned
        return total

    async def close(self) -> None:
        """Sign off, and let the database go; closing twice does no harm."""
        await self._membership.end_upkeep()
        await self._together.close()
        if self._unfinished:
            await asyncio.wait(self._unfinished, timeout=_CLOSING_SECONDS)
        await self._membership.sign_off()
        await self._connections.close()

    async def _write(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        async with self._connections.transaction() as connection:
            return await work(connection)

    async def _read(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        async with self._connections.transaction(writes=False) as connection:
            return await work(connection)

    def _finished_anyway(self, work: Awaitable[T]) -> "asyncio.Task[T]":
        """A task that is kept until it ends, whether or not anybody waits for it."""

        async def ended() -> T:
            return await work

        task = asyncio.create_task(ended())
        self._unfinished.add(task)
        task.add_done_callback(self._unfinished.discard)
        return task


async def _accept_one(connection: Connection, delivery: Delivery) -> Acceptance:
    is_new = await statements.insert(connection, delivery) or await statements.requeue(
        connection, delivery.id, (DeliveryState.DEAD,)
    )
    return Acceptance.ACCEPTED if is_new else Acceptance.DUPLICATE


async def _is_one_to_be_alone(connection: Connection) -> bool:
    return bool(list(await engine_on(connection).list_jobs_async(queue=ALONE, status="todo")))
