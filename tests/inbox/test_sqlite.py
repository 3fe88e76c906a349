"""What goes wrong with files, and what the SQLite inbox makes of it."""

# ruff: noqa: ASYNC240 - nothing else runs on these loops while a file is looked at
import asyncio
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from bot.inbox import sqlite as sqlite_module
from bot.inbox.delivery import Acceptance, DeliveryState, InboxUnavailable, PutOff
from bot.inbox.open import open_inbox
from bot.inbox.sqlite import SoleOwner, SqliteInbox
from bot.store.location import REVISION, SqliteFile, StoreUnusable
from bot.store.migrate import migrate_store
from bot.store.sqlite import SqliteDriver
from tests.inbox.builders import NOON, Desk, TurnedClock, act, review


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "bot.sqlite3"


class _Limited(SqliteDriver):
    """A file on a disk that is full after so many pages of 4 kB, and little patience for locks."""

    def __init__(self, path: Path, pages: int) -> None:
        super().__init__(SqliteFile(path))
        self._pages = pages

    def connect(self) -> sqlite3.Connection:
        connection = super().connect()
        connection.execute(f"PRAGMA max_page_count = {self._pages}")
        connection.execute("PRAGMA busy_timeout = 50")
        return connection


async def _limited(path: Path, pages: int) -> SqliteInbox:
    await (await SqliteInbox.open(path)).close()
    return SqliteInbox(path, SoleOwner(path), TurnedClock(), _Limited(path, pages))


async def test_a_full_disk_refuses_what_does_not_fit_and_keeps_the_rest(path: Path) -> None:
    inbox = await _limited(path, 100)
    small = [act(f"a{n}", key=f"python/peps#{n}") for n in range(5)]
    offers = [*small[:3], review("large", payload=b"x" * 1_000_000), *small[3:]]
    answers = await asyncio.gather(*map(inbox.accept, offers), return_exceptions=True)
    assert isinstance(answers[3], InboxUnavailable)
    assert [answer for answer in answers if answer is Acceptance.ACCEPTED] == ["accepted"] * 5
    assert await inbox.record("large") is None
    async with Desk(inbox).working() as desk:
        assert [await desk.next_ids() for _ in range(5)] == [[f"a{n}"] for n in range(5)]
    await inbox.close()


async def test_there_is_room_again_after_the_disk_was_full(path: Path) -> None:
    inbox = await _limited(path, 200)
    with pytest.raises(InboxUnavailable, match="full"):
        await inbox.accept(review("r1", payload=b"x" * 1_000_000))
    assert await inbox.accept(review("r1", payload=b"x" * 10_000)) is Acceptance.ACCEPTED
    await inbox.close()


async def test_a_lock_that_is_not_let_go_makes_it_unavailable_for_that_long(path: Path) -> None:
    inbox = await _limited(path, 10_000)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(InboxUnavailable, match="locked"):
            await inbox.accept(review())
        assert (await inbox.depth())[DeliveryState.QUEUED] == 0
    assert await inbox.accept(review()) is Acceptance.ACCEPTED
    await inbox.close()


async def test_a_damaged_file_makes_it_unavailable_or_unusable(path: Path) -> None:
    inbox = await SqliteInbox.open(path)
    await inbox.accept(review())
    await inbox.close()
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xee" * (size - 4096))
    with pytest.raises(StoreUnusable, match=path.name):
        await SqliteInbox.open(path)


