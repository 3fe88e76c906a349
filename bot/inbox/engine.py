"""Procrastinate, the job engine, on a connection of ours and in the transaction it is in.

Its own connector takes a connection of a pool for each call. Here what it does has to stand or fall
with what happens to the deliveries, so it is given the connection instead.
"""

from collections.abc import Iterable
from typing import Any, LiteralString

from procrastinate.connector import BaseAsyncConnector, Notify
from procrastinate.manager import JobManager
from psycopg import AsyncConnection
from psycopg.rows import dict_row
from psycopg.sql import SQL, Identifier
from psycopg.types.json import Jsonb

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
