"""Runs Procrastinate, the job engine, on our own connection and inside its transaction.

Procrastinate's own connector takes a connection from a pool for each call. Here its writes have to
be committed together with those to the deliveries, so it is given our connection instead.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from typing import Any, LiteralString

import psycopg
from procrastinate.connector import BaseAsyncConnector, Notify
from procrastinate.manager import JobManager
from psycopg import AsyncConnection
from psycopg.rows import dict_row
from psycopg.sql import SQL, Identifier
from psycopg.types.json import Jsonb
from psycopg_pool import AsyncConnectionPool, PoolClosed, PoolTimeout

from bot.inbox.protocol import InboxUnavailable
from bot.store.location import PostgresDatabase
from bot.store.postgres import PATIENCE, SESSION, explain, is_trouble, parameters

Connection = AsyncConnection[tuple[Any, ...]]


def engine_on(connection: Connection) -> JobManager:
    """The engine, doing everything on this connection."""
    return JobManager(_OneConnection(connection))


class _OneConnection(BaseAsyncConnector):
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def execute_query_async(self, query: LiteralString, **arguments: Any) -> None:
        await self._connection.execute(query, _adapted(arguments))

    async def execute_query_one_async(
        self, query: LiteralString, **arguments: Any
    ) -> dict[str, Any]:
        (row,) = await self.execute_query_all_async(query, **arguments)
        return row

    async def execute_query_all_async(
        self, query: LiteralString, **arguments: Any
    ) -> list[dict[str, Any]]:
        async with self._connection.cursor(row_factory=dict_row) as cursor:
            await cursor.execute(query, _adapted(arguments))
            return await cursor.fetchall()

    async def listen_notify(self, on_notification: Notify, channels: Iterable[str]) -> None:
        for channel in channels:
            await self._connection.execute(SQL("LISTEN {}").format(Identifier(channel)))
        async for notification in self._connection.notifies():
            await on_notification(channel=notification.channel, payload=notification.payload)


def _adapted(value: Any) -> Any:
    """Arguments as psycopg takes them: what is a mapping to the engine is JSON to the database."""
    if isinstance(value, dict):
        return {name: _inner(item) for name, item in value.items()}
    return value


def _inner(value: Any) -> Any:
    if isinstance(value, dict):
        return Jsonb(value)
    if isinstance(value, list):
        return [_inner(item) for item in value]
    if isinstance(value, tuple):
        return tuple(_inner(item) for item in value)
    return value


_MOST = 8
"""Connections that deliveries share; a server allows 100 to all its clients by default."""


# It repeats what libpq says, which quotes parts of a URL that is written wrongly; whoever waits for
# a connection is told what is the matter.
logging.getLogger("psycopg.pool").setLevel(logging.CRITICAL)


class Connections:
    """A pool of connections. Every failure of the database is an `InboxUnavailable`."""

    def __init__(self, location: PostgresDatabase) -> None:
        """Prepare; `open` connects."""
        self._location = location
        self._parameters = parameters(location)
        self._pool: AsyncConnectionPool[Connection] = AsyncConnectionPool(
            kwargs=self._parameters,
            configure=_configure,
            min_size=1,
            max_size=_MOST,
            timeout=PATIENCE,
            open=False,
            check=AsyncConnectionPool.check_connection,
            # As long as whoever wants a connection waits: the next one has it tried again.
            reconnect_timeout=PATIENCE,
            name="inbox",
        )
        self._refusal = ""
        self._failed_to_write = False

    async def open(self) -> None:
        """Begin to connect; returns at once."""
        await self._pool.open(wait=False)

    @property
    def failed_to_write(self) -> bool:
        """Whether the last transaction that wrote was in vain."""
        return self._failed_to_write

    def refuse(self, reason: str) -> None:
        """Give no connection any more."""
        self._refusal = self._refusal or reason

    @asynccontextmanager
    async def transaction(self, *, writes: bool = True) -> AsyncIterator[Connection]:
        """A connection in a transaction that is committed at the end of the block.

        Raises:
            InboxUnavailable: The database cannot be used now; nothing was written.
        """
        if self._refusal:
            raise InboxUnavailable(self._refusal)
        try:
            async with self._pool.connection() as connection:
                yield connection
        except psycopg.Error as fault:
            if not is_trouble(fault):
                raise
            self._failed_to_write = self._failed_to_write or writes
            raise self._unavailable(fault) from fault
        else:
            self._failed_to_write = self._failed_to_write and not writes

    @asynccontextmanager
    async def apart(self) -> AsyncIterator[Connection]:
        """A connection of its own, each statement its own transaction.

        Raises:
            InboxUnavailable: The database cannot be used, or not any more.
        """
        try:
            async with await AsyncConnection.connect(
                autocommit=True,
                **self._parameters,  # type: ignore[arg-type]
            ) as connection:
                await connection.execute(SESSION)
                yield connection
        except psycopg.Error as fault:
            if not is_trouble(fault):
                raise
            raise self._unavailable(fault) from fault

    def _unavailable(self, fault: psycopg.Error) -> InboxUnavailable:
        if isinstance(fault, PoolClosed):
            return InboxUnavailable("the inbox is closed")
        if isinstance(fault, PoolTimeout):
            words = "no connection is free: it is overloaded, or cannot be reached"
        else:
            words = explain(fault)
        return InboxUnavailable(f"the {self._location} cannot be used now: {words}")

    async def close(self) -> None:
        """Let all connections go; closing twice does no harm."""
        with suppress(asyncio.CancelledError):
            await self._pool.close()


async def _configure(connection: Connection) -> None:
    await connection.execute(SESSION)
    await connection.commit()
