"""The inbox's SQL, written once for SQLite and PostgreSQL: functions on rows, in a transaction.

`seq` gives the order; a delivery keeps its place through retries and replays. Statements repeat
`state IN ('queued', 'running')` verbatim, since it is the condition of a partial index. They are
plain text because the server takes webhooks before it has loaded anything it can do without.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bot.inbox.backoff import after_end
from bot.inbox.delivery import (
    AttemptResult,
    Batch,
    Delivery,
    DeliveryKind,
    DeliveryRecord,
    DeliveryState,
    Overview,
    Priority,
    Settlement,
)
from bot.inbox.group_commit import Connection
from bot.sanitize import storable

PROCESS_ENDED = "the process ended while this was being handled"
"""The error of a delivery whose attempt was cut off."""

MERGED_BYTES = 4_000_000
"""Reviews merge only while their payloads stay below this in total, to limit memory."""

UNFINISHED = "state IN ('queued', 'running')"

_DELIVERY = "id, event, action, key, kind, received_at, priority"
_RECORD = f"{_DELIVERY}, state, attempts, not_before, finished_at, error"

_INSERT = f"""
INSERT INTO delivery ({_DELIVERY}, state)
VALUES (:id, :event, :action, :key, :kind, :received_at, :priority, 'queued')
ON CONFLICT (id) DO NOTHING RETURNING seq
"""  # noqa: S608 - columns named above
_INSERT_PAYLOAD = "INSERT INTO delivery_payload (seq, body) VALUES (:seq, :body)"
_REQUEUE = """
UPDATE delivery SET state = 'queued', attempts = 0, failures = 0, not_before = NULL,
    finished_at = NULL, error = NULL
WHERE id = :id AND state IN ('dead', :other) RETURNING seq, key, priority
"""
# What a delivery's turn comes to: itself, or all reviews that wait under its key.
_TAKE = f"""
UPDATE delivery SET state = 'running', attempts = attempts + 1 WHERE seq IN (
    SELECT seq FROM (
        SELECT delivery.seq, length(body) AS size,
            sum(length(body)) OVER (ORDER BY delivery.seq) AS total
        FROM delivery AS called
        JOIN delivery ON delivery.key = called.key AND delivery.kind = called.kind
        JOIN delivery_payload ON delivery_payload.seq = delivery.seq
        WHERE called.seq = :seq AND delivery.{UNFINISHED}
            AND (delivery.seq = called.seq OR delivery.kind = 'review')
    ) AS waiting WHERE total <= :most OR total = size
)
RETURNING {_DELIVERY}, attempts, failures, seq
"""  # noqa: S608 - columns and a condition named above
_PAYLOAD = "SELECT body FROM delivery_payload WHERE seq = :seq"
_SETTLE = """
UPDATE delivery SET state = :state, not_before = :not_before, finished_at = :finished_at,
    error = coalesce(:error, error), attempts = attempts - :unused, failures = failures + :counted
