"""Connects to PostgreSQL, for the store and the inbox.

GitHub waits ten seconds for an answer. To leave time for a refusal, nothing here may take more than
half of that: connecting, a statement, a lock, or noticing that the server is gone.
"""

import psycopg
from psycopg import Connection, ProgrammingError, connect
from psycopg.conninfo import conninfo_to_dict

from bot.store.location import PostgresDatabase
from bot.store.version import StoreUnusable

_ADVICE = {
    "08": "the connection was lost; see that the server runs and can be reached",
    "25006": "the server only lets it be read: it is a standby, or was set to read only",
    "25P03": "this process stood still for too long",
    "28": "it does not let the bot in: correct user and password in DATABASE_URL, or pg_hba.conf",
    "3D000": "there is no such database: create it, or correct DATABASE_URL",
    "42501": "let the bot's account own the database, or GRANT it what it lacks",
    "53100": "its disk is full: make room",
    "53200": "it has no memory left: give it more, or fewer connections",
    "53300": "it has no connection left: raise max_connections, or run fewer processes",
    "53400": "it reached a limit of its configuration: raise it",
    "55P03": "somebody else holds a lock for long (a migration, pg_dump, an open psql); let it end",
    "57014": "a statement took too long: the server is overloaded, or waits for its disk",
    "57": "it is being stopped or started; the bot goes on by itself once it runs",
    "58": "its disk is failing or gone: see the server's log",
    "XX001": "its data are damaged: see the server's log, and restore a backup",
    "XX002": "an index of it is damaged: REINDEX the database",
    "40": "too many processes wrote the same at once; it is tried again later",
}
_CONFLICTS = ("40", "23505")
# Servers may answer in another language; then the general advice has to do.
_REFUSALS = {
    "Connection refused": "no server listens there: start it, or correct host and port",
    "resolve": "its host is not known: correct the host in DATABASE_URL",
    "translate host name": "its host is not known: correct the host in DATABASE_URL",
    "timeout": "it does not answer: correct host and port, or let connections through",
    "password authentication failed": _ADVICE["28"],
    "no password supplied": _ADVICE["28"],
    "pg_hba.conf": _ADVICE["28"],
    "role": _ADVICE["28"],
    "does not exist": _ADVICE["3D000"],
    "permission denied": _ADVICE["42501"],
    "too many": _ADVICE["53300"],
    "connection slots": _ADVICE["53300"],
    "starting up": _ADVICE["57"],
    "shutting down": _ADVICE["57"],
    "recovery": _ADVICE["57"],
    "SSL": "it and the bot do not agree on encryption: see sslmode in DATABASE_URL",
}


def is_trouble(fault: BaseException) -> bool:
    """Whether the cause is the server, its disk or the network, and not the statement."""
    code = _code(fault)
    if code is None:
        return isinstance(fault, psycopg.OperationalError | psycopg.InterfaceError)
    return _advice(code) is not None


def is_conflict(fault: BaseException) -> bool:
    """Whether the transaction conflicted with another and may succeed when it is run again.

    A key that is there already counts: a row may be put by two at once, and only the second run
    sees the row of the other.
    """
    return (_code(fault) or "").startswith(_CONFLICTS)


def explain(fault: BaseException) -> str:
    """What is wrong and what to do, without quoting statements, values or secrets."""
    code = _code(fault)
    if code is None:
        return _told_of_connection(str(fault))
    advice = _advice(code)
    primary = fault.diag.message_primary if isinstance(fault, psycopg.Error) else None
    return "; ".join(part for part in (primary or f"SQLSTATE {code}", advice) if part)


def _told_of_connection(words: str) -> str:
    for known, advice in _REFUSALS.items():
        if known in words:
            return advice
    return "it cannot be reached; see that the server runs, and that DATABASE_URL is right"


def _advice(code: str) -> str | None:
    return _ADVICE.get(code) or _ADVICE.get(code[:2])


def _code(fault: BaseException) -> str | None:
    return getattr(fault, "sqlstate", None)


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
