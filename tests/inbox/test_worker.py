"""The worker's promises: nothing ends it, nothing it took is lost."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog
from structlog.contextvars import get_contextvars
from structlog.testing import capture_logs

from bot.github.client.client import Gone, NotAllowed, TryLater
from bot.inbox.backoff import GIVE_UP_AFTER
from bot.inbox.delivery import DeliveryRecord, DeliveryState
from bot.inbox.protocol import Batch, InboxUnavailable
from bot.inbox.sqlite import SqliteInbox
from bot.inbox.worker import AttemptResult, Worker
from tests.inbox.builders import NOON, TurnedClock, act, ids, review


@pytest.fixture
async def inbox(tmp_path: Path, clock: TurnedClock) -> AsyncIterator[SqliteInbox]:
    inbox = await SqliteInbox.open(tmp_path / "bot.sqlite3", clock=clock)
    yield inbox
    await inbox.close()


@asynccontextmanager
async def _working(worker: Worker) -> AsyncIterator[asyncio.Event]:
    stop = asyncio.Event()
    task = asyncio.create_task(worker.run(stop))
    async with asyncio.timeout(20):
        yield stop
        stop.set()
        await task


async def _until(condition: Callable[[], Awaitable[bool]]) -> None:
    # Conditions ask the inbox, and so let everything else go on meanwhile.
    async with asyncio.timeout(10):
        while not await condition():
            pass


async def _record(inbox: SqliteInbox, name: str) -> DeliveryRecord:
    record = await inbox.record(name)
    assert record is not None
    return record


async def _after_one_attempt(
    inbox: SqliteInbox, clock: TurnedClock, fault: BaseException
) -> DeliveryRecord:
    """What the inbox tells of a delivery whose handling ended in this fault once."""
    attempted = asyncio.Event()

    async def handle(batch: Batch) -> None:
        attempted.set()
        raise fault

    await inbox.accept(act("a1"))
    worker = Worker(inbox, handle, clock=clock, spread=lambda: 0.5)
    async with _working(worker):
        await attempted.wait()
    return await _record(inbox, "a1")


async def test_batches_are_handled_and_finished(inbox: SqliteInbox, clock: TurnedClock) -> None:
    handled: list[list[str]] = []

    async def handle(batch: Batch) -> None:
        handled.append(ids(batch))

    for delivery in (review("r1"), review("r2"), act("a1"), act("b1", key="python/peps#2")):
        await inbox.accept(delivery)
    async with _working(Worker(inbox, handle, clock=clock)):
        await _until(lambda: _done(inbox, 4))
    assert sorted(handled) == [["a1"], ["b1"], ["r1", "r2"]]
    assert handled.index(["r1", "r2"]) < handled.index(["a1"])


async def _done(inbox: SqliteInbox, count: int) -> bool:
    return (await inbox.depth())[DeliveryState.DONE] == count


async def test_keys_run_side_by_side_up_to_the_limit(
    inbox: SqliteInbox, clock: TurnedClock
) -> None:
    running: set[str] = set()
    most = 0
    two_run = asyncio.Event()

    async def handle(batch: Batch) -> None:
        nonlocal most
        running.add(batch.key)
        most = max(most, len(running))
        if len(running) == 2:
            two_run.set()
        await two_run.wait()
        running.remove(batch.key)

    for number in range(6):
        await inbox.accept(act(f"a{number}", key=f"python/peps#{number}"))
    async with _working(Worker(inbox, handle, concurrency=2, clock=clock)):
        await _until(lambda: _done(inbox, 6))
    assert most == 2


async def test_an_unforeseen_fault_is_tried_again_and_told(
    inbox: SqliteInbox, clock: TurnedClock
) -> None:
    record = await _after_one_attempt(inbox, clock, ValueError("token ghs_abcdefghijklmnop12345"))
    assert record.state is DeliveryState.QUEUED
    assert record.run_at == NOON + timedelta(seconds=2)
    assert record.error is not None
    assert record.error.startswith("ValueError: ")
    assert "in handle" in record.error
    assert "abcdefgh" not in record.error


async def test_what_is_gone_is_done(inbox: SqliteInbox, clock: TurnedClock) -> None:
    record = await _after_one_attempt(inbox, clock, Gone("404 for GET /repos/x/y"))
    assert record.state is DeliveryState.DONE


async def test_what_is_not_allowed_is_dead_and_says_what_to_do(
    inbox: SqliteInbox, clock: TurnedClock
) -> None:
    fault = NotAllowed("403 for POST /repos/x/y/labels: issues write is missing")
    record = await _after_one_attempt(inbox, clock, fault)
    assert record.state is DeliveryState.DEAD
    assert record.error is not None
    assert "grant the permission" in record.error
    assert "issues write is missing" in record.error


async def test_a_named_time_is_kept(inbox: SqliteInbox, clock: TurnedClock) -> None:
    fault = TryLater("rate limited", NOON + timedelta(minutes=30))
    record = await _after_one_attempt(inbox, clock, fault)
    assert record.run_at == NOON + timedelta(minutes=30, seconds=7.5)


async def test_a_handler_that_cancels_itself_is_a_fault_like_any(
    inbox: SqliteInbox, clock: TurnedClock
) -> None:
    record = await _after_one_attempt(inbox, clock, asyncio.CancelledError())
    assert record.state is DeliveryState.QUEUED
    assert record.error is not None
    assert "cancelled" in record.error


async def test_a_poisoned_delivery_is_given_up_in_the_end_and_others_pass(
    inbox: SqliteInbox, clock: TurnedClock
) -> None:
    attempts = 0

    async def handle(batch: Batch) -> None:
        nonlocal attempts
        if ids(batch) == ["poison"]:
            attempts += 1
            raise ValueError("poison")

    async def done_in_the_course_of_time() -> bool:
        clock.turn(minutes=1)
        return await _done(inbox, 1)

    await inbox.accept(act("poison"))
    await inbox.accept(act("later"))
    worker = Worker(_Prompt(inbox), handle, clock=clock)
    async with _working(worker):
        await _until(done_in_the_course_of_time)
    assert attempts == GIVE_UP_AFTER
    assert (await _record(inbox, "poison")).state is DeliveryState.DEAD


async def test_a_delivery_that_ends_the_process_each_time_is_given_up_unhandled(
    tmp_path: Path, clock: TurnedClock
) -> None:
    path = tmp_path / "bot.sqlite3"
    for _ in range(GIVE_UP_AFTER):
        inbox = await SqliteInbox.open(path, clock=clock)
        await inbox.accept(act("a1"))
        assert len(await inbox.claim(1)) == 1
        await inbox.close()

    async def handle(batch: Batch) -> None:
        raise AssertionError("it was handled once more")

    inbox = await SqliteInbox.open(path, clock=clock)

    async def dead() -> bool:
        return (await inbox.depth())[DeliveryState.DEAD] == 1

    async with _working(Worker(inbox, handle, clock=clock)):
        await _until(dead)
    assert "brought to an end" in ((await _record(inbox, "a1")).error or "")
    await inbox.close()


async def test_a_poison_that_ends_the_process_takes_none_of_its_neighbours_along(
    tmp_path: Path, clock: TurnedClock
) -> None:
    path = tmp_path / "bot.sqlite3"
    inbox = await SqliteInbox.open(path, clock=clock)
    for number in range(12):
        await inbox.accept(act("poison" if number == 5 else f"a{number}", f"python/peps#{number}"))
    for _ in range(2 * GIVE_UP_AFTER):
        while batches := await inbox.claim(16):
            names = [name for batch in batches for name in ids(batch)]
            if batches[0].failures >= GIVE_UP_AFTER:
                await inbox.bury(batches[0], "given up")
            elif "poison" in names:
                break
            for batch in batches:
                await inbox.finish(batch)
        # The process ends, and with it all that was being handled.
        await inbox.close()
        inbox = await SqliteInbox.open(path, clock=clock)
    states = {one.delivery.id: one.state for one in await inbox.records()}
    assert states.pop("poison") is DeliveryState.DEAD
    assert set(states.values()) == {DeliveryState.DONE}
    await inbox.close()


async def test_at_shutdown_handlers_may_end_within_the_grace(
    inbox: SqliteInbox, clock: TurnedClock
) -> None:
    attempt_started, go_on = asyncio.Event(), asyncio.Event()

    async def handle(batch: Batch) -> None:
        attempt_started.set()
        await go_on.wait()

    await inbox.accept(act("a1"))
    await inbox.accept(act("a2"))
    async with _working(Worker(inbox, handle, clock=clock, grace=10)) as stop:
        await attempt_started.wait()
        stop.set()
        asyncio.get_running_loop().call_later(0.05, go_on.set)
    assert (await _record(inbox, "a1")).state is DeliveryState.DONE
    assert (await _record(inbox, "a2")).attempts == 0


async def test_at_shutdown_what_does_not_end_is_handed_back_as_if_never_begun(
    inbox: SqliteInbox, clock: TurnedClock
) -> None:
    attempt_started = asyncio.Event()

    async def handle(batch: Batch) -> None:
        attempt_started.set()
        await asyncio.Event().wait()

    await inbox.accept(act("a1"))
    async with _working(Worker(inbox, handle, clock=clock, grace=0.01)):
        await attempt_started.wait()
    record = await _record(inbox, "a1")
    assert (record.state, record.attempts, record.error) == (DeliveryState.QUEUED, 0, None)


async def test_a_cancelled_worker_hands_back_too(inbox: SqliteInbox, clock: TurnedClock) -> None:
    attempt_started = asyncio.Event()

    async def handle(batch: Batch) -> None:
        attempt_started.set()
        await asyncio.Event().wait()

    await inbox.accept(act("a1"))
    task = asyncio.create_task(Worker(inbox, handle, clock=clock).run(asyncio.Event()))
    await attempt_started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (await _record(inbox, "a1")).attempts == 0


class _Prompt:
    """An inbox that never waits long, for clocks that are turned while it waits."""

    def __init__(self, inbox: SqliteInbox) -> None:
        self._inbox = inbox

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inbox, name)

    async def wait(self, seconds: float) -> None:
        await self._inbox.wait(0.01)


class _FailingInbox(_Prompt):
    """An inbox that is unavailable the first so many times it is asked, and told, something."""

    def __init__(self, inbox: SqliteInbox, failing: int) -> None:
        super().__init__(inbox)
        self._ails = {"claim": failing, "finish": failing}

    def _fail_if_told(self, what: str) -> None:
        if self._ails[what]:
            self._ails[what] -= 1
            raise InboxUnavailable("database or disk is full")

    async def claim(self, limit: int) -> Sequence[Batch]:
        self._fail_if_told("claim")
        return await self._inbox.claim(limit)

    async def finish(self, batch: Batch) -> None:
        self._fail_if_told("finish")
        await self._inbox.finish(batch)


async def test_an_unavailable_inbox_is_tried_until_it_is_back_and_complained_of_once(
    inbox: SqliteInbox, clock: TurnedClock
) -> None:
    handled = 0

    async def handle(batch: Batch) -> None:
        nonlocal handled
        handled += 1

    await inbox.accept(act("a1"))
    with capture_logs() as logs:
        worker = Worker(_FailingInbox(inbox, 3), handle, clock=clock, pause=0.001)
        async with _working(worker):
            await _until(lambda: _done(inbox, 1))
    assert handled == 1
    complaints = [entry for entry in logs if entry["event"] == "inbox trouble"]
    assert len(complaints) == 1
    assert "disk is full" in complaints[0]["error"]


async def test_the_delivery_and_its_subject_stand_on_every_line_of_the_log(
    inbox: SqliteInbox, clock: TurnedClock
) -> None:
    bound: dict[str, object] = {}

    async def handle(batch: Batch) -> None:
        bound.update(get_contextvars())

    await inbox.accept(act("a1"))
    async with _working(Worker(inbox, handle, clock=clock)):
        await _until(lambda: _done(inbox, 1))
    assert bound == {
        "delivery": "a1",
        "installation": None,
        "subject": "python/peps#1",
        "rule": None,
    }
    assert structlog.contextvars.get_contextvars() == {}


async def test_every_attempt_is_counted(inbox: SqliteInbox, clock: TurnedClock) -> None:
    class Counter:
        def __init__(self) -> None:
            self.waited: list[float] = []
            self.outcomes: list[AttemptResult] = []

        def attempt_started(self, batch: Batch, waited: float) -> None:
            self.waited.append(waited)

        def attempt_ended(self, batch: Batch, outcome: AttemptResult, seconds: float) -> None:
            assert seconds >= 0
            self.outcomes.append(outcome)

    async def handle(batch: Batch) -> None:
        if batch.attempt == 1:
            raise TryLater("later", clock())

    counter = Counter()
    await inbox.accept(act("a1"))
    clock.turn(seconds=90)
    worker = Worker(_Prompt(inbox), handle, clock=clock, metrics=counter, spread=lambda: 0)
    async with _working(worker):
        await _until(lambda: _retried(inbox))
        clock.turn(seconds=5)
        await _until(lambda: _done(inbox, 1))
    assert counter.waited == [90, 95]
    assert counter.outcomes == [AttemptResult.RETRIED, AttemptResult.DONE]


async def _retried(inbox: SqliteInbox) -> bool:
    record = await _record(inbox, "a1")
    return record.state is DeliveryState.QUEUED and record.attempts == 1
