"""The inbox's SQL on SQLite: functions on delivery rows, each inside a caller's transaction.

`seq` gives the order; a delivery keeps its place through retries and replays. Queries repeat
`state IN ('queued', 'running')` verbatim, since SQLite uses a partial index only if it recognizes
its condition; and they name the index, since the planner would choose another that has to look up
every row.
"""

import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.inbox.delivery import (
    Delivery,
    DeliveryKind,
    DeliveryRecord,
    DeliveryState,
    Priority,
    members_of,
)
from bot.inbox.protocol import Acceptance, Batch, Overview
from bot.inbox.recovery import is_anything_running, suspected
from bot.sanitize import storable

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


_HEADS = """
WITH head AS (
    SELECT key, min(seq) AS seq, max(state = 'running') AS busy, max(priority) AS priority
    FROM delivery INDEXED BY delivery_unfinished
    WHERE state IN ('queued', 'running') GROUP BY key
)
SELECT delivery.seq, delivery.key, delivery.kind
FROM head CROSS JOIN delivery ON delivery.seq = head.seq
WHERE NOT head.busy
    AND (delivery.not_before IS NULL OR delivery.not_before <= ? OR delivery.not_before > ?)
ORDER BY head.priority DESC, delivery.seq LIMIT ?
"""
_WAITING = """
SELECT delivery.seq, delivery.kind, length(delivery_payload.body)
FROM delivery INDEXED BY delivery_unfinished JOIN delivery_payload USING (seq)
WHERE delivery.state IN ('queued', 'running') AND delivery.key = ? ORDER BY delivery.seq
"""
_START = """
UPDATE delivery SET state = 'running', attempts = attempts + 1 WHERE seq = ?
RETURNING attempts, failures
"""
# The index has `seq` after the state, so one row is looked up for each, however many there are.
_OLDEST = """
SELECT min(received_at) FROM delivery WHERE seq IN (
    (SELECT min(seq) FROM delivery INDEXED BY delivery_by_state WHERE state = 'queued'),
    (SELECT min(seq) FROM delivery INDEXED BY delivery_by_state WHERE state = 'running')
)
"""
_NEWEST = "SELECT received_at FROM delivery WHERE id NOT LIKE 'self:%' ORDER BY seq DESC LIMIT 1"
_ONE = f"SELECT {DELIVERY} FROM delivery WHERE seq = ?"  # noqa: S608 - columns named above


def accept(connection: sqlite3.Connection, delivery: Delivery) -> Acceptance:
    """Insert a delivery, or queue it again if it was dead."""
    inserted = connection.execute(
        f"INSERT INTO delivery ({DELIVERY}, state) VALUES (?, ?, ?, ?, ?, ?, ?, 'queued')"  # noqa: S608
        " ON CONFLICT (id) DO NOTHING RETURNING seq",
        row_of(delivery),
    ).fetchone()
    if inserted is not None:
        connection.execute(
            "INSERT INTO delivery_payload (seq, body) VALUES (?, ?)",
            (inserted[0], delivery.payload),
        )
        return Acceptance.ACCEPTED
    revived = requeue(connection, delivery.id, (DeliveryState.DEAD,))
    return Acceptance.ACCEPTED if revived else Acceptance.DUPLICATE


def claim(
    connection: sqlite3.Connection,
    limit: int,
    now: datetime,
    longest: timedelta,
    suspects: Sequence[int] = (),
) -> Sequence[Batch]:
    """Mark what is due as running, by priority and age, one batch a key; `suspects` first, alone.

    A retry farther away than `longest` counts as due: it was set before the clock was turned back.
    """
    bounds = (now.timestamp(), (now + longest).timestamp())
    alone, is_one_running = suspected(connection, suspects) if suspects else (frozenset(), False)
    if is_one_running:
        return []
    heads = connection.execute(_HEADS, (*bounds, -1 if alone else limit)).fetchall()
    if first := [head for head in heads if head[1] in alone][:1]:
        heads = [] if is_anything_running(connection) else first
    return [
        _start(connection, key, _members(connection, seq, key, kind))
        for seq, key, kind in heads[:limit]
    ]


def _members(connection: sqlite3.Connection, seq: int, key: str, kind: str) -> Sequence[int]:
    if kind == DeliveryKind.ACT:
        return [seq]
    return members_of(connection.execute(_WAITING, (key,)))


def _start(connection: sqlite3.Connection, key: str, members: Sequence[int]) -> Batch:
    deliveries: list[Delivery] = []
    attempt = failures = 0
    for seq in members:
        attempts, failed = connection.execute(_START, (seq,)).fetchone()
        attempt, failures = max(attempt, attempts), max(failures, failed)
        row = connection.execute(_ONE, (seq,)).fetchone()
        deliveries.append(delivery_of(row, _payload(connection, seq)))
    return Batch(key=key, deliveries=tuple(deliveries), attempt=attempt, failures=failures)


