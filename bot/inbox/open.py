"""Opening the inbox that a `DATABASE_URL` names, whichever kind it is."""

from bot.inbox.protocol import Clock, Inbox, utc_now
from bot.inbox.sqlite import SqliteInbox
from bot.store.location import SqliteFile, located


async def open_inbox(url: str, *, serving: bool = True, clock: Clock = utc_now) -> Inbox:
    """Open the inbox that a `DATABASE_URL` names.

    Serving, it is created or migrated as needed, and what an earlier process left half-handled is
    queued again; in a file, it belongs to this process alone. Otherwise it is only looked into, and
    deliveries are replayed, beside whoever serves it.

    Raises:
        StoreUnusable: It cannot be used; the message says why and names the store.
    """
    location = located(url)
    if isinstance(location, SqliteFile):
        return await SqliteInbox.open(location.path, serving=serving, clock=clock)
    # Loaded here, so that a start with a file does not wait for what it does not use.
    from bot.inbox.postgres import PostgresInbox

    return await PostgresInbox.open(location, serving=serving, clock=clock)
