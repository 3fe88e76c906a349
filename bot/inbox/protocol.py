"""The inbox's interface, for SQLite and PostgreSQL."""

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
    """The inbox cannot be used now: disk full, locked, damaged, connection lost, closed."""


class Acceptance(StrEnum):
    """The result of offering a delivery to the inbox."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"


@dataclass(frozen=True, slots=True)
class Batch:
    """Deliveries of one key that are handled together: merged reviews, or a single act.

    Attributes:
        key: Their key.
        deliveries: Oldest first, never empty.
        attempt: Which attempt this is, from 1 (the highest among them).
        failures: How many earlier attempts count towards giving up (the highest among them):
            those that ended in a fault, or with the process while nothing else was handled.
    """

    key: str
    deliveries: tuple[Delivery, ...]
    attempt: int
    failures: int = 0


@dataclass(frozen=True, slots=True)
class Overview:
    """The inbox at a glance, for health checks and metrics.

    Attributes:
        depth: How many deliveries are in each state, for every state.
        oldest_unfinished: When the oldest delivery came that waits or is being handled; None if
            there is none.
        newest_webhook: When the latest webhook came that is still kept; None if there is none.
            Jobs that the bot gave itself do not count.
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
        first, and a waiting retry holds back later deliveries of the same key. Keys go by the
        highest priority of what waits under them, then by age (roughly, if several processes
        work). What was being handled when the process ended unexpectedly twice in a row is
        handled first, and alone.
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
        """The throttle of writes to an installation, shared by all processes on the inbox.

        A process that was declared dead gets no token: `InboxUnavailable`.
        """

    def refuse(self, reason: str) -> None:
        """Accept and claim nothing any more, since the store was found to be damaged."""

    async def prune(self, before: datetime) -> int:
        """Delete deliveries that were done before a moment; returns how many.

        A deleted delivery that comes again counts as new, so keep them for longer than GitHub
        offers redelivery (three days). Dead ones stay.
        """

    async def close(self) -> None:
        """Write what is pending and close the store."""
