"""A `DATABASE_URL` of a file the bot cannot use: one clear line, and the file is not touched.

The file may be another program's, another version's, damaged, unwritable or in use.
"""

import asyncio
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from bot.inbox.sqlite import SqliteInbox
from bot.store.location import SqliteFile
from bot.store.migrate import migrate_store
from tests.end_to_end.confined import obeying_file_modes
from tests.end_to_end.process import Ended, command, command_here, environment
from tests.inbox.builders import act

NOWHERE = "http://127.0.0.1:9"
pytestmark = pytest.mark.usefixtures("logs_as_they_were")

COMMANDS = (("serve",), ("doctor",), ("deliveries", "list"))
PAGE = 4096

Make = Callable[[Path], None]


def sql(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)


def cut_off(path: Path, *statements: str) -> None:
    """Execute statements in a process that ends before it lets the file go."""
    code = (
        "import os, sqlite3, sys\n"
        "connection = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "for statement in sys.argv[2:]: connection.execute(statement)\n"
        "os._exit(0)\n"
    )
    subprocess.run([sys.executable, "-c", code, str(path), *statements], check=True)


def filled(path: Path, count: int = 60) -> None:
    """A store of ours with that many deliveries, let go in good order."""

    async def fill() -> None:
        inbox = await SqliteInbox.open(path)
        for number in range(count):
            await inbox.accept(act(f"a{number}", key=f"python/peps#{number}", payload=b"{}" * 2000))
        await inbox.close()

    asyncio.run(fill())
    path.with_name(path.name + ".lock").unlink()


def a_text(path: Path) -> None:
    path.write_text("Dear diary, today I wrote a bot.\n" * 50)


def recipes(path: Path) -> None:
    sql(path, "CREATE TABLE recipe (name TEXT)")


def recipes_with_a_log(path: Path) -> None:
    sql(path, "PRAGMA journal_mode = WAL", "CREATE TABLE recipe (name TEXT)")


def a_log_in_use(path: Path) -> None:
    cut_off(path, "PRAGMA journal_mode = WAL", "CREATE TABLE recipe (name TEXT)")


def parcels(path: Path) -> None:
    """Somebody else's who also keeps deliveries, and migrates with Alembic."""
    sql(
        path,
        "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)",
        "INSERT INTO alembic_version VALUES ('0001')",
        "CREATE TABLE delivery (parcel TEXT)",
    )


def newer(path: Path) -> None:
    migrate_store(SqliteFile(path))
    sql(
        path,
        "PRAGMA journal_mode = WAL",
        "UPDATE alembic_version SET version_num = '9999'",
        "UPDATE compatibility SET oldest = '9999'",
    )


def without_version(path: Path) -> None:
    migrate_store(SqliteFile(path))
    sql(path, "DELETE FROM alembic_version")


def a_folder(path: Path) -> None:
    path.mkdir()


def a_log_alone(path: Path) -> None:
    """The log of a killed server, whose database is gone."""
    cut_off(path, "PRAGMA journal_mode = WAL", "CREATE TABLE delivery (id TEXT)")
    path.unlink()


def seen(folder: Path) -> dict[str, bytes | None]:
    """All files with their bytes, but for the log's index, which every reader uses."""
    return {
        file.name: file.read_bytes() if file.is_file() else None
        for file in folder.iterdir()
        if not (
            file.name.endswith("-shm") and file.with_name(file.name[:-4] + "-wal").stat().st_size
        )
    }


def refused(pem: str, path: Path, *words: str) -> None:
    """Every command names the file and says these words on one line, and touches nothing."""
    settings = environment(pem, NOWHERE, path)
    before = seen(path.parent)
    for cli_command in COMMANDS:
        result = command_here(settings, *cli_command)
        assert seen(path.parent) == before, cli_command
        output = fault_line(result, cli_command)
        assert path.name in output, output
        for word in words:
            assert word in output, f"{cli_command}: {output}"


def fault_line(result: Ended, cli_command: tuple[str, ...]) -> str:
    """The one line that says what is wrong."""
    if cli_command == ("doctor",):
        assert result.code == 1, result
        (line,) = [line for line in result.out.splitlines() if line.startswith("✗")]
        assert line.startswith("✗ store: ")
        return line
    assert (result.code, result.out) == (2, ""), result
    (line,) = result.err.splitlines()
    return line


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (a_text, ["is not a SQLite database"]),
        (recipes, ["but not this bot's"]),
        (recipes_with_a_log, ["but not this bot's"]),
        (a_log_in_use, ["but not this bot's"]),
        (parcels, ["but not this bot's"]),
        (newer, ["newer version", "9999", "run that version"]),
        (without_version, ["has no version", "backup"]),
        (a_folder, ["is a folder", "DATABASE_URL"]),
        (a_log_alone, ["missing or empty", "bot.sqlite3-wal", "bring the file back"]),
    ],
)
def test_what_is_not_a_store_of_this_version_is_named_and_left_alone(
    make: Make, words: list[str], pem: str, tmp_path: Path
) -> None:
    path = tmp_path / "bot.sqlite3"
    make(path)
    refused(pem, path, *words)