def finish(connection: sqlite3.Connection, batch: Batch, now: datetime) -> None:
    """A batch was handled."""
    _settle(connection, batch, "state = 'done', finished_at = ?", now.timestamp())


def retry(
    connection: sqlite3.Connection, batch: Batch, at: datetime, error: str, *, counted: bool
) -> None:
    """A batch is to be handled again at a moment."""
    _settle(
        connection,
        batch,
        "state = 'queued', not_before = ?, error = ?, failures = failures + ?",
        at.timestamp(),
        storable(error),
        int(counted),
    )


def hand_back(connection: sqlite3.Connection, batch: Batch) -> None:
    """A batch was not begun after all."""
    _settle(
        connection, batch, "state = 'queued', not_before = NULL, attempts = max(attempts - 1, 0)"
    )


def bury(connection: sqlite3.Connection, batch: Batch, error: str, now: datetime) -> None:
    """A batch is given up."""
    change = "state = 'dead', finished_at = ?, error = ?"
    _settle(connection, batch, change, now.timestamp(), storable(error))


def _settle(
    connection: sqlite3.Connection, batch: Batch, change: str, *values: float | str | int
) -> None:
    connection.executemany(
        f"UPDATE delivery SET {change} WHERE id = ? AND state = 'running'",  # noqa: S608
        [(*values, delivery.id) for delivery in batch.deliveries],
    )


def requeue(
    connection: sqlite3.Connection, delivery_id: str, states: Sequence[DeliveryState]
) -> bool:
    """Queue a delivery as if it were new, if it is in one of these states."""
    marks = ", ".join("?" for _ in states)
    return (
        connection.execute(
            "UPDATE delivery SET state = 'queued', attempts = 0, failures = 0, not_before = NULL,"  # noqa: S608
            f" finished_at = NULL, error = NULL WHERE id = ? AND state IN ({marks})",
            (delivery_id, *states),
        ).rowcount
        == 1
    )


def next_retry(connection: sqlite3.Connection, now: datetime) -> datetime | None:
    """When the next waiting retry is due; None if none waits."""
    (seconds,) = connection.execute(
        "SELECT min(not_before) FROM delivery INDEXED BY delivery_unfinished"
        " WHERE state IN ('queued', 'running') AND state = 'queued' AND not_before > ?",
        (now.timestamp(),),
    ).fetchone()
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def data_version(connection: sqlite3.Connection) -> int:
    """A number that changes when another connection has written (SQLite, "PRAGMA data_version")."""
    (version,) = connection.execute("PRAGMA data_version").fetchone()
    return int(version)


def touch(connection: sqlite3.Connection) -> None:
    """Write something that says nothing, to learn whether writing is possible."""
    connection.execute("PRAGMA user_version = 0")


def records(
    connection: sqlite3.Connection, state: DeliveryState | None, limit: int
) -> Sequence[DeliveryRecord]:
    """The latest deliveries, newest first, without their payloads."""
    where, values = ("", ()) if state is None else ("WHERE state = ?", (state.value,))
    rows = connection.execute(
        f"SELECT {RECORD} FROM delivery {where} ORDER BY seq DESC LIMIT ?",  # noqa: S608
        (*values, limit),
    )
    return [record_of(row, b"") for row in rows]


def record(connection: sqlite3.Connection, delivery_id: str) -> DeliveryRecord | None:
    """One delivery with its payload."""
    row = connection.execute(
        f"SELECT {RECORD}, seq FROM delivery WHERE id = ?",  # noqa: S608
        (delivery_id,),
    ).fetchone()
    return None if row is None else record_of(row, _payload(connection, row[-1]))


def depth(connection: sqlite3.Connection) -> dict[DeliveryState, int]:
    """How many deliveries are in each state, none left out."""
    counts = connection.execute("SELECT state, count(*) FROM delivery GROUP BY state")
    return dict.fromkeys(DeliveryState, 0) | {
        DeliveryState(state): count for state, count in counts
    }


def overview(connection: sqlite3.Connection) -> Overview:
    """Depth and ages."""
    (oldest,) = connection.execute(_OLDEST).fetchone()
    newest = connection.execute(_NEWEST).fetchone()
    return Overview(
        depth=depth(connection),
        oldest_unfinished=None if oldest is None else moment(oldest),
        newest_webhook=None if newest is None else moment(newest[0]),
    )


def prune(connection: sqlite3.Connection, before: datetime, limit: int) -> int:
    """Delete up to `limit` deliveries that were done before a moment."""
    return connection.execute(
        "DELETE FROM delivery WHERE seq IN (SELECT seq FROM delivery"
        " WHERE finished_at IS NOT NULL AND finished_at < ? AND state = 'done' LIMIT ?)",
        (before.timestamp(), limit),
    ).rowcount


def _payload(connection: sqlite3.Connection, seq: int) -> bytes:
    query = "SELECT body FROM delivery_payload WHERE seq = ?"
    (body,) = connection.execute(query, (seq,)).fetchone()
    return bytes(body)
