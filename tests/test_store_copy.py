"""`store copy`: everything is copied from one store to another, or nothing."""

import asyncio
import re
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Connection, text

from bot.cli import main
from bot.cli.store import copy_store
from bot.inbox.delivery import Batch, DeliveryState
from bot.inbox.open import open_inbox
from bot.inbox.rows import PROCESS_ENDED
from bot.inbox.sqlite import SqliteInbox
from bot.store.copying import whole_store
from bot.store.database import open_database
from bot.store.location import StoreUnusable, located
from bot.store.migrate import is_there, migrate_store
from bot.store.rows import WriteRecord
from bot.store.store import Store
from tests.inbox.builders import act, handle_all, ids, review
from tests.postgres import PostgresServer, server_programs
from tests.store.builders import NOON, audit, memory, subject
from tests.store.filled import Contents, contents, fill

TO_THE_OTHER_KIND = [
    pytest.param("sqlite postgresql", marks=pytest.mark.postgres),
    pytest.param("postgresql sqlite", marks=pytest.mark.postgres),
]
WITHIN_A_KIND = [
    "sqlite sqlite",
    pytest.param("postgresql postgresql", marks=pytest.mark.postgres),
]
every_direction = pytest.mark.parametrize(
    "direction", [*TO_THE_OTHER_KIND, *WITHIN_A_KIND], indirect=True
)
to_other_kind = pytest.mark.parametrize("direction", TO_THE_OTHER_KIND, indirect=True)

NEW_DELIVERY = (
    "INSERT INTO delivery (id, event, action, key, kind, received_at, state)"
    " VALUES ('new', 'push', '', 'k', 'act', 1, 'queued')"
)
NO_NEW_DELIVERY = "DELETE FROM delivery WHERE id = 'new'"
HANDLED = "UPDATE delivery SET state = 'done', finished_at = 5 WHERE state = 'queued'"
NOT_HANDLED = "UPDATE delivery SET state = 'queued', finished_at = NULL WHERE finished_at = 5"
NEW_AUDIT = (
    "INSERT INTO written (at, repository, full_name, installation, pull_request, delivery,"
    " write, detail, dry_run) VALUES (1, 'p/q', 'p/q', 1, 1, 'd', 'AddLabels', 'x', FALSE)"
)
NO_NEW_AUDIT = "DELETE FROM written WHERE delivery = 'd'"

# The command sets up the logs of the process, which is the other tests' too.
pytestmark = pytest.mark.usefixtures("logs_as_they_were")


@pytest.fixture(params=TO_THE_OTHER_KIND[:1])
def direction(request: pytest.FixtureRequest, tmp_path: Path) -> "tuple[str, str]":
    """Two URLs of stores, source and target."""
    source, target = request.param.split()
    return _place(request, tmp_path, source, "from"), _place(request, tmp_path, target, "to")


def _place(request: pytest.FixtureRequest, tmp_path: Path, kind: str, name: str) -> str:
    if kind == "sqlite":
        return f"sqlite:///{tmp_path}/{name}.sqlite3"
    server: PostgresServer = request.getfixturevalue("postgres_server")
    made = server.store()
    url = made.__enter__()
    request.addfinalizer(lambda: made.__exit__(None, None, None))
    return url


@pytest.fixture
def filled(direction: tuple[str, str]) -> tuple[str, str]:
    """The same, with rows in every table of the source."""
    put(direction[0], range(1, 9))
    return direction


def put(url: str, numbers: range) -> None:
    migrate_store(located(url))
    with whole_store(located(url), to_change=True) as connection:
        fill(connection, numbers)


def contents_of(url: str) -> Contents:
    with whole_store(located(url)) as connection:
        return contents(connection)


def change(url: str, *statements: str) -> None:
    def work(connection: Connection) -> None:
        for statement in statements:
            connection.execute(text(statement))

    with whole_store(located(url), to_change=True) as connection:
        work(connection)


def expected_copy(source: Contents) -> Contents:
    """The expected copy: the same rows, with no delivery being handled."""

    def queued(row: dict[str, object]) -> dict[str, object]:
        if row["state"] != "running":
            return row
        attempts = row["attempts"]
        assert isinstance(attempts, int)
        return row | {
            "state": "queued",
            "attempts": max(attempts - 1, 0),
            "not_before": None,
            "error": PROCESS_ENDED,
        }

    return dict(source) | {"delivery": [queued(dict(row)) for row in source["delivery"]]}


@every_direction
def test_everything_is_copied_and_the_source_left_as_it_is(filled: tuple[str, str]) -> None:
    source, target = filled
    before = contents_of(source)
    assert all(len(rows) == 8 for rows in before.values())
    moved = copy_store(source, target)
    assert contents_of(source) == before
    assert contents_of(target) == expected_copy(before)
    assert moved.rows == dict.fromkeys(before, 8)
    assert moved.deliveries == {
        DeliveryState.QUEUED: 4,
        DeliveryState.RUNNING: 0,
        DeliveryState.DONE: 2,
        DeliveryState.DEAD: 2,
    }


