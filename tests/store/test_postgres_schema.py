"""Making and migrating the tables on PostgreSQL, by one process or by many at once."""

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, create_engine
from sqlalchemy.pool import NullPool

from bot.store import postgres_migrate as engine_schema
from bot.store import upgrade as build
from bot.store.location import PostgresDatabase, located
from bot.store.postgres_connection import connected
from bot.store.postgres_migrate import (
    found_in,
    migrate_store,
    postgres_metadata,
    require_current,
)
from bot.store.schema import metadata
from bot.store.version import REVISION, USABLE_SINCE, StoredVersion, StoreUnusable
from tests.postgres import PostgresServer

pytestmark = pytest.mark.postgres

CURRENT = StoredVersion(REVISION, USABLE_SINCE)
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
def location(postgres_url: str) -> PostgresDatabase:
    location = located(postgres_url)
    assert isinstance(location, PostgresDatabase)
    return location


@pytest.fixture
def current(postgres_store: str) -> PostgresDatabase:
    """A store of today's version."""
    location = located(postgres_store)
    assert isinstance(location, PostgresDatabase)
    return location


@contextmanager
def session(location: PostgresDatabase) -> Iterator[psycopg.Connection]:
    with psycopg.connect(location.conninfo, autocommit=True) as connection:
        yield connection


@contextmanager
def sqlalchemy(location: PostgresDatabase) -> Iterator[Connection]:
    engine = create_engine(
        "postgresql+psycopg://", creator=lambda: connected(location), poolclass=NullPool
    )
    with engine.begin() as connection:
        yield connection


def tables(location: PostgresDatabase) -> list[list[tuple[object, ...]]]:
    """Everything that was made, in an order of its own."""
    with session(location) as connection:
        return [
            sorted(connection.execute(query).fetchall(), key=str)
            for query in (_COLUMNS, _INDEXES, _CONSTRAINTS, _FUNCTIONS)
        ]


def run(location: PostgresDatabase, *statements: str) -> None:
    with session(location) as connection:
        for statement in statements:
            connection.execute(statement.encode())


def test_an_empty_database_gets_everything_at_once(location: PostgresDatabase) -> None:
    migrate_store(location)
    found = found_in(location)
    assert found.version == CURRENT
    assert len(found.had) > 30
    require_current(location)
    before = tables(location)
    migrate_store(location)
    assert tables(location) == before


def test_ten_that_start_at_once_all_find_it_whole(location: PostgresDatabase) -> None:
    with ThreadPoolExecutor(10) as pool:
        list(pool.map(migrate_store, [location] * 10))
    assert found_in(location).version == CURRENT


def test_the_migrations_build_what_an_empty_database_gets_at_once(
    location: PostgresDatabase,
) -> None:
    with sqlalchemy(location) as connection:
        build.run_migrations(connection)
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    # The engine's tables are still missing, and so are those that only PostgreSQL has.
    migrate_store(location)
    migrated = tables(location)
    run(location, "DROP SCHEMA public CASCADE", "CREATE SCHEMA public")
    migrate_store(location)
    assert migrated == tables(location)
    assert found_in(location).version == CURRENT


def test_the_tables_that_only_postgresql_has_are_as_the_code_knows_them(
    current: PostgresDatabase,
) -> None:
    with sqlalchemy(current) as connection:
        known = MigrationContext.configure(
            connection,
            opts={"include_name": lambda name, kind, _: kind != "table" or name in ours},
        )
        ours = set(postgres_metadata.tables)
        assert compare_metadata(known, postgres_metadata) == []


def test_a_database_of_something_else_is_refused_and_left_alone(location: PostgresDatabase) -> None:
    run(location, "CREATE TABLE recipe (name text)")
    before = tables(location)
    for use in (migrate_store, require_current):
        with pytest.raises(StoreUnusable, match="not those of this bot; it was left as it is"):
            use(location)
    assert tables(location) == before


def test_a_database_that_cannot_keep_every_character_is_refused(
    location: PostgresDatabase, postgres_server: PostgresServer
) -> None:
    name = f"narrow_{uuid4().hex}"
    run(location, f"CREATE DATABASE {name} ENCODING 'LATIN1' TEMPLATE template0")
    narrow = located(postgres_server.url(name))
    assert isinstance(narrow, PostgresDatabase)
    with pytest.raises(StoreUnusable, match=r"keeps texts as LATIN1.*ENCODING 'UTF8'"):
        migrate_store(narrow)
    run(location, f"DROP DATABASE {name} WITH (FORCE)")


def test_a_search_path_that_leads_nowhere_is_told(location: PostgresDatabase) -> None:
    run(location, "DROP SCHEMA public")
    with pytest.raises(StoreUnusable, match="no schema to make tables in"):
        migrate_store(location)


def test_what_an_extension_brought_along_is_nothing_else(location: PostgresDatabase) -> None:
    run(location, "CREATE TABLE spatial_ref_sys (srid int)")
    # As an extension's script would have it; those with tables of their own are not installed here.
    run(location, "ALTER EXTENSION plpgsql ADD TABLE spatial_ref_sys")
    migrate_store(location)
    assert found_in(location).version == CURRENT


