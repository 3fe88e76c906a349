"""What several processes and a server that goes away make of the inbox in PostgreSQL."""

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.inbox.delivery import Acceptance, DeliveryState, InboxUnavailable
from bot.inbox.engine import Rhythm
from bot.inbox.postgres import PostgresInbox
from bot.store.location import PostgresDatabase, located
from tests.inbox.builders import (
    NOON,
    PATIENCE,
    QUICK,
    Desk,
    Inboxes,
    act,
    command,
    ids,
    review,
)
from tests.postgres import PostgresServer, ServerClock

pytestmark = pytest.mark.postgres

CHECKOUT = Path(__file__).resolve().parents[2]
PATIENT = Rhythm(heartbeat=0.05, patience=60.0, poll=0.02)
"""Looks often, but declares no worker lost that a busy machine holds up."""

FULL_DISK = (
    "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE"
    " 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$;"
    "CREATE TRIGGER full_disk BEFORE INSERT ON delivery_payload"
    " FOR EACH ROW EXECUTE FUNCTION full_disk();"
    "CREATE TRIGGER full_disk BEFORE UPDATE ON compatibility"
    " FOR EACH ROW EXECUTE FUNCTION full_disk()"
)
"""What a server answers that cannot make a file longer (PostgreSQL, "Error Codes")."""


class Group(Inboxes):
    """Several inboxes on one database, as several processes would have."""

    async def join(self, rhythm: Rhythm = PATIENT) -> PostgresInbox:
        location = located(self.place)
        assert isinstance(location, PostgresDatabase)
        inbox = await PostgresInbox.open(location, rhythm=rhythm)
        self._open.append(inbox.close)
        return inbox


@pytest.fixture
async def group(postgres_store: str) -> AsyncIterator[Group]:
    group = Group("postgres", postgres_store, lambda: NOON)
    yield group
    await group.close()


async def _until_usable(inbox: PostgresInbox) -> None:
    async with asyncio.timeout(30):
        while True:
            with suppress(InboxUnavailable):
                await inbox.check()
                return


async def test_two_workers_never_have_one_key_at_a_time_and_take_turns(group: Group) -> None:
    one, other = await group.join(), await group.join()
    async with Desk(one).working() as mine, Desk(other).working() as yours:
        await one.accept(act("a1"))
        async with asyncio.timeout(PATIENCE):
            first = await _first(mine, yours)
        await other.accept(act("a2"))
        for desk in (mine, yours):
            # Both look for work while the first is being handled.
            await desk.inbox.accept(review(f"sentinel {id(desk)}", f"{id(desk)}"))
            await (await _first(mine, yours)).end()
        assert (await one.depth())[DeliveryState.QUEUED] == 1
        await first.end()
        second = await _first(mine, yours)
        assert (ids(first.batch), ids(second.batch)) == (["a1"], ["a2"])
        await second.end()


async def _first(*desks: Desk):  # type: ignore[no-untyped-def]
    """The next batch of any of them."""
    waiting = {asyncio.create_task(desk.next()) for desk in desks}
    done, rest = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    for task in rest:
        task.cancel()
    await asyncio.wait(waiting)
    (begun,) = [task.result() for task in done]
    return begun


async def test_of_one_delivery_at_two_processes_one_is_accepted(group: Group) -> None:
    webs = [await group.join(), await group.join()]
    answers = await asyncio.gather(
        *(webs[turn % 2].accept(review(f"r{turn // 2}")) for turn in range(40))
    )
    assert answers.count(Acceptance.ACCEPTED) == 20


async def test_what_two_processes_accept_one_after_the_other_is_handled_in_that_order(
    group: Group,
) -> None:
    webs, worker = [await group.join(), await group.join()], await group.join()
    for number in range(10):
        await webs[number % 2].accept(act(f"a{number}"))
    async with Desk(worker).working() as desk:
        assert [await desk.next_ids() for _ in range(10)] == [[f"a{n}"] for n in range(10)]