def half(content: bytes) -> bytes:
    return content[: len(content) // 2]


def first_page(content: bytes) -> bytes:
    return content[:PAGE]


def a_piece(content: bytes) -> bytes:
    return content[:60]


def flipped(content: bytes) -> bytes:
    return content[: 3 * PAGE] + bytes(byte ^ 0xFF for byte in content[3 * PAGE :])


def tables_flipped(content: bytes) -> bytes:
    return content[:100] + bytes(byte ^ 0x55 for byte in content[100:PAGE]) + content[PAGE:]


@pytest.mark.parametrize("damage", [half, first_page, a_piece, flipped, tables_flipped])
def test_a_damaged_store_is_named_and_left_alone(
    damage: Callable[[bytes], bytes], pem: str, tmp_path: Path
) -> None:
    path = tmp_path / "bot.sqlite3"
    filled(path)
    path.write_bytes(damage(path.read_bytes()))
    refused(pem, path, "was not changed", "damaged", "backup")


def test_damage_that_the_start_does_not_meet_is_found_by_the_doctor(
    pem: str, tmp_path: Path
) -> None:
    path = tmp_path / "bot.sqlite3"
    filled(path)
    with closing(sqlite3.connect(path)) as connection:
        query = "SELECT rootpage FROM sqlite_master WHERE name = 'written'"
        (page,) = connection.execute(query).fetchone()
    with path.open("r+b") as file:
        file.seek((page - 1) * PAGE)
        file.write(b"\xee" * PAGE)
    result = command_here(environment(pem, NOWHERE, path), "doctor")
    output = fault_line(result, ("doctor",))
    assert path.name in output
    assert "damaged: stop the bot" in output


@contextmanager
def modes(path: Path, mode: int) -> Iterator[None]:
    """A file or folder with another mode for a while, which binds root, too."""
    before = path.stat().st_mode
    path.chmod(mode)
    try:
        with obeying_file_modes():
            yield
    finally:
        path.chmod(before)


def test_a_store_that_may_not_be_read_is_named(pem: str, tmp_path: Path) -> None:
    path = tmp_path / "bot.sqlite3"
    filled(path)
    content = path.read_bytes()
    with modes(path, 0o000):
        for cli_command in COMMANDS:
            result = command_here(environment(pem, NOWHERE, path), *cli_command)
            output = fault_line(result, cli_command)
            assert path.name in output
            assert "account read and write" in output
            assert list(tmp_path.iterdir()) == [path]
    assert path.read_bytes() == content


def test_a_store_that_may_only_be_read_is_neither_served_nor_changed(
    pem: str, tmp_path: Path
) -> None:
    path = tmp_path / "bot.sqlite3"
    filled(path)
    content = path.read_bytes()
    with modes(path, 0o444):
        for cli_command in (("serve",), ("doctor",), ("deliveries", "replay", "a1")):
            result = command_here(environment(pem, NOWHERE, path), *cli_command)
            output = fault_line(result, cli_command)
            assert path.name in output
            assert "account write" in output, output
    assert path.read_bytes() == content


@pytest.mark.parametrize("exists", [True, False])
def test_a_folder_that_may_not_be_written_is_named(exists: bool, pem: str, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    path = folder / "bot.sqlite3"
    if exists:
        filled(path)
    with modes(folder, 0o555):
        before = seen(folder)
        for cli_command in (("serve",), ("doctor",)):
            result = command_here(environment(pem, NOWHERE, path), *cli_command)
            output = fault_line(result, cli_command)
            assert path.name in output
            assert "its folder" in output, output
        assert seen(folder) == before


@pytest.mark.exhaustive
async def test_a_store_that_another_program_holds_is_named_by_the_real_program(
    pem: str, tmp_path: Path
) -> None:
    path = tmp_path / "bot.sqlite3"
    await asyncio.to_thread(filled, path)
    content = await asyncio.to_thread(path.read_bytes)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        settings = environment(pem, NOWHERE, path)
        result = await asyncio.gather(
            *(command(settings, *cli_command) for cli_command in COMMANDS)
        )
        for cli_command, one in zip(COMMANDS, result, strict=True):
            output = fault_line(one, cli_command)
            assert path.name in output
            assert "another program" in output, output
    assert await asyncio.to_thread(path.read_bytes) == content