def test_run_again_it_leads_to_the_same_end(filled: tuple[str, str]) -> None:
    source, target = filled
    copy_store(source, target)
    first = contents_of(target)
    copy_store(source, target)
    assert contents_of(target) == first
    # The source was served again before the final move.
    put(source, range(9, 20))
    change(source, HANDLED)
    change(source, "DELETE FROM claim WHERE pep < 5")
    copy_store(source, target)
    assert contents_of(target) == expected_copy(contents_of(source))


@to_other_kind
async def test_new_rows_come_after_those_that_were_copied(filled: tuple[str, str]) -> None:
    source, target = filled
    copy_store(source, target)
    store = Store(await open_database(target))
    latest = WriteRecord(NOON, subject(), "d99", "AddLabels", "new-pep", False)
    await store.record_write(latest)
    await store.remember(subject(), memory())
    assert (await audit(store))[0] == latest
    assert await store.recall(subject()) == memory()
    await store.close()
    change(target, NEW_DELIVERY)
    assert max(contents_of(target)["delivery"], key=lambda row: int(str(row["seq"])))["id"] == "new"


def test_a_target_that_has_been_at_work_is_refused_and_left_alone(filled: tuple[str, str]) -> None:
    source, target = filled
    copy_store(source, target)
    for work, undo in (
        (NEW_DELIVERY, NO_NEW_DELIVERY),
        (HANDLED, NOT_HANDLED),
        (NEW_AUDIT, NO_NEW_AUDIT),
    ):
        change(target, work)
        before = contents_of(target)
        words = r"a bot has worked on .*: it has \d .*It was not changed"
        with pytest.raises(StoreUnusable, match=words):
            copy_store(source, target)
        assert contents_of(target) == before, work
        change(target, undo)
    copy_store(source, target)


def test_a_copy_that_fails_leaves_no_file_behind(tmp_path: Path) -> None:
    migrate_store(located(f"sqlite:///{tmp_path}/from.sqlite3"))
    before = sorted(tmp_path.iterdir())

    def fails(_: int) -> None:
        raise StoreUnusable("in use")

    for target, words in (("to", "in use"), ("no/to", "does not exist")):
        with pytest.raises(StoreUnusable, match=words):
            copy_store(
                f"sqlite:///{tmp_path}/from.sqlite3",
                f"sqlite:///{tmp_path}/{target}.sqlite3",
                on_begin=fails,
            )
        assert sorted(tmp_path.iterdir()) == before
    copy_store(f"sqlite:///{tmp_path}/from.sqlite3", f"sqlite:///{tmp_path}/to.sqlite3")


@to_other_kind
def test_what_cannot_be_copied_whole_is_not_copied_at_all(
    filled: tuple[str, str],
) -> None:
    source, target = filled
    copy_store(source, target)
    before = contents_of(target)
    put(source, range(9, 12))
    seen = 0

    def interrupted(count: int) -> None:
        nonlocal seen
        seen += count
        if seen > 50:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        copy_store(source, target, on_rows=interrupted)
    assert contents_of(target) == before


@pytest.mark.postgres
def test_a_server_on_the_way_is_told_to_be_stopped(
    tmp_path: Path, postgres_server: PostgresServer, postgres_url: str
) -> None:
    file = tmp_path / "from.sqlite3"
    source = f"sqlite:///{file}"

    async def copy_while_served() -> None:
        inbox = await SqliteInbox.open(file)
        with pytest.raises(StoreUnusable, match="another process is serving"):
            copy_store(source, postgres_url)
        await inbox.close()
        assert not is_there(located(postgres_url)), "nothing was begun"
        database = await open_database(postgres_url)
        await database.check()
        # Both at once, since each waits a while for connections that are closing.
        results = await asyncio.gather(
            asyncio.to_thread(copy_store, source, postgres_url),
            asyncio.to_thread(copy_store, postgres_url, f"sqlite:///{tmp_path}/to.sqlite3"),
            return_exceptions=True,
        )
        for refused in results:
            assert isinstance(refused, StoreUnusable)
            # They see each other, too, but none of them sees nobody.
            assert re.search(r"in use: [12] other .*stop every `serve`", str(refused))
        await database.close()

    asyncio.run(copy_while_served())
    copy_store(source, postgres_url)


