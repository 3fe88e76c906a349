"""Bringing a SQLite file up to this version's schema, or saying clearly why it cannot be.

The check needs nothing but the standard library, so a file that is current (every start but the
first after an upgrade) costs milliseconds. A new file gets today's tables at once; only an older
one is worth importing Alembic for.
"""

import sqlite3
from contextlib import closing
from pathlib import Path

from bot.store.failure import StoreUnusable
from bot.store.revision import REVISION


def bring_up_to_date(path: Path) -> None:
    """Create the file, or migrate it, in one transaction; do nothing if it is current.

    Two processes may do this at once: the second finds the work done.

    Raises:
        StoreUnusable: The file is no store of this bot, is damaged, was written by a newer
            version, or cannot be written.
    """
    stored = stored_revision(path)
    if stored == REVISION:
        return
    # SQLAlchemy's dialects and Alembic are loaded here and not above: see the module's docstring.
    from bot.store.upgrade import upgrade

    try:
        upgrade(path)
    except sqlite3.Error as fault:
        raise StoreUnusable(f"the store {path} cannot be written: {fault}") from fault


def require_current(path: Path) -> None:
    """Check that a file can be opened beside the server that owns it, and change nothing.

    Raises:
        StoreUnusable: There is no such store, or it is not of this version.
    """
    stored = stored_revision(path)
    if stored is None:
        raise StoreUnusable(f"there is no store at {path} yet; it is made by `serve`")
    if stored != REVISION:
        raise StoreUnusable(
            f"the store {path} is of another version ({stored}, not {REVISION}); "
            "start `serve` once to bring it up to date, or use the version that runs"
        )


def stored_revision(path: Path) -> str | None:
    """The revision of the schema in a file; None if the file is missing or empty.

    Only SQLite itself opens the file: closing it in any other way would drop the locks of every
    connection this process has to it (SQLite, "How To Corrupt An SQLite Database File", 2.2), and
    the next process to look into the store would then take the write-ahead log away from under the
    server.

    Raises:
        StoreUnusable: The file cannot be read or is not a store of this bot.
    """
    try:
        path.stat()
    except FileNotFoundError:
        if not path.absolute().parent.is_dir():
            raise StoreUnusable(f"the folder of the store {path} does not exist") from None
        return None
    except OSError as fault:
        raise StoreUnusable(f"the store {path} cannot be read: {fault.strerror}") from fault
    try:
        return _read_revision(path)
    except sqlite3.Error as fault:
        if getattr(fault, "sqlite_errorcode", None) == sqlite3.SQLITE_NOTADB:
            raise StoreUnusable(f"{path} is not a SQLite database; it was left as it is") from fault
        raise StoreUnusable(
            f"the store {path} cannot be read ({fault}); it was left as it is"
        ) from fault


def _read_revision(path: Path) -> str | None:
    uri = f"{path.absolute().as_uri()}?mode=ro"
    with closing(sqlite3.connect(uri, uri=True, timeout=5)) as connection:
        tables = {
            name
            for (name,) in connection.execute("SELECT name FROM sqlite_master")
            if not name.startswith("sqlite_")
        }
        if not tables:
            return None
        if "alembic_version" not in tables or "delivery" not in tables:
            raise StoreUnusable(
                f"{path} is a SQLite database, but not one of this bot; it was left as it is"
            )
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        return None if row is None else str(row[0])
