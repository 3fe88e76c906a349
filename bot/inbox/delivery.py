"""A delivery: one webhook, or one piece of work the bot gives itself, as the inbox keeps it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum


class DeliveryKind(StrEnum):
    """How deliveries of one key may be treated together."""

    REVIEW = "review"
    """Says only that its subject may have changed: waiting ones merge into one review."""

    ACT = "act"
    """Carries something a person did: each is handled once, none is merged away."""


class Priority(IntEnum):
    """What goes first among deliveries of different keys; those of one key keep their order."""

    SWEEP = 0
    """Looks through a whole repository: nobody waits for it."""

    REVIEW = 1
    """Something may have changed."""

    COMMAND = 2
    """Somebody asked for something and looks for the answer."""


class DeliveryState(StrEnum):
    """Where a delivery is in its life."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One delivery.

    Attributes:
        id: `X-GitHub-Delivery`, or `self:…` for work the bot gives itself.
        event: GitHub's event name, or the bot's own (`review`, `sweep`).
        action: The payload's `action`, empty if it has none.
        key: The queue it belongs to: deliveries of one key are handled in order, never at once.
        kind: Whether waiting ones may merge.
        payload: The body as it came, bytes of JSON.
        received_at: When it was accepted (UTC).
        priority: What it goes before; its key has the highest of those that wait under it.
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
    """A delivery as the inbox tells of it.

    Attributes:
        delivery: The delivery itself.
        state: Where it is in its life.
        attempts: How often it was begun.
        run_at: When it may be handled (next).
        finished_at: When it was done or given up.
        error: What went wrong last; None if nothing did.
    """

    delivery: Delivery
    state: DeliveryState
    attempts: int
    run_at: datetime
    finished_at: datetime | None
    error: str | None


MERGED_BYTES = 4_000_000
"""Reviews merge as long as their payloads together stay below this; memory is the reason."""


def members_of(waiting: Iterable[tuple[int, str, int]]) -> Sequence[int]:
    """The numbers of those that make the next batch: one act, or the reviews up to one.

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