@asynccontextmanager
async def _worker_process(url: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """A process that begins all there is and ends none of it."""
    program = (
        "import asyncio, sys\n"
        "from bot.inbox.attempt import Attempts\n"
        "from tests.inbox.builders import OPENERS\n"
        "async def handle(batch):\n"
        "    print(batch.key, flush=True)\n"
        "    await asyncio.Event().wait()\n"
        "async def main():\n"
        "    inbox = await OPENERS['postgres'](sys.argv[1])\n"
        "    await inbox.work(Attempts(handle), asyncio.Event())\n"
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


async def test_the_work_of_a_killed_process_is_taken_over_and_of_one_that_wakes_late_ignored(
    group: Group,
) -> None:
    inbox = await group.join(QUICK)
    await inbox.accept(review("r1", "python/peps#1"))
    await inbox.accept(review("r2", "python/peps#2"))
    async with _worker_process(group.place) as worker:
        assert worker.stdout is not None
        for _ in range(2):
            await worker.stdout.readline()
        os.kill(worker.pid, signal.SIGSTOP)
        async with Desk(inbox).working() as desk:
            taken = [await desk.next(), await desk.next()]
            assert [(one.batch.attempt, one.batch.failures) for one in taken] == [(2, 1), (2, 1)]
            record = await inbox.record("r1")
            assert record is not None
            assert record.error == "the process ended while this was being handled"
            os.kill(worker.pid, signal.SIGCONT)
            await taken[0].end()
            worker.kill()
            await worker.wait()
            await taken[1].end()
    assert (await inbox.depth())[DeliveryState.DONE] == 2


async def test_a_late_worker_writes_and_settles_nothing_and_begins_anew(group: Group) -> None:
    late, other = await group.join(Rhythm(heartbeat=3600, poll=0.02)), await group.join(QUICK)
    await late.accept(command("c1"))
    await late.accept(command("c2"))
    async with Desk(
        late, concurrency=1, at_last=late.shared_bucket(1, 8).acquire
    ).working() as desk:
        begun = await desk.next()
        async with Desk(other, at_last=other.shared_bucket(1, 8).acquire).working() as successor:
            again = await successor.next()
            assert ids(again.batch) == ["c1"], "it kept its place"
            with capture_logs() as logs:
                begun.outcome.set_result(None)
                async with asyncio.timeout(PATIENCE):
                    while not [one for one in logs if one["log_level"] == "error"]:
                        await other.depth()
            (told,) = [one for one in logs if one["event"] == "will retry"]
            assert "JobLost" in told["error"], "it got no token"
            assert "this worker was declared dead; others do its work" in [
                one["event"] for one in logs
            ]
            assert (await other.depth())[DeliveryState.RUNNING] == 1, "c2 was begun beside c1"
            await again.end()
            second = await _first(desk, successor)
            assert ids(second.batch) == ["c2"]
            await second.end()
    assert (await other.depth())[DeliveryState.DONE] == 2


async def test_an_end_that_the_engine_cannot_record_blocks_nothing(group: Group) -> None:
    inbox = await group.join()
    await inbox.accept(act("a1"))
    await inbox.accept(act("a2"))
    async with Desk(inbox).working() as desk:
        begun = await desk.next()
        await group.execute("ALTER FUNCTION procrastinate_finish_job_v1 RENAME TO gone")
        await begun.end()
        await group.execute("ALTER FUNCTION gone RENAME TO procrastinate_finish_job_v1")
        assert await desk.next_ids() == ["a2"]


async def test_a_heartbeat_that_fails_is_noticed_and_the_worker_begins_anew(group: Group) -> None:
    inbox = await group.join()
    workers = "SELECT min(id) FROM procrastinate_workers"

    async def oldest() -> int | None:
        found = await inbox._database.submit(lambda connection: connection.execute(workers))
        return found.fetchone()[0]  # type: ignore[no-any-return]

    async with Desk(inbox).working() as desk:
        await inbox.accept(act("a1"))
        await desk.next_ids()
        first = await oldest()
        await group.execute("ALTER FUNCTION procrastinate_update_heartbeat_v1 RENAME TO gone")
        async with asyncio.timeout(PATIENCE):
            while await oldest() in (first, None):
                pass
        await group.execute("ALTER FUNCTION gone RENAME TO procrastinate_update_heartbeat_v1")
        await inbox.accept(act("a2"))
        assert await desk.next_ids() == ["a2"]


async def test_what_has_no_job_and_what_an_earlier_version_left_is_handled(group: Group) -> None:
    inbox = await group.join()
    for name in ("copied", "waiting", "running"):
        await inbox.accept(act(name, name))
    former = json.dumps({})
    await group.execute(
        "DELETE FROM procrastinate_jobs;"
        "INSERT INTO procrastinate_jobs (queue_name, task_name, priority, lock, queueing_lock,"
        f" args) VALUES ('deliveries', 'bot.deliveries', 1, 'waiting', 'waiting', '{former}');"
        "UPDATE delivery SET state = 'running' WHERE id = 'running'"
    )
    async with Desk(inbox).working() as desk:
        assert sorted([await desk.next_ids() for _ in range(3)]) == [
            ["copied"],
            ["running"],
            ["waiting"],
        ]
        await inbox.accept(act("later", "waiting"))
        assert await desk.next_ids() == ["later"]


async def test_a_look_for_what_has_no_job_makes_none_for_what_comes_in_with_it(
    group: Group,
) -> None:
    inbox = await group.join()
    # While this is done the others wait, and so they share a transaction.
    first = inbox._database.submit(lambda _: time.sleep(0.05))
    await asyncio.gather(
        first,
        inbox.accept(act("a1")),
        inbox._database.submit(lambda connection: inbox._queue_left(connection, [])),
        inbox.accept(act("a2")),
    )
    jobs = "SELECT count(*) FROM procrastinate_jobs"
    assert await inbox._database.submit(lambda c: c.execute(jobs).fetchone()) == (2,)


async def test_a_lost_server_is_reported_and_survived(
    group: Group, postgres_server: PostgresServer
) -> None:
    inbox = await group.join()
    await inbox.accept(act("a1"))
    await inbox.accept(act("a2"))
    async with Desk(inbox).working() as desk:
        begun = await desk.next()
        postgres_server.stop(at_once=True)
        try:
            ending = asyncio.create_task(begun.end())
            # All at once, since each is patient.
            results = await asyncio.gather(
                inbox.accept(act("a3")), inbox.check(), return_exceptions=True
            )
            assert [type(one) for one in results] == [InboxUnavailable] * 2
            assert "cannot be used now" in str(results[0])
        finally:
            postgres_server.start()
        await _until_usable(inbox)
        assert await inbox.record("a3") is None, "half-written"
        assert await inbox.accept(act("a3")) is Acceptance.ACCEPTED
        while (found := await desk.next_ids()) == ["a1"]:
            pass  # its end could not be recorded
        assert [found, await desk.next_ids()] == [["a2"], ["a3"]]
        ending.cancel()


async def test_lost_connections_are_survived(group: Group) -> None:
    inbox = await group.join()
    async with Desk(inbox).working() as desk:
        for number in range(3):
            await inbox.accept(act(f"a{number}"))
            assert await desk.next_ids() == [f"a{number}"]
            await group.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid != pg_backend_pid()"
            )


async def test_a_full_disk_refuses_a_delivery_whole_and_shows_until_there_is_room(
    group: Group,
) -> None:
    inbox = await group.join()
    await group.execute(FULL_DISK)
    with pytest.raises(InboxUnavailable, match="make room"):
        await inbox.accept(review())
    with pytest.raises(InboxUnavailable, match="make room"):
        await inbox.check()
    assert await inbox.record("r1") is None
    await group.execute("DROP FUNCTION full_disk() CASCADE")
    await inbox.check()
    assert await inbox.accept(review()) is Acceptance.ACCEPTED


async def test_all_processes_share_one_bucket(group: Group) -> None:
    clock = ServerClock.of(group.place)
    clock.set(NOON)
    inboxes = [await group.join(), await group.join()]
    async with asyncio.timeout(30):
        for turn in range(8):
            await inboxes[turn % 2].shared_bucket(7, 8).acquire()
    ninth = asyncio.create_task(inboxes[0].shared_bucket(7, 8).acquire())
    await inboxes[1].shared_bucket(8, 8).acquire()
    done, _ = await asyncio.wait({ninth}, timeout=0.2)
    assert not done, "the ninth write of a second was let through"
    clock.set(NOON + timedelta(days=-1))
    await inboxes[1].shared_bucket(7, 8).acquire()
    await ninth
