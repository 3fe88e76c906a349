"""What is asked of a store before it is opened, whichever kind it is."""

from bot.store import migrate
from bot.store.location import SqliteFile, StoreLocation


def is_there(location: StoreLocation) -> bool:
    """Whether tables of this bot are there, of whatever version.

    Raises:
        StoreUnusable: The place cannot be reached, or holds something else.
    """
    if isinstance(location, SqliteFile):
        return migrate.stored_version(location.path) is not None
    from bot.store import postgres_migrate

    return postgres_migrate.found_in(location).version is not None


def require_current_store(location: StoreLocation) -> None:
    """Check that a store can be worked on as it is, and change nothing.

    Raises:
        StoreUnusable: There is no such store, or it is not of this version.
    """
    if isinstance(location, SqliteFile):
        migrate.require_current(location.path)
        return
    from bot.store import postgres_migrate

    postgres_migrate.require_current(location)


def migrate_store(location: StoreLocation) -> None:
    """Make or migrate a store as needed.

    Raises:
        StoreUnusable: It cannot be; it was left as it is.
    """
    if isinstance(location, SqliteFile):
        migrate.bring_up_to_date(location.path)
        return
    from bot.store import postgres_migrate

    postgres_migrate.bring_up_to_date(location)
