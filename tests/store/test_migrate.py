"""Making and migrating the tables, by one process or by many at once, on both kinds of database."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from bot.store import migrations
from bot.store.copying import whole_store
from bot.store.database import open_database
from bot.store.location import (
    REVISION,
    USABLE_SINCE,
    SqliteFile,
    StoredVersion,
    StoreLocation,
    StoreUnusable,
    located,
)
from bot.store.migrate import (
    driver_of,
    migrate_store,
    require_current,
    require_known,
    run_migrations,
)
from bot.store.schema import metadata

_COLUMNS = """
SELECT table_name, column_name, data_type, collation_name, is_nullable, column_default
FROM information_schema.columns WHERE table_schema = 'public'
"""
_INDEXES = "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
_CONSTRAINTS = """
SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
WHERE connamespace = 'public'::regnamespace
"""
_FUNCTIONS = "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace"


@pytest.fixture
def location(empty_url: str) -> StoreLocation:
    """A store yet to be made."""
    return located(empty_url)


def version(location: StoreLocation) -> StoredVersion | None:
    found = driver_of(location).look()
    return found and StoredVersion(found.revision, found.oldest)


CURRENT = StoredVersion(REVISION, USABLE_SINCE)


def tables(location: StoreLocation) -> object:
    """Everything that was made, in an order of its own."""
    if isinstance(location, SqliteFile):
        with closing(sqlite3.connect(location.path)) as file:
            rows = file.execute("SELECT name, sql FROM sqlite_master WHERE sql NOT NULL")
            bare = {name: "".join(sql.replace('"', "").split()) for name, sql in rows}
        # In no order: Alembic copies a table's constraints in whichever comes.
        return {name: sorted(sql.removesuffix(")").split(",")) for name, sql in bare.items()}
    with psycopg.connect(location.conninfo) as server:
        return [
            sorted(server.execute(query).fetchall(), key=str)
            for query in (_COLUMNS, _INDEXES, _CONSTRAINTS, _FUNCTIONS)
        ]


def run(location: StoreLocation, *statements: str) -> None:
    with whole_store(location, to_change=True) as connection:
        for statement in statements:
            connection.execute(text(statement))


def migrate_to(location: StoreLocation, revision: str) -> None:
    with whole_store(location, to_change=True) as connection:
        run_migrations(connection, revision)


def test_the_newest_migration_is_the_revision_that_is_required() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__ or "").parent))
    config.set_main_option("path_separator", "os")
    assert ScriptDirectory.from_config(config).get_heads() == [REVISION]


def test_the_migrations_build_what_an_empty_store_gets_at_once(
    location: StoreLocation, tmp_path: Path
) -> None:
    with whole_store(location, to_change=True) as connection:
        run_migrations(connection)
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    # On PostgreSQL the job engine's tables are still missing.
    migrate_store(location)
    migrated = tables(location)
    assert version(location) == CURRENT
    if isinstance(location, SqliteFile):
        location.path.unlink()
    else:
        run(location, "DROP SCHEMA public CASCADE", "CREATE SCHEMA public")
    migrate_store(location)
    assert tables(location) == migrated
    assert version(location) == CURRENT
    require_current(location)


def test_a_current_store_is_left_as_it_is(location: StoreLocation) -> None:
    migrate_store(location)
    before = tables(location)
    content = location.path.read_bytes() if isinstance(location, SqliteFile) else None
    migrate_store(location)
    assert tables(location) == before
    if isinstance(location, SqliteFile):
        assert location.path.read_bytes() == content


def test_ten_that_start_at_once_all_find_it_whole(location: StoreLocation) -> None:
    with ThreadPoolExecutor(10) as pool:
        list(pool.map(migrate_store, [location] * 10))
    assert version(location) == CURRENT


async def test_a_newer_version_that_this_one_can_work_beside_is_used(url: str) -> None:
    location = located(url)
    migrate_store(location)
    run(
        location,
        "UPDATE alembic_version SET version_num = '0999'",
        "ALTER TABLE claim ADD COLUMN colour text",
    )
    before = tables(location)
    for serving in (True, False):
        database = await open_database(url, serving=serving)
        await database.check()
        await database.close()
    assert tables(location) == before


def test_a_newer_version_that_this_one_cannot_bear_is_refused(url: str) -> None:
    location = located(url)
    migrate_store(location)
    run(
        location,
        "UPDATE alembic_version SET version_num = '0999'",
        "UPDATE compatibility SET oldest = '0998'",
    )
    for use in (migrate_store, require_current, require_known):
        with pytest.raises(StoreUnusable, match=f"newer version.*0999.*{REVISION}"):
            use(location)
    assert version(location) == StoredVersion("0999", "0998")


def test_one_that_only_looks_does_not_migrate(location: StoreLocation) -> None:
    migrate_to(location, "0002")
    with pytest.raises(StoreUnusable, match=r"older version \(0002.*start `serve` once"):
        require_current(location)
    require_known(location)
    assert version(location) == StoredVersion("0002")


def test_a_migration_that_fails_changes_nothing(location: StoreLocation) -> None:
    migrate_to(location, "0001")
    run(location, "CREATE TABLE heard (half text)")
    before = tables(location)
    with pytest.raises(StoreUnusable, match=r"cannot be (written|used):.*heard"):
        migrate_store(location)
    assert tables(location) == before
