"""Changing a PostgreSQL database's schema: one process does it, in one transaction."""

from typing import cast

import psycopg
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from bot.store import engine_schema
from bot.store.build import create_tables, run_migrations
from bot.store.location import PostgresDatabase
from bot.store.postgres_connection import connected
from bot.store.postgres_migrate import is_up_to_date, look
from bot.store.postgres_schema import postgres_metadata
from bot.store.version import Standing, standing

_LOCK = int.from_bytes(b"pep-bot", "big")
"""Which advisory lock: a number that other programs on the database will not think of."""

# Migrating may take its time, and so may waiting for another process that does it. But a table is
# not waited for long: all who want it meanwhile would wait behind us.
_SETTINGS = "SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = '60s'"
_NOT_LONG = "SET LOCAL lock_timeout = '5s'"


def upgrade(location: PostgresDatabase) -> None:
    """Make or migrate everything, unless another process has done so meanwhile.

    Raises:
        StoreUnusable: The database belongs to something else, or to a newer version.
        psycopg.Error: It cannot be written.
    """
    engine = create_engine(
        "postgresql+psycopg://",
        creator=lambda: connected(location),
        poolclass=NullPool,
        # What another process did while this one waited has to be seen, whatever the default is.
        isolation_level="READ COMMITTED",
    )
    try:
        with engine.begin() as connection:
            _upgrade(connection, location)
    except DBAPIError as fault:
        raise (fault.orig or fault) from fault


def _upgrade(connection: Connection, location: PostgresDatabase) -> None:
    driver = cast("psycopg.Connection", connection.connection.dbapi_connection)
    connection.exec_driver_sql(_SETTINGS)
    connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    connection.exec_driver_sql(_NOT_LONG)
    found = look(driver, location)
    if is_up_to_date(found, location):
        return
    if found.version is None:
        create_tables(connection)
    elif standing(found.version, f"store in the {location}") is Standing.OLDER:
        run_migrations(connection)
    postgres_metadata.create_all(connection)
    engine_schema.update_engine_tables(driver, engine_schema.engine_folder())
