"""What several processes and a server that goes away make of the inbox in PostgreSQL."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

from bot.inbox.delivery import DeliveryState
from bot.inbox.membership import Rhythm
from bot.inbox.postgres import PostgresInbox
from bot.inbox.protocol import Acceptance, Batch, InboxUnavailable
from bot.store.location import PostgresDatabase, located
from tests.inbox.builders import NOON, act, ids, review
from tests.postgres import PostgresServer, ServerClock

pytestmark = pytest.mark.postgres

CHECKOUT = Path(__file__).resolve().parents[2]
QUICK = Rhythm(sign=0.05, patience=1.0)
PATIENT = Rhythm(sign=0.05, patience=60.0)
"""Looks as often, but declares no worker lost that a busy machine holds up."""


class Group:
    """Several inboxes on one database, as several processes would have."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._open: list[PostgresInbox] = []

    async def open(self, rhythm: Rhythm = PATIENT) -> PostgresInbox:
        location = located(self.url)
        assert isinstance(location, PostgresDatabase)
        inbox = await PostgresInbox.open(location, rhythm=rhythm)
        self._open.append(inbox)
        return inbox

    async def close(self) -> None:
        for inbox in self._open:
            await inbox.close()


@pytest.fixture
async def group(postgres_store: str) -> AsyncIterator[Group]:
    group = Group(postgres_store)
    yield group
    await group.close()


async def _claimed(inbox: PostgresInbox, seconds: float = 30) -> Batch:
    """The next batch, once there is one."""
    async with asyncio.timeout(seconds):
        while not (batches := await inbox.claim(1)):
            await inbox.wait(1)
    return batches[0]


async def _execute(url: str, *statements: str) -> None:
    """Run statements as somebody else, who may have to wait for what the inbox has locked."""

    def work() -> None:
        with psycopg.connect(url, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)

    await asyncio.to_thread(work)


async def _until_usable(inbox: PostgresInbox) -> None:
    async with asyncio.timeout(30):
        while True:
            with suppress(InboxUnavailable):
                await inbox.check()
                return


async def test_two_workers_never_have_one_key_at_a_time(group: Group) -> None:
    one, other = await group.open(), await group.open()
    for number in range(20):
        await one.accept(act(f"a{number}", key=f"python/peps#{number % 4}"))
    batches = [batch for inbox in (one, other) for batch in await inbox.claim(3)]
    assert sorted(batch.key for batch in batches) == [f"python/peps#{n}" for n in range(4)]
    assert await one.claim(10) == await other.claim(10) == []


async def test_who_waits_elsewhere_is_woken_by_the_end_of_what_was_in_its_way(group: Group) -> None:
    one, other = await group.open(), await group.open()
    await one.accept(act("a1"))
    await one.accept(act("a2"))
    first = await _claimed(one)
    assert await other.claim(1) == []
    waiting = asyncio.create_task(_claimed(other, seconds=3))
    await one.finish(first)
    assert ids(await waiting) == ["a2"]


async def test_what_comes_in_at_one_process_wakes_a_worker_in_another(group: Group) -> None:
    web, worker = await group.open(), await group.open()
    waiting = asyncio.create_task(_claimed(worker, seconds=10))
    await web.accept(review())
    assert ids(await waiting) == ["r1"]


async def test_deliveries_taken_by_two_processes_are_handled_in_the_order_they_were_taken(
    group: Group,
) -> None:
    webs, worker = [await group.open(), await group.open()], await group.open()
    for number in range(40):
        await webs[number % 2].accept(act(f"a{number}"))
    handled = []
    for _ in range(40):
        batch = await _claimed(worker)
        handled += ids(batch)
        await worker.finish(batch)
    assert handled == [f"a{number}" for number in range(40)]


async def test_of_one_delivery_at_two_processes_one_is_accepted(group: Group) -> None:
    webs = [await group.open(), await group.open()]
    answers = await asyncio.gather(
        *(webs[turn % 2].accept(review(f"r{turn // 2}")) for turn in range(40))
    )
    assert answers.count(Acceptance.ACCEPTED) == 20


