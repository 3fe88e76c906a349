"""One attempt: whatever the handler does, its outcome is decided, told and recorded."""

import asyncio
from datetime import timedelta

import pytest
import structlog
from structlog.contextvars import get_contextvars
from structlog.testing import capture_logs

from bot.inbox.attempt import Attempts
from bot.inbox.delivery import AttemptResult, Batch, InboxUnavailable, PutOff, Settlement
from tests.inbox.builders import NOON, TurnedClock, act

BATCH = Batch("python/peps#1", (act("a1"),), attempt=1)


async def _settled(fault: BaseException | None, *, is_ending: bool = False) -> Settlement:
    """What is recorded of a batch whose handling ends so."""
    recorded: list[Settlement] = []

    async def handle(batch: Batch) -> None:
        if fault is not None:
            raise fault

    async def settle(settlement: Settlement) -> None:
        recorded.append(settlement)

    attempts = Attempts(handle, clock=TurnedClock(), spread=lambda: 0.5)
    returned = await attempts.run(BATCH, settle, lambda: is_ending)
    assert recorded == [returned]
    return returned


async def test_what_was_handled_is_done() -> None:
    assert await _settled(None) == Settlement(AttemptResult.DONE)


async def test_a_handler_that_cancels_itself_is_a_fault_like_any() -> None:
    settlement = await _settled(asyncio.CancelledError())
    assert (settlement.result, settlement.counted) == (AttemptResult.RETRIED, True)
    assert "cancelled" in (settlement.error or "")


@pytest.mark.parametrize(
    ("fault", "lines"),
    [
        (PutOff("only 12 of 5000 requests are left", NOON + timedelta(minutes=40)), 1),
        (PutOff("GET /repos/x/y: 502"), 1),
        (ValueError("no such label"), 5),
    ],
)
async def test_a_retry_tells_where_a_fault_was_raised_unless_it_was_expected(
    fault: Exception, lines: int
) -> None:
    with capture_logs() as logs:
        settlement = await _settled(fault)
    (warning,) = [entry for entry in logs if entry["event"] == "will retry"]
    assert warning["error"] == settlement.error
    assert str(fault) in warning["error"].splitlines()[0]
    assert min(len(warning["error"].splitlines()), 5) == lines


async def test_a_handler_that_is_cancelled_at_the_end_of_the_process_is_handed_back() -> None:
    settlement = await _settled(asyncio.CancelledError(), is_ending=True)
    assert settlement == Settlement(AttemptResult.HANDED_BACK)


async def test_an_unavailable_inbox_is_tried_until_it_is_back_and_complained_of_once() -> None:
    failing = 3

    async def handle(batch: Batch) -> None:
        """Nothing."""

    async def settle(settlement: Settlement) -> None:
        nonlocal failing
        failing -= 1
        if failing >= 0:
            raise InboxUnavailable("database or disk is full")

    with capture_logs() as logs:
        await Attempts(handle, pause=0.001).run(BATCH, settle, lambda: False)
    assert failing == -1
    (complaint,) = [entry for entry in logs if entry["event"] == "inbox unavailable"]
    assert "disk is full" in complaint["error"]


async def test_the_delivery_and_its_subject_stand_on_every_line_of_the_log() -> None:
    bound: dict[str, object] = {}

    async def handle(batch: Batch) -> None:
        bound.update(get_contextvars())

    async def settle(settlement: Settlement) -> None:
        """Nothing."""

    await Attempts(handle).run(BATCH, settle, lambda: False)
    assert bound == {
        "delivery": "a1",
        "installation": None,
        "subject": "python/peps#1",
        "rule": None,
    }
    assert structlog.contextvars.get_contextvars() == {}


async def test_every_attempt_is_counted() -> None:
    clock = TurnedClock(NOON + timedelta(seconds=90))

    class Counter:
        def __init__(self) -> None:
            self.counted: list[object] = []

        def attempt_started(self, batch: Batch, waited: float) -> None:
            self.counted.append(waited)

        def attempt_ended(self, batch: Batch, outcome: AttemptResult, seconds: float) -> None:
            assert seconds >= 0
            self.counted.append(outcome)

    async def handle(batch: Batch) -> None:
        raise PutOff("later", clock())

    async def settle(settlement: Settlement) -> None:
        """Nothing."""

    counter = Counter()
    await Attempts(handle, clock=clock, metrics=counter).run(BATCH, settle, lambda: False)
    assert counter.counted == [90, AttemptResult.RETRIED]
