"""Creates or migrates the tables: a new database gets today's at once, an old one is migrated."""

import sqlite3
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event, insert, inspect, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from bot.store.schema import compatibility, metadata
from bot.store.version import (
    REVISION,
    USABLE_SINCE,
    SchemaState,
    StoredVersion,
    StoreUnusable,
    explain,
    schema_state,
)


def stored_schema(connection: Connection) -> str:
    """The revision of the tables."""
    return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar())


def create_tables(connection: Connection) -> None:
    """Give an empty database today's tables at once."""
    metadata.create_all(connection)
    # The table Alembic keeps: it finds the database at REVISION and goes on from there.
    connection.execute(
        text(
            "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL,"
            " CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
        )
    )
    connection.execute(
        text("INSERT INTO alembic_version VALUES (:revision)"), {"revision": REVISION}
    )
    connection.execute(insert(compatibility).values(oldest=USABLE_SINCE))


def run_migrations(connection: Connection, to: str = "head") -> None:
    """Run Alembic's migrations from the stored revision (or from nothing) to one, or the newest."""
    # Imported here: Alembic takes a third of a second that no ordinary start should pay.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, to)


def upgrade(path: Path) -> None:
    """Bring the file to `REVISION` in one transaction, holding the write lock from its start.

    Raises:
        StoreUnusable: The file is of a revision this version does not know, or cannot be written.
    """
    engine = migration_engine(path)
    try:
        with engine.begin() as connection:
            _upgrade(connection, path)
    except DBAPIError as fault:
        raise StoreUnusable(
            f"the store {path} cannot be written: {explain(fault.orig or fault)}"
        ) from fault


def _upgrade(connection: Connection, path: Path) -> None:
    if not inspect(connection).get_table_names():
        create_tables(connection)
        return
    # Asked again, now that nobody else can migrate it.
    revision = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if revision is not None:
        oldest = None
        if inspect(connection).has_table(compatibility.name):
            oldest = connection.execute(select(compatibility.c.oldest)).scalar()
        if (
            schema_state(StoredVersion(revision, oldest), f"store at {path}")
            is not SchemaState.OLDER
        ):
            return
    run_migrations(connection)


def migration_engine(path: Path) -> Engine:
    """An engine whose transactions hold the write lock from their start and cover the schema."""

    def connect() -> sqlite3.Connection:
        # Without an isolation level Python leaves beginning and committing to us; with one it
        # would commit before each change of the schema.
        return sqlite3.connect(path, timeout=30, isolation_level=None)

    engine = create_engine("sqlite://", creator=connect, poolclass=NullPool)
    event.listen(engine, "begin", _begin_immediate)
    return engine


def _begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
