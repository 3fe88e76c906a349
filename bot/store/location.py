"""Where the store is (`DATABASE_URL`), whether this version can use it, and what a driver does."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from sqlalchemy import Connection, Transaction


class StoreUnusable(Exception):
    """The configured store cannot be used; the message says why and what to do about it.

    It is raised only while opening, never contains the whole `DATABASE_URL` (which may hold a
    password), and the store was not changed.
    """


class StoreUnavailable(Exception):
    """The open store cannot be read or written now: disk full, locked, damaged.

    Nothing was written. The message says what to do, and quotes neither statements nor values,
    which contain strangers' text.
    """


REVISION = "0008"
"""The newest revision in `migrations/versions`; a test keeps the two together."""

USABLE_SINCE = "0003"
"""The oldest version, by its revision, that can work on tables of `REVISION`.

During an upgrade, processes of the older version go on working on the migrated tables, and may be
started again. A migration that they cannot work with raises this.
"""


_VERSIONS = Path(__file__).with_name("migrations") / "versions"


@dataclass(frozen=True, slots=True)
class StoredVersion:
    """The version that a store has recorded of its tables.

    Attributes:
        revision: Their revision.
        oldest: The oldest version that can work on them; None if the store predates this record.
        job_engine: The migrations that the job engine on PostgreSQL has had.
    """

    revision: str
    oldest: str | None = None
    job_engine: frozenset[str] = frozenset()


class SchemaState(Enum):
    """Whether a store's tables fit this version of the bot."""

    OLDER = auto()
    """They have to be migrated."""

    CURRENT = auto()
    """They are this version's."""

    NEWER = auto()
    """A newer version migrated them, and this one can still work on them."""


def schema_state(stored: StoredVersion, store: str) -> SchemaState:
    """Compare the tables' version with this one.

    Args:
        stored: The version that the store has recorded.
        store: What to call it in a message: `store at …`.

    Raises:
        StoreUnusable: This version can neither use nor migrate them.
    """
    if stored.revision == REVISION:
        return SchemaState.CURRENT
    # By their names, which begin with the revision: Alembic takes a third of a second to load.
    if stored.revision in {file.name.partition("_")[0] for file in _VERSIONS.glob("[0-9]*_*.py")}:
        return SchemaState.OLDER
    if stored.oldest is not None and stored.oldest <= REVISION:
        return SchemaState.NEWER
    raise StoreUnusable(
        f"the {store} was written by a newer version of the bot (schema {stored.revision}; "
        f"this version knows {REVISION}) and was not changed: run that version, or start with a "
        "backup from before it"
    )


def require_usable(stored: StoredVersion | None, store: str) -> None:
    """Check that a store can be worked on as it is, beside whoever serves it.

    Raises:
        StoreUnusable: There is none (`stored` is None), or its tables are of another version.
    """
    if stored is None:
        raise StoreUnusable(f"there is no {store} yet; `serve` creates it")
    if schema_state(stored, store) is SchemaState.OLDER:
        raise StoreUnusable(
            f"the {store} has an older version ({stored.revision}, not {REVISION}); "
            "start `serve` once to upgrade it, or use the version of the running bot"
        )


_SQLITE = "sqlite:///"
_POSTGRES = frozenset({"postgres", "postgresql"})


@dataclass(frozen=True, slots=True)
class SqliteFile:
    """A store in a file, which one process serves.

    Attributes:
        path: The file.
    """

    path: Path

    def __str__(self) -> str:
        """What to call it in a message."""
        return str(self.path)


@dataclass(frozen=True, slots=True)
class PostgresDatabase:
    """A store in a PostgreSQL database, which any number of processes serve.

    Attributes:
        name: What to call it in a message: server and database, without user or password.
        conninfo: What libpq connects with (PostgreSQL, "Connection URIs"); it holds the password.
    """

    name: str
    conninfo: str = field(repr=False)

    def __str__(self) -> str:
        """What to call it in a message."""
        return self.name


StoreLocation = SqliteFile | PostgresDatabase


