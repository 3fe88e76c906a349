"""The inbox as its users see it; SQLite is behind it today, PostgreSQL may follow."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Protocol

from bot.github.client.throttle import Limiter
from bot.inbox.delivery import Delivery, DeliveryRecord, DeliveryState

Clock = Callable[[], datetime]
"""Gives the present moment, in UTC."""


def utc_now() -> datetime:
    """The machine's clock."""
    return datetime.now(UTC)


class InboxUnavailable(Exception):
    """The store cannot take or give deliveries now: disk full, locked, damaged, lost, closed."""


class Acceptance(StrEnum):
    """What became of a delivery offered to the inbox."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"


@dataclass(frozen=True, slots=True)
class Batch:
    """Deliveries of one key to be handled together: several reviews merged, or a single act.

    Attributes:
        key: Their key.
        deliveries: Oldest first, never empty.
        attempt: Which attempt this is, from 1 (the highest among them).
        failures: How many attempts before this one count towards giving up (the highest among
            them): those that ended in a fault, or with the process while nothing else was handled.
    """

    key: str
    deliveries: tuple[Delivery, ...]
    attempt: int
    failures: int = 0


@dataclass(frozen=True, slots=True)
class Overview:
    """The inbox at one glance, for whoever watches it.

    Attributes:
        depth: How many deliveries are in each state, none left out.
        oldest_unfinished: When the first of those that wait or are being handled came; None if
            there are none.
        newest_webhook: When the latest webhook came that is still kept; None if there is none.
            What the bot gave itself does not count.
    """

    depth: Mapping[DeliveryState, int]
    oldest_unfinished: datetime | None
    newest_webhook: datetime | None


class Inbox(Protocol):
    """Durable deliveries: accepted once, handled at least once, in order for each key."""

    async def accept(self, delivery: Delivery) -> Acceptance:
        """Commit the delivery, then say whether it was new.

        A dead delivery that comes again is queued again and counts as accepted.

        Raises:
            InboxUnavailable: Nothing was written.
        """

    async def claim(self, limit: int) -> Sequence[Batch]:
        """Mark up to `limit` batches as running and return them; empty if none is due.

        Never two batches of one key at a time; the oldest unfinished delivery of a key comes
        first, and a waiting retry holds back what came later under the same key. Keys go by the
        highest priority of what waits under them, then by age (about so where several processes
        work). What was being handled at two
        unexpected ends in a row is handled first, and alone.
        """

    async def wait(self, seconds: float) -> None:
        """Return when something may be due, or after so many seconds.

        Like all that follows, it raises `InboxUnavailable` if the store cannot be asked.
        """

    async def finish(self, batch: Batch) -> None:
        """Record that the batch was handled."""

    async def retry(self, batch: Batch, at: datetime, error: str, *, counted: bool = True) -> None:
        """Queue the batch again for a later time, keeping the error.

        `counted` says whether the attempt counts towards giving up (`Batch.failures`).
        """

    async def hand_back(self, batch: Batch) -> None:
        """Queue the batch again at once as if it had never been claimed (at shutdown)."""

    async def bury(self, batch: Batch, error: str) -> None:
        """Give the batch up, keeping the error, until somebody replays it."""

    async def records(
        self, state: DeliveryState | None = None, limit: int = 100
    ) -> Sequence[DeliveryRecord]:
        """The latest deliveries, newest first, with empty payloads: they may be large."""

    async def record(self, delivery_id: str) -> DeliveryRecord | None:
        """One delivery with its payload, or None."""

    async def replay(self, delivery_id: str) -> bool:
        """Queue a finished or dead delivery again; False if there is none such."""

    async def depth(self) -> dict[DeliveryState, int]:
        """How many deliveries are in each state."""

    async def overview(self) -> Overview:
        """Depth and ages, cheap enough to be asked for every few seconds."""

    async def check(self) -> None:
        """Return if deliveries can be taken, as far as is known without taking one.

        Raises:
            InboxUnavailable: They cannot.
        """

    def bucket(self, installation: int) -> Limiter:
        """What spaces the writes to an installation, those of all processes that work together.

        A process that was taken for lost gets no token: `InboxUnavailable`.
        """

    def refuse(self, reason: str) -> None:
        """Take and give nothing any more: what keeps the deliveries was found to be damaged."""

    async def prune(self, before: datetime) -> int:
        """Forget deliveries that were done before a moment; returns how many.

        One that is forgotten and comes again counts as new, so keep them for longer than GitHub
        offers redelivery (three days). Dead ones stay.
        """

    async def close(self) -> None:
        """Write what is pending and let the store go."""
