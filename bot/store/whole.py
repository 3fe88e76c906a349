"""A whole store in one transaction that may take its time, for copying it."""

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.pool import NullPool

from bot.store.failure import StoreUnusable
from bot.store.location import PostgresDatabase, SqliteFile, StoreLocation
from bot.store.upgrade import migration_engine

_NO_HURRY = "SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0"
# Only those of the same account tell their name, and all of the bot's have the same.
_OTHERS = """
SELECT count(*), pg_stat_clear_snapshot(), pg_sleep(0.02) FROM pg_stat_activity
WHERE datname = current_database()
AND application_name = current_setting('application_name') AND pid <> pg_backend_pid()
"""
_LINGERING_SECONDS = 2.0
"""How long connections may be seen after they were closed: the server takes its time with it."""


@contextmanager
def whole_store(location: StoreLocation, *, to_change: bool = False) -> Iterator[Connection]:
    """A connection to a store that nobody else uses, committed at the end.

    Whether a server has a SQLite file is for the file's lock to say, not for this.

    Args:
        location: The store.
        to_change: Whether it sees what was changed before it held the tables; otherwise all of it
            is as it was at one moment.

    Raises:
        StoreUnusable: Other processes of the bot are connected.
        DBAPIError: It cannot be reached, read or written.
    """
    if isinstance(location, PostgresDatabase):
        _require_alone(location)
    engine = _engine(location, "READ COMMITTED" if to_change else "REPEATABLE READ")
    with engine.begin() as connection:
        if isinstance(location, PostgresDatabase):
            connection.exec_driver_sql(_NO_HURRY)
        yield connection


def _require_alone(location: PostgresDatabase) -> None:
    from bot.store.postgres_connection import connected
    from bot.store.postgres_migrate import usable

    with usable(location), closing(connected(location)) as connection:
        connection.autocommit = True
        end = time.monotonic() + _LINGERING_SECONDS
        while others := sum(count for count, *_ in connection.execute(_OTHERS)):
            if time.monotonic() > end:
                raise StoreUnusable(
                    f"the {location} is in use: {others} other connections of the bot are open; "
                    "stop every `serve` and `work` first"
                )


def _engine(location: StoreLocation, isolation: str) -> Engine:
    if isinstance(location, SqliteFile):
        return migration_engine(location.path)
    from bot.store.postgres_connection import connected

    return create_engine(
        "postgresql+psycopg://",
        creator=lambda: connected(location),
        poolclass=NullPool,
        isolation_level=isolation,
    )
