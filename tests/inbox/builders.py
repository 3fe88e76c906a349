"""Deliveries, a clock that can be turned, inboxes of each kind, and a worker a test commands."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

import psycopg

from bot.inbox.attempt import Attempts, Handler
from bot.inbox.delivery import (
    AttemptResult,
    Batch,
    Clock,
    Delivery,
    DeliveryKind,
    GivenUp,
    Priority,
    utc_now,
)
from bot.inbox.engine import Rhythm
from bot.inbox.inbox import Inbox
from bot.inbox.postgres import PostgresInbox
from bot.inbox.sqlite import SqliteInbox
from bot.store.location import PostgresDatabase, located
from tests.postgres import ServerClock

NOON = datetime(2025, 6, 2, 12, tzinfo=UTC)
PATIENCE = 20.0
"""Seconds until a test gives up waiting."""


@dataclass
class TurnedClock:
    """A clock that stands still until it is turned."""

    now: datetime = NOON
    followers: list[Callable[[datetime], None]] = field(default_factory=list)

    def __call__(self) -> datetime:
        return self.now

    def turn(self, **span: float) -> None:
        self.now += timedelta(**span)
        for follow in self.followers:
            follow(self.now)


def review(name: str = "r1", key: str = "python/peps#1", **changes: object) -> Delivery:
    return _delivery(name, key, DeliveryKind.REVIEW, **changes)


def act(name: str = "a1", key: str = "python/peps#1", **changes: object) -> Delivery:
    return _delivery(name, key, DeliveryKind.ACT, **changes)


def command(name: str = "c1", key: str = "python/peps#1", **changes: object) -> Delivery:
    return _delivery(name, key, DeliveryKind.ACT, **{"priority": Priority.COMMAND} | changes)


def _delivery(name: str, key: str, kind: DeliveryKind, **changes: object) -> Delivery:
    fields: dict[str, object] = {
        "id": name,
        "event": "pull_request" if kind is DeliveryKind.REVIEW else "issue_comment",
        "action": "opened" if kind is DeliveryKind.REVIEW else "created",
        "key": key,
        "kind": kind,
        "payload": b'{"action": "opened"}',
        "received_at": NOON,
    }
    return Delivery(**(fields | changes))  # type: ignore[arg-type]


def ids(batch: Batch) -> list[str]:
    return [delivery.id for delivery in batch.deliveries]


@dataclass(eq=False)
class Begun:
    """A batch that is being handled, until the test says how that ends."""

    batch: Batch
    outcome: "asyncio.Future[None]"
    settled: asyncio.Event = field(default_factory=asyncio.Event)

    async def end(self, fault: BaseException | None = None) -> None:
        """Let the handler return, or raise this, and wait until that is recorded."""
        if fault is None:
            self.outcome.set_result(None)
        else:
            self.outcome.set_exception(fault)
        async with asyncio.timeout(PATIENCE):
            await self.settled.wait()


class Desk:
    """A worker on an inbox: its batches lie here, one after the other, until the test ends them."""

    def __init__(
        self,
        inbox: Inbox,
        clock: Clock = utc_now,
        *,
        concurrency: int = 16,
        at_last: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        """Work on an inbox; each handler does `at_last` in the end."""
        self.inbox = inbox
        self._at_last = at_last
        self._concurrency = concurrency
        self._attempts = Attempts(
            self._handle, clock=clock, metrics=self, spread=lambda: 0.5, pause=0.01
        )
        self._begun: asyncio.Queue[Begun] = asyncio.Queue()
        self._open: list[Begun] = []
        self.outcomes: list[AttemptResult] = []
        self.waited: list[float] = []

    async def _handle(self, batch: Batch) -> None:
        begun = Begun(batch, asyncio.get_running_loop().create_future())
        self._open.append(begun)
        self._begun.put_nowait(begun)
        await begun.outcome
        if self._at_last is not None:
            await self._at_last()

    def attempt_started(self, batch: Batch, waited: float) -> None:
        self.waited.append(waited)

    def attempt_ended(self, batch: Batch, outcome: AttemptResult, seconds: float) -> None:
        assert seconds >= 0
        self.outcomes.append(outcome)
        for begun in [one for one in self._open if one.batch is batch]:
            self._open.remove(begun)
            begun.settled.set()

    @asynccontextmanager
    async def working(self, grace: float = 0.0) -> AsyncIterator["Desk"]:
        """At work inside the block."""
        stop = asyncio.Event()
        work = self.inbox.work(self._attempts, stop, concurrency=self._concurrency, grace=grace)
        task = asyncio.create_task(work)
        try:
            yield self
        finally:
            stop.set()
            async with asyncio.timeout(PATIENCE):
                await task

    async def next(self) -> Begun:
        """The next batch that is begun, once one is."""
        async with asyncio.timeout(PATIENCE):
            return await self._begun.get()

    async def next_ids(self) -> list[str]:
        """The deliveries of the next batch, which is ended at once."""
        begun = await self.next()
        await begun.end()
        return ids(begun.batch)

    async def begins_nothing(self) -> None:
        """Check that nothing but what is offered now, with the lowest priority, is begun."""
        name = f"sentinel {len(self.outcomes)} {len(self._open)}"
        await self.inbox.accept(review(name, name, priority=Priority.SWEEP))
        assert await self.next_ids() == [name]


async def until_idle(inbox: Inbox, seconds: float = PATIENCE) -> None:
    """Wait until nothing waits or is being handled."""
    async with asyncio.timeout(seconds):
        while (await inbox.overview()).oldest_unfinished is not None:  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.01)


async def handle_all(
    inbox: Inbox,
    handler: Handler | None = None,
    *,
    dead: Collection[str] = (),
    error: str = "broken",
) -> None:
    """Have all that waits handled; these deliveries in vain, so that they are dead."""

    async def handle(batch: Batch) -> None:
        if handler is not None:
            await handler(batch)
        if {*ids(batch)}.intersection(dead):
            raise GivenUp(error)

    stop = asyncio.Event()
    work = asyncio.create_task(inbox.work(Attempts(handle), stop))
    try:
        waiting = asyncio.create_task(until_idle(inbox))
        await asyncio.wait({work, waiting}, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
    finally:
        stop.set()
        await work


class OpenInbox(Protocol):
    """How a kind of inbox is opened on a place, to serve it or to look into it beside a server."""

    async def __call__(
        self, place: str, *, serving: bool = True, clock: Clock = utc_now
    ) -> Inbox: ...


QUICK = Rhythm(heartbeat=0.2, patience=2.0, poll=0.02)
"""So that tests with kills do not wait for as long as an installation would."""

UNDER_TURNED_CLOCK = Rhythm(heartbeat=0.2, patience=1e9, poll=0.02)
"""By the server's clock no worker is lost, however it is turned."""


