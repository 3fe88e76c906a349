"""A queue model of the bot: workers with their slots and processors, and the pace of writes.

A worker has sixteen slots and a processor. A delivery takes a slot; in it, it waits for GitHub's
answers, then for the processor (first come, first served), and before each write for a token of its
installation. Then it gives the slot back. Of one key one is handled at a time. Commands are taken
first, then reviews and pushes, then timed work, each by age. Who looks for the pull requests that
something concerns holds the one lock of the process meanwhile. So the bot does.

Kept simple: an answer of GitHub takes as long each time, a delivery of a kind costs as much each
time, nothing fails, no hour's requests run out, and the store takes no time but the processor's.
Each of these would make waits longer.
"""

import heapq
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count

from benchmarks.many_repositories import HOUR, Arrival, Kind

SLOTS = 16
"""How many batches a worker handles at a time (`bot/inbox/inbox.py`)."""

BURST = 8
"""Writes to an installation that may be made at once; then one a second (`throttle.py`)."""


@dataclass(frozen=True, slots=True)
class Setup:
    """How the bot is run.

    Attributes:
        workers: How many processes handle deliveries, each on a core of its own.
        cpu_factor: How many times a kind's processor time is taken; more with PostgreSQL.
        answer: Seconds until GitHub answers.
        most_slots: How many slots one installation may hold, over all workers; None if all.
        locks_apart: Whether each repository has a lock, not each process.
    """

    workers: int = 1
    cpu_factor: float = 1.0
    answer: float = 0.15
    most_slots: int | None = None
    locks_apart: bool = False


@dataclass(slots=True)
class Day:
    """What became of it.

    Attributes:
        waits: Each delivery with the seconds until it was begun.
        busy: Seconds of processor time of each worker.
        requests: How many requests were made, by installation and hour.
        most_waiting: How many deliveries waited when most did.
        ended: When the last was done.
    """

    waits: list[tuple[Arrival, float]] = field(default_factory=list)
    busy: list[float] = field(default_factory=list)
    requests: Counter[tuple[int, int]] = field(default_factory=Counter)
    most_waiting: int = 0
    ended: float = 0.0


@dataclass(slots=True)
class _Worker:
    free: int = SLOTS
    processor_free_at: float = 0.0
    busy: float = 0.0


@dataclass(slots=True)
class _Attempt:
    """What holds a slot of a worker, and when each step that is left will end."""

    arrival: Arrival
    steps: Iterator[float]
    worker: int


_Waiting = tuple[int, int, Arrival]
"""Sorts what waits: by priority, then by age."""


def simulate(arrivals: Iterable[Arrival], setup: Setup) -> Day:
    """Have everything handled that comes in."""
    return _Simulation(setup).run(sorted(arrivals, key=lambda one: one.at))


class _Simulation:
    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._now = 0.0
        self._number = count()
        self._workers = [_Worker() for _ in range(setup.workers)]
        self._ready: list[_Waiting] = []
        # What waits for its key (a pair) or its installation (a number) to be free.
        self._held_up: dict[object, list[_Waiting]] = defaultdict(list)
        self._to_merge: dict[tuple[int, int], list[int]] = defaultdict(list)
        self._waiting: dict[int, Arrival] = {}
        self._keys: set[tuple[int, int]] = set()
        self._slots = Counter[int]()
        self._next_write: dict[int, float] = {}
        self._lock_free_at: dict[object, float] = {}
        self._day = Day()

    def run(self, arrivals: Iterable[Arrival]) -> Day:
        """Go from one event to the next, until nothing is left to do."""
        coming = deque(arrivals)
        going_on: list[tuple[float, int, _Attempt]] = []
        while coming or going_on:
            if coming and (not going_on or coming[0].at <= going_on[0][0]):
                arrival = coming.popleft()
                self._now = arrival.at
                self._arrive(arrival)
            else:
                self._now, number, attempt = heapq.heappop(going_on)
                if (until := next(attempt.steps, None)) is not None:
                    heapq.heappush(going_on, (until, number, attempt))
                else:
                    self._end(attempt)
            for attempt in self._begin():
                heapq.heappush(going_on, (self._now, next(self._number), attempt))
        self._day.busy = [worker.busy for worker in self._workers]
        return self._day

    def _arrive(self, arrival: Arrival) -> None:
        number = next(self._number)
        self._waiting[number] = arrival
        self._day.most_waiting = max(self._day.most_waiting, len(self._waiting))
        if arrival.kind.is_merged:
            self._to_merge[arrival.key].append(number)
        heapq.heappush(self._ready, (-arrival.kind.priority, number, arrival))

    def _begin(self) -> Iterator[_Attempt]:
        """Give free slots to what may begin."""
        while self._ready:
            place = max(range(len(self._workers)), key=lambda one: self._workers[one].free)
            if not self._workers[place].free:
                return
            waiting = heapq.heappop(self._ready)
            _, number, arrival = waiting
            if number not in self._waiting:
                continue  # it was merged into an earlier one
            if arrival.key in self._keys:
                self._held_up[arrival.key].append(waiting)
            elif self._slots[arrival.installation] == self._setup.most_slots:
                self._held_up[arrival.installation].append(waiting)
            else:
                self._take(number, arrival)
                self._workers[place].free -= 1
                yield _Attempt(arrival, self._steps(arrival, place), place)

    def _take(self, number: int, arrival: Arrival) -> None:
        numbers = self._to_merge.pop(arrival.key) if arrival.kind.is_merged else [number]
        for one in (self._waiting.pop(each) for each in numbers):
            self._day.waits.append((one, self._now - one.at))
        self._keys.add(arrival.key)
        self._slots[arrival.installation] += 1

    def _steps(self, arrival: Arrival, place: int) -> Iterator[float]:
        """The time at which each step ends; a step begins when the one before has ended."""
        kind, setup, worker = arrival.kind, self._setup, self._workers[place]
        yield self._now + (kind.waits - (kind.locked_waits or 0)) * setup.answer
        if kind.locked_waits is not None:
            lock = arrival.installation if setup.locks_apart else ("process", place)
            begun = max(self._lock_free_at.get(lock, 0.0), self._now)
            self._lock_free_at[lock] = begun + kind.locked_waits * setup.answer
            yield self._lock_free_at[lock]
        seconds = kind.cpu * setup.cpu_factor
        worker.busy += seconds
        worker.processor_free_at = max(worker.processor_free_at, self._now) + seconds
        yield worker.processor_free_at
        for _ in range(kind.writes):
            yield self._token(arrival.installation) + setup.answer
        self._count(arrival.installation, kind)

    def _token(self, installation: int) -> float:
        """When the next write to an installation may be made."""
        full = self._now - BURST
        self._next_write[installation] = 1 + max(full, self._next_write.get(installation, full))
        return max(self._next_write[installation], self._now)

    def _count(self, installation: int, kind: Kind) -> None:
        self._day.requests[installation, int(self._now // HOUR)] += kind.requests
        self._day.ended = self._now

    def _end(self, attempt: _Attempt) -> None:
        arrival = attempt.arrival
        self._workers[attempt.worker].free += 1
        self._keys.discard(arrival.key)
        self._slots[arrival.installation] -= 1
        for reason in (arrival.key, arrival.installation):
            for waiting in self._held_up.pop(reason, ()):
                heapq.heappush(self._ready, waiting)
