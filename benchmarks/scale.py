"""What the bot would need for many repositories: a day of them in a queue model (docs/scale.md).

Nothing is measured here. What a delivery costs is in `many_repositories`, what the model does and
leaves out in `queue_model`. The sizes of rows were measured by `growth`.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from benchmarks.figure import Figure, Scale, percentile
from benchmarks.many_repositories import (
    A_YEAR,
    DAY,
    YEAR,
    Arrival,
    Fleet,
    label_storm,
    neighbours,
    policy_storm,
    timed_work,
    webhooks,
)
from benchmarks.queue_model import Day, Setup, simulate

_SEED = 842
_ALONE = Setup()
_MINUTE = 60
_DAYS_KEPT = 30
_JOBS_A_DAY = 4 * 2 + 2 + 1 / 7
_PULL_REQUESTS, _WRITES, _PEPS = 520, 1_040, 740
"""How many of each python/peps brings in a year; of PEPs, how many it has."""


@dataclass(frozen=True, slots=True)
class StoreCosts:
    """What a kind of store costs.

    Attributes:
        seconds_to_queue: How long it takes to queue a job alone.
        cpu_factor: How many times a worker's processor time is taken.
        webhook: Bytes of one that is kept.
        job: Bytes of a timed job that is kept.
        pull_request: Bytes of one that is remembered.
        write: Bytes of a line in the audit.
        published_pep: Bytes of one in the register.
    """

    seconds_to_queue: float
    cpu_factor: float
    webhook: int
    job: int
    pull_request: int
    write: int
    published_pep: int = 600


SQLITE = StoreCosts(0.0022, 1.0, webhook=25_200, job=310, pull_request=1_900, write=130)
POSTGRES = StoreCosts(0.0038, 1.9, webhook=9_000, job=1_100, pull_request=1_600, write=240)


@dataclass(frozen=True, slots=True)
class Scenario:
    """Repositories, and how the bot is run for them.

    Attributes:
        name: For readers of the table.
        fleet: The repositories.
        store: What its store costs.
        setup: How it is run; the store's factor is applied to it.
        is_spread: Whether each repository has a time of its own for its timed work.
        is_variant: Whether it has the repositories of the one before, and the same comes in.
    """

    name: str
    fleet: Fleet
    store: StoreCosts = SQLITE
    setup: Setup = _ALONE
    is_spread: bool = True
    is_variant: bool = False


async def measure(scale: Scale) -> Sequence[Figure]:
    """Simulate a day with more and more repositories, then with one change after another."""
    figures = list[Figure]()
    for scenario in _scenarios(scale.of((1, 100, 1_000, 10_000), (1, 10, 30))):
        found = await asyncio.to_thread(_figures, scenario)
        figures += [replace(one, what=f"{scenario.name}: {one.what}") for one in found]
    return figures


def _scenarios(counts: Sequence[int]) -> Iterator[Scenario]:
    for count in counts:
        yield Scenario(f"{count:,}", Fleet(count))
    two, most = Setup(workers=2), counts[-1]
    yield Scenario(f"{most:,}, PostgreSQL", Fleet(most), POSTGRES, two)
    alike = f"{most:,} alike"
    full = Scenario(alike, Fleet(most, are_alike=True), POSTGRES, two)
    yield full
    same = replace(full, is_variant=True)
    yield replace(same, name=f"{alike}, eight workers", setup=replace(two, workers=8))
    yield replace(same, name=f"{alike}, all swept at once", is_spread=False)
    fair = replace(two, most_slots=8)
    yield replace(same, name=f"{alike}, eight slots for each", setup=fair)
    apart = replace(fair, locks_apart=True)
    yield replace(same, name=f"{alike}, and locks apart", setup=apart)


def _figures(scenario: Scenario) -> Iterator[Figure]:
    chance = random.Random(_SEED)  # noqa: S311 - the same day each time
    fleet, store = scenario.fleet, scenario.store
    received = [*webhooks(fleet, chance), *label_storm()]
    queued = timed_work(
        fleet, chance, seconds_to_queue=store.seconds_to_queue, is_spread=scenario.is_spread
    )
    setup = replace(scenario.setup, cpu_factor=store.cpu_factor)
    day = simulate([*received, *policy_storm(), *neighbours(), *queued], setup)
    for what, priority, is_beside in (
        ("command", 2, False),
        ("review or push", 1, False),
        ("timed job", 0, False),
        ("command beside a storm", 2, True),
        ("review beside a storm", 1, True),
    ):
        waits = _waits(day, priority, is_beside=is_beside)
        if len(waits) > 1:
            for percent in (50, 99):
                yield Figure(f"{what} begun after, p{percent}", percentile(waits, percent), "s")
    yield Figure("most that waits", day.most_waiting, "")
    yield Figure("cores that workers keep busy", sum(day.busy) / DAY, "")
    if scenario.is_variant:
        return
    yield Figure("webhooks a second", _webhooks_a_second(fleet), "/s")
    yield Figure("the same in the busiest minute", _busiest_minute(received), "/s")
    yield Figure("requests an hour, in all", day.requests.total() / 24, "")
    yield Figure("requests of the busiest in its hour", max(day.requests.values()), "")
    rows, size = kept_after_a_year(fleet, store)
    yield Figure("rows after a year", rows, "")
    yield Figure("store after a year", size / 1e9, "GB")


def _webhooks_a_second(fleet: Fleet) -> float:
    """How many come, those included that are ignored."""
    a_year = sum(count * (1 + kind.ignored) for kind, count in A_YEAR.items())
    return sum(fleet.activity()) * a_year / YEAR


def _busiest_minute(received: Iterable[Arrival]) -> float:
    minutes = Counter[int]()
    for arrival in received:
        minutes[int(arrival.at // _MINUTE)] += 1 + arrival.kind.ignored
    return max(minutes.values()) / _MINUTE


def _waits(day: Day, priority: int, *, is_beside: bool) -> list[float]:
    """Seconds that deliveries of a priority waited, those of storms left out."""
    return [
        seconds
        for arrival, seconds in day.waits
        if arrival.kind.priority == priority
        and not arrival.is_of_storm
        and arrival.is_beside_storm == is_beside
    ]


def kept_after_a_year(fleet: Fleet, store: StoreCosts) -> tuple[int, float]:
    """How many rows a store has after a year, and how many bytes they take."""
    busy = sum(fleet.activity())
    kept = (
        (fleet.deliveries_a_year() * _DAYS_KEPT / 365, store.webhook),
        (fleet.count * _JOBS_A_DAY * _DAYS_KEPT, store.job),
        (busy * _PULL_REQUESTS, store.pull_request),
        (busy * _WRITES, store.write),
        (busy * _PEPS, store.published_pep),
    )
    return round(sum(rows for rows, _ in kept)), sum(rows * size for rows, size in kept)
