"""Creates or migrates a PostgreSQL database to this version's schema, or says why it cannot.

Also the tables that only PostgreSQL has. The stored versions are read in one statement, so a start
that finds everything current costs one connection and no more.
"""

from collections.abc import Collection, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import dropwhile
from pathlib import Path
from typing import cast

import psycopg
from sqlalchemy import BigInteger, Column, Connection, Double, MetaData, Table, create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from bot.store.location import PostgresDatabase
from bot.store.postgres_connection import connected, explain
from bot.store.schema import Words
from bot.store.upgrade import create_tables, run_migrations
from bot.store.version import (
    SchemaState,
    StoredVersion,
    StoreUnusable,
    require_usable,
    schema_state,
)

postgres_metadata = MetaData()

# Which of the job engine's own migrations the database has had, by their files' names.
engine_migration = Table(
    "engine_migration",
    postgres_metadata,
    Column("name", Words, primary_key=True),
)

# When an installation's next write to GitHub may be made: one token bucket for all processes.
pace = Table(
    "pace",
    postgres_metadata,
    Column("installation", BigInteger, primary_key=True, autoincrement=False),
    Column("next_at", Double, nullable=False),
)


def engine_folder() -> Path:
    """Where Procrastinate keeps its SQL; found without importing it, which takes 0.4 s."""
    spec = find_spec("procrastinate")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("procrastinate")
    return Path(spec.submodule_search_locations[0]) / "sql"


def due(had: Collection[str], folder: Path) -> Sequence[str]:
    """The names of the migrations to run now, in order; none in a database yet to be filled."""
    if not had:
        return []
    missing = [name for name in _packaged(folder) if name not in had]
    return list(reversed(list(dropwhile(_is_post, reversed(missing)))))


def update_engine_tables(connection: psycopg.Connection, folder: Path) -> None:
    """Make the engine's tables, or run what is due, in the caller's transaction."""
    had = {name for (name,) in connection.execute("SELECT name FROM engine_migration")}
    if had:
        names = due(had, folder)
        files = [folder / "migrations" / name for name in names]
    else:
        # The schema is what all of them lead to.
        names, files = _packaged(folder), [folder / "schema.sql"]
    for file in files:
        # Bytes without parameters: taken as they are, percent signs and several statements too.
        connection.execute(file.read_bytes())
    connection.cursor().executemany(
        "INSERT INTO engine_migration (name) VALUES (%s)", [(name,) for name in names]
    )


def _packaged(folder: Path) -> Sequence[str]:
    return sorted(file.name for file in (folder / "migrations").glob("*.sql"))


def _is_post(name: str) -> bool:
    return "_post_" in name


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
    elif schema_state(found.version, f"store in the {location}") is SchemaState.OLDER:
        run_migrations(connection)
    postgres_metadata.create_all(connection)
    update_engine_tables(driver, engine_folder())


# Tables an extension brought along are nobody's.
_LOOK = """
SELECT to_regclass('alembic_version') IS NOT NULL AND to_regclass('delivery') IS NOT NULL,
    to_regclass('compatibility') IS NOT NULL,
    to_regclass('engine_migration') IS NOT NULL,
    EXISTS (
        SELECT FROM pg_class WHERE relnamespace = current_schema()::regnamespace
        AND relkind IN ('r', 'p', 'f') AND NOT EXISTS (
            SELECT FROM pg_depend WHERE objid = pg_class.oid AND deptype = 'e'
        )
    ),
    current_schema() IS NOT NULL,
    current_setting('server_encoding')
"""


@dataclass(frozen=True, slots=True)
class Found:
    """What there is in a database.

    Attributes:
        version: What it says of the tables; None if it is empty.
        had: The migrations of the job engine that it has had.
    """

    version: StoredVersion | None
    had: frozenset[str] = frozenset()


def migrate_store(location: PostgresDatabase) -> None:
    """Make the tables, or migrate them, in one transaction; do nothing if they are current.

    Any number of processes may do this at once: one does the work, the others find it done.

    Raises:
        StoreUnusable: It cannot be reached or written, belongs to something else, or was written
            by a newer version that this one cannot work beside. It was left as it is.
    """
    if is_up_to_date(found_in(location), location):
        return
    # SQLAlchemy and Alembic are loaded only where there is something to do.
    from bot.store.postgres_migrate import upgrade

    with usable(location):
        upgrade(location)


def require_current(location: PostgresDatabase) -> None:
    """Check that the store can be looked into beside those who serve it, and change nothing.

    Raises:
        StoreUnusable: There is no such store, or it is not of this version.
    """
    require_usable(found_in(location).version, f"store in the {location}")


def found_in(location: PostgresDatabase) -> Found:
    """What there is in a database.

    Raises:
        StoreUnusable: It cannot be reached, or belongs to something else.
    """
    with usable(location), closing(connected(location)) as connection:
        return look(connection, location)


def is_up_to_date(found: Found, location: PostgresDatabase) -> bool:
    """Whether nothing has to be made or migrated.

    Raises:
        StoreUnusable: This version can neither use nor migrate the tables.
    """
    if found.version is None:
        return False
    match schema_state(found.version, f"store in the {location}"):
        case SchemaState.OLDER:
            return False
        case SchemaState.NEWER:
            # The newer version saw to the engine, too.
            return True
        case SchemaState.CURRENT:
            return bool(found.had) and not due(found.had, engine_folder())


def look(connection: psycopg.Connection, location: PostgresDatabase) -> Found:
    """What there is in a database that is open.

    Raises:
        StoreUnusable: It belongs to something else, or cannot keep what there is to keep.
    """
    ((is_ours, has_oldest, has_engine, has_tables, has_schema, encoding),) = connection.execute(
        _LOOK
    )
    if encoding != "UTF8":
        raise StoreUnusable(
            f"the {location} keeps texts as {encoding}, which has no room for most characters: "
            "create it anew with ENCODING 'UTF8' TEMPLATE template0"
        )
    if not has_schema:
        raise StoreUnusable(
            f"the {location} has no schema to make tables in: create the one that the search_path "
            "of the bot's account names"
        )
    if not is_ours:
        if has_tables:
            raise StoreUnusable(
                f"the {location} holds tables, but not those of this bot; it was left as it is. "
                "Correct DATABASE_URL, or give the bot a database of its own"
            )
        return Found(None)
    version = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    if version is None:
        raise StoreUnusable(
            f"the {location} does not tell its version and was left as it is; restore a backup, or "
            "give the bot an empty database"
        )
    oldest = connection.execute("SELECT oldest FROM compatibility").fetchone() if has_oldest else ()
    had = connection.execute("SELECT name FROM engine_migration").fetchall() if has_engine else ()
    return Found(
        StoredVersion(version[0], oldest[0] if oldest else None), frozenset(name for (name,) in had)
    )


@contextmanager
def usable(location: PostgresDatabase) -> Iterator[None]:
    """Say in an operator's words why a database cannot be opened.

    Raises:
        StoreUnusable: What was done inside met trouble.
    """
    try:
        yield
    except psycopg.Error as fault:
        raise StoreUnusable(f"the {location} cannot be used: {explain(fault)}") from fault
