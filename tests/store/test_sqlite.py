"""A SQLite file as a store: where it is, and what becomes of trouble with it."""

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.store.database import open_database
from bot.store.location import SqliteFile, StoreUnavailable, StoreUnusable, located
from bot.store.migrate import migrate_store, require_current


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "bot.sqlite3"


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
    migrate_store(SqliteFile(path))
    require_current(SqliteFile(path))


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
