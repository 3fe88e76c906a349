"""Opening the database: where it is, bringing it up to date, and what is refused."""

import asyncio
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from bot.store import migrations, upgrade
from bot.store import upgrade as build
from bot.store.database import open_database
from bot.store.location import SqliteFile, located
from bot.store.migrate import migrate_file, require_current, stored_version
from bot.store.schema import metadata
from bot.store.version import REVISION, USABLE_SINCE, StoredVersion, StoreUnavailable, StoreUnusable

CURRENT = StoredVersion(REVISION, USABLE_SINCE)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "bot.sqlite3"


def _schema(path: Path) -> dict[str, list[str]]:
    """The parts of the statements that made each table and index, spaces and quotes aside.

    In no order: Alembic copies a table's constraints in whichever comes.
    """
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT name, sql FROM sqlite_master WHERE sql NOT NULL")
        bare = {name: "".join(sql.replace('"', "").split()) for name, sql in rows}
    return {name: sorted(sql.removesuffix(")").split(",")) for name, sql in bare.items()}


def _migrate_from_nothing(path: Path) -> None:
    with upgrade.migration_engine(path).begin() as connection:
        build.run_migrations(connection)


def test_the_newest_migration_is_the_revision_that_is_required() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__ or "").parent))
    config.set_main_option("path_separator", "os")
    assert ScriptDirectory.from_config(config).get_heads() == [REVISION]


def test_the_migrations_build_what_a_new_file_gets_at_once(path: Path, tmp_path: Path) -> None:
    migrate_file(path)
    migrated = tmp_path / "migrated.sqlite3"
    _migrate_from_nothing(migrated)
    assert _schema(migrated) == _schema(path)
    assert stored_version(migrated) == stored_version(path) == CURRENT


def test_the_migrations_lead_to_the_tables_the_code_knows(path: Path) -> None:
    _migrate_from_nothing(path)
    with upgrade.migration_engine(path).connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_a_current_file_is_left_as_it_is(path: Path) -> None:
    migrate_file(path)
    content = path.read_bytes()
    migrate_file(path)
    assert path.read_bytes() == content


def test_a_start_without_migrations_loads_nothing_it_does_not_need(path: Path) -> None:
    check = (
        "import asyncio, sys\n"
        "from bot.store.database import open_database\n"
        "for _ in range(2):\n"
        "    asyncio.run(asyncio.wait_for(open_database(sys.argv[1]), 30))\n"
        "names = ('alembic', 'sqlalchemy.ext.asyncio', 'psycopg', 'procrastinate')\n"
        "print([name for name in names if name in sys.modules])\n"
    )
    output = subprocess.run(
        [sys.executable, "-c", check, f"sqlite:///{path}"],
        cwd=Path(__file__).resolve().parents[2],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    assert output == "[]\n"


async def test_two_that_create_the_file_at_once_both_find_it_whole(path: Path) -> None:
    url = f"sqlite:///{path}"
    for database in await asyncio.gather(*(open_database(url) for _ in range(4))):
        await database.close()
    assert stored_version(path) == CURRENT


async def test_a_revision_nobody_knows_is_refused(path: Path) -> None:
    migrate_file(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '7777'")
        connection.execute("UPDATE compatibility SET oldest = '7777'")
        connection.commit()
    with pytest.raises(StoreUnusable, match="newer version"):
        await open_database(f"sqlite:///{path}")
    with pytest.raises(StoreUnusable, match="newer version"):
        require_current(path)
    assert stored_version(path) == StoredVersion("7777", "7777")


async def test_a_newer_revision_that_this_version_can_bear_is_used_as_it_is(path: Path) -> None:
    migrate_file(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '7777'")
        connection.execute("ALTER TABLE claim ADD COLUMN colour TEXT")
        connection.commit()
    before = _schema(path)
    for serving in (True, False):
        database = await open_database(f"sqlite:///{path}", serving=serving)
        await database.check()
        await database.close()
    upgrade.upgrade(path)
    assert _schema(path) == before


def test_a_migration_that_fails_changes_nothing(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        # An older file in which a table that the migration makes stands already.
        connection.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
        connection.execute("CREATE TABLE written (half TEXT)")
    before = _schema(path)
    with pytest.raises(StoreUnusable, match="cannot be written"):
        upgrade.upgrade(path)
    assert _schema(path) == before


def test_a_file_whose_creation_was_cut_off_is_begun_anew(path: Path) -> None:
    code = (
        "import os, sqlite3, sys\n"
        "connection = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "connection.execute('PRAGMA cache_size = 1')\n"
        "connection.execute('BEGIN IMMEDIATE')\n"
        "for number in range(50): connection.execute(f'CREATE TABLE t{number} (x)')\n"
        "os._exit(0)\n"
    )
    subprocess.run([sys.executable, "-c", code, str(path)], check=True)
    assert path.stat().st_size > 0, "half of it is on disk"
    assert path.with_name(path.name + "-journal").exists()
    migrate_file(path)
    assert stored_version(path) == CURRENT


async def test_a_write_the_disk_refuses_leaves_nothing_and_quotes_nothing(path: Path) -> None:
    database = await open_database(f"sqlite:///{path}")
    large = text("INSERT INTO document VALUES ('what a stranger wrote', zeroblob(9000000), 1)")
    await database.write(lambda connection: connection.execute(text("PRAGMA max_page_count = 1")))
    with pytest.raises(StoreUnavailable, match=r"bot\.sqlite3.*full.*make room") as refused:
        await database.write(lambda connection: connection.execute(large))
    assert "stranger" not in str(refused.value)
    await database.write(
        lambda connection: connection.execute(text("PRAGMA max_page_count = 99999"))
    )
    await database.write(lambda connection: connection.execute(large))
    await database.close()


async def test_every_commit_is_written_through_to_the_disk(path: Path) -> None:
    database = await open_database(f"sqlite:///{path}")
    settings = await database.read(
        lambda connection: [
            connection.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "busy_timeout")
        ]
    )
    assert settings == ["wal", 2, 5000]
    await database.close()


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("sqlite:///pep-bot.sqlite3", "pep-bot.sqlite3"),
        ("sqlite:///data/bot.db", "data/bot.db"),
        ("sqlite:////var/lib/bot.db", "/var/lib/bot.db"),
    ],
)
def test_a_url_names_a_relative_or_an_absolute_file(url: str, expected: str) -> None:
    assert located(url) == SqliteFile(Path(expected))


@pytest.mark.parametrize(
    "url", ["", "sqlite://", "sqlite:///", "sqlite:///:memory:", "mysql://u:hunter2@h/d", "bot.db"]
)
def test_any_other_url_is_refused_with_what_it_should_look_like(url: str) -> None:
    with pytest.raises(StoreUnusable, match="sqlite:///") as refused:
        located(url)
    assert "hunter2" not in str(refused.value)
