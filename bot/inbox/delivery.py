"""A delivery, as the inbox keeps it: one webhook, or one job that the bot gives itself."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
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
        id: `X-GitHub-Delivery`, or `self:…` for a job that the bot gives itself.
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
        attempts: How many attempts were begun.
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


MERGED_BYTES = 4_000_000
"""Reviews merge only while their payloads stay below this in total, to limit memory."""


def members_of(waiting: Iterable[tuple[int, str, int]]) -> Sequence[int]:
    """The numbers of the deliveries in the next batch: one act, or all reviews before the next act.

    Args:
        waiting: What waits under a key, oldest first: number, kind, bytes of payload.
    """
    members: list[int] = []
    size = 0
    for seq, kind, length in waiting:
        size += length
        if members and (kind == DeliveryKind.ACT or size > MERGED_BYTES):
            break
        members.append(seq)
        if kind == DeliveryKind.ACT:
            break
    return members
