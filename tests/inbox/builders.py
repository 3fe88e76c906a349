"""Deliveries, a clock that can be turned, and the inboxes that the conformance suite runs on."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

from bot.inbox.delivery import Delivery, DeliveryKind
from bot.inbox.membership import Rhythm
from bot.inbox.postgres import PostgresInbox
from bot.inbox.protocol import Batch, Clock, Inbox, utc_now
from bot.inbox.sqlite import SqliteInbox
from bot.store.location import PostgresDatabase, located
from tests.postgres import ServerClock

NOON = datetime(2025, 6, 2, 12, tzinfo=UTC)


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


class OpenInbox(Protocol):
    """How a kind of inbox is opened on a place, to serve it or to look into it beside a server."""

    async def __call__(
        self, place: str, *, serving: bool = True, clock: Clock = utc_now
    ) -> Inbox: ...


FAST_HEARTBEATS = Rhythm(sign=0.2, patience=2)
"""So that tests with kills do not wait for as long as an installation would."""


async def _sqlite(place: str, *, serving: bool = True, clock: Clock = utc_now) -> Inbox:
    return await SqliteInbox.open(Path(place), serving=serving, clock=clock)


async def _postgres(place: str, *, serving: bool = True, clock: Clock = utc_now) -> Inbox:
    location = located(place)
    assert isinstance(location, PostgresDatabase)
    return await PostgresInbox.open(location, serving=serving, clock=clock, rhythm=FAST_HEARTBEATS)


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

    async def close(self) -> None:
        for close in self._open:
            await close()