def test_a_newer_version_that_this_one_can_work_beside_is_used(current: PostgresDatabase) -> None:
    run(
        current,
        "UPDATE alembic_version SET version_num = '0999'",
        "ALTER TABLE claim ADD COLUMN colour text",
    )
    before = tables(current)
    migrate_store(current)
    require_current(current)
    assert tables(current) == before


def test_a_newer_version_that_this_one_cannot_bear_is_refused(current: PostgresDatabase) -> None:
    run(
        current,
        "UPDATE alembic_version SET version_num = '0999'",
        "UPDATE compatibility SET oldest = '0998'",
    )
    for use in (migrate_store, require_current):
        with pytest.raises(StoreUnusable, match=f"newer version.*0999.*{REVISION}"):
            use(current)


def test_one_that_only_looks_does_not_migrate(location: PostgresDatabase) -> None:
    with sqlalchemy(location) as connection:
        build.run_migrations(connection, "0002")
    with pytest.raises(StoreUnusable, match=r"older version \(0002.*start `serve` once"):
        require_current(location)
    assert found_in(location).version == StoredVersion("0002")


def test_a_migration_that_fails_changes_nothing(location: PostgresDatabase) -> None:
    with sqlalchemy(location) as connection:
        build.run_migrations(connection, "0001")
    run(location, "CREATE TABLE heard (half text)")
    before = tables(location)
    with pytest.raises(StoreUnusable, match="heard"):
        migrate_store(location)
    assert tables(location) == before


def test_what_the_engine_lacks_is_made_up_for_at_the_next_start(current: PostgresDatabase) -> None:
    had = found_in(current).had
    run(
        current,
        "DROP FUNCTION procrastinate_fetch_job_v2",
        "DELETE FROM engine_migration WHERE name LIKE '03.03.00_01_pre%'",
    )
    migrate_store(current)
    assert found_in(current).had == had
    assert ("procrastinate_fetch_job_v2",) in tables(current)[3]


def test_an_engine_of_an_earlier_release_is_brought_up_to_date(location: PostgresDatabase) -> None:
    migrate_store(location)
    fresh = tables(location)
    run(location, "DROP SCHEMA public CASCADE", "CREATE SCHEMA public")
    folder = engine_schema.engine_folder() / "migrations"
    earlier = [path for path in sorted(folder.iterdir()) if path.name < "03.03"]
    with session(location) as connection:
        for path in earlier:
            if path.suffix == ".sql":
                connection.execute(path.read_bytes())
    with sqlalchemy(location) as connection:
        build.create_tables(connection)
        postgres_metadata.create_all(connection)
    run(
        location,
        *(f"INSERT INTO engine_migration VALUES ('{path.name}')" for path in earlier),
    )
    migrate_store(location)
    columns, _, _, functions = tables(location)
    assert columns == fresh[0]
    # What the release before still calls is left until the next one.
    assert set(functions) >= set(fresh[3])


class TestEngineMigrations:
    """Of a release yet to come, with files of its own."""

    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        folder = tmp_path / "sql"
        shutil.copytree(engine_schema.engine_folder(), folder)
        return folder

    @staticmethod
    def add(folder: Path, name: str, statement: str) -> str:
        (folder / "migrations" / name).write_text(statement)
        return name

    def run(self, location: PostgresDatabase, folder: Path) -> None:
        with connected(location) as connection:
            engine_schema.update_engine_tables(connection, folder)

    def test_what_takes_away_waits_for_the_release_after(
        self, current: PostgresDatabase, folder: Path
    ) -> None:
        first = self.add(folder, "90.00.00_01_pre_new.sql", "CREATE TABLE new (percent text) -- %")
        post = self.add(folder, "90.00.00_50_post_new.sql", "DROP TABLE new; SELECT 1")
        had = found_in(current).had
        assert engine_schema.due(had, folder) == [first]
        self.run(current, folder)
        self.run(current, folder)
        assert found_in(current).had == had | {first}
        then = self.add(folder, "91.00.00_01_pre_newer.sql", "CREATE TABLE new (number int)")
        assert engine_schema.due(found_in(current).had, folder) == [post, then]
        self.run(current, folder)
        assert found_in(current).had == had | {first, post, then}

    def test_one_that_fails_is_not_counted_as_had(
        self, current: PostgresDatabase, folder: Path
    ) -> None:
        had = found_in(current).had
        self.add(folder, "90.00.00_01_pre_good.sql", "CREATE TABLE good (it text)")
        self.add(folder, "90.00.00_02_pre_bad.sql", "CREATE TABLE good (it text)")
        with pytest.raises(psycopg.Error, match="good"):
            self.run(current, folder)
        assert found_in(current).had == had

    def test_a_database_that_has_more_than_this_version_knows_is_left_alone(
        self, current: PostgresDatabase, folder: Path
    ) -> None:
        run(current, "INSERT INTO engine_migration VALUES ('90.00.00_01_pre_new.sql')")
        assert engine_schema.due(found_in(current).had, folder) == []
