"""Several servers and workers on one database, each in its own process."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from github_simulator.github import GitHubSimulator
from github_simulator.wire import JsonObject
from tests.end_to_end.process import (
    TIMEOUT,
    UNTHROTTLED_SERVER,
    UNTHROTTLED_WORKER,
    BotProcess,
    Queue,
)

TAKEN_OVER = "work of a lost worker taken over"

TAKEN_OVER_WITHIN = timedelta(seconds=30)
"""Seconds until the work of a lost worker must be taken over."""


@dataclass(slots=True)
class Fleet:
    """Servers and workers that share a database."""

    servers: list[BotProcess] = field(default_factory=list)
    workers: list[BotProcess] = field(default_factory=list)

    @property
    def everyone(self) -> tuple[BotProcess, ...]:
        """All processes at present."""
        return (*self.servers, *self.workers)

    async def queue(self) -> dict[str, int]:
        """How many deliveries are in each state, from any of the servers."""
        return await self.servers[0].queue()

    def events(self, name: str) -> list[JsonObject]:
        """The events with this name that all of them logged, in order of time."""
        events = [one for bot in self.everyone for one in bot.events(name)]
        return sorted(events, key=lambda event: str(event["timestamp"]))


@asynccontextmanager
async def fleet(environment: dict[str, str], *, servers: int, workers: int) -> AsyncIterator[Fleet]:
    """Start this many of each at once; the first of them migrate the database."""
    found = Fleet(
        [BotProcess(environment, UNTHROTTLED_SERVER) for _ in range(servers)],
        [BotProcess(environment, UNTHROTTLED_WORKER) for _ in range(workers)],
    )
    try:
        await asyncio.gather(*(bot.start() for bot in found.everyone))
        yield found
    finally:
        for bot in found.everyone:  # also those that were started later
            await bot.close()


@asynccontextmanager
async def alone_at_work(
    github: GitHubSimulator, bots: Fleet, worker: BotProcess
) -> AsyncIterator[None]:
    """Inside the block one worker has all the work, slowly; the others are halted."""
    others = [bot for bot in bots.workers if bot is not worker]
    for other in others:
        other.signal(signal.SIGSTOP)
    github.latency(0.5)
    try:
        yield
    finally:
        github.latency(0)
        for other in others:
            other.signal(signal.SIGCONT)


async def until_it_works(bots: Queue) -> None:
    """Wait until something is being handled."""
    async with asyncio.timeout(TIMEOUT):
        while not (await bots.queue())["running"]:  # noqa: ASYNC110  # processes set no events
            await asyncio.sleep(0.01)


def assert_taken_over(bots: Fleet, killed_at: datetime) -> None:
    """Check that a killed worker's unfinished work was queued again in time by another one."""
    (taken,) = bots.events(TAKEN_OVER)
    assert taken["count"] > 0
    assert datetime.fromisoformat(str(taken["timestamp"])) - killed_at < TAKEN_OVER_WITHIN
    assert not bots.events("will retry")
