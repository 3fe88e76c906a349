"""Creates or migrates a store to this version's tables, or says clearly why it cannot.

A store that is current costs one look (at every start but the first after an upgrade). A new one
gets today's tables at once; SQLAlchemy is loaded only to make or migrate tables, and Alembic only
for an older store.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.store.location import (
    REVISION,
    USABLE_SINCE,
    Driver,
    SchemaState,
    SqliteFile,
    StoredVersion,
    StoreLocation,
    StoreUnusable,
    require_usable,
    schema_state,
)

if TYPE_CHECKING:
    from sqlalchemy import Connection


def driver_of(location: StoreLocation) -> Driver:
    """The driver for a store; each is loaded only where it is used."""
    if isinstance(location, SqliteFile):
        from bot.store.sqlite import SqliteDriver

        return SqliteDriver(location)
    from bot.store.postgres import PostgresDriver

    return PostgresDriver(location)


def is_there(location: StoreLocation) -> bool:
    """Whether tables of this bot are there, of whatever version.

    Raises:
        StoreUnusable: The place cannot be reached, or holds something else.
    """
    return driver_of(location).look() is not None


def require_known(location: StoreLocation) -> None:
    """Check that a store can be made, used or migrated, and change nothing.

    Raises:
        StoreUnusable: It cannot.
    """
    driver = driver_of(location)
    _is_up_to_date(driver.look(), driver)


def require_current(location: StoreLocation) -> None:
    """Check that a store can be read while others serve it, and change nothing.

    Raises:
        StoreUnusable: There is no such store, or it is not of this version.
    """
    driver = driver_of(location)
    require_usable(driver.look(), driver.name)


def migrate_store(location: StoreLocation) -> None:
    """Make or migrate a store in one transaction; do nothing if it is current.

    Any number of processes may do this at once: one does the work, the others find it done.

    Raises:
        StoreUnusable: It cannot be reached or written, belongs to something else, is damaged, or
            was written by a newer version that this one cannot work beside. It was not changed.
    """
    driver = driver_of(location)
    if _is_up_to_date(driver.look(), driver):
        return
    from sqlalchemy.exc import DBAPIError

    driver.prepare()
    try:
        with whole_transaction(driver, driver.migrating) as connection:
            _upgrade(connection, driver)
    except (DBAPIError, driver.error) as fault:
        cause = fault.orig if isinstance(fault, DBAPIError) and fault.orig else fault
        raise StoreUnusable(
            f"the {driver.label} {driver.not_migrated}: {driver.explain(cause)}"
        ) from fault


def _is_up_to_date(found: StoredVersion | None, driver: Driver) -> bool:
    """Whether nothing has to be made or migrated.

    Raises:
        StoreUnusable: This version can neither use nor migrate the tables.
    """
    if found is None:
        return False
    state = schema_state(found, driver.name)
    # A newer version saw to the rest, too.
    return state is SchemaState.NEWER or (state is SchemaState.CURRENT and driver.has_extras(found))


def _upgrade(connection: "Connection", driver: Driver) -> None:
    driver.lock(connection)
    # Asked again, now that nobody else can migrate it.
    found = driver.version_in(connection.connection.dbapi_connection)
    if _is_up_to_date(found, driver):
        return
    if found is None:
        create_tables(connection)
    elif schema_state(found, driver.name) is SchemaState.OLDER:
        run_migrations(connection)
    driver.make_extras(connection)


@contextmanager
def whole_transaction(driver: Driver, options: Mapping[str, Any]) -> "Iterator[Connection]":
    """A transaction in which a whole store is made, migrated or copied, on its own connection."""
    from sqlalchemy import create_engine
    from sqlalchemy.pool import NullPool

    engine = create_engine(driver.url, creator=driver.connect_alone, poolclass=NullPool)
    with engine.connect() as connection, driver.begin(connection, options):
        yield connection


def create_tables(connection: "Connection") -> None:
    """Give an empty database today's tables at once."""
    from sqlalchemy import insert, text

    from bot.store.schema import compatibility, delivery, metadata

    # Said in the schema, what depends on the dialect would load both dialects everywhere: 3 MB.
    dialect = connection.dialect.name
    for index in delivery.indexes:
        index.dialect_options[dialect]["where"] = index.info.get("where")
    if dialect == "sqlite":
        # A reused sequence number would let a new delivery overtake older ones of its key.
        delivery.dialect_options[dialect]["autoincrement"] = True
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


def run_migrations(connection: "Connection", to: str = "head") -> None:
    """Run Alembic's migrations from the stored revision (or from nothing) to one, or the newest."""
    # Alembic takes a third of a second that no ordinary start should pay.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, to)
