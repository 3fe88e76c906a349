"""Rounds of several workers are one round; a worker that is alone sweeps whenever it starts."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from bot.handlers.events import REDELIVERY_INTERVAL, SWEEP_INTERVAL, Job
from bot.handlers.jobs import job_of
from bot.inbox.delivery import Delivery
from bot.review.subject import Repository
from bot.schedule import LocalRounds, Rounds, SharedRounds, queue_round, run_in_rounds

PEPS = Repository("python/peps", 7)
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


class Clock:
    """A clock that stands still until it is set."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


class Shared:
    """A store of which many know the repositories, and an inbox that takes each name once."""

    def __init__(self) -> None:
        self.deliveries: dict[str, Delivery] = {}

    async def repositories(self) -> Sequence[Repository]:
        return [PEPS]

    async def accept(self, delivery: Delivery) -> None:
        self.deliveries.setdefault(delivery.id, delivery)

    def count(self, name: Job) -> int:
        return sum(one.event == name for one in self.deliveries.values())


async def start_worker(shared: Shared, clock: Clock, rounds: Rounds | None = None) -> None:
    """Let a worker start, queue what it would at its start, and stop again."""
    stop = asyncio.Event()

    async def queue(round_name: str) -> None:
        await queue_round(shared, shared, clock, SWEEP_INTERVAL, round_name)
        stop.set()

    async with asyncio.timeout(10):
        await run_in_rounds(queue, stop, rounds or SharedRounds(clock))


async def test_workers_that_a_new_version_starts_anew_sweep_once() -> None:
    shared, clock = Shared(), Clock(NOON + MINUTE)
    for _ in range(5):
        await start_worker(shared, clock)
        clock.now += 2 * MINUTE
    assert shared.count(Job.SWEEP) == 1


async def test_across_a_quarters_end_they_sweep_twice_and_not_five_times() -> None:
    shared, clock = Shared(), Clock(NOON + 13 * MINUTE)
    for _ in range(5):
        await start_worker(shared, clock)
        clock.now += MINUTE
    assert shared.count(Job.SWEEP) == 2


async def test_a_start_after_a_time_away_sweeps_though_this_rounds_sweep_is_done() -> None:
    shared, clock = Shared(), Clock(NOON)
    await start_worker(shared, clock)
    clock.now += HOUR
    await start_worker(shared, clock)
    assert shared.count(Job.SWEEP) == 2


async def test_a_worker_that_is_alone_sweeps_at_every_start() -> None:
    shared, clock = Shared(), Clock(NOON)
    for _ in range(3):
        await start_worker(shared, clock, LocalRounds())
    assert shared.count(Job.SWEEP) == 3


async def test_what_is_done_once_a_day_is_queued_once_however_many_rounds_the_day_has() -> None:
    shared, clock = Shared(), Clock(NOON)
    for _ in range(3):
        await start_worker(shared, clock, LocalRounds())
        clock.now += HOUR
    assert (shared.count(Job.REGISTER), shared.count(Job.REMINDERS)) == (3, 1)
    assert (shared.count(Job.SUBMISSIONS), shared.count(Job.QUEUE)) == (1, 1)
    assert shared.count(Job.REDELIVERY) == 0


async def test_what_concerns_the_app_is_queued_once_a_round() -> None:
    shared = Shared()
    await queue_round(shared, shared, Clock(NOON), REDELIVERY_INTERVAL, "r1")
    assert [(one.event, one.key) for one in shared.deliveries.values()] == [("redelivery", "app")]


def test_all_workers_call_a_round_by_one_name_however_their_clocks_differ_a_little() -> None:
    slow, fast = SharedRounds(Clock(NOON + MINUTE)), SharedRounds(Clock(NOON + 3 * MINUTE))
    assert slow.now() == fast.now()


def test_a_round_begins_every_six_hours_by_the_clock() -> None:
    clock = Clock(NOON + HOUR)
    rounds = SharedRounds(clock)
    first = rounds.now()
    assert rounds.until_next() == 5 * HOUR
    clock.now += rounds.until_next()
    assert rounds.now() != first
    assert rounds.until_next() == SWEEP_INTERVAL


def test_a_start_is_called_like_no_round() -> None:
    rounds = SharedRounds(Clock(NOON))
    assert rounds.at_start() != rounds.now()


def test_the_name_of_a_round_is_whole_in_the_deliverys_id() -> None:
    clock = Clock(NOON)
    rounds = SharedRounds(clock)
    names = {job_of(Job.SWEEP, PEPS, name, NOON).id for name in (rounds.at_start(), rounds.now())}
    assert names == {
        "self:sweep:python/peps:start-2026-11-24T120000Z",
        "self:sweep:python/peps:2026-11-24T120000Z",
    }
