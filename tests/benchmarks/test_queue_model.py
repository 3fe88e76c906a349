"""The arithmetic of the queue model, in cases that can be worked out by hand."""

import random
from dataclasses import replace

import pytest

from benchmarks.many_repositories import (
    DAY,
    EDIT,
    OTHER,
    PUSH,
    SWEEP,
    YEAR,
    Arrival,
    Fleet,
    timed_work,
    webhooks,
)
from benchmarks.queue_model import SLOTS, Day, Setup, simulate
from benchmarks.scale import SQLITE, kept_after_a_year

QUICK = replace(OTHER, cpu=0.1, waits=0)
WRITING = replace(QUICK, writes=2)
COMMAND = replace(QUICK, priority=2)


def every(seconds: float, count: int) -> list[Arrival]:
    """One delivery after another, each about another repository."""
    return [Arrival(seconds * turn, QUICK, turn) for turn in range(count)]


def waits(day: Day) -> list[float]:
    return [seconds for _, seconds in day.waits]


def test_without_load_nothing_waits() -> None:
    assert waits(simulate(every(60, 100), Setup())) == [0.0] * 100


def test_a_processor_is_busy_for_what_comes_times_what_it_takes() -> None:
    day = simulate(every(1, 1000), Setup())
    assert day.busy == [pytest.approx(1000 * QUICK.cpu)]
    assert simulate(every(1, 1000), Setup(cpu_factor=2)).busy == [pytest.approx(200)]


def test_twice_as_many_workers_are_half_as_busy() -> None:
    burst = [Arrival(0, QUICK, number) for number in range(1000)]
    one, two = simulate(burst, Setup(workers=1)), simulate(burst, Setup(workers=2))
    assert two.busy == pytest.approx([one.busy[0] / 2] * 2)
    assert two.ended == pytest.approx(one.ended / 2)


def test_an_answer_takes_a_slot_and_no_processor() -> None:
    slow = replace(QUICK, cpu=0.0, waits=2)
    burst = [Arrival(0, slow, number) for number in range(2 * SLOTS)]
    assert sorted(waits(simulate(burst, Setup(answer=0.5)))) == [0.0] * SLOTS + [1.0] * SLOTS


def test_of_one_pull_request_one_is_handled_at_a_time_and_reviews_merge() -> None:
    day = simulate([Arrival(at, QUICK, 1, 5) for at in (0.0, 0.01, 0.02)], Setup())
    assert waits(day) == pytest.approx([0.0, 0.09, 0.08])
    assert day.busy == [pytest.approx(2 * QUICK.cpu)]
    push = replace(PUSH, cpu=0.1, waits=0, locked_waits=None)
    day = simulate([Arrival(at, push, 1) for at in (0.0, 0.01, 0.02)], Setup())
    assert day.busy == [pytest.approx(3 * push.cpu)]


def test_a_command_goes_before_reviews_and_those_before_timed_work() -> None:
    busy = [Arrival(0, replace(QUICK, cpu=1.0), number) for number in range(SLOTS)]
    later = [
        Arrival(0.1, replace(SWEEP, waits=0), 100),
        Arrival(0.2, QUICK, 101),
        Arrival(0.3, COMMAND, 102),
    ]
    begun = [one.installation for one, _ in simulate(busy + later, Setup()).waits]
    assert begun[SLOTS:] == [102, 101, 100]


def test_eight_writes_go_at_once_and_then_one_a_second() -> None:
    written = [Arrival(0, replace(WRITING, cpu=0.0), 1, number) for number in range(10)]
    assert simulate(written, Setup(answer=0.0)).ended == pytest.approx(20 - 8)
    elsewhere = [Arrival(0, replace(WRITING, cpu=0.0), number) for number in range(10)]
    assert simulate(elsewhere, Setup(answer=0.0)).ended == 0.0


def test_who_writes_much_holds_up_others_unless_its_slots_are_limited() -> None:
    storm = [Arrival(0, WRITING, 1, number) for number in range(100)]
    other = Arrival(5, QUICK, 2)

    def waited(setup: Setup) -> float:
        return next(
            seconds for one, seconds in simulate([*storm, other], setup).waits if one is other
        )

    assert waited(Setup()) > 120
    assert waited(Setup(most_slots=8)) == 0.0


def test_a_lock_of_the_process_holds_up_other_repositories() -> None:
    pushes = [Arrival(0, replace(PUSH, cpu=0.0), number) for number in range(10)]
    assert simulate(pushes, Setup(answer=1.0)).ended == pytest.approx(1 + 10 * 3)
    assert simulate(pushes, Setup(answer=1.0, workers=2)).ended == pytest.approx(1 + 5 * 3)
    assert simulate(pushes, Setup(answer=1.0, locks_apart=True)).ended == pytest.approx(1 + 3)


def test_requests_are_counted_by_installation_and_hour() -> None:
    day = simulate([Arrival(at, EDIT, 7, 1) for at in (10.0, 20.0, 3700.0)], Setup())
    assert day.requests == {(7, 0): 2 * EDIT.requests, (7, 1): EDIT.requests}


def test_a_fleet_brings_as_much_as_its_law_says() -> None:
    assert Fleet(4).activity() == [1, 1 / 2, 1 / 3, 1 / 4]
    alike = Fleet(1000, are_alike=True)
    arrivals = webhooks(alike, random.Random(1))
    assert len(arrivals) == pytest.approx(alike.deliveries_a_year() * DAY / YEAR, rel=0.05)
    assert webhooks(alike, random.Random(1)) == arrivals


def test_each_repository_has_ten_timed_jobs_a_day() -> None:
    jobs = list(timed_work(Fleet(50), random.Random(1), seconds_to_queue=0.01))
    assert len(jobs) == 50 * (4 * 2 + 2)
    assert max(one.at for one in jobs if one.at < DAY / 4) > 0.97 * DAY / 4
    at_once = timed_work(Fleet(50), random.Random(1), seconds_to_queue=0.01, is_spread=False)
    assert max(one.at for one in at_once if one.at < DAY / 4) < 50 * 5 * 0.01


def test_a_quiet_repository_costs_its_timed_jobs() -> None:
    rows, size = kept_after_a_year(Fleet(1000), SQLITE)
    more_rows, more_size = kept_after_a_year(Fleet(1001), SQLITE)
    assert more_rows - rows == pytest.approx(30 * (10 + 1 / 7), abs=10)
    assert 0.05e6 < more_size - size < 0.2e6
