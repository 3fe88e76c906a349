"""Parses `DATABASE_URL`: where the store is."""

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from bot.store.version import StoreUnusable

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
        "DATABASE_URL is not understood; it has to begin with sqlite:/// (a file relative to the "
        "working directory), sqlite://// (absolute), or postgresql://"
    )


def _file(name: str) -> Path:
    if not name or name == ":memory:" or name.startswith("file:") or "?" in name:
        raise StoreUnusable(
            "DATABASE_URL has to name a file and nothing else, "
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
            "DATABASE_URL has to name a database, such as postgresql://user:password@host/pepbot; "
            "special characters in the password are written %XX"
        )
    place = f"{host}:{port}" if host and port else host or "this machine"
    return PostgresDatabase(f"database {parts.path.strip('/')} at {place}", url)
