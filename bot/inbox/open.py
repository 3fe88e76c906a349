"""Opens the inbox that a `DATABASE_URL` names, in SQLite or PostgreSQL."""

from bot.inbox.delivery import Clock, utc_now
from bot.inbox.inbox import Inbox
from bot.store.location import SqliteFile, located


async def open_inbox(url: str, *, serving: bool = True, clock: Clock = utc_now) -> Inbox:
    """Open the inbox that a `DATABASE_URL` names.

    If `serving`, the store is created or migrated as needed, and deliveries that an earlier process
    left half-handled are queued again; a file then belongs to this process alone. Otherwise the
    inbox is only for reading and for replaying deliveries, while another process may serve it.

    Raises:
        StoreUnusable: It cannot be used; the message says why and names the store.
    """
    location = located(url)
    # Each is loaded only where it is used.
    if isinstance(location, SqliteFile):
        from bot.inbox.sqlite import SqliteInbox

        return await SqliteInbox.open(location.path, serving=serving, clock=clock)
    from bot.inbox.postgres import PostgresInbox

    return await PostgresInbox.open(location, serving=serving, clock=clock)