WHERE id = :id AND state = 'running'
"""
_CUT_OFF = f"""
SELECT key, max(failures) FROM delivery WHERE {UNFINISHED} AND state = 'running' AND %s GROUP BY key
"""  # noqa: S608 - a condition named above
_QUEUE_CUT_OFF = f"""
UPDATE delivery SET state = 'queued', not_before = :at, failures = failures + 1, error = :error
WHERE {UNFINISHED} AND state = 'running' AND key = :key
"""  # noqa: S608 - a condition named above
# The index has `seq` after the state, so one row is looked up for each, however many there are.
_OLDEST = """
SELECT min(received_at) FROM delivery WHERE seq IN (
    (SELECT min(seq) FROM delivery WHERE state = 'queued'),
    (SELECT min(seq) FROM delivery WHERE state = 'running')
)
"""
_NEWEST = """
SELECT received_at FROM delivery WHERE id NOT LIKE :own ORDER BY seq DESC LIMIT 1
"""
_PRUNE = """
DELETE FROM delivery WHERE seq IN (
    SELECT seq FROM delivery
    WHERE finished_at IS NOT NULL AND finished_at < :before AND state = 'done' LIMIT :most
)
"""


@dataclass(frozen=True, slots=True)
class QueuedRow:
    """A row that begins to wait.

    Attributes:
        seq: Its number.
        key: Its key.
        priority: Its priority.
        is_new: Whether it waits for the first time, so that it comes last.
        not_before: When it may be handled; None if at once.
    """

    seq: int
    key: str
    priority: int
    is_new: bool
    not_before: datetime | None = None


def accept(connection: Connection, delivery: Delivery) -> QueuedRow | None:
    """Insert a delivery, or queue it again if it was dead; None if neither."""
    row = {
        "id": delivery.id,
        "event": delivery.event,
        "action": storable(delivery.action),
        "key": delivery.key,
        "kind": delivery.kind.value,
        "received_at": delivery.received_at.timestamp(),
        "priority": delivery.priority.value,
    }
    inserted = connection.execute(_INSERT, row).fetchone()
    if inserted is None:
        return requeue(connection, delivery.id, DeliveryState.DEAD)
    connection.execute(_INSERT_PAYLOAD, {"seq": inserted[0], "body": delivery.payload})
    return QueuedRow(inserted[0], delivery.key, delivery.priority.value, is_new=True)


def requeue(connection: Connection, delivery_id: str, other: DeliveryState) -> QueuedRow | None:
    """Queue a delivery that is dead or in the other state, as if it were new; None if it is not."""
    values = {"id": storable(delivery_id), "other": other.value}
    row = connection.execute(_REQUEUE, values).fetchone()
    return None if row is None else QueuedRow(row[0], row[1], row[2], is_new=False)


def take(connection: Connection, seq: int) -> Batch | None:
    """Mark a delivery as running, with all reviews of its key if it is one; None if none waits."""
    rows = connection.execute(_TAKE, {"seq": seq, "most": MERGED_BYTES}).fetchall()
    if not rows:
        return None
    rows.sort(key=lambda row: int(row[-1]))
    return Batch(
        key=rows[0][3],
        deliveries=tuple(_delivery(row, _payload(connection, row[-1])) for row in rows),
        attempt=max(row[-3] for row in rows),
        failures=max(row[-2] for row in rows),
    )


def settle(connection: Connection, batch: Batch, settlement: Settlement, now: datetime) -> None:
    """Record how an attempt ended."""
    state = {AttemptResult.DONE: DeliveryState.DONE, AttemptResult.BURIED: DeliveryState.DEAD}.get(
        settlement.result, DeliveryState.QUEUED
    )
    values = {
        "state": state.value,
        "not_before": settlement.at and settlement.at.timestamp(),
        "finished_at": None if state is DeliveryState.QUEUED else now.timestamp(),
        "error": settlement.error and storable(settlement.error),
        "unused": int(settlement.result is AttemptResult.HANDED_BACK),
        "counted": int(settlement.counted),
    }
    for delivery in batch.deliveries:
        connection.execute(_SETTLE, {**values, "id": delivery.id})


def queue_cut_off(
    connection: Connection,
    now: datetime,
    condition: str = "true",
    values: Mapping[str, object] | None = None,
) -> None:
    """Queue what was being handled when its process ended; that counts as a failure.

    The condition, with its values, tells it from what is being handled.
    """
    found = connection.execute(_CUT_OFF.replace("%s", condition), values or {}).fetchall()
    for key, failures in found:
        at = after_end(failures, now, random.random())  # noqa: S311 - it spreads retries
        queued = {"key": key, "at": at and at.timestamp(), "error": PROCESS_ENDED}
        connection.execute(_QUEUE_CUT_OFF, queued)


def records(
    connection: Connection, state: DeliveryState | None, limit: int
) -> Sequence[DeliveryRecord]:
    """The latest deliveries, newest first, without their payloads."""
    where = "" if state is None else "WHERE state = :state"
    values = {"limit": limit} if state is None else {"limit": limit, "state": state.value}
    query = f"SELECT {_RECORD} FROM delivery {where} ORDER BY seq DESC LIMIT :limit"  # noqa: S608
    return [_record(row, b"") for row in connection.execute(query, values).fetchall()]


def record(connection: Connection, delivery_id: str) -> DeliveryRecord | None:
    """One delivery with its payload."""
    query = f"SELECT {_RECORD}, seq FROM delivery WHERE id = :id"  # noqa: S608
    row = connection.execute(query, {"id": storable(delivery_id)}).fetchone()
    return None if row is None else _record(row, _payload(connection, row[-1]))


def depth(connection: Connection) -> dict[DeliveryState, int]:
    """How many deliveries are in each state, none left out."""
    counts = connection.execute("SELECT state, count(*) FROM delivery GROUP BY state").fetchall()
    return dict.fromkeys(DeliveryState, 0) | {
        DeliveryState(state): count for state, count in counts
    }


def overview(connection: Connection) -> Overview:
    """Depth and ages."""
    (oldest,) = connection.execute(_OLDEST).fetchone()
    newest = connection.execute(_NEWEST, {"own": "self:%"}).fetchone()
    return Overview(
        depth=depth(connection),
        oldest_unfinished=None if oldest is None else moment(oldest),
        newest_webhook=None if newest is None else moment(newest[0]),
    )


def prune(connection: Connection, before: datetime, most: int) -> int:
    """Delete up to so many deliveries that were done before a moment; returns how many."""
    values = {"before": before.timestamp(), "most": most}
    return int(connection.execute(_PRUNE, values).rowcount)


def touch(connection: Connection) -> None:
    """Write something that says nothing, to learn whether writing is possible."""
    connection.execute("UPDATE compatibility SET oldest = oldest")


def look(connection: Connection) -> None:
    """Read something, to learn whether reading is possible."""
    connection.execute("SELECT oldest FROM compatibility").fetchone()


def moment(seconds: float) -> datetime:
    """A moment as the table keeps it: seconds since 1970."""
    return datetime.fromtimestamp(seconds, UTC)


def _payload(connection: Connection, seq: int) -> bytes:
    (body,) = connection.execute(_PAYLOAD, {"seq": seq}).fetchone()
    return bytes(body)


def _delivery(row: Sequence[Any], payload: bytes) -> Delivery:
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


def _record(row: Sequence[Any], payload: bytes) -> DeliveryRecord:
    delivery = _delivery(row, payload)
    state, attempts, not_before, finished_at, error = row[7:12]
    return DeliveryRecord(
        delivery=delivery,
        state=DeliveryState(state),
        attempts=attempts,
        run_at=delivery.received_at if not_before is None else moment(not_before),
        finished_at=None if finished_at is None else moment(finished_at),
        error=error,
    )
