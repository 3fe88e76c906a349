"""The inbox in SQLite: one file, and the one process that serves it handles what is in it."""

import asyncio
import fcntl
import os
import sqlite3
import tempfile
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import IO

from bot.inbox import rows
from bot.inbox.attempt import Attempts
from bot.inbox.backoff import LONGEST_DELAY
from bot.inbox.delivery import Batch, Clock, InboxUnavailable, Settlement, utc_now
from bot.inbox.group_commit import Connection, GroupCommit
from bot.inbox.inbox import Inbox
from bot.logs import get_logger
from bot.store.location import Driver, SqliteFile, StoreUnusable
from bot.store.migrate import migrate_store, require_current, require_known
from bot.store.sqlite import SqliteDriver, make_private


class SoleOwner:
    """Holds the lock `<file>.lock`, which only its owner may delete."""

    def __init__(self, path: Path) -> None:
        """Take the lock.

        Raises:
            StoreUnusable: Another process (or this one, elsewhere) has it, or it cannot be made.
        """
        self._lock = lock = path.with_name(path.name + ".lock")
        self._made_it = not lock.exists()
        try:
            make_private(lock)
            self._file: IO[bytes] = lock.open("ab")
        except OSError as fault:
            raise StoreUnusable(
                f"cannot write {lock}: {fault.strerror}; let the bot's account write its folder"
            ) from fault
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # The previous owner may have deleted the file meanwhile, and another made a new one.
            if not os.path.samestat(os.fstat(self._file.fileno()), lock.stat()):
                raise BlockingIOError
        except OSError as fault:
            self._file.close()
            raise StoreUnusable(
                f"another process is serving {path} already; stop it, "
                "or give this one a DATABASE_URL of its own"
            ) from fault

    def release(self) -> None:
        """Let the next owner in."""
        self._file.close()

    def discard(self) -> None:
        """Let the next owner in, and leave no lock file behind that was not there before."""
        if self._made_it:
            self._lock.unlink(missing_ok=True)
        self.release()


ROOM = 256 * 1024
"""Bytes: a delivery as large as they usually come, with what SQLite writes around it."""


def require_room(store: Path) -> None:
    """Write a passing file of `ROOM` bytes beside the store.

    SQLite can find place for a page in what it has already where it finds none for a delivery.

    Raises:
        InboxUnavailable: There is no room, or the folder cannot be written.
    """
    try:
        with tempfile.TemporaryFile(dir=store.parent) as file:
            file.write(bytes(ROOM))
            file.flush()
            os.fsync(file.fileno())
    except OSError as fault:
        raise InboxUnavailable(
            f"the store {store} cannot be used now: {fault.strerror}; make room on its disk"
        ) from fault


def owned(path: Path) -> SoleOwner:
    """Create or migrate a file as needed, and become its owner.

    Raises:
        StoreUnusable: It cannot be used; the message says why and names the file.
    """
    file = SqliteFile(path)
    # Asked before the lock is made, so that nothing is put beside a file that is not ours.
    require_known(file)
    owner = SoleOwner(path)
    try:
        migrate_store(file)
    except BaseException:
        owner.release()
        raise
    return owner


POLL_SECONDS = 0.4
"""How often to look whether another process replayed a delivery: it begins within a second."""

_AFTER_CANCELLING_SECONDS = 5.0

_LOG_PAGES = 16_000
"""How many pages (64 MB) the log takes before accepting a webhook empties it into the database.

That takes 15 to 60 ms or more, and whoever comes meanwhile waits, too. Usually the store's thread
does it, at SQLite's default of 4 MB, and then no webhook waits.
"""

_LOCKED = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}

# The first in line of each key that has nothing running: by priority, then by age. One in the
# distant future was put off before the clock was turned back.
_DUE = f"""
SELECT seq FROM (
    SELECT seq, priority, not_before,
        row_number() OVER (PARTITION BY key ORDER BY priority DESC, seq) AS place,
        max(state = 'running') OVER (PARTITION BY key) AS busy
    FROM delivery INDEXED BY delivery_unfinished WHERE {rows.UNFINISHED}
) WHERE place = 1 AND NOT busy
    AND (not_before IS NULL OR not_before <= :now OR not_before > :distant)
ORDER BY priority DESC, seq LIMIT :limit
"""  # noqa: S608 - a condition named there
_NEXT_RETRY = f"""
SELECT min(not_before) FROM delivery INDEXED BY delivery_unfinished
WHERE {rows.UNFINISHED} AND state = 'queued' AND not_before > :now
"""  # noqa: S608 - a condition named there

_log = get_logger(__name__)


