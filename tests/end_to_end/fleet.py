"""Several servers and workers on one database, each a process of its own."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from bot.simulator.wire import JsonObject
from tests.end_to_end.process import UNHURRIED_SERVER, UNHURRIED_WORKER, BotProcess


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
        [BotProcess(environment, UNHURRIED_SERVER) for _ in range(servers)],
        [BotProcess(environment, UNHURRIED_WORKER) for _ in range(workers)],
    )
    try:
        await asyncio.gather(*(bot.start() for bot in found.everyone))
        yield found
    finally:
        for bot in found.everyone:  # those, too, that came later
            await bot.close()
