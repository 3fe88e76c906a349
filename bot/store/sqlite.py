"""What only SQLite needs: its files, their transactions, and what its errors mean.

It uses the standard library alone, so a file that is current costs a start milliseconds.
"""

import os
import sqlite3
from collections.abc import Mapping
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.store.location import Driver, SqliteFile, StoredVersion, StoreUnusable

if TYPE_CHECKING:
    from sqlalchemy import Connection, Transaction

HOW_TO_FIX = (
    "the file is damaged: stop the bot, move the file away, and start with a backup or without one"
)
"""What to do about a damaged file."""

_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_ADVICE = {
    sqlite3.SQLITE_FULL: "make room on its disk",
    sqlite3.SQLITE_IOERR: "its disk is full, failing or gone: make room, or repair it",
    sqlite3.SQLITE_CANTOPEN: "let the bot's account read and write the file and its folder",
    sqlite3.SQLITE_PERM: "let the bot's account read and write the file and its folder",
    sqlite3.SQLITE_READONLY: "let the bot's account write the file and its folder",
    sqlite3.SQLITE_BUSY: "another program (a backup, a sqlite3 shell) has locked it; end that one",
    sqlite3.SQLITE_PROTOCOL: "another program has locked it; end that program",
    sqlite3.SQLITE_NOMEM: "give the bot more memory",
    sqlite3.SQLITE_CORRUPT: HOW_TO_FIX,
    sqlite3.SQLITE_NOTADB: HOW_TO_FIX,
}


def is_trouble(fault: BaseException) -> bool:
    """Whether the cause is the file or its disk, and not the statement or its values."""
    return _primary(fault) in _ADVICE


def is_damage(fault: BaseException) -> bool:
    """Whether the file itself is broken, so that waiting does not help and writing may harm."""
    return _primary(fault) in _DAMAGED


def explain(fault: BaseException) -> str:
    """SQLite's message, and what to do if that is known."""
    advice = _ADVICE.get(_primary(fault))
    return f"{fault}; {advice}" if advice else str(fault)


def _primary(fault: BaseException) -> int:
    # The low byte is the kind of error, the rest its detail (SQLite, "Result and Error Codes").
    return int(getattr(fault, "sqlite_errorcode", 0)) & 0xFF


def make_private(path: Path) -> None:
    """Begin a file that only the bot's account may read: private pull requests may stand in it.

    A file that is there already stays as its operator has it. What SQLite keeps beside a database
    gets the database's own mode (SQLite docs, "Temporary Files Used By SQLite").
    """
    with suppress(OSError):  # whoever needs the file says what is wrong with it
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


BUSY_SECONDS = 5.0
"""How long a statement waits for another connection's write lock: half of GitHub's patience."""

_MIGRATION_SECONDS = 30.0
_OURS = frozenset({"alembic_version", "delivery", "delivery_payload"})
_NOT_OURS = "Correct DATABASE_URL, or move the file away"


