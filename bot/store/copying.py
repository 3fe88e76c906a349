"""Copies every row of one store into another, whatever kinds of database they are."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from sqlalchemy import Connection, Table, delete, func, insert, select, text

from bot.store import schema
from bot.store.location import Driver, PostgresDatabase, StoreLocation, StoreUnusable
from bot.store.migrate import driver_of, whole_transaction
from bot.store.rows import every_column

# The version of the tables is not data.
_TABLES = [table for table in schema.metadata.sorted_tables if table is not schema.compatibility]
# Rows that every working bot adds: a store with rows of its own has been used.
_GROWING = {"deliveries": schema.delivery.c.id, "lines of the audit": schema.written.c.id}

_ROWS = 500
_BYTES = 8_000_000
"""How much is read before it is written: payloads may have megabytes each."""

_LARGE_ROWS = 8

Row = Mapping[str, object]


def count_rows(connection: Connection) -> int:
    """How many rows there are to copy."""
    return sum(
        connection.execute(select(func.count()).select_from(table)).scalar_one()
        for table in _TABLES
    )


def hold(target: Connection) -> None:
    """Keep others from writing to the target: rows would be deleted unseen, or numbered twice.

    On SQLite the transaction does so from its start.
    """
    if target.dialect.name == "postgresql":
        names = ", ".join(table.name for table in _TABLES)
        target.exec_driver_sql(f"LOCK TABLE {names} IN EXCLUSIVE MODE")


def grown_apart(source: Connection, target: Connection) -> Sequence[str]:
    """What the target has and the source does not, as messages; empty if it may be replaced."""
    found = []
    for name, column in _GROWING.items():
        known = set(source.execute(select(column)).scalars())
        own = sum(value not in known for value in target.execute(select(column)).scalars())
        if own:
            found.append(f"{own} {name}")
    table = schema.delivery
    unfinished = set(
        source.execute(select(table.c.id).where(table.c.finished_at.is_(None))).scalars()
    )
    finished = target.execute(select(table.c.id).where(table.c.finished_at.is_not(None))).scalars()
    if own := sum(value in unfinished for value in finished):
        found.append(f"{own} deliveries handled")
    return found


def copy_rows(
    source: Connection, target: Connection, on_rows: Callable[[int], None]
) -> Mapping[str, int]:
    """Replace everything in the target by what the source has.

    Args:
        source: Where from.
        target: Where to; what it has is deleted first.
        on_rows: Called repeatedly with the number of rows copied since the last call.

    Returns:
        How many rows each table has now.
    """
    for table in reversed(_TABLES):
        target.execute(delete(table))
    return {table.name: _copy(source, target, table, on_rows) for table in _TABLES}


def _copy(
    source: Connection, target: Connection, table: Table, on_rows: Callable[[int], None]
) -> int:
    count = 0
    for rows in _batches(source, table):
        target.execute(insert(table), rows)
        count += len(rows)
        on_rows(len(rows))
    if target.dialect.name == "postgresql" and table.autoincrement_column is not None:
        _number_on(target, table, table.autoincrement_column.name)
    return count


def _batches(source: Connection, table: Table) -> Iterator[list[Row]]:
    at_once = _LARGE_ROWS if table is schema.delivery_payload else _ROWS
    query = every_column(table).order_by(*table.primary_key)
    result = source.execution_options(yield_per=at_once).execute(query)
    batch: list[Row] = []
    size = 0
    for row in result.mappings():
        batch.append(dict(row))
        size += sum(len(value) for value in row.values() if isinstance(value, bytes | str))
        if len(batch) == _ROWS or size >= _BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _number_on(target: Connection, table: Table, column: str) -> None:
    """Have new rows numbered after those that were copied; SQLite does so by itself."""
    numbers = "pg_get_serial_sequence(:table, :column)"
    target.execute(
        text(
            f"SELECT setval({numbers}, greatest(nextval({numbers}),"  # noqa: S608 - our own names
            f" (SELECT coalesce(max({column}), 0) + 1 FROM {table.name})), false)"
        ),
        {"table": table.name, "column": column},
    )


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
    driver = driver_of(location)
    if isinstance(location, PostgresDatabase):
        _require_alone(driver)
    options = driver.migrating if to_change else driver.reading
    with whole_transaction(driver, options) as connection:
        if isinstance(location, PostgresDatabase):
            connection.exec_driver_sql(_NO_HURRY)
        yield connection


def _require_alone(driver: Driver) -> None:
    with whole_transaction(driver, {"isolation_level": "AUTOCOMMIT"}) as connection:
        end = time.monotonic() + _LINGERING_SECONDS
        while others := connection.exec_driver_sql(_OTHERS).scalar_one():
            if time.monotonic() > end:
                raise StoreUnusable(
                    f"the {driver.label} is in use: {others} other connections of the bot are "
                    "open; stop every `serve` and `work` first"
                )
