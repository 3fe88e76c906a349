"""How the bot connects to PostgreSQL, the store and the inbox alike.

GitHub waits ten seconds for an answer. So that there is time to say no, nothing here may take more
than half of that: connecting, a statement, a lock, or noticing that the server is gone.
"""

from psycopg import Connection, ProgrammingError, connect
from psycopg.conninfo import conninfo_to_dict

from bot.store.failure import StoreUnusable
from bot.store.location import PostgresDatabase

PATIENCE = 5
"""Seconds: half of GitHub's."""

SESSION = f"""
SELECT set_config('statement_timeout', '{PATIENCE}s', false),
       set_config('lock_timeout', '{PATIENCE}s', false),
       set_config('idle_in_transaction_session_timeout', '30s', false)
"""
"""To be run on each new connection.

Not among the parameters, as `options` would be: connection poolers refuse those they do not know.
A process that stands still in the middle of a transaction loses it, and with it what it has locked.
"""

Parameters = dict[str, str | int | None]


def parameters(location: PostgresDatabase) -> Parameters:
    """What to connect with; whatever DATABASE_URL says itself goes first.

    libpq notices a server that vanished without a word only by these (PostgreSQL, "Parameter Key
    Words").

    Raises:
        StoreUnusable: The URL cannot be read; the message does not quote it.
    """
    defaults: Parameters = {
        "connect_timeout": PATIENCE,
        "application_name": "pep-bot",
        "keepalives_idle": PATIENCE,
        "keepalives_interval": 2,
        "keepalives_count": 2,
        "tcp_user_timeout": PATIENCE * 1000,
    }
    try:
        return defaults | dict(conninfo_to_dict(location.conninfo))
    except ProgrammingError:
        raise StoreUnusable(
            "DATABASE_URL is not understood: it has to look like "
            "postgresql://user:password@host:5432/database, with special characters in user and "
            "password written %XX, and after a question mark nothing but parameters of libpq"
        ) from None


def connected(location: PostgresDatabase) -> Connection:
    """A new connection, fit for use.

    Raises:
        StoreUnusable: The URL cannot be read.
        psycopg.OperationalError: The server cannot be reached, or does not want us.
    """
    connection = connect("", **parameters(location))  # type: ignore[arg-type]
    try:
        connection.execute(SESSION)
        connection.commit()
    except BaseException:
        connection.close()
        raise
    return connection