class SqliteDriver(Driver):
    """A file, used by one transaction at a time."""

    url = "sqlite://"
    not_migrated = "cannot be written"
    pool_size = 1
    reading: Mapping[str, Any] = {}
    writing: Mapping[str, Any] = {"writes": True}
    migrating = writing
    described = "SELECT 'SQLite ' || sqlite_version()"
    error = sqlite3.Error
    finds_damage = True
    is_trouble = staticmethod(is_trouble)
    is_damage = staticmethod(is_damage)
    explain = staticmethod(explain)

    def __init__(self, file: SqliteFile) -> None:
        self._path = file.path
        self.name = f"store at {file.path}"
        self.label = f"store {file.path}"

    def connect(self) -> sqlite3.Connection:
        """A connection that writes through to the disk."""
        # Without an isolation level Python leaves beginning and committing to us; with one it
        # would commit before each change of the schema.
        connection = sqlite3.connect(
            self._path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        return connection

    def connect_alone(self) -> sqlite3.Connection:
        """A connection to a file whose tables are made anew, without checks between them."""
        return sqlite3.connect(self._path, timeout=_MIGRATION_SECONDS, isolation_level=None)

    def begin(self, connection: "Connection", options: Mapping[str, Any]) -> "Transaction":
        """Begin a transaction."""
        # One that will write takes the lock at once: if it began by reading it could not wait for
        # the lock, SQLite would refuse.
        statement = "BEGIN IMMEDIATE" if options.get("writes") else "BEGIN"
        raw: Any = connection.connection.dbapi_connection
        try:
            raw.execute(statement)
        except sqlite3.Error as fault:
            from sqlalchemy.exc import OperationalError

            raise OperationalError(statement, None, fault) from fault
        return connection.begin()

    def look(self) -> StoredVersion | None:
        """What a file says of its tables; None if the file is missing or empty.

        Only SQLite itself opens the file: closing it in any other way would drop the locks of every
        connection this process has to it (SQLite, "How To Corrupt An SQLite Database File", 2.2),
        and the next process to look into the store would then take the write-ahead log away from
        under the server.

        Raises:
            StoreUnusable: The file cannot be read or is not a store of this bot.
        """
        path = self._path
        try:
            size = path.stat().st_size
        except FileNotFoundError:
            if not path.absolute().parent.is_dir():
                raise StoreUnusable(f"the folder of the store {path} does not exist") from None
            size = 0
        except OSError as fault:
            raise StoreUnusable(f"the store {path} cannot be read: {fault.strerror}") from fault
        if path.is_dir():
            raise StoreUnusable(f"{path} is a folder; DATABASE_URL must name a file")
        if not size:
            self._require_no_log()
            return None
        try:
            with closing(self._connect_to_look()) as connection:
                return self.version_in(connection)
        except sqlite3.Error as fault:
            if fault.sqlite_errorcode == sqlite3.SQLITE_NOTADB:
                raise StoreUnusable(
                    f"{path} is not a SQLite database; it was not changed. {_NOT_OURS}"
                ) from fault
            raise StoreUnusable(
                f"the store {path} cannot be read and was not changed: {explain(fault)}"
            ) from fault

    def _require_no_log(self) -> None:
        """Refuse to begin a file beside the log of an earlier one, which SQLite would delete.

        Deliveries that were accepted last may stand in the log alone.
        """
        log = _log_of(self._path)
        if log.exists() and log.stat().st_size:
            raise StoreUnusable(
                f"the store {self._path} is missing or empty, but its log {log.name} is there; "
                "bring the file back, or move the log away to start without it"
            )

    def _connect_to_look(self) -> sqlite3.Connection:
        # Reading a file with a write-ahead log leaves the log's files behind, empty, where nobody
        # else has made them; a connection that may write takes them away again when it ends. Where
        # there is a log already, it must not be written into the database: it may be another
        # program's.
        mode = "ro" if _log_of(self._path).exists() else "rw"
        uri = f"{self._path.absolute().as_uri()}?mode={mode}"
        return sqlite3.connect(uri, uri=True, timeout=BUSY_SECONDS)

    def version_in(self, connection: sqlite3.Connection) -> StoredVersion | None:
        """What the file says of its tables; None if it has none.

        Raises:
            StoreUnusable: It is not a store of this bot.
        """
        tables = {
            name
            for (name,) in connection.execute("SELECT name FROM sqlite_master")
            if not name.startswith("sqlite_")
        }
        if not tables:
            return None
        if not tables >= _OURS:
            raise StoreUnusable(
                f"{self._path} is a SQLite database, but not this bot's; it was not changed. "
                f"{_NOT_OURS}"
            )
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        if row is None:
            raise StoreUnusable(
                f"the store {self._path} has no version and was not changed; "
                "move the file away, and start with a backup or without one"
            )
        oldest = None
        if "compatibility" in tables:
            oldest = connection.execute("SELECT oldest FROM compatibility").fetchone()
        return StoredVersion(str(row[0]), None if oldest is None else str(oldest[0]))

    def prepare(self) -> None:
        """Begin the file, if it is new, for the bot's account alone."""
        make_private(self._path)

    def damage_in(self, connection: "Connection") -> str | None:
        """What is wrong in the file, which is read through."""
        found = str(connection.exec_driver_sql("PRAGMA quick_check(1)").scalar())
        return None if found == "ok" else f"{found.splitlines()[0]}; {HOW_TO_FIX}"


def _log_of(path: Path) -> Path:
    return path.with_name(path.name + "-wal")
