"""What only PostgreSQL needs: its connections and transactions, and what its errors mean.

GitHub waits ten seconds for an answer. To leave time for a refusal, nothing here may take more than
half of that: connecting, a statement, a lock, or noticing that the server is gone.
"""

from collections.abc import Mapping
from contextlib import closing
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

from bot.store import job_engine
from bot.store.location import Driver, PostgresDatabase, StoredVersion, StoreUnusable

if TYPE_CHECKING:
    from sqlalchemy import Connection

_ADVICE = {
    "08": "the connection was lost; check that the server runs and is reachable",
    "25006": "the server is read-only: it is a standby, or was set to read only",
    "25P03": "this process hung for too long",
    "28": "it refuses the bot's login: correct user and password in DATABASE_URL, or pg_hba.conf",
    "3D000": "there is no such database: create it, or correct DATABASE_URL",
    "42501": "let the bot's account own the database, or GRANT what it lacks",
    "53100": "its disk is full: make room",
    "53200": "it is out of memory: give it more, or fewer connections",
    "53300": "it is out of connections: raise max_connections, or run fewer processes",
    "53400": "it reached a limit of its configuration: raise it",
    "55P03": "something else holds a lock (a migration, pg_dump, an open psql); let it end",
    "57014": "a statement took too long: the server is overloaded, or waits for its disk",
    "57": "it is starting or stopping; the bot continues by itself once it runs",
    "58": "its disk is failing or gone: see the server's log",
    "XX001": "its data is damaged: see the server's log, and restore a backup",
    "XX002": "one of its indexes is damaged: REINDEX the database",
    "40": "too many processes wrote the same rows at once; the bot tries again later",
}
_CONFLICTS = ("40", "23505")
# Servers may answer in another language; then the general advice has to do.
_REFUSALS = {
    "Connection refused": "no server listens there: start it, or correct host and port",
    "resolve": "its host is unknown: correct the host in DATABASE_URL",
    "translate host name": "its host is unknown: correct the host in DATABASE_URL",
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
    "SSL": "it and the bot do not agree on encryption: check sslmode in DATABASE_URL",
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
        return _explain_connection(str(fault))
    advice = _advice(code)
    primary = fault.diag.message_primary if isinstance(fault, psycopg.Error) else None
    return "; ".join(part for part in (primary or f"SQLSTATE {code}", advice) if part)


def _explain_connection(words: str) -> str:
    for known, advice in _REFUSALS.items():
        if known in words:
            return advice
    return "it is unreachable; check that the server runs, and that DATABASE_URL is right"


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
A process that hangs in the middle of a transaction loses it, and its locks with it.
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
    except psycopg.ProgrammingError:
        raise StoreUnusable(
            "DATABASE_URL is invalid: it must look like "
            "postgresql://user:password@host:5432/database, with special characters in user and "
            "password as %XX, and after a question mark only parameters of libpq"
        ) from None


# Migrating may take its time, and so may waiting for another process that does it. But a table is
# not waited for long: all who want it meanwhile would wait behind us.
_LOCK = int.from_bytes(b"pep-bot", "big")  # a number that other programs will not think of
_MIGRATING = f"""
SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = '60s';
SELECT pg_advisory_xact_lock({_LOCK}); SET LOCAL lock_timeout = '5s'
"""
# Tables an extension brought along are nobody's.
_LOOK = """
SELECT to_regclass('alembic_version') IS NOT NULL AND to_regclass('delivery') IS NOT NULL,
    to_regclass('compatibility') IS NOT NULL,
    to_regclass('engine_migration') IS NOT NULL,
    EXISTS (
        SELECT FROM pg_class WHERE relnamespace = current_schema()::regnamespace
        AND relkind IN ('r', 'p', 'f') AND NOT EXISTS (
            SELECT FROM pg_depend WHERE objid = pg_class.oid AND deptype = 'e'
        )
    ),
    current_schema() IS NOT NULL,
    current_setting('server_encoding')
"""


class PostgresDriver(Driver):
    """A PostgreSQL server, to which several processes write at once.

    A few plain statements, one after another, are still right if every transaction behaves as if it
    were alone (PostgreSQL, "Serializable Isolation Level"): the server refuses one that conflicts.
    """

    url = "postgresql+psycopg://"
    not_migrated = "cannot be used"
    pool_size = 4  # servers commonly allow a hundred connections
    reading: Mapping[str, Any] = {
        "isolation_level": "REPEATABLE READ",
        "postgresql_readonly": True,
    }
    writing: Mapping[str, Any] = {"isolation_level": "SERIALIZABLE"}
    migrating: Mapping[str, Any] = {"isolation_level": "READ COMMITTED"}
    described = "SELECT 'PostgreSQL ' || current_setting('server_version')"
    error = psycopg.Error
    is_trouble = staticmethod(is_trouble)
    is_conflict = staticmethod(is_conflict)
    explain = staticmethod(explain)

    def __init__(self, database: PostgresDatabase) -> None:
        self._database = database
        self.name = f"store in the {database}"
        self.label = str(database)

    def connect(self) -> psycopg.Connection:
        """A new connection, fit for use.

        Raises:
            StoreUnusable: The URL cannot be read.
            psycopg.OperationalError: The server cannot be reached, or does not want us.
        """
        connection = psycopg.connect("", **parameters(self._database))  # type: ignore[arg-type]
        try:
            connection.execute(SESSION)
            connection.commit()
        except BaseException:
            connection.close()
            raise
        return connection

    def lock(self, connection: "Connection") -> None:
        """Wait until no other process migrates the store."""
        connection.exec_driver_sql(_MIGRATING)

    def look(self) -> StoredVersion | None:
        """What there is in the database; None if it is empty.

        Raises:
            StoreUnusable: It cannot be reached, or belongs to something else.
        """
        try:
            with closing(self.connect()) as connection:
                return self.version_in(connection)
        except psycopg.Error as fault:
            raise StoreUnusable(f"the {self.label} cannot be used: {explain(fault)}") from fault

    def version_in(self, connection: psycopg.Connection) -> StoredVersion | None:
        """What there is in the database; None if it is empty.

        Raises:
            StoreUnusable: It belongs to something else, or cannot keep what there is to keep.
        """
        ((is_ours, has_oldest, has_engine, has_tables, has_schema, encoding),) = connection.execute(
            _LOOK
        )
        if encoding != "UTF8":
            raise StoreUnusable(
                f"the {self.label} has the encoding {encoding}, which lacks most "
                "characters: create it again with ENCODING 'UTF8' TEMPLATE template0"
            )
        if not has_schema:
            raise StoreUnusable(
                f"the {self.label} has no schema for the tables: create the one in the "
                "search_path of the bot's account"
            )
        if not is_ours:
            if has_tables:
                raise StoreUnusable(
                    f"the {self.label} has tables that are not this bot's; it was not changed. "
                    "Correct DATABASE_URL, or give the bot a database of its own"
                )
            return None
        version = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        if version is None:
            raise StoreUnusable(
                f"the {self.label} has no version and was not changed; restore a "
                "backup, or give the bot an empty database"
            )
        oldest = has_oldest and connection.execute("SELECT oldest FROM compatibility").fetchone()
        had = job_engine.had(connection) if has_engine else frozenset()
        return StoredVersion(version[0], oldest[0] if oldest else None, had)

    def has_extras(self, found: StoredVersion) -> bool:
        """Whether the job engine's tables are up to date."""
        return bool(found.job_engine) and not job_engine.due(found.job_engine, job_engine.folder())

    def make_extras(self, connection: "Connection") -> None:
        """Make or migrate the tables that only PostgreSQL has, with the job engine's."""
        from bot.store.schema import postgres_metadata

        postgres_metadata.create_all(connection)
        raw: Any = connection.connection.dbapi_connection
        job_engine.update(raw, job_engine.folder())
