"""A delivery, as the inbox keeps it: a webhook or an internal job."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntEnum, StrEnum


class DeliveryKind(StrEnum):
    """Whether waiting deliveries of one key may be merged."""

    REVIEW = "review"
    """Only says that its subject may have changed: waiting ones are merged into one review."""

    ACT = "act"
    """Carries something that a person did: each is handled on its own."""


class Priority(IntEnum):
    """Which deliveries of different keys go first; those of one key keep their order."""

    SWEEP = 0
    """Work on a whole repository: nobody waits for it."""

    REVIEW = 1
    """Something may have changed."""

    COMMAND = 2
    """Somebody asked for something and waits for the answer."""


class DeliveryState(StrEnum):
    """The state of a delivery."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One delivery.

    Attributes:
        id: `X-GitHub-Delivery`, or `self:…` for an internal job.
        event: GitHub's event name, or the bot's own (`review`, `sweep`).
        action: The payload's `action`, empty if it has none.
        key: Its queue: deliveries of one key are handled in order, never at the same time.
        kind: Whether waiting ones may merge.
        payload: The body as it was received, bytes of JSON.
        received_at: When it was accepted (UTC).
        priority: Its priority; a key has the highest priority of the deliveries that wait under it.
    """

    id: str
    event: str
    action: str
    key: str
    kind: DeliveryKind
    payload: bytes
    received_at: datetime
    priority: Priority = Priority.REVIEW


@dataclass(frozen=True, slots=True)
class DeliveryRecord:
    """A delivery with its state in the inbox.

    Attributes:
        delivery: The delivery itself.
        state: Its state.
        attempts: How many attempts were started.
        run_at: When it may be handled (next).
        finished_at: When it was done or given up.
        error: The last error; None if there was none.
    """

    delivery: Delivery
    state: DeliveryState
    attempts: int
    run_at: datetime
    finished_at: datetime | None
    error: str | None


Clock = Callable[[], datetime]
"""Gives the present moment, in UTC."""


def utc_now() -> datetime:
    """The machine's clock."""
    return datetime.now(UTC)


class InboxUnavailable(Exception):
    """The inbox cannot be used now: disk full, locked, damaged, connection lost, closed."""


class PutOff(Exception):
    """Raised by a handler that cannot work now, through no fault of its own.

    `at` is the time from which it can, None if nobody named one.
    """

    def __init__(self, message: str, at: datetime | None = None) -> None:
        super().__init__(message)
        self.at = at


class GivenUp(Exception):
    """Raised by a handler that cannot work until somebody has done what the message says."""


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
            those that ended in a fault, or with their process.
    """

    key: str
    deliveries: tuple[Delivery, ...]
    attempt: int
    failures: int = 0


class AttemptResult(StrEnum):
    """The outcome of one attempt, as the metrics count it."""

    DONE = "done"
    RETRIED = "retried"
    BURIED = "buried"
    HANDED_BACK = "handed_back"


@dataclass(frozen=True, slots=True)
class Settlement:
    """How an attempt ended, and what to do with its batch.

    Attributes:
        result: Done; to be retried; dead until somebody replays it; or, at the end of the process,
            to be handled as if it had never been started.
        at: When to retry it.
        counted: Whether the attempt counts towards giving up.
        error: What went wrong; None if nothing did.
    """

    result: AttemptResult
    at: datetime | None = None
    counted: bool = False
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Overview:
    """The inbox at a glance, for health checks and metrics.

    Attributes:
        depth: How many deliveries are in each state, for every state.
        oldest_unfinished: When the oldest delivery came that waits or is being handled; None if
            there is none.
        newest_webhook: When the latest webhook came that is still kept; None if there is none.
            Internal jobs do not count.
    """

    depth: Mapping[DeliveryState, int]
    oldest_unfinished: datetime | None
    newest_webhook: datetime | None
