"""Whether there is a store at a place already."""

from bot.store.location import SqliteFile, StoreLocation
from bot.store.migrate import stored_version


def is_there(location: StoreLocation) -> bool:
    """Whether tables of this bot are there, of whatever version.

    Raises:
        StoreUnusable: The place cannot be reached, or holds something else.
    """
    if isinstance(location, SqliteFile):
        return stored_version(location.path) is not None
    from bot.store.postgres_migrate import found_in

    return found_in(location).version is not None