async def _sqlite(place: str, *, serving: bool = True, clock: Clock = utc_now) -> Inbox:
    return await SqliteInbox.open(Path(place), serving=serving, clock=clock)


async def _postgres(place: str, *, serving: bool = True, clock: Clock = utc_now) -> Inbox:
    location = located(place)
    assert isinstance(location, PostgresDatabase)
    rhythm = QUICK if clock is utc_now else UNDER_TURNED_CLOCK
    return await PostgresInbox.open(location, serving=serving, clock=clock, rhythm=rhythm)


OPENERS: dict[str, OpenInbox] = {"sqlite": _sqlite, "postgres": _postgres}


@dataclass
class Inboxes:
    """Opens inboxes of one kind on one place, and closes them at the end of a test."""

    kind: str
    place: str
    clock: Clock
    server_clock: ServerClock | None = None
    _open: list[Callable[[], Awaitable[None]]] = field(default_factory=list)

    async def open(self, *, serving: bool = True, clock: Clock | None = None) -> Inbox:
        if self.server_clock is not None and clock is utc_now:
            self.server_clock.set(None)
        inbox = await OPENERS[self.kind](self.place, serving=serving, clock=clock or self.clock)
        self._open.append(inbox.close)
        return inbox

    async def execute(self, statement: str) -> None:
        """Run a statement as somebody else, who may have to wait for what the inbox has locked."""

        def work() -> None:
            if self.kind == "sqlite":
                with closing(sqlite3.connect(self.place, isolation_level=None)) as connection:
                    connection.execute(statement)
            else:
                with psycopg.connect(self.place, autocommit=True) as server:
                    server.execute(statement.encode())

        await asyncio.to_thread(work)

    async def close(self) -> None:
        for close in self._open:
            await close()
