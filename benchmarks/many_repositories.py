"""What a day brings to a bot that is installed on many repositories.

The busiest repository has as many pull requests as python/peps. The others have fewer: that of rank
k a k-th of it (Zipf's law); or all have as many. Nobody knows how it would be, since there are not
ten thousand repositories of proposals.

Measured are the pull requests of python/peps, the hours at which they are merged, and what each
kind of delivery costs. Guessed are how many webhooks a pull request leads to, and how long one
stays open.
"""

import itertools
import math
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

HOUR, DAY, YEAR = 3_600.0, 86_400.0, 365 * 86_400.0

_MERGES_BY_HOUR = (
    *(30, 30, 19, 22, 17, 18, 16, 18, 16, 27, 26, 40),
    *(47, 59, 47, 62, 62, 56, 61, 61, 70, 57, 55, 56),
)
"""Merged pull requests of python/peps by hour (UTC), September 2023 to December 2025."""

_ROUND_HOURS = (0, 6, 12, 18)
_LOOKS = 72
"""In so many parts of the six hours workers look for repositories whose time has come."""

_PULL_REQUESTS_A_YEAR = 520
_DAYS_OPEN = 30
_OPEN_IN_STORM = 260


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of delivery, and what one costs.

    Attributes:
        name: What it is.
        priority: 2 for commands, 1 for reviews and pushes, 0 for timed work.
        cpu: Seconds of the worker's processor time, with a SQLite store.
        waits: How many answers of GitHub it waits for before it writes, one after another.
        requests: How many requests it makes, its writes among them.
        writes: How many of them are writes.
        locked_waits: During how many of these waits it holds its process's lock on looking for the
            pull requests that something concerns; None if it never takes that lock.
        ignored: How many webhooks come with it that are ignored: check runs, echoes of writes.
        is_merged: Whether those that wait under one key are handled together.
    """

    name: str
    priority: int
    cpu: float
    waits: int
    requests: int
    writes: int = 0
    locked_waits: int | None = None
    ignored: int = 0
    is_merged: bool = False


NEW_PEP = Kind("new PEP", 1, 0.043, 3, 7, writes=2, ignored=8, is_merged=True)
EDIT = Kind("edit", 1, 0.024, 3, 5, writes=1, ignored=8, is_merged=True)
OTHER = Kind("other", 1, 0.007, 1, 2, ignored=8, is_merged=True)
COMMAND = Kind("command", 2, 0.043, 3, 8, writes=3, ignored=4)
PUSH = Kind("push", 1, 0.024, 4, 4, locked_waits=3, ignored=20)
SWEEP = Kind("sweep", 0, 0.006, 3, 3)
SWEEP_OF_OPEN = replace(SWEEP, waits=5, requests=6, locked_waits=3)
REGISTER = Kind("register", 0, 0.006, 3, 3)
DAILY = Kind("daily", 0, 0.003, 1, 1)

A_YEAR: Mapping[Kind, int] = {
    NEW_PEP: 40 * 30,
    EDIT: 390 * 10,
    OTHER: 90 * 8,
    COMMAND: 300,
    PUSH: 520,
}
"""The deliveries of a year in a repository like python/peps.

It has 40 new PEPs, 390 edits and 90 other pull requests (measured), each with so many webhooks
(guessed), 300 commands (guessed) and a push for each merge.
"""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A delivery that comes in.

    Attributes:
        at: Seconds since midnight.
        kind: What it is.
        installation: The rank of its repository; each is an installation of its own.
        number: The pull request that it is about; 0 for the repository.
        is_of_storm: Whether it is one of hundreds that come at once.
        is_beside_storm: Whether it comes meanwhile, and is about something else.
    """

    at: float
    kind: Kind
    installation: int
    number: int = 0
    is_of_storm: bool = False
    is_beside_storm: bool = False

    @property
    def key(self) -> tuple[int, int]:
        """What it is about: of one key one delivery is handled at a time."""
        return self.installation, self.number


