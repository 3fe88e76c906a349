"""Creates or migrates a SQLite file to this version's schema, or says clearly why it cannot.

The check uses only the standard library, so a file that is current (at every start but the first
after an upgrade) costs milliseconds. A new file gets today's tables at once; Alembic is imported
only for an older one.
"""

import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from bot.store.location import SqliteFile, StoreLocation
from bot.store.version import (
    SchemaState,
    StoredVersion,
    StoreUnusable,
    explain,
    require_usable,
    schema_state,
)

_OURS = frozenset({"alembic_version", "delivery", "delivery_payload"})
_NOT_OURS = "Correct DATABASE_URL, or put the file aside"


def migrate_file(path: Path) -> None:
    """Create the file, or migrate it, in one transaction; do nothing if it is current.

    Two processes may do this at once: the second finds the work done.

    Raises:
        StoreUnusable: The file is no store of this bot, is damaged, was written by a newer
            version that this one cannot work beside, or cannot be written.
    """
    stored = stored_version(path)
    if stored is not None and schema_state(stored, _named(path)) is not SchemaState.OLDER:
        return
    # SQLAlchemy's dialects and Alembic are loaded here and not above: see the module's docstring.
    from bot.store.upgrade import upgrade

    make_private(path)
    try:
        upgrade(path)
    except sqlite3.Error as fault:
        raise StoreUnusable(f"the store {path} cannot be written: {explain(fault)}") from fault


def make_private(path: Path) -> None:
    """Begin a file that only the bot's account may read: private pull requests may stand in it.

    A file that is there already stays as its operator has it. What SQLite keeps beside a database
    gets the database's own mode (SQLite docs, "Temporary Files Used By SQLite").
    """
    with suppress(OSError):  # whoever needs the file says what is wrong with it
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def require_known(path: Path) -> None:
    """Check that a file can be made, used or migrated, and change nothing.

    Raises:
        StoreUnusable: It cannot.
    """
    stored = stored_version(path)
    if stored is not None:
        schema_state(stored, _named(path))


def require_current(path: Path) -> None:
    """Check that a file can be opened beside the server that owns it, and change nothing.

    Raises:
        StoreUnusable: There is no such store, or it is not of this version.
    """
    require_usable(stored_version(path), _named(path))


def _named(path: Path) -> str:
    return f"store at {path}"


def stored_version(path: Path) -> StoredVersion | None:
    """What a file says of its schema; None if the file is missing or empty.

    Only SQLite itself opens the file: closing it in any other way would drop the locks of every
    connection this process has to it (SQLite, "How To Corrupt An SQLite Database File", 2.2), and
    the next process to look into the store would then take the write-ahead log away from under the
    server.

    Raises:
        StoreUnusable: The file cannot be read or is not a store of this bot.
    """
    try:
        size = path.stat().st_size
    except FileNotFoundError:
        if not path.absolute().parent.is_dir():
            raise StoreUnusable(f"the folder of the store {path} does not exist") from None
        size = 0
    except OSError as fault:
        raise StoreUnusable(f"the store {path} cannot be read: {fault.strerror}") from fault
    if path.is_dir():
        raise StoreUnusable(f"{path} is a folder; DATABASE_URL has to name a file")
    if not size:
        _require_no_log(path)
        return None
    try:
        return _read_version(path)
    except sqlite3.Error as fault:
        if fault.sqlite_errorcode == sqlite3.SQLITE_NOTADB:
            raise StoreUnusable(
                f"{path} is not a SQLite database; it was left as it is. {_NOT_OURS}"
            ) from fault
        raise StoreUnusable(
            f"the store {path} cannot be read and was left as it is: {explain(fault)}"
        ) from fault


def _require_no_log(path: Path) -> None:
    """Refuse to begin a file beside the log of an earlier one, which SQLite would delete.

    Deliveries that were accepted last may stand in the log alone.
    """
    log = beside(path, "-wal")
    if log.exists() and log.stat().st_size:
        raise StoreUnusable(
            f"the store {path} is missing or empty, but its log {log.name} is there; "
            "bring the file back, or put the log aside to begin anew"
        )


def beside(path: Path, ending: str) -> Path:
    """A file that SQLite, or the bot, keeps beside a database."""
    return path.with_name(path.name + ending)


def _read_version(path: Path) -> StoredVersion | None:
    # Reading a file with a write-ahead log leaves the log's files behind, empty, where nobody else
    # has made them; a connection that may write takes them away again when it ends. Where there is
    # a log already, it must not be written into the database: it may be another program's.
    mode = "ro" if beside(path, "-wal").exists() else "rw"
    uri = f"{path.absolute().as_uri()}?mode={mode}"
    with closing(sqlite3.connect(uri, uri=True, timeout=5)) as connection:
        tables = {
            name
            for (name,) in connection.execute("SELECT name FROM sqlite_master")
            if not name.startswith("sqlite_")
        }
        if not tables:
            return None
        if not tables >= _OURS:
            raise StoreUnusable(
                f"{path} is a SQLite database, but not one of this bot; it was left as it is. "
                f"{_NOT_OURS}"
            )
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        oldest = None
        if "compatibility" in tables:
            oldest = connection.execute("SELECT oldest FROM compatibility").fetchone()
    if row is None:
        raise StoreUnusable(
            f"the store {path} does not tell its version and was left as it is; "
            "put the file aside, and start with a backup or anew"
        )
    return StoredVersion(str(row[0]), None if oldest is None else str(oldest[0]))


def is_there(location: StoreLocation) -> bool:
    """Whether tables of this bot are there, of whatever version.

    Raises:
        StoreUnusable: The place cannot be reached, or holds something else.
    """
    if isinstance(location, SqliteFile):
        return stored_version(location.path) is not None
    from bot.store import postgres_migrate

    return postgres_migrate.found_in(location).version is not None


def require_current_store(location: StoreLocation) -> None:
    """Check that a store can be worked on as it is, and change nothing.

    Raises:
        StoreUnusable: There is no such store, or it is not of this version.
    """
    if isinstance(location, SqliteFile):
        require_current(location.path)
        return
    from bot.store import postgres_migrate

    postgres_migrate.require_current(location)


def migrate_store(location: StoreLocation) -> None:
    """Make or migrate a store as needed.

    Raises:
        StoreUnusable: It cannot be; it was left as it is.
    """
    if isinstance(location, SqliteFile):
        migrate_file(location.path)
        return
    from bot.store import postgres_migrate

    postgres_migrate.migrate_store(location)
