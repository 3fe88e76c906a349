"""Several workers queue timed work once, each repository's at its own time, and all at a start."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from bot.handlers.events import REDELIVERY_INTERVAL, SWEEP_INTERVAL, Job
from bot.inbox.delivery import Delivery
from bot.review.subject import Repository
from bot.schedule import LOOK_INTERVAL, TimedJobs, last_due, shared_start

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

    def __init__(self, repositories: Sequence[Repository] = (PEPS,)) -> None:
        self._repositories = repositories
        self.deliveries: dict[str, Delivery] = {}

    async def repositories(self) -> Sequence[Repository]:
        return self._repositories

    async def accept(self, delivery: Delivery) -> None:
        self.deliveries.setdefault(delivery.id, delivery)

    def count(self, name: Job) -> int:
        return sum(one.event == name for one in self.deliveries.values())

    def times(self, name: Job) -> list[datetime]:
        return [one.received_at for one in self.deliveries.values() if one.event == name]


async def start_worker(shared: Shared, clock: Clock, start: str = "") -> TimedJobs:
    """Let a worker queue what it does at its start, by default one of many."""
    worker = TimedJobs(shared, shared, clock, start or shared_start(clock()))
    await worker.queue()
    return worker


async def look(clock: Clock, worker: TimedJobs, duration: timedelta) -> None:
    """Let a worker look as often as it does."""
    end = clock.now + duration
    while clock.now < end:
        clock.now += LOOK_INTERVAL
        await worker.queue()


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


async def test_a_start_after_a_time_away_sweeps() -> None:
    shared, clock = Shared(), Clock(NOON)
    await start_worker(shared, clock)
    clock.now += HOUR
    await start_worker(shared, clock)
    assert shared.count(Job.SWEEP) == 2


async def test_a_worker_that_is_alone_sweeps_at_every_start() -> None:
    shared, clock = Shared(), Clock(NOON)
    for _ in range(3):
        await start_worker(shared, clock, uuid4().hex)
    assert shared.count(Job.SWEEP) == 3


async def test_what_is_done_once_a_day_is_queued_once_however_many_starts_the_day_has() -> None:
    shared, clock = Shared(), Clock(NOON)
    for _ in range(3):
        await start_worker(shared, clock, uuid4().hex)
        clock.now += HOUR
    assert (shared.count(Job.REGISTER), shared.count(Job.REMINDERS)) == (3, 1)
    assert (shared.count(Job.SUBMISSIONS), shared.count(Job.QUEUE)) == (1, 1)


async def test_what_concerns_the_app_is_queued_at_the_start_and_every_hour() -> None:
    shared, clock = Shared([]), Clock(NOON + MINUTE)
    worker = await start_worker(shared, clock)
    assert [(one.event, one.key) for one in shared.deliveries.values()] == [("redelivery", "app")]
    await look(clock, worker, 3 * REDELIVERY_INTERVAL)
    assert shared.count(Job.REDELIVERY) == 1 + 3


async def test_each_repository_is_swept_once_within_six_hours_at_its_own_time() -> None:
    repositories = [Repository(f"owner/peps-{number}", number) for number in range(500)]
    shared, clock = Shared(repositories), Clock(NOON + MINUTE)
    worker = await start_worker(shared, clock)
    await look(clock, worker, SWEEP_INTERVAL)
    times = Counter(shared.times(Job.SWEEP))
    assert times.pop(NOON + MINUTE) == 500  # at the start
    assert times.total() == shared.count(Job.REGISTER) - 500 == 500
    assert max(times.values()) < 25  # 500 in 72 parts of six hours


async def test_workers_that_look_at_different_times_sweep_once() -> None:
    shared, first, second = Shared(), Clock(NOON), Clock(NOON + MINUTE)
    one, other = await start_worker(shared, first), await start_worker(shared, second)
    for _ in range(2 * SWEEP_INTERVAL // LOOK_INTERVAL):
        await look(first, one, LOOK_INTERVAL)
        await look(second, other, LOOK_INTERVAL)
    assert shared.count(Job.SWEEP) == 1 + 2


async def test_whoever_was_held_up_queues_what_became_due_meanwhile() -> None:
    shared, clock = Shared(), Clock(NOON)
    worker = await start_worker(shared, clock)
    clock.now += 5 * SWEEP_INTERVAL
    await worker.queue()
    assert shared.count(Job.SWEEP) == 2


async def test_a_clock_that_is_turned_back_counts_from_there() -> None:
    shared, clock = Shared(), Clock(NOON)
    worker = await start_worker(shared, clock)
    clock.now -= timedelta(days=3)
    await worker.queue()
    assert shared.count(Job.SWEEP) == 1
    await look(clock, worker, SWEEP_INTERVAL)
    assert shared.count(Job.SWEEP) == 2


async def test_the_name_of_a_time_is_whole_in_the_deliverys_id() -> None:
    shared, clock = Shared(), Clock(NOON)
    await look(clock, await start_worker(shared, clock), SWEEP_INTERVAL)
    due = last_due(PEPS, SWEEP_INTERVAL, clock.now)
    assert {one for one in shared.deliveries if one.startswith("self:sweep:")} == {
        "self:sweep:python/peps:start-2026-11-24T120000Z",
        f"self:sweep:python/peps:{due:%Y-%m-%dT%H%M%SZ}",
    }
