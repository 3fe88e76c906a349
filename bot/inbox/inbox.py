"""The inbox: deliveries in one table of a SQLite file or a PostgreSQL database.

What the two have in common is here: accepting, looking, replaying, deleting. Who handles which
delivery when is decided by `bot.inbox.sqlite` itself, and by a job engine for
`bot.inbox.postgres`.
"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.inbox import rows
from bot.inbox.attempt import Attempts
from bot.inbox.delivery import Acceptance, Clock, Delivery, DeliveryRecord, DeliveryState, Overview
from bot.inbox.group_commit import Connection, GroupCommit
from bot.inbox.rows import QueuedRow

_PRUNED_AT_ONCE = 500


class Bucket(Protocol):
    """A bucket of tokens."""

    async def acquire(self) -> None:
        """Take one token, after waiting until there is one."""


class Inbox(ABC):
    """Durable deliveries: accepted once, handled at least once.

    Of one key one batch is handled at a time. Commands go before everything else that waits under
    their key, also if it is being retried; acts are handled in order, and so are reviews, which are
    merged. Whatever raises `InboxUnavailable` has written nothing, as far as can be known.
    """

    def __init__(self, database: GroupCommit, clock: Clock) -> None:
        """Keep deliveries in a database that is fit; the kinds of inbox have an `open`."""
        self._database = database
        self._clock = clock
        self._changed = asyncio.Event()

    async def accept(self, delivery: Delivery) -> Acceptance:
        """Commit the delivery, then say whether it was new.

        A dead delivery that comes again is queued again and counts as accepted.

        Raises:
            InboxUnavailable: Nothing was written.
        """

        def work(connection: Connection) -> bool:
            queued = rows.accept(connection, delivery)
            if queued is not None:
                self._queue(connection, queued)
            return queued is not None

        if not await self._database.submit(work):
            return Acceptance.DUPLICATE
        self._changed.set()
        return Acceptance.ACCEPTED

    @abstractmethod
    async def work(
        self,
        attempts: Attempts,
        stop: asyncio.Event,
        *,
        concurrency: int = 16,
        grace: float = 20.0,
    ) -> None:
        """Have deliveries handled until `stop` is set; then hand back what does not end.

        No fault of a handler and no trouble of the store ends it.

        Args:
            attempts: Handles batches.
            stop: Set when the process is to end.
            concurrency: How many batches are handled at a time, at most.
            grace: Seconds that handlers have to end by themselves at the end.
        """

    def _queue(self, connection: Connection, queued: QueuedRow) -> None:  # noqa: B027
        """Do what has to be committed together with a delivery that begins to wait."""

    async def records(
        self, state: DeliveryState | None = None, limit: int = 100
    ) -> Sequence[DeliveryRecord]:
        """The latest deliveries, newest first, with empty payloads: they may be large."""
        return await self._database.submit(
            lambda connection: rows.records(connection, state, limit), writes=False
        )

    async def record(self, delivery_id: str) -> DeliveryRecord | None:
        """One delivery with its payload, or None."""
        return await self._database.submit(
            lambda connection: rows.record(connection, delivery_id), writes=False
        )

    async def replay(self, delivery_id: str) -> bool:
        """Queue a finished or dead delivery again; False if there is none such."""

        def work(connection: Connection) -> bool:
            queued = rows.requeue(connection, delivery_id, DeliveryState.DONE)
            if queued is not None:
                self._queue(connection, queued)
            return queued is not None

        replayed = await self._database.submit(work)
        if replayed:
            self._changed.set()
        return replayed

    async def depth(self) -> dict[DeliveryState, int]:
        """How many deliveries are in each state, none left out."""
        return await self._database.submit(rows.depth, writes=False)

    async def overview(self) -> Overview:
        """Depth and ages, cheap enough to be asked for every few seconds."""
        return await self._database.submit(rows.overview, writes=False)

    async def check(self) -> None:
        """Return if deliveries can be taken, as far as is known without taking one.

        Nothing is written while all goes well; after a write in vain, writing is tried again.

        Raises:
            InboxUnavailable: They cannot.
        """
        if self._database.failed_to_write:
            await self._database.submit(rows.touch)
        else:
            await self._database.submit(rows.look, writes=False)

    @abstractmethod
    def shared_bucket(self, installation: int, size: int) -> Bucket | None:
        """A bucket of tokens that all processes on the inbox share; None if there is but one.

        Args:
            installation: Whose bucket it is.
            size: How many tokens it holds; one comes back each second.
        """

    def refuse(self, reason: str) -> None:
        """Accept and give nothing any more, since the store was found to be damaged."""
        self._database.refuse(reason)

    async def prune(self, before: datetime) -> int:
        """Delete deliveries that were done before a moment; returns how many.

        A deleted delivery that comes again counts as new, so keep them for longer than GitHub
        offers redelivery (three days). Dead ones stay.
        """
        total = 0
        # In parts, so that deliveries that arrive meanwhile are not kept waiting for all of them.
        while pruned := await self._database.submit(
            lambda connection: rows.prune(connection, before, _PRUNED_AT_ONCE)
        ):
            total += pruned
        return total

    async def close(self) -> None:
        """Write what is pending and close the store; closing twice does no harm."""
        await self._database.close()
