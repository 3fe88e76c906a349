"""The open database: runs work on a connection, one transaction per call, on threads of its own.

A small read of a file takes less than half of what it takes to have a thread do it, and a review
makes a dozen. So it is done at once if no thread is using the file.
"""

import asyncio
import random
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from threading import Lock
from typing import Any, TypeVar

from sqlalchemy import Connection, Executable, Table, create_engine, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool

from bot.review.subject import Repository, Subject
from bot.store import rows
from bot.store.location import Driver, StoreLocation, StoreUnavailable, located
from bot.store.migrate import driver_of, migrate_store, require_current
from bot.store.schema import compatibility
from bot.store.statements import StoreConnection

T = TypeVar("T")

_ATTEMPTS = 20
"""How often a conflicting transaction is run; of those that conflict, one gets through."""

_LONGEST_PAUSE = 0.2


async def open_database(
    url: str, *, serving: bool = True, on_damage: Callable[[str], None] = lambda _: None
) -> "Database":
    """Open the database that a `DATABASE_URL` names.

    Args:
        url: The `DATABASE_URL`.
        serving: Whether it is created or migrated as needed; otherwise it has to be there and fit.
        on_damage: Called with a message when a file turns out to be damaged.

    Raises:
        StoreUnusable: It cannot be used; the message says why.
    """
    location = located(url)
    database = Database(driver_of(location), on_damage)
    try:
        await database.prepare(migrate_store if serving else require_current, location)
    except BaseException:
        await database.close()
        raise
    return database


class Database:
    """An open database; use `open_database` to get one that is up to date."""

    def __init__(self, driver: Driver, on_damage: Callable[[str], None]) -> None:
        self._driver = driver
        self._on_damage = on_damage
        self._executor = ThreadPoolExecutor(driver.pool_size, thread_name_prefix="store")
        # Nothing listens to the engine's events: if anything did, SQLAlchemy would report every
        # statement, which takes longer than the statement.
        self._engine = create_engine(
            driver.url,
            creator=driver.connect,
            poolclass=QueuePool,
            pool_size=driver.pool_size,
            max_overflow=0,
            # A server that was restarted is noticed before it is asked for anything.
            pool_pre_ping=driver.pool_size > 1,
        )
        # Held by whoever uses the only connection there is, which stays open: it belongs to nobody
        # else, and taking it from the pool takes longer than most statements.
        self._turn = Lock() if driver.pool_size == 1 else None
        self._kept: StoreConnection | None = None

    async def prepare(self, work: Callable[[StoreLocation], None], location: StoreLocation) -> None:
        """Run what has to be done before the first transaction, on a thread of the database."""
        await asyncio.get_running_loop().run_in_executor(self._executor, work, location)

    async def read(self, work: Callable[[Connection], T], *, many: bool = False) -> T:
        """Run `work` in a transaction that only reads, and sees the data as of one moment.

        Args:
            work: What to read.
            many: Whether it may read so much that the event loop must not wait for it.

        Raises:
            StoreUnavailable: It cannot be read now.
        """
        return await self._run(self._driver.reading, work, at_once=not many)

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in a transaction that is committed, on disk, before this returns.

        Transactions are serializable, so `work` may be run more than once, and must do nothing but
        use the connection. It is completed even if the caller is cancelled meanwhile.

        Raises:
            StoreUnavailable: Nothing was written; or the connection was lost during the commit,
                and it is unknown whether it happened.
        """
        return await self._run(self._driver.writing, work)

    async def fetch(
        self, kind: type[T], statement: Executable, values: rows.Values | None = None
    ) -> list[T]:
        """The rows that a statement finds as objects; see `bot.store.rows.fetch`.

        Raises:
            StoreUnavailable: It cannot be read now.
        """
        return await self.read(lambda connection: rows.fetch(connection, kind, statement, values))

    async def put(
        self, table: Table, subject: Subject | Repository, key: rows.Values, values: rows.Values
    ) -> None:
        """Make the row of a key carry these values; see `bot.store.rows.put`.

        Raises:
            StoreUnavailable: Nothing was written.
        """
        await self.write(lambda connection: rows.put(connection, table, subject, key, values))

    async def check(self) -> str:
        """Check that the database is undamaged and writable, without changing what it says.

        Returns:
            The database program with its version, and the schema.

        Raises:
            StoreUnavailable: It is damaged, or cannot be read or written.
        """
        driver = self._driver
        if (
            driver.finds_damage
            and (damage := await self.read(driver.damage_in, many=True)) is not None
        ):
            raise StoreUnavailable(f"the {driver.label} cannot be used: {damage}")
        same = update(compatibility).values(oldest=compatibility.c.oldest)
        await self.write(lambda connection: connection.execute(same))
        queries = (driver.described, "SELECT version_num FROM alembic_version")
        program, schema = await self.read(
            lambda connection: [connection.execute(text(query)).scalar() for query in queries]
        )
        return f"{program}, schema {schema}"

    async def close(self) -> None:
        """Finish what was begun and close the database; closing twice does no harm."""
        await asyncio.to_thread(self._executor.shutdown)
        self._drop_kept()
        self._engine.dispose()

    async def _run(
        self, options: Mapping[str, Any], work: Callable[[Connection], T], *, at_once: bool = False
    ) -> T:
        try:
            if at_once and self._turn is not None and self._turn.acquire(blocking=False):
                try:
                    return self._settled(options, work)
                finally:
                    self._turn.release()
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._executor, self._in_turn, options, work)
        except (DBAPIError, self._driver.error) as fault:
            cause = _cause(fault)
            if not self._driver.is_trouble(cause):
                raise
            explained = self._driver.explain(cause)
            message = f"the {self._driver.label} cannot be used now: {explained}"
            if self._driver.is_damage(cause):
                self._on_damage(message)
            raise StoreUnavailable(message) from cause

    def _in_turn(self, options: Mapping[str, Any], work: Callable[[Connection], T]) -> T:
        with self._turn or nullcontext():
            return self._settled(options, work)

    def _settled(self, options: Mapping[str, Any], work: Callable[[Connection], T]) -> T:
        """Run a transaction, again if it met another, and a bounded number of times."""
        for attempt in range(1, _ATTEMPTS):
            try:
                return self._transaction(options, work)
            except (DBAPIError, self._driver.error) as fault:
                if not self._driver.is_conflict(_cause(fault)):
                    raise
            # Not at once: those that met would only meet again.
            time.sleep(random.uniform(0, min(0.002 * 2**attempt, _LONGEST_PAUSE)))  # noqa: S311
        return self._transaction(options, work)

    def _transaction(self, options: Mapping[str, Any], work: Callable[[Connection], T]) -> T:
        if self._turn is None:
            with StoreConnection(self._engine) as own, self._driver.begin(own, options):
                return work(own)
        if self._kept is None:
            self._kept = StoreConnection(self._engine)
        try:
            with self._driver.begin(self._kept, options):
                return work(self._kept)
        except BaseException:
            self._drop_kept()  # whatever state it is in
            raise

    def _drop_kept(self) -> None:
        kept, self._kept = self._kept, None
        if kept is not None:
            kept.close()


def _cause(fault: BaseException) -> BaseException:
    """The driver's own exception."""
    return fault.orig if isinstance(fault, DBAPIError) and fault.orig is not None else fault
