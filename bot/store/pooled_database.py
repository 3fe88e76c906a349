"""The store's database on PostgreSQL: a pool of a few connections, used by threads.

SQLite lets one writer in at a time; here several processes write at once. A few plain statements,
one after another, are still right if every transaction behaves as if it were alone (PostgreSQL,
"Serializable Isolation Level"): the server refuses one that conflicts, and it is run again.
"""

import asyncio
import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from sqlalchemy import Connection, Engine, create_engine, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool

from bot.store.location import PostgresDatabase
from bot.store.postgres_connection import connected, explain, is_conflict, is_trouble
from bot.store.postgres_migrate import migrate_store, require_current
from bot.store.schema import compatibility
from bot.store.upgrade import stored_schema
from bot.store.version import StoreUnavailable

T = TypeVar("T")

_CONNECTIONS = 4
"""How many transactions a process runs at once; servers commonly allow a hundred."""

_ATTEMPTS = 20
"""How often a conflicting transaction is run; of those that conflict, one gets through."""

_LONGEST_PAUSE = 0.2


class PooledDatabase:
    """`bot.store.database.Database` on a PostgreSQL server."""

    def __init__(self, location: PostgresDatabase) -> None:
        """Take over a database that is up to date; use `open` to get one."""
        self._location = location
        self._executor = ThreadPoolExecutor(_CONNECTIONS, thread_name_prefix="store")
        self._engine = _engine(location)
        self._reading = self._engine.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
        self._writing = self._engine.execution_options(isolation_level="SERIALIZABLE")

    @classmethod
    async def open(cls, location: PostgresDatabase, *, serving: bool) -> "PooledDatabase":
        """Open a database; see `bot.store.database.open_database`.

        Raises:
            StoreUnusable: It cannot be used; the message says why.
        """
        await asyncio.to_thread(migrate_store if serving else require_current, location)
        return cls(location)

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in a transaction that only reads.

        Raises:
            StoreUnavailable: It cannot be read now.
        """
        return await self._run(self._reading, work)

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in a transaction that is committed, on disk, before this returns.

        Raises:
            StoreUnavailable: Nothing was written, as far as can be known.
        """
        return await self._run(self._writing, work)

    async def check(self) -> str:
        """Write without changing what is said; whether data are whole is the server's to check.

        Raises:
            StoreUnavailable: It cannot be read or written.
        """
        same = update(compatibility).values(oldest=compatibility.c.oldest)
        await self.write(lambda connection: connection.execute(same))

        def described(connection: Connection) -> str:
            version = connection.exec_driver_sql("SHOW server_version").scalar()
            return f"PostgreSQL {version}, schema {stored_schema(connection)}"

        return await self.read(described)

    async def _run(self, engine: Engine, work: Callable[[Connection], T]) -> T:
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._executor, _settled, engine, work)
        except DBAPIError as fault:
            if fault.orig is None or not is_trouble(fault.orig):
                raise
            words = f"the {self._location} cannot be used now: {explain(fault.orig)}"
            raise StoreUnavailable(words) from fault.orig

    async def close(self) -> None:
        """Finish what was begun and let the connections go; closing twice does no harm."""
        await asyncio.to_thread(self._executor.shutdown)
        self._engine.dispose()


def _settled(engine: Engine, work: Callable[[Connection], T]) -> T:
    """Run a transaction, again if it met another, and a bounded number of times."""
    for attempt in range(1, _ATTEMPTS):
        try:
            with engine.begin() as connection:
                return work(connection)
        except DBAPIError as fault:
            if fault.orig is None or not is_conflict(fault.orig):
                raise
        # Not at once: those that met would only meet again.
        time.sleep(random.uniform(0, min(0.002 * 2**attempt, _LONGEST_PAUSE)))  # noqa: S311
    with engine.begin() as connection:
        return work(connection)


def _engine(location: PostgresDatabase) -> Engine:
    return create_engine(
        "postgresql+psycopg://",
        creator=lambda: connected(location),
        poolclass=QueuePool,
        pool_size=_CONNECTIONS,
        max_overflow=0,
        # A server that was restarted is noticed before it is asked for anything.
        pool_pre_ping=True,
    )