@pytest.mark.postgres
def test_deliveries_of_a_real_inbox_arrive_with_their_payloads(
    tmp_path: Path, postgres_url: str
) -> None:
    file = tmp_path / "from.sqlite3"
    large = bytes(range(256)) * 400

    async def served() -> None:
        inbox = await SqliteInbox.open(file)
        await inbox.accept(review("first", payload=large))
        await handle_all(inbox, dead=["first"], error="half \ud800 and null \0")
        for number in range(30):
            await inbox.accept(act(f"a{number}", key=f"k{number % 3}", payload=large))
        await inbox.close()

    asyncio.run(served())
    copy_store(f"sqlite:///{file}", postgres_url)
    rows = contents_of(postgres_url)
    assert [row["id"] for row in rows["delivery"]] == ["first", *(f"a{n}" for n in range(30))]
    assert "half \\ud800 and null \\x00" in rows["delivery"][0]["error"]
    assert all(row["body"] == large for row in rows["delivery_payload"])


@pytest.mark.postgres
def test_what_waits_is_handled_in_its_order_by_whoever_serves_the_copy(
    tmp_path: Path, postgres_url: str
) -> None:
    file = tmp_path / "from.sqlite3"

    async def filled() -> None:
        inbox = await SqliteInbox.open(file)
        for number in range(6):
            await inbox.accept(act(f"a{number}", key=f"k{number % 2}"))
        await inbox.close()
        with closing(sqlite3.connect(file)) as connection:
            connection.execute("UPDATE delivery SET state = 'running' WHERE id = 'a0'")
            connection.commit()

    async def handled() -> list[str]:
        inbox = await open_inbox(postgres_url)
        seen: list[str] = []

        async def handle(batch: Batch) -> None:
            seen.extend(ids(batch))

        await handle_all(inbox, handle)
        await inbox.close()
        return seen

    asyncio.run(filled())
    copy_store(f"sqlite:///{file}", postgres_url)
    seen = asyncio.run(handled())
    assert sorted(seen) == [f"a{n}" for n in range(6)]
    for key in range(2):
        of_key = [name for name in seen if int(name[1:]) % 2 == key]
        assert of_key == sorted(of_key)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["store", "copy", *arguments])


def test_the_command_tells_what_it_copied(filled: tuple[str, str]) -> None:
    result = run(*filled)
    assert result.exit_code == 0, result.output
    assert "delivery payload" in result.stdout
    assert "deliveries: queued 4, running 0, done 2, dead 2" in result.stdout
    assert "Set DATABASE_URL to the copy" in result.stdout


@pytest.mark.parametrize(
    ("source", "target", "words"),
    [
        ("sqlite:///none.sqlite3", "sqlite:///to.sqlite3", "there is no store at none.sqlite3 yet"),
        ("sqlite:///a.sqlite3", "sqlite:///a.sqlite3", "the same store"),
        ("mysql://u:hunter2@h/d", "sqlite:///to.sqlite3", "is invalid"),
        ("sqlite:///from.sqlite3", "postgresql://u:hunter2@127.0.0.1:1/d", "no server listens"),
    ],
)
def test_the_command_says_why_it_cannot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str, target: str, words: str
) -> None:
    monkeypatch.chdir(tmp_path)
    put("sqlite:///from.sqlite3", range(1, 2))
    result = run(source, target)
    assert result.exit_code == 2
    assert words in result.stderr
    assert "hunter2" not in result.output
    assert not (tmp_path / "to.sqlite3").exists()


@pytest.mark.parametrize("direction", WITHIN_A_KIND, indirect=True)
async def test_a_backup_made_while_a_bot_runs_is_restored_and_goes_on(
    filled: tuple[str, str],
) -> None:
    """The commands are those of docs/operator.md."""
    source, target = filled
    running = await open_inbox(source)
    expected = contents_of(source)
    try:
        if target.startswith("sqlite"):
            await asyncio.to_thread(_back_up_file, Path(source[10:]), Path(target[10:]))
        else:
            await asyncio.to_thread(_dump_and_restore, source, target)
        await asyncio.to_thread(change, source, HANDLED)
    finally:
        await running.close()
    assert contents_of(target) == expected
    restored = await open_inbox(target)
    assert (await restored.overview()).depth[DeliveryState.DEAD] > 0
    await restored.close()


def _back_up_file(source: Path, target: Path) -> None:
    # What `.backup` of the sqlite3 program calls.
    with closing(sqlite3.connect(source)) as one, closing(sqlite3.connect(target)) as other:
        one.backup(other)


def _dump_and_restore(source: str, target: str) -> None:
    dump = [_client("pg_dump"), "--format=custom", source]
    made = subprocess.run(dump, check=True, capture_output=True).stdout
    restore = [_client("pg_restore"), "--clean", "--if-exists", "--dbname", target]
    subprocess.run(restore, check=True, input=made, capture_output=True)


def _client(name: str) -> str:
    """A program that comes with PostgreSQL's client, on the path or beside the server's."""
    beside = server_programs()
    found = shutil.which(name) or (beside and shutil.which(name, path=str(beside)))
    assert found, f"{name} is not installed"
    return found