class SqliteInbox(Inbox):
    """An inbox in a SQLite file."""

    def __init__(
        self, path: Path, owner: SoleOwner | None, clock: Clock, driver: Driver | None = None
    ) -> None:
        """Take over a file that is fit; use `open` to get one. Tests may have their own driver."""
        database = GroupCommit(
            driver or SqliteDriver(SqliteFile(path)),
            begin_to_write="BEGIN IMMEDIATE",
            concerns_all=lambda fault: getattr(fault, "sqlite_errorcode", 0) & 0xFF in _LOCKED,
        )
        super().__init__(database, clock)
        self._path = path
        self._owner = owner

    @classmethod
    async def open(
        cls, path: Path, *, serving: bool = True, clock: Clock = utc_now
    ) -> "SqliteInbox":
        """Open a file; see `bot.inbox.open.open_inbox`.

        Raises:
            StoreUnusable: It cannot be used; the message says why and names the file.
        """
        if not serving:
            await asyncio.to_thread(require_current, SqliteFile(path))
            return cls(path, None, clock)
        inbox = cls(path, await asyncio.to_thread(owned, path), clock)
        try:
            await inbox._database.submit(partial(_begin, now=clock()))
        except BaseException as fault:
            await inbox.close()
            if isinstance(fault, InboxUnavailable):
                raise StoreUnusable(str(fault)) from fault
            raise
        return inbox

    async def work(
        self,
        attempts: Attempts,
        stop: asyncio.Event,
        *,
        concurrency: int = 16,
        grace: float = 20.0,
    ) -> None:
        """Have deliveries handled until `stop` is set; see `Inbox.work`."""
        if self._owner is None:
            raise InboxUnavailable("the inbox was opened to be looked into, not to be served")
        running: set[asyncio.Task[Settlement]] = set()
        ending = asyncio.Event()

        def ended(task: asyncio.Task[Settlement]) -> None:
            running.discard(task)
            self._changed.set()

        stopping = asyncio.create_task(stop.wait())
        try:
            while not stop.is_set():
                self._changed.clear()
                batches, pause = await self._claim(attempts, concurrency - len(running))
                for batch in batches:
                    settle = partial(self._settle, batch)
                    task = asyncio.create_task(attempts.run(batch, settle, ending.is_set))
                    running.add(task)
                    task.add_done_callback(ended)
                changing = asyncio.create_task(self._changed.wait())
                await asyncio.wait(
                    {stopping, changing}, timeout=pause, return_when=asyncio.FIRST_COMPLETED
                )
                changing.cancel()
        finally:
            stopping.cancel()
            if running and stop.is_set():
                await asyncio.wait(running, timeout=grace)
            ending.set()
            for task in running:
                task.cancel()
            if running and (
                stuck := (await asyncio.wait(running, timeout=_AFTER_CANCELLING_SECONDS))[1]
            ):
                _log.error("handlers did not stop", count=len(stuck))

    async def _claim(self, attempts: Attempts, limit: int) -> tuple[Sequence[Batch], float]:
        """What may be handled now, and how long to wait before asking again."""
        now = self._clock().timestamp()
        distant = now + LONGEST_DELAY.total_seconds()

        def look(connection: Connection) -> tuple[Sequence[tuple[int]], float | None]:
            values = {"now": now, "distant": distant, "limit": limit}
            due = connection.execute(_DUE, values).fetchall()
            return due, connection.execute(_NEXT_RETRY, {"now": now}).fetchone()[0]

        def take(connection: Connection) -> Sequence[Batch]:
            batches = [rows.take(connection, seq) for (seq,) in due]
            return [batch for batch in batches if batch is not None]

        try:
            due, retry = await self._database.submit(look, writes=False)
            batches = await self._database.submit(take) if due else ()
        except Exception as fault:
            attempts.log_trouble(fault)
            return (), attempts.pause
        return batches, POLL_SECONDS if retry is None else min(POLL_SECONDS, retry - now)

    async def _settle(self, batch: Batch, settlement: Settlement) -> None:
        await self._database.submit(
            lambda connection: rows.settle(connection, batch, settlement, self._clock())
        )

    async def check(self) -> None:
        """Return if deliveries can be taken; see `Inbox.check`."""
        if self._database.failed_to_write:
            await asyncio.to_thread(require_room, self._path)
        await super().check()

    def shared_bucket(self, installation: int, size: int) -> None:
        """None: a file belongs to one process."""

    async def close(self) -> None:
        """Write what is pending and let the store go; closing twice does no harm."""
        await super().close()
        if self._owner is not None:
            self._owner.release()


def _begin(connection: Connection, now: datetime) -> None:
    """Queue what an earlier process left half-handled; raises if the file cannot be written."""
    connection.execute(f"PRAGMA wal_autocheckpoint = {_LOG_PAGES}")
    rows.touch(connection)
    rows.queue_cut_off(connection, now)
