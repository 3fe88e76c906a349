"""Making and changing tables on an open connection, whichever database is behind it."""

from pathlib import Path

from sqlalchemy import Connection, insert, text

from bot.store.revision import REVISION, USABLE_SINCE
from bot.store.schema import compatibility, metadata


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
