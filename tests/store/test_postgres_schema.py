"""What only PostgreSQL has: databases that cannot be used, and the job engine's own tables."""

import shutil
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from bot.store import job_engine
from bot.store.copying import whole_store
from bot.store.location import PostgresDatabase, StoreUnusable, located
from bot.store.migrate import create_tables, driver_of, migrate_store, require_current
from bot.store.schema import postgres_metadata
from tests.postgres import PostgresServer
from tests.store.test_migrate import run, tables

pytestmark = pytest.mark.postgres


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


def had(location: PostgresDatabase) -> frozenset[str]:
    """The migrations that the job engine has had."""
    found = driver_of(location).look()
    assert found is not None
    return found.job_engine


def test_an_empty_database_gets_the_engine_with_all_its_migrations(
    location: PostgresDatabase,
) -> None:
    migrate_store(location)
    assert len(had(location)) > 30


def test_the_tables_that_only_postgresql_has_are_as_the_code_knows_them(
    current: PostgresDatabase,
) -> None:
    with whole_store(current) as connection:
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
        with pytest.raises(StoreUnusable, match="not this bot's; it was not changed"):
            use(location)
    assert tables(location) == before


def test_a_database_that_cannot_keep_every_character_is_refused(
    location: PostgresDatabase, postgres_server: PostgresServer
) -> None:
    name = f"narrow_{uuid4().hex}"
    with psycopg.connect(location.conninfo, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name} ENCODING 'LATIN1' TEMPLATE template0".encode())
    narrow = located(postgres_server.url(name))
    assert isinstance(narrow, PostgresDatabase)
    with pytest.raises(StoreUnusable, match=r"encoding LATIN1.*ENCODING 'UTF8'"):
        migrate_store(narrow)
    with psycopg.connect(location.conninfo, autocommit=True) as server:
        server.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def test_a_search_path_that_leads_nowhere_is_told(location: PostgresDatabase) -> None:
    run(location, "DROP SCHEMA public")
    with pytest.raises(StoreUnusable, match="no schema for the tables"):
        migrate_store(location)


def test_what_an_extension_brought_along_is_nothing_else(location: PostgresDatabase) -> None:
    run(location, "CREATE TABLE spatial_ref_sys (srid int)")
    # As an extension's script would have it; those with tables of their own are not installed here.
    run(location, "ALTER EXTENSION plpgsql ADD TABLE spatial_ref_sys")
    migrate_store(location)
    require_current(location)


def test_what_the_engine_lacks_is_made_up_for_at_the_next_start(current: PostgresDatabase) -> None:
    before = had(current)
    run(
        current,
        "DROP FUNCTION procrastinate_fetch_job_v2",
        "DELETE FROM engine_migration WHERE name LIKE '03.03.00_01_pre%'",
    )
    migrate_store(current)
    assert had(current) == before
    assert ("procrastinate_fetch_job_v2",) in tables(current)[3]


def test_an_engine_of_an_earlier_release_is_brought_up_to_date(location: PostgresDatabase) -> None:
    migrate_store(location)
    fresh = tables(location)
    run(location, "DROP SCHEMA public CASCADE", "CREATE SCHEMA public")
    folder = job_engine.folder() / "migrations"
    earlier = [path for path in sorted(folder.iterdir()) if path.name < "03.03"]
    with psycopg.connect(location.conninfo, autocommit=True) as connection:
        for path in earlier:
            if path.suffix == ".sql":
                connection.execute(path.read_bytes())
    with whole_store(location, to_change=True) as connection:
        create_tables(connection)
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
        shutil.copytree(job_engine.folder(), folder)
        return folder

    @staticmethod
    def add(folder: Path, name: str, statement: str) -> str:
        (folder / "migrations" / name).write_text(statement)
        return name

    def run(self, location: PostgresDatabase, folder: Path) -> None:
        with psycopg.connect(location.conninfo) as connection:
            job_engine.update(connection, folder)

    def test_what_takes_away_waits_for_the_release_after(
        self, current: PostgresDatabase, folder: Path
    ) -> None:
        first = self.add(folder, "90.00.00_01_pre_new.sql", "CREATE TABLE new (percent text) -- %")
        post = self.add(folder, "90.00.00_50_post_new.sql", "DROP TABLE new; SELECT 1")
        before = had(current)
        assert job_engine.due(before, folder) == [first]
        self.run(current, folder)
        self.run(current, folder)
        assert had(current) == before | {first}
        then = self.add(folder, "91.00.00_01_pre_newer.sql", "CREATE TABLE new (number int)")
        assert job_engine.due(had(current), folder) == [post, then]
        self.run(current, folder)
        assert had(current) == before | {first, post, then}

    def test_one_that_fails_is_not_counted_as_had(
        self, current: PostgresDatabase, folder: Path
    ) -> None:
        before = had(current)
        self.add(folder, "90.00.00_01_pre_good.sql", "CREATE TABLE good (it text)")
        self.add(folder, "90.00.00_02_pre_bad.sql", "CREATE TABLE good (it text)")
        with pytest.raises(psycopg.Error, match="good"):
            self.run(current, folder)
        assert had(current) == before

    def test_a_database_that_has_more_than_this_version_knows_is_left_alone(
        self, current: PostgresDatabase, folder: Path
    ) -> None:
        run(current, "INSERT INTO engine_migration VALUES ('90.00.00_01_pre_new.sql')")
        assert job_engine.due(had(current), folder) == []
