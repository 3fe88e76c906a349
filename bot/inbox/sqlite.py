"""The inbox in SQLite: one file, owned by the one process that serves it."""

import asyncio
import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.github.client.throttle import Limiter, token_bucket
from bot.inbox import recovery, statements
from bot.inbox.backoff import LONGEST_DELAY
from bot.inbox.delivery import Delivery, DeliveryRecord, DeliveryState
from bot.inbox.group_commit import GroupCommit
from bot.inbox.protocol import Acceptance, Batch, Clock, InboxUnavailable, Overview, utc_now
from bot.inbox.sqlite_file import SoleOwner, require_room
from bot.store.location import SqliteFile
from bot.store.migrate import migrate_store, require_current, require_known
from bot.store.sqlite import explain
from bot.store.version import StoreUnusable

BUSY_SECONDS = 5.0
"""How long to wait for another connection's write lock: half of GitHub's patience."""

POLL_SECONDS = 0.4
"""How often to look whether another process replayed a delivery: it begins within a second."""

_PRUNED_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class _Now:
    """How the inbox stands at a moment.

    Attributes:
        retry_at: When the next waiting retry is due; None if none waits.
        version: Changes when another process writes.
    """

    retry_at: datetime | None
    version: int


class SqliteInbox:
    """`bot.inbox.protocol.Inbox` in a SQLite file; see there what each method promises."""

    def __init__(
        self, connection: sqlite3.Connection, owner: SoleOwner | None, clock: Clock
    ) -> None:
        """Take over an open connection; use `open` to get one that is fit."""
        self._suspects = recovery.suspects(connection)
        self._database = GroupCommit(connection)
        self._owner = owner
        self._clock = clock
        self._changed = asyncio.Event()
        self._seen_version = 0
        self._now: _Now | None = None

    @classmethod
    async def open(
        cls, path: Path, *, serving: bool = True, clock: Clock = utc_now
    ) -> "SqliteInbox":
        """Open a file; see `bot.inbox.open.open_inbox`.

        Raises:
            StoreUnusable: It cannot be used; the message says why and names the file.
        """
        connection, owner = await asyncio.to_thread(_open, path, serving=serving)
        return cls(connection, owner, clock)

    async def accept(self, delivery: Delivery) -> Acceptance:
        """Commit the delivery, then say whether it was new."""
        acceptance = await self._database.submit(
            lambda connection: statements.accept(connection, delivery)
        )
        if acceptance is Acceptance.ACCEPTED:
            self._changed.set()
        return acceptance

    async def claim(self, limit: int) -> Sequence[Batch]:
        """Mark up to `limit` batches as running and return them; empty if none is due."""
        if self._owner is None:
            raise InboxUnavailable("the inbox was opened to be looked into, not to be served")
        self._changed.clear()

        def work(connection: sqlite3.Connection) -> Sequence[Batch]:
            now = self._clock()
            batches = statements.claim(connection, limit, now, LONGEST_DELAY, self._suspects)
            # What `wait` would ask next.
            self._now = _look(connection, now)
            return batches

        claimed = self._database.submit(work)
        try:
            return await asyncio.shield(claimed)
        except asyncio.CancelledError:
            claimed.add_done_callback(self._return_unclaimed)
            raise

    def _return_unclaimed(self, claimed: asyncio.Future[Sequence[Batch]]) -> None:
        # Nobody is left who would handle these, and only a restart would queue them again.
        if claimed.cancelled() or claimed.exception() is not None:
            return
        batches = claimed.result()

        def work(connection: sqlite3.Connection) -> None:
            for batch in batches:
                statements.hand_back(connection, batch)

        with suppress(InboxUnavailable):
            self._database.submit(work).add_done_callback(asyncio.Future.exception)
            self._changed.set()

    async def wait(self, seconds: float) -> None:
        """Return when something may be due, or after so many seconds.

        Raises:
            InboxUnavailable: It cannot be told.
        """
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        now, self._now = self._now, None
        if now is not None:
            self._seen_version = now.version
        while not self._changed.is_set():
            if now is None:
                now = await self._database.submit(
                    lambda connection: _look(connection, self._clock()), writes=False
                )
            if now.version != self._seen_version:
                self._seen_version = now.version
                return
            pause = min(POLL_SECONDS, end - loop.time())
            until_retry = (
                None if now.retry_at is None else (now.retry_at - self._clock()).total_seconds()
            )
            if until_retry is not None:
                pause = min(pause, until_retry)
            with suppress(TimeoutError):
                async with asyncio.timeout(max(pause, 0)):
                    await self._changed.wait()
            if loop.time() >= end or (until_retry is not None and until_retry <= POLL_SECONDS):
                return
            now = None

    async def finish(self, batch: Batch) -> None:
        """Record that the batch was handled."""
        await self._database.submit(
            lambda connection: statements.finish(connection, batch, self._clock())
        )
        self._changed.set()

    async def retry(self, batch: Batch, at: datetime, error: str, *, counted: bool = True) -> None:
        """Queue the batch again for a later time, at most `LONGEST_DELAY` ahead."""

        def work(connection: sqlite3.Connection) -> None:
            soon_enough = min(at, self._clock() + LONGEST_DELAY)
            statements.retry(connection, batch, soon_enough, error, counted=counted)

        await self._database.submit(work)
        self._changed.set()

    async def hand_back(self, batch: Batch) -> None:
        """Queue the batch again at once as if it had never been claimed (at shutdown)."""
        await self._database.submit(lambda connection: statements.hand_back(connection, batch))
        self._changed.set()

    async def bury(self, batch: Batch, error: str) -> None:
        """Give the batch up, keeping the error, until somebody replays it."""
        await self._database.submit(
            lambda connection: statements.bury(connection, batch, error, self._clock())
        )
        self._changed.set()

    async def records(
        self, state: DeliveryState | None = None, limit: int = 100
    ) -> Sequence[DeliveryRecord]:
        """The latest deliveries, newest first, with empty payloads."""
        return await self._database.submit(
            lambda connection: statements.records(connection, state, limit), writes=False
        )

    async def record(self, delivery_id: str) -> DeliveryRecord | None:
        """One delivery with its payload, or None."""
        return await self._database.submit(
            lambda connection: statements.record(connection, delivery_id), writes=False
        )

    async def replay(self, delivery_id: str) -> bool:
        """Queue a finished or dead delivery again; False if there is none such."""
        replayed = await self._database.submit(
            lambda connection: statements.requeue(
                connection, delivery_id, (DeliveryState.DONE, DeliveryState.DEAD)
            )
        )
        if replayed:
            self._changed.set()
        return replayed

    async def depth(self) -> dict[DeliveryState, int]:
        """How many deliveries are in each state."""
        return await self._database.submit(statements.depth, writes=False)

    async def overview(self) -> Overview:
        """Depth and ages, cheap enough to be asked for every few seconds."""
        return await self._database.submit(statements.overview, writes=False)

    async def check(self) -> None:
        """Return if deliveries can be taken, as far as is known.

        Nothing is written while all goes well; after a write in vain, writing is tried again.

        Raises:
            InboxUnavailable: They cannot.
        """
        if self._database.failed_to_write:
            await asyncio.to_thread(require_room, self._database.path)
            await self._database.submit(statements.touch)
        else:
            await self._database.submit(statements.data_version, writes=False)

    def bucket(self, installation: int) -> Limiter:  # noqa: ARG002 - all are this process's own
        """What spaces the writes to an installation."""
        return token_bucket()

    def refuse(self, reason: str) -> None:
        """Take and give nothing any more: the file was found to be damaged."""
        self._database.refuse(reason)
        self._changed.set()

    async def prune(self, before: datetime) -> int:
        """Forget deliveries that were done before a moment; returns how many."""
        total = 0
        # In parts, so that deliveries that arrive meanwhile are not kept waiting for all of them.
        while pruned := await self._database.submit(
            lambda connection: statements.prune(connection, before, _PRUNED_AT_ONCE)
        ):
            total += pruned
        return total

    async def close(self) -> None:
        """Write what is pending and let the store go; closing twice does no harm."""
        await self._database.close()
        if self._owner is not None:
            self._owner.release()


def _look(connection: sqlite3.Connection, now: datetime) -> _Now:
    return _Now(statements.next_retry(connection, now), statements.data_version(connection))


def _open(path: Path, *, serving: bool) -> tuple[sqlite3.Connection, SoleOwner | None]:
    if not serving:
        require_current(SqliteFile(path))
        try:
            return _connect(path), None
        except sqlite3.Error as fault:
            raise StoreUnusable(f"the store {path} cannot be used: {explain(fault)}") from fault
    # Asked before the lock is made, so that nothing is put beside a file that is not ours.
    require_known(SqliteFile(path))
    owner = SoleOwner(path)
    try:
        migrate_store(SqliteFile(path))
        connection = _connect(path)
        try:
            recovery.recover(connection)
        except BaseException:
            connection.close()
            raise
    except sqlite3.Error as fault:
        owner.release()
        raise StoreUnusable(f"the store {path} cannot be used: {explain(fault)}") from fault
    except BaseException:
        owner.release()
        raise
    return connection, owner


def _connect(path: Path) -> sqlite3.Connection:
    """Open the file so that Python begins and commits nothing by itself."""
    connection = sqlite3.connect(
        path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
    )
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    return connection