@dataclass(frozen=True, slots=True)
class Fleet:
    """The repositories.

    Attributes:
        count: How many.
        are_alike: Whether all are as busy as the first.
    """

    count: int
    are_alike: bool = False

    def activity(self) -> list[float]:
        """How busy each is, by rank; the first is 1."""
        return [1.0 if self.are_alike else 1 / rank for rank in range(1, self.count + 1)]

    def deliveries_a_year(self) -> float:
        """How many webhooks are accepted in a year."""
        return sum(self.activity()) * sum(A_YEAR.values())


def webhooks(fleet: Fleet, chance: random.Random) -> list[Arrival]:
    """The accepted webhooks of a day, independent of each other but for the hour."""
    cumulated = list(itertools.accumulate(fleet.activity()))
    ranks, kinds, rates = range(1, fleet.count + 1), list(A_YEAR), list(A_YEAR.values())
    busiest = max(_MERGES_BY_HOUR)
    # They come as often as in the busiest hour, and some are left out in all others.
    pace = fleet.deliveries_a_year() / YEAR * busiest * 24 / sum(_MERGES_BY_HOUR)
    arrivals, at = list[Arrival](), chance.expovariate(pace)
    while at < DAY:
        if chance.random() * busiest < _MERGES_BY_HOUR[int(at // HOUR)]:
            (rank,) = chance.choices(ranks, cum_weights=cumulated)
            (kind,) = chance.choices(kinds, rates)
            number = 0 if kind is PUSH else chance.randint(1, _DAYS_OPEN)
            arrivals.append(Arrival(at, kind, rank, number))
        at += chance.expovariate(pace)
    return arrivals


def policy_storm() -> list[Arrival]:
    """A storm in the busiest repository: at 15:00 a push changes its policy.

    Every open pull request is reviewed, and gets another label and comment.
    """
    kind = replace(EDIT, requests=6, writes=2)
    return [
        Arrival(15 * HOUR, kind, 1, number, is_of_storm=True)
        for number in range(1, 1 + _OPEN_IN_STORM)
    ]


def label_storm() -> list[Arrival]:
    """Another storm there: at 20:00 somebody labels all of them within a minute.

    Nothing is written for it.
    """
    kind = replace(EDIT, requests=4, writes=0, ignored=0)
    return [
        Arrival(20 * HOUR + 60 * number / _OPEN_IN_STORM, kind, 1, number, is_of_storm=True)
        for number in range(1, 1 + _OPEN_IN_STORM)
    ]


def neighbours() -> list[Arrival]:
    """Work elsewhere for the ten minutes of the first storm, which shows what it does to others.

    A review every 7 and a command every 11 seconds, each in another repository.
    """
    return [
        Arrival(15 * HOUR + second, kind, -second, is_beside_storm=True)
        for kind, seconds in ((OTHER, 7), (COMMAND, 11))
        for second in range(seconds, 600, seconds)
    ]


def timed_work(
    fleet: Fleet, chance: random.Random, *, seconds_to_queue: float, is_spread: bool = True
) -> Iterator[Arrival]:
    """The timed work of a day: for each repository two jobs every six hours, and two once a day.

    Args:
        fleet: The repositories.
        chance: Decides which of them have an open pull request.
        seconds_to_queue: How long it takes to queue a job: one is queued after another, and each
            round offers the daily and weekly ones, too.
        is_spread: Whether each repository has a time of its own within the six hours, as
            `bot/schedule.py` has it; otherwise all are queued at their beginning.
    """
    for hour in _ROUND_HOURS:
        for rank, activity in enumerate(fleet.activity()):
            open_ones = activity * _PULL_REQUESTS_A_YEAR * _DAYS_OPEN / 365
            is_open = chance.random() > math.exp(-open_ones)
            jobs = [SWEEP_OF_OPEN if is_open else SWEEP, REGISTER]
            jobs += [DAILY, DAILY] if hour == 0 else []
            look = rank * _LOOKS // fleet.count if is_spread else 0
            ahead = rank - math.ceil(look * fleet.count / _LOOKS)
            begun = 6 * HOUR * look / _LOOKS + 5 * seconds_to_queue * ahead
            for place, kind in enumerate(jobs):
                at = hour * HOUR + begun + seconds_to_queue * place
                yield Arrival(at, kind, rank + 1)