def located(url: str) -> StoreLocation:
    """Parse a `DATABASE_URL`.

    `sqlite:///name` is relative to the working directory, `sqlite:////name` absolute, the way
    SQLAlchemy reads its URLs. `postgres://` (as some platforms write it), and a driver behind a
    plus, mean `postgresql://`.

    Raises:
        StoreUnusable: The URL names neither; the message does not quote it.
    """
    if url.startswith(_SQLITE):
        return SqliteFile(_file(url.removeprefix(_SQLITE)))
    scheme, separator, rest = url.partition("://")
    if separator and scheme.partition("+")[0] in _POSTGRES:
        return _database(f"postgresql://{rest}")
    raise StoreUnusable(
        "DATABASE_URL is invalid; it must begin with sqlite:/// (a file relative to the "
        "working directory), sqlite://// (absolute), or postgresql://"
    )


def _file(name: str) -> Path:
    if not name or name == ":memory:" or name.startswith("file:") or "?" in name:
        raise StoreUnusable(
            "DATABASE_URL must name a file and nothing else, "
            "such as sqlite:///pep-bot.sqlite3 or sqlite:////var/lib/pep-bot/bot.sqlite3"
        )
    return Path(name)


def _database(url: str) -> PostgresDatabase:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        parts = None
    if parts is None or not parts.path.strip("/"):
        raise StoreUnusable(
            "DATABASE_URL must name a database, such as postgresql://user:password@host/pepbot; "
            "write special characters in the password as %XX"
        )
    place = f"{host}:{port}" if host and port else host or "this machine"
    return PostgresDatabase(f"database {parts.path.strip('/')} at {place}", url)


class Driver:
    """What differs between the kinds of databases; everything else is written once.

    Attributes:
        url: SQLAlchemy's name of the dialect and the driver.
        name: What to call the store in a message: `store at …`.
        label: What to call the database in a message: `store …` or `database …`.
        not_migrated: What is said of the database if migrating it fails.
        pool_size: How many transactions a process runs at once.
        reading: SQLAlchemy's options for a transaction that only reads.
        writing: Those for a transaction that writes, as if it were alone.
        migrating: Those for a transaction that sees what others committed before it waited.
        described: The query for the database program and its version.
        error: What the driver raises.
        finds_damage: Whether `damage_in` can tell.
    """

    url: str
    name: str
    label: str
    not_migrated: str
    pool_size: int
    reading: Mapping[str, Any]
    writing: Mapping[str, Any]
    migrating: Mapping[str, Any]
    described: str
    error: type[Exception]
    finds_damage: bool = False

    def connect(self) -> Any:
        """A new connection for the ordinary work."""
        raise NotImplementedError

    def connect_alone(self) -> Any:
        """A new connection to make, migrate or copy the whole store."""
        return self.connect()

    def look(self) -> StoredVersion | None:
        """The version of the store's tables, read on a connection of its own; None without tables.

        Raises:
            StoreUnusable: It cannot be reached, or belongs to something else.
        """
        raise NotImplementedError

    def version_in(self, connection: Any) -> StoredVersion | None:
        """What the store says of its tables, on an open connection; None if it has none.

        Raises:
            StoreUnusable: It belongs to something else.
        """
        raise NotImplementedError

    def is_trouble(self, fault: BaseException) -> bool:
        """Whether the cause is the database or its machine, and not the statement."""
        raise NotImplementedError

    def explain(self, fault: BaseException) -> str:
        """What is wrong and what to do, without quoting statements, values or secrets."""
        raise NotImplementedError

    def is_damage(self, fault: BaseException) -> bool:  # noqa: ARG002 - for those that can tell
        """Whether the data are damaged, so that waiting does not help and writing may harm."""
        return False

    def is_conflict(self, fault: BaseException) -> bool:  # noqa: ARG002 - as above
        """Whether the transaction met another, and may succeed when it is run again."""
        return False

    def damage_in(self, connection: "Connection") -> str | None:  # noqa: ARG002 - as above
        """What is damaged, and what to do; None if nothing is."""
        return None

    def begin(self, connection: "Connection", options: Mapping[str, Any]) -> "Transaction":
        """Begin a transaction with these of the driver's options."""
        connection.execution_options(**options)
        return connection.begin()

    def lock(self, connection: "Connection") -> None:
        """Wait until no other process migrates the store, if beginning did not."""

    def prepare(self) -> None:
        """Do what has to be done before the tables are made or migrated."""

    def has_extras(self, found: StoredVersion) -> bool:  # noqa: ARG002 - for PostgreSQL
        """Whether what only this kind of database needs is up to date."""
        return True

    def make_extras(self, connection: "Connection") -> None:
        """Make or migrate what only this kind of database needs."""