@asynccontextmanager
async def _worker_process(url: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """A process that claims all there is and handles none of it."""
    program = (
        "import asyncio, sys\n"
        "from tests.inbox.builders import OPENERS\n"
        "async def main():\n"
        "    inbox = await OPENERS['postgres'](sys.argv[1])\n"
        "    print(len(await inbox.claim(10)), flush=True)\n"
        "    await asyncio.Event().wait()\n"
        "asyncio.run(main())\n"
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, url, cwd=CHECKOUT, stdout=asyncio.subprocess.PIPE
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def test_the_work_of_a_killed_process_is_taken_over(
    group: Group,
) -> None:
    inbox = await group.open(QUICK)
    await inbox.accept(review("r1", "python/peps#1"))
    await inbox.accept(review("r2", "python/peps#2"))
    async with _worker_process(group.url) as worker:
        assert worker.stdout is not None
        assert await worker.stdout.readline() == b"2\n"
        assert await inbox.claim(10) == []
        worker.kill()
        await worker.wait()
        batch = await _claimed(inbox, seconds=30)
    assert batch.attempt == 1
    assert batch.failures == 0, "it was not handled alone, so it is not to blame"
    record = await inbox.record(ids(batch)[0])
    assert record is not None
    assert record.error == "the process ended while this was being handled"


async def test_a_worker_that_stood_still_neither_settles_nor_writes_what_was_taken_over(
    group: Group,
) -> None:
    inbox = await group.open(QUICK)
    await inbox.accept(review())
    async with _worker_process(group.url) as worker:
        assert worker.stdout is not None
        await worker.stdout.readline()
        os.kill(worker.pid, signal.SIGSTOP)
        batch = await _claimed(inbox, seconds=30)
        os.kill(worker.pid, signal.SIGCONT)
    await inbox.finish(batch)
    record = await inbox.record("r1")
    assert record is not None
    assert record.state is DeliveryState.DONE


async def test_a_worker_taken_for_lost_writes_and_settles_nothing_and_begins_anew(
    group: Group,
) -> None:
    lost, other = await group.open(Rhythm(sign=3600)), await group.open(QUICK)
    await lost.accept(review())
    late = await _claimed(lost)
    await lost.bucket(1).acquire()
    again = await _claimed(other)
    with pytest.raises(InboxUnavailable, match="taken for lost"):
        await lost.bucket(1).acquire()
    await lost.bury(late, "too late")
    assert (await other.depth())[DeliveryState.RUNNING] == 1
    await other.finish(again)
    await lost.accept(review("r2"))
    assert ids(await _claimed(lost)) == ["r2"]


async def test_a_clock_put_forward_makes_no_worker_look_lost(postgres_store: str) -> None:
    clock = ServerClock.of(postgres_store)
    group = Group(postgres_store)
    one, other = await group.open(), await group.open()
    await one.accept(review())
    batch = await _claimed(one)
    assert await other.claim(1) == []
    clock.set(NOON + timedelta(days=10_000))
    # Long enough for the other to look often: what shows is that one still holds what it has.
    for _ in range(5):
        await other.accept(review("later", "python/peps#9"))
        await other.hand_back(await _claimed(other))
    assert await other.claim(1) != []
    await one.finish(batch)
    record = await one.record("r1")
    assert record is not None
    assert record.error is None
    await group.close()


async def test_a_claim_whose_answer_was_lost_is_handed_back(group: Group) -> None:
    inbox = await group.open()
    assert await inbox.claim(1) == []
    await inbox.accept(review())
    with psycopg.connect(group.url) as connection:
        worker = connection.execute("SELECT id FROM procrastinate_workers").fetchone()
        assert worker is not None
        connection.execute("SELECT procrastinate_fetch_job_v2(NULL, %s)", worker)
        connection.execute("UPDATE delivery SET state = 'running', attempts = 1")
    batch = await _claimed(inbox)
    assert (ids(batch), batch.attempt, batch.failures) == (["r1"], 1, 0)


async def test_rows_for_which_there_is_no_job_are_found(group: Group) -> None:
    web = await group.open()
    await web.accept(review())
    with psycopg.connect(group.url) as connection:
        connection.execute("DELETE FROM procrastinate_jobs")
    assert ids(await _claimed(await group.open())) == ["r1"]


async def test_a_job_that_nothing_waits_for_is_in_nobodys_way(group: Group) -> None:
    inbox = await group.open()
    await inbox.accept(review("gone", "python/peps#1"))
    with psycopg.connect(group.url) as connection:
        connection.execute("DELETE FROM delivery")
    await inbox.accept(review("r2", "python/peps#2"))
    assert ids(await _claimed(inbox)) == ["r2"]
    with psycopg.connect(group.url) as connection:
        assert connection.execute("SELECT lock FROM procrastinate_jobs").fetchall() == [
            ("python/peps#2",)
        ]


async def test_a_lost_server_is_reported_and_survived(
    group: Group, postgres_server: PostgresServer
) -> None:
    inbox = await group.open()
    await inbox.accept(act("a1"))
    await inbox.accept(act("a2"))
    batch = await _claimed(inbox)
    postgres_server.stop(at_once=True)
    try:
        # All at once, since each is patient.
        results = await asyncio.gather(
            inbox.accept(act("a3")), inbox.finish(batch), inbox.check(), return_exceptions=True
        )
        assert [type(one) for one in results] == [InboxUnavailable] * 3
        assert "cannot be used now" in str(results[0])
    finally:
        postgres_server.start()
    await _until_usable(inbox)
    assert await inbox.record("a3") is None, "half-written"
    await inbox.finish(batch)
    assert await inbox.accept(act("a3")) is Acceptance.ACCEPTED
    for name in ("a2", "a3"):
        batch = await _claimed(inbox)
        assert ids(batch) == [name]
        await inbox.finish(batch)


async def test_a_full_disk_refuses_a_delivery_whole_and_shows_until_there_is_room(
    group: Group,
) -> None:
    inbox = await group.open()
    with psycopg.connect(group.url, autocommit=True) as connection:
        # What a server answers that cannot make a file longer (PostgreSQL, "Error Codes").
        connection.execute(
            "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE"
            " 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$"
        )
        for table in ("delivery_payload", "compatibility"):
            connection.execute(
                f"CREATE TRIGGER full_disk BEFORE INSERT OR UPDATE ON {table}"  # type: ignore[arg-type]
                " FOR EACH ROW EXECUTE FUNCTION full_disk()"
            )
    with pytest.raises(InboxUnavailable, match="make room"):
        await inbox.accept(review())
    with pytest.raises(InboxUnavailable, match="make room"):
        await inbox.check()
    assert await inbox.record("r1") is None
    await _execute(group.url, "DROP FUNCTION full_disk() CASCADE")
    await inbox.check()
    assert await inbox.accept(review()) is Acceptance.ACCEPTED


async def test_what_was_claimed_before_the_database_failed_is_handled_all_the_same(
    group: Group,
) -> None:
    inbox = await group.open()
    for number in (1, 2):
        await inbox.accept(review(f"r{number}", f"python/peps#{number}"))
    await _execute(
        group.url,
        "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE"
        " 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$",
        "CREATE TRIGGER full_disk BEFORE UPDATE ON procrastinate_jobs FOR EACH ROW"
        " WHEN (NEW.lock = 'python/peps#2') EXECUTE FUNCTION full_disk()",
    )
    (batch,) = await inbox.claim(10)
    assert ids(batch) == ["r1"]
    with pytest.raises(InboxUnavailable, match="make room"):
        await inbox.claim(10)
    await inbox.finish(batch)
    await _execute(group.url, "DROP FUNCTION full_disk() CASCADE")
    assert ids(await _claimed(inbox)) == ["r2"]


async def test_all_processes_share_one_bucket(postgres_store: str) -> None:
    clock = ServerClock.of(postgres_store)
    clock.set(NOON)
    group = Group(postgres_store)
    inboxes = [await group.open(), await group.open()]
    for inbox in inboxes:
        await inbox.claim(1)
    async with asyncio.timeout(30):
        for turn in range(8):
            await inboxes[turn % 2].bucket(7).acquire()
    ninth = asyncio.create_task(inboxes[0].bucket(7).acquire())
    await inboxes[1].bucket(8).acquire()
    done, _ = await asyncio.wait({ninth}, timeout=0.2)
    assert not done, "the ninth write of a second was let through"
    clock.set(NOON + timedelta(days=-1))
    await inboxes[1].bucket(7).acquire()
    await ninth
    await group.close()
