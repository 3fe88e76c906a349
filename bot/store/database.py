"""The database behind the store: one connection on one thread of its own, one transaction a call.

The thread is on purpose. SQLAlchemy's asyncio layer runs SQLite on a thread too, but pays for
greenlet switches on every statement and loads the whole ORM at start (measured: 0.15 s). Here a
whole transaction is one hop, and one that was begun is completed even if its caller is cancelled.
"""

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import QueuePool

from bot.store.location import sqlite_path
from bot.store.migrate import bring_up_to_date

T = TypeVar("T")

BUSY_SECONDS = 5.0
"""How long a statement waits for another connection's write lock: half of GitHub's patience."""


async def open_database(url: str) -> "Database":
    """Open the database that a `DATABASE_URL` names, created or migrated as needed.

    Raises:
        StoreUnusable: It cannot be used; the message says why.
    """
    path = sqlite_path(url)
    executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="store")
    try:
        await asyncio.get_running_loop().run_in_executor(executor, bring_up_to_date, path)
    except BaseException:
        executor.shutdown(wait=False)
        raise
    return Database(path, executor)


class Database:
    """An open database. All work on it is done one after another, on its own thread."""

    def __init__(self, path: Path, executor: ThreadPoolExecutor) -> None:
        self._executor = executor
        self._engine = _engine(path)
        self._writing = self._engine.execution_options(writes=True)

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in a transaction that only reads."""
        return await self._run(self._engine, work)

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in a transaction that is committed, on disk, before this returns.

        It is completed even if the caller is cancelled meanwhile.
        """
        return await self._run(self._writing, work)

    async def _run(self, engine: Engine, work: Callable[[Connection], T]) -> T:
        def transaction() -> T:
            with engine.begin() as connection:
                return work(connection)

        return await asyncio.get_running_loop().run_in_executor(self._executor, transaction)

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
