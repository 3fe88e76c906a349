"""Bringing a PostgreSQL database up to this version's schema, or saying why it cannot be.

What the database says of itself is read in one statement, so a start that finds everything current
costs a connection and no more.
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass

import psycopg

from bot.store.engine_schema import due, engine_folder
from bot.store.failure import StoreUnusable
from bot.store.location import PostgresDatabase
from bot.store.postgres_connection import connected
from bot.store.postgres_trouble import told
from bot.store.version import Standing, StoredVersion, require_usable, standing

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


def bring_up_to_date(location: PostgresDatabase) -> None:
    """Make the tables, or migrate them, in one transaction; do nothing if they are current.

    Any number of processes may do this at once: one does the work, the others find it done.

    Raises:
        StoreUnusable: It cannot be reached or written, belongs to something else, or was written
            by a newer version that this one cannot work beside. It was left as it is.
    """
    if is_up_to_date(found_in(location), location):
        return
    # SQLAlchemy and Alembic are loaded only where there is something to do.
    from bot.store.postgres_upgrade import upgrade

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
    match standing(found.version, f"store in the {location}"):
        case Standing.OLDER:
            return False
        case Standing.NEWER:
            # The newer version saw to the engine, too.
            return True
        case Standing.CURRENT:
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
        raise StoreUnusable(f"the {location} cannot be used: {told(fault)}") from fault
