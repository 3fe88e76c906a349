"""The database behind the store, whichever it is: work on a connection, one transaction a call."""

from collections.abc import Callable
from typing import Protocol, TypeVar

from sqlalchemy import Connection

from bot.store.location import SqliteFile, located

T = TypeVar("T")


class Database(Protocol):
    """An open database."""

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in a transaction that only reads, all of it as things are at one moment.

        Raises:
            StoreUnavailable: It cannot be read now.
        """

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in a transaction that is committed, on disk, before this returns.

        Whatever else is written at once, the outcome is that of one after another. So `work` may
        be run more than once, and must do nothing but use the connection. It is completed even if
        the caller is cancelled meanwhile.

        Raises:
            StoreUnavailable: Nothing was written; or the connection was lost in the very moment
                of committing, and nobody knows.
        """

    async def check(self) -> str:
        """Look whether it is whole and can be written, without changing what it says.

        Returns:
            Which program of which version keeps it, and its schema.

        Raises:
            StoreUnavailable: It is damaged, or cannot be read or written.
        """

    async def close(self) -> None:
        """Finish what was begun and let the database go; closing twice does no harm."""


async def open_database(
    url: str, *, serving: bool = True, on_damage: Callable[[str], None] | None = None
) -> Database:
    """Open the database that a `DATABASE_URL` names.

    Args:
        url: The `DATABASE_URL`.
        serving: Whether it is created or migrated as needed; otherwise it has to be there and fit.
        on_damage: Told, in words, when a file turns out to be damaged.

    Raises:
        StoreUnusable: It cannot be used; the message says why.
    """
    location = located(url)
    # Each kind is loaded where it is used: neither pays for the other's driver at its start.
    if isinstance(location, SqliteFile):
        from bot.store.sqlite_database import SqliteDatabase

        return await SqliteDatabase.open(location.path, serving=serving, on_damage=on_damage)
    from bot.store.pooled_database import PooledDatabase

    return await PooledDatabase.open(location, serving=serving)
