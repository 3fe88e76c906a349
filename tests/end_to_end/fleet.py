"""Several servers and workers on one database, each a process of its own."""

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
"""So long the work of a worker that vanished may lie."""


@dataclass(slots=True)
class Fleet:
    """Processes that share a database."""

    servers: list[BotProcess] = field(default_factory=list)
    workers: list[BotProcess] = field(default_factory=list)

    @property
    def everyone(self) -> tuple[BotProcess, ...]:
        """All of them as of now."""
        return (*self.servers, *self.workers)

    async def queue(self) -> dict[str, int]:
        """How many deliveries are in each state, as any of the servers knows it."""
        return await self.servers[0].queue()

    def events(self, name: str) -> list[JsonObject]:
        """What all of them logged under a name, in order of time."""
        events = [one for bot in self.everyone for one in bot.events(name)]
        return sorted(events, key=lambda event: str(event["timestamp"]))


@asynccontextmanager
async def fleet(environment: dict[str, str], *, servers: int, workers: int) -> AsyncIterator[Fleet]:
    """So many of each, started together: the first of them bring the database up to date."""
    found = Fleet(
        [BotProcess(environment, UNTHROTTLED_SERVER) for _ in range(servers)],
        [BotProcess(environment, UNTHROTTLED_WORKER) for _ in range(workers)],
    )
    try:
        await asyncio.gather(*(bot.start() for bot in found.everyone))
        yield found
    finally:
        for bot in found.everyone:  # those, too, that came later
            await bot.close()


@asynccontextmanager
async def alone_at_work(
    github: GitHubSimulator, bots: Fleet, worker: BotProcess
) -> AsyncIterator[None]:
    """A worker has all the work for a while, and takes long for it: the others are halted."""
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
    """What a killed worker had begun was queued again in time, by one of the others."""
    (taken,) = bots.events(TAKEN_OVER)
    assert taken["count"] > 0
    assert datetime.fromisoformat(str(taken["timestamp"])) - killed_at < TAKEN_OVER_WITHIN
    assert not bots.events("will retry")
