"""The store's database, of either kind: runs work on a connection, one transaction per call."""

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Protocol, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool

from bot.store.location import SqliteFile, located
from bot.store.migrate import migrate_file, require_current
from bot.store.upgrade import stored_schema
from bot.store.version import HOW_TO_FIX, StoreUnavailable, explain, is_damage, is_trouble

T = TypeVar("T")


class Database(Protocol):
    """An open database."""

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in a transaction that only reads, and sees the data as of one moment.

        Raises:
            StoreUnavailable: It cannot be read now.
        """

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in a transaction that is committed, on disk, before this returns.

        Transactions are serializable, so `work` may be run more than once, and must do nothing but
        use the connection. It is completed even if the caller is cancelled meanwhile.

        Raises:
            StoreUnavailable: Nothing was written; or the connection was lost during the commit,
                and it is unknown whether it happened.
        """

    async def check(self) -> str:
        """Check that the database is undamaged and writable, without changing its contents.

        Returns:
            The database program with its version, and the schema.

        Raises:
            StoreUnavailable: It is damaged, or cannot be read or written.
        """

    async def close(self) -> None:
        """Finish what was begun and close the database; closing twice does no harm."""


async def open_database(
    url: str, *, serving: bool = True, on_damage: Callable[[str], None] | None = None
) -> Database:
    """Open the database that a `DATABASE_URL` names.

    Args:
        url: The `DATABASE_URL`.
        serving: Whether it is created or migrated as needed; otherwise it has to be there and fit.
        on_damage: Called with a message when a file turns out to be damaged.

    Raises:
        StoreUnusable: It cannot be used; the message says why.
    """
    location = located(url)
    # Each kind is loaded where it is used: neither pays for the other's driver at its start.
    if isinstance(location, SqliteFile):
        from bot.store.database import SqliteDatabase

        return await SqliteDatabase.open(location.path, serving=serving, on_damage=on_damage)
    from bot.store.pooled_database import PooledDatabase

    return await PooledDatabase.open(location, serving=serving)


BUSY_SECONDS = 5.0
"""How long a statement waits for another connection's write lock: half of GitHub's patience."""


class SqliteDatabase:
    """`bot.store.database.Database` in a SQLite file; one thread does all work in order."""

    def __init__(
        self,
        path: Path,
        executor: ThreadPoolExecutor,
        on_damage: Callable[[str], None] | None = None,
    ) -> None:
        self._path = path
        self._executor = executor
        self._on_damage = on_damage
        self._engine = _engine(path)
        self._writing = self._engine.execution_options(writes=True)

    @classmethod
    async def open(
        cls, path: Path, *, serving: bool, on_damage: Callable[[str], None] | None
    ) -> "SqliteDatabase":
        """Open a file; see `bot.store.database.open_database`.

        Raises:
            StoreUnusable: It cannot be used; the message says why.
        """
        executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="store")
        prepare = migrate_file if serving else require_current
        try:
            await asyncio.get_running_loop().run_in_executor(executor, prepare, path)
        except BaseException:
            executor.shutdown(wait=False)
            raise
        return cls(path, executor, on_damage)

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in a transaction that only reads.

        Raises:
            StoreUnavailable: It cannot be read now.
        """
        return await self._run(self._engine, work)

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in a transaction that is committed, on disk, before this returns.

        It is completed even if the caller is cancelled meanwhile.

        Raises:
            StoreUnavailable: Nothing was written.
        """
        return await self._run(self._writing, work)

    async def check(self) -> str:
        """Read through the whole file, and write to it without changing what it says.

        Raises:
            StoreUnavailable: It is damaged, or cannot be written.
        """

        def problem(connection: Connection) -> str:
            return str(connection.exec_driver_sql("PRAGMA quick_check(1)").scalar())

        if (found := await self.read(problem)) != "ok":
            first = found.splitlines()[0]
            raise StoreUnavailable(f"the store {self._path} cannot be used: {first}; {HOW_TO_FIX}")
        await self.write(lambda connection: connection.exec_driver_sql("PRAGMA user_version = 0"))
        return f"SQLite {sqlite3.sqlite_version}, schema {await self.read(stored_schema)}"

    async def _run(self, engine: Engine, work: Callable[[Connection], T]) -> T:
        def transaction() -> T:
            with engine.begin() as connection:
                return work(connection)

        try:
            return await asyncio.get_running_loop().run_in_executor(self._executor, transaction)
        except DBAPIError as fault:
            if fault.orig is None or not is_trouble(fault.orig):
                raise
            raise self._unavailable(fault.orig) from fault.orig

    def _unavailable(self, fault: BaseException) -> StoreUnavailable:
        words = f"the store {self._path} cannot be used now: {explain(fault)}"
        if self._on_damage is not None and is_damage(fault):
            self._on_damage(words)
        return StoreUnavailable(words)

    async def close(self) -> None:
        """Finish what was begun and let the file go; closing twice does no harm."""
        executor = self._executor
        await asyncio.to_thread(executor.shutdown)
        self._engine.dispose()


def _engine(path: Path) -> Engine:
    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(
            path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        return connection

    # A pool of one: disposing of it from another thread is allowed once the executor has ended.
    engine = create_engine(
        "sqlite://", creator=connect, poolclass=QueuePool, pool_size=1, max_overflow=0
    )
    event.listen(engine, "begin", _begin)
    return engine


def _begin(connection: Connection) -> None:
    # A transaction that will write takes the lock at once: one that began by reading could not
    # wait for it, SQLite would refuse.
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
