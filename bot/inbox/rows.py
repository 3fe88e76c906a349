"""A delivery as a row of its table, and back; the same on both databases."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from bot.inbox.delivery import (
    Delivery,
    DeliveryKind,
    DeliveryRecord,
    DeliveryState,
    Priority,
)
from bot.store.storable import storable

DELIVERY = "id, event, action, key, kind, received_at, priority"
"""The columns that hold a delivery as it came, but for its payload."""

RECORD = f"{DELIVERY}, state, attempts, not_before, finished_at, error"
"""And those that tell what became of it."""


def row_of(delivery: Delivery) -> tuple[str | float | int, ...]:
    """A delivery's values for the columns of `DELIVERY`."""
    return (
        delivery.id,
        delivery.event,
        storable(delivery.action),
        delivery.key,
        delivery.kind.value,
        delivery.received_at.timestamp(),
        delivery.priority.value,
    )


def delivery_of(row: Sequence[Any], payload: bytes) -> Delivery:
    """The delivery that stands in the columns of `DELIVERY`."""
    delivery_id, event, action, key, kind, received_at, priority = row[:7]
    return Delivery(
        id=delivery_id,
        event=event,
        action=action,
        key=key,
        kind=DeliveryKind(kind),
        payload=payload,
        received_at=moment(received_at),
        priority=Priority(priority),
    )


def record_of(row: Sequence[Any], payload: bytes) -> DeliveryRecord:
    """What stands in the columns of `RECORD`."""
    delivery = delivery_of(row, payload)
    state, attempts, not_before, finished_at, error = row[7:12]
    return DeliveryRecord(
        delivery=delivery,
        state=DeliveryState(state),
        attempts=attempts,
        run_at=delivery.received_at if not_before is None else moment(not_before),
        finished_at=None if finished_at is None else moment(finished_at),
        error=error,
    )


def moment(seconds: float) -> datetime:
    """A moment as the tables keep it: seconds since 1970."""
    return datetime.fromtimestamp(seconds, UTC)