@pytest.mark.parametrize(
    "content", [b"PK\x03\x04 not a database", b"SQLite format 3\x00" + b"?" * 99]
)
async def test_what_is_no_database_is_refused_and_left_alone(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(StoreUnusable, match=path.name):
        await SqliteInbox.open(path)
    assert path.read_bytes() == content
    assert list(path.parent.iterdir()) == [path]


async def test_a_database_of_somebody_else_is_refused_and_left_alone(path: Path) -> None:
    with closing(sqlite3.connect(path)) as theirs:
        theirs.execute("CREATE TABLE recipe (name TEXT)")
    content = path.read_bytes()
    with pytest.raises(StoreUnusable, match="but not this bot's"):
        await SqliteInbox.open(path)
    assert path.read_bytes() == content


async def test_a_file_of_a_newer_version_is_refused_and_left_alone(path: Path) -> None:
    await (await SqliteInbox.open(path)).close()
    with closing(sqlite3.connect(path)) as newer:
        newer.execute("UPDATE alembic_version SET version_num = '9999'")
        newer.execute("UPDATE compatibility SET oldest = '9999'")
        newer.commit()
    content = path.read_bytes()
    with pytest.raises(StoreUnusable, match=f"newer version.*9999.*{REVISION}"):
        await SqliteInbox.open(path)
    assert path.read_bytes() == content
    with pytest.raises(StoreUnusable, match="newer version"):
        await SqliteInbox.open(path, serving=False)


async def test_a_refused_file_can_be_opened_once_it_is_repaired(path: Path) -> None:
    path.write_bytes(b"nonsense, not a database")
    with pytest.raises(StoreUnusable):
        await SqliteInbox.open(path)
    path.unlink()
    await (await SqliteInbox.open(path)).close()


async def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreUnusable, match="folder"):
        await open_inbox(f"sqlite:///{tmp_path}/absent/bot.sqlite3")


async def test_names_with_odd_characters_are_files_like_any(tmp_path: Path) -> None:
    path = tmp_path / "bot 100% #1.sqlite3"
    inbox = await open_inbox(f"sqlite:///{path}")
    await inbox.accept(review())
    await inbox.close()
    assert path.stat().st_size > 0


async def test_every_commit_is_written_through_to_the_disk(path: Path) -> None:
    inbox = await SqliteInbox.open(path)
    settings = await inbox._database.submit(
        lambda connection: [
            connection.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "foreign_keys")
        ]
    )
    assert settings == ["wal", 2, 1]
    await inbox.close()


async def test_the_claim_reads_the_unfinished_from_their_index_alone(path: Path) -> None:
    inbox = await SqliteInbox.open(path)
    plan = await inbox._database.submit(
        lambda connection: " ".join(
            row[3]
            for row in connection.execute(
                "EXPLAIN QUERY PLAN " + sqlite_module._DUE, {"now": 0, "distant": 0, "limit": 1}
            )
        )
    )
    assert "COVERING INDEX delivery_unfinished" in plan
    await inbox.close()


async def test_opening_the_store_beside_the_inbox_keeps_the_locks_of_the_inbox(path: Path) -> None:
    inbox = await open_inbox(f"sqlite:///{path}")
    try:
        await inbox.accept(act("before"))
        # The store is opened in the same process while the inbox is in use. Had that dropped the
        # inbox's locks, the next process to leave would delete the log the inbox writes to.
        migrate_store(SqliteFile(path))
        look = "import sqlite3, sys; sqlite3.connect(sys.argv[1]).execute('SELECT * FROM delivery')"
        await asyncio.to_thread(subprocess.run, [sys.executable, "-c", look, str(path)], check=True)
        await inbox.accept(act("after"))
        with closing(sqlite3.connect(path)) as other:
            found = [name for (name,) in other.execute("SELECT id FROM delivery ORDER BY seq")]
        assert found == ["before", "after"]
    finally:
        await inbox.close()


async def test_a_second_server_is_refused_by_name_while_the_first_lives(path: Path) -> None:
    first = await SqliteInbox.open(path)
    with pytest.raises(StoreUnusable, match=path.name):
        await SqliteInbox.open(path)
    await first.close()
    await (await SqliteInbox.open(path)).close()


async def test_a_clock_turned_back_does_not_hold_up_retries_for_ever(path: Path) -> None:
    clock = TurnedClock()
    inbox = await SqliteInbox.open(path, clock=clock)
    await inbox.accept(review())
    async with Desk(inbox, clock).working() as desk:
        await (await desk.next()).end(PutOff("rate limited", NOON + timedelta(hours=1)))
        await desk.begins_nothing()
        clock.turn(days=-365)
        assert await desk.next_ids() == ["r1"]
    await inbox.close()
