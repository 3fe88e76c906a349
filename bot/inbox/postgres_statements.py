"""The inbox's SQL on PostgreSQL: functions on delivery rows, each inside a caller's transaction.

All times are the database server's, so that the clocks of the workers' machines need not agree.
Queries repeat `state IN ('queued', 'running')` verbatim: it is the partial index's condition.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.inbox.delivery import Delivery, DeliveryRecord, DeliveryState
from bot.inbox.engine import Connection
from bot.inbox.protocol import Batch, Overview
from bot.inbox.recovery import ENDED_AGAIN, PROCESS_ENDED
from bot.inbox.statements import DELIVERY, RECORD, delivery_of, moment, record_of, row_of
from bot.sanitize import storable

_KEYS = 1_346_719_831
"""The first half of the advisory locks that stand for keys; any number of our own."""

_NOW = "extract(epoch FROM now())::float8"
_UNFINISHED = "state IN ('queued', 'running')"

_ACCEPT = f"""
WITH accepted AS (
    INSERT INTO delivery ({DELIVERY}, state)
    VALUES (%s, %s, %s, %s, %s, %s, %s, 'queued') ON CONFLICT (id) DO NOTHING RETURNING seq
), kept AS (
    INSERT INTO delivery_payload (seq, body) SELECT seq, %s::bytea FROM accepted
)
SELECT count(*) FROM accepted
"""  # noqa: S608 - columns named in bot.inbox.statements
_WAITING = f"""
SELECT delivery.seq, delivery.kind, octet_length(delivery_payload.body)
FROM delivery JOIN delivery_payload USING (seq)
WHERE {_UNFINISHED} AND state = 'queued' AND delivery.key = %s ORDER BY delivery.seq
"""  # noqa: S608 - a condition named above
_START = f"""
WITH started AS (
    UPDATE delivery SET state = 'running', attempts = attempts + 1
    WHERE seq = ANY(%s) RETURNING *
)
SELECT {DELIVERY}, attempts, failures, body FROM started JOIN delivery_payload USING (seq)
ORDER BY seq
"""  # noqa: S608 - columns named in bot.inbox.statements
_HEAD = f"""
SELECT delivery.not_before, {_NOW}, waiting.priority, waiting.ended FROM (
    SELECT min(seq) AS seq, max(priority) AS priority, bool_or(error = %s) AS ended FROM delivery
    WHERE {_UNFINISHED} AND key = %s
) AS waiting JOIN delivery USING (seq)
"""  # noqa: S608 - conditions named above


@dataclass(frozen=True, slots=True)
class Head:
    """What waits under a key.

    Attributes:
        due: When its oldest delivery may be handled; None if at once.
        priority: The highest of all that waits.
        alone: Whether the process ended twice while something of it was being handled.
    """

    due: datetime | None
    priority: int
    alone: bool


async def lock_keys(connection: Connection, keys: Iterable[str]) -> None:
    """Have everybody else who changes something under these keys wait until the transaction ends.

    So deliveries of a key are committed in the order of their numbers, and what waits under it and
    the job that stands for it change together. All at once and in one order, so that nobody waits
    for somebody who waits for them.
    """
    await connection.execute(
        "SELECT pg_advisory_xact_lock(%s, lock) FROM ("
        "SELECT DISTINCT hashtext(key) AS lock FROM unnest(%s::text[]) AS key ORDER BY 1) AS locks",
        (_KEYS, list(keys)),
    )


async def insert(connection: Connection, delivery: Delivery) -> bool:
    """Insert a delivery; False if it is known already."""
    return bool(await _scalar(connection, _ACCEPT, (*row_of(delivery), delivery.payload)))


async def key_of(connection: Connection, delivery_id: str) -> str | None:
    """The key of a delivery; None if there is none such."""
    found = await _scalar(connection, "SELECT key FROM delivery WHERE id = %s", (delivery_id,))
    return None if found is None else str(found)


async def requeue(
    connection: Connection, delivery_id: str, states: Sequence[DeliveryState]
) -> bool:
    """Queue a delivery as if it were new, if it is in one of these states."""
    cursor = await connection.execute(
        "UPDATE delivery SET state = 'queued', attempts = 0, failures = 0, not_before = NULL,"
        " finished_at = NULL, error = NULL WHERE id = %s AND state = ANY(%s)",
        (delivery_id, [state.value for state in states]),
    )
    return cursor.rowcount == 1


async def head_of(connection: Connection, key: str, longest: timedelta) -> Head | None:
    """What waits under a key; None if nothing does.

    A retry farther away than `longest` counts as due: it was set before the clock was turned back.
    """
    cursor = await connection.execute(_HEAD, (ENDED_AGAIN, key))
    row = await cursor.fetchone()
    if row is None:
        return None
    not_before, now, priority, ended = row
    due = not_before is not None and now < not_before <= now + longest.total_seconds()
    return Head(moment(not_before) if due else None, priority, bool(ended))


async def waiting(connection: Connection, key: str) -> Sequence[tuple[int, str, int]]:
    """What waits under a key, oldest first: number, kind, bytes of payload."""
    cursor = await connection.execute(_WAITING, (key,))
    return [(seq, kind, length) for seq, kind, length in await cursor.fetchall()]


async def start(connection: Connection, key: str, members: Sequence[int]) -> Batch:
    """Mark deliveries of a key as running."""
    cursor = await connection.execute(_START, (list(members),))
    rows = await cursor.fetchall()
    return Batch(
        key=key,
        deliveries=tuple(delivery_of(row, bytes(row[-1])) for row in rows),
        attempt=max(row[-3] for row in rows),
        failures=max(row[-2] for row in rows),
    )


async def finish(connection: Connection, batch: Batch) -> None:
    """A batch was handled."""
    await _settle(connection, batch, f"state = 'done', finished_at = {_NOW}")


async def retry(
    connection: Connection, batch: Batch, wait: timedelta, error: str, *, counted: bool
) -> None:
    """A batch is to be handled again some time from now."""
    await _settle(
        connection,
        batch,
        f"state = 'queued', not_before = {_NOW} + %s, error = %s, failures = failures + %s",
        wait.total_seconds(),
        storable(error),
        int(counted),
    )


async def hand_back(connection: Connection, batch: Batch) -> None:
    """A batch was not begun after all."""
    change = "state = 'queued', not_before = NULL, attempts = greatest(attempts - 1, 0)"
    await _settle(connection, batch, change)


async def bury(connection: Connection, batch: Batch, error: str) -> None:
    """A batch is given up."""
    change = f"state = 'dead', finished_at = {_NOW}, error = %s"
    await _settle(connection, batch, change, storable(error))


async def recover(connection: Connection, key: str, *, was_alone: bool) -> None:
    """Queue what a worker that ended was handling; see `bot.inbox.worker`."""
    await connection.execute(
        "UPDATE delivery SET state = 'queued', not_before = NULL,"  # noqa: S608 - named above
        " attempts = greatest(attempts - 1, 0), failures = failures + %s,"
        " error = CASE WHEN error = ANY(%s) THEN %s ELSE %s END"
        f" WHERE {_UNFINISHED} AND state = 'running' AND key = %s",
        (int(was_alone), [PROCESS_ENDED, ENDED_AGAIN], ENDED_AGAIN, PROCESS_ENDED, key),
    )


async def seconds_to_retry(connection: Connection) -> float | None:
    """How long until the next waiting retry is due; None if none waits."""
    query = (
        f"SELECT min(not_before) - {_NOW} FROM delivery WHERE {_UNFINISHED}"  # noqa: S608
        f" AND state = 'queued' AND not_before > {_NOW}"
    )
    found = await _scalar(connection, query)
    return None if found is None else float(found)


async def keys_without_job(connection: Connection) -> Sequence[str]:
    """Keys under which something waits that no job stands for, such as copied rows."""
    return await _strings(
        connection,
        f"SELECT DISTINCT key FROM delivery WHERE {_UNFINISHED}"  # noqa: S608 - named above
        " AND NOT EXISTS (SELECT 1 FROM procrastinate_jobs"
        " WHERE lock = delivery.key AND status IN ('todo', 'doing'))",
    )


async def keys_put_off(connection: Connection, longest: timedelta) -> Sequence[str]:
    """Keys with a retry farther away than any is set: the clock was turned back since."""
    query = (
        f"SELECT DISTINCT key FROM delivery WHERE {_UNFINISHED}"  # noqa: S608 - named above
        f" AND state = 'queued' AND not_before > {_NOW} + %s"
    )
    return await _strings(connection, query, (longest.total_seconds(),))


async def records(
    connection: Connection, state: DeliveryState | None, limit: int
) -> Sequence[DeliveryRecord]:
    """The latest deliveries, newest first, without their payloads."""
    wanted = None if state is None else state.value
    cursor = await connection.execute(
        f"SELECT {RECORD} FROM delivery WHERE %s::text IS NULL OR state = %s"  # noqa: S608
        " ORDER BY seq DESC LIMIT %s",
        (wanted, wanted, limit),
    )
    return [record_of(row, b"") for row in await cursor.fetchall()]


async def record(connection: Connection, delivery_id: str) -> DeliveryRecord | None:
    """One delivery with its payload."""
    cursor = await connection.execute(
        f"SELECT {RECORD}, body FROM delivery JOIN delivery_payload USING (seq)"  # noqa: S608
        " WHERE id = %s",
        (delivery_id,),
    )
    row = await cursor.fetchone()
    return None if row is None else record_of(row, bytes(row[-1]))


async def depth(connection: Connection) -> dict[DeliveryState, int]:
    """How many deliveries are in each state, none left out."""
    cursor = await connection.execute("SELECT state, count(*) FROM delivery GROUP BY state")
    return dict.fromkeys(DeliveryState, 0) | {
        DeliveryState(state): count for state, count in await cursor.fetchall()
    }


async def overview(connection: Connection) -> Overview:
    """Depth and ages."""
    oldest = await _scalar(
        connection,
        "SELECT received_at FROM delivery WHERE seq ="  # noqa: S608 - a condition named above
        f" (SELECT min(seq) FROM delivery WHERE {_UNFINISHED})",
    )
    newest = await _scalar(
        connection,
        "SELECT received_at FROM delivery WHERE id NOT LIKE 'self:%' ORDER BY seq DESC LIMIT 1",
    )
    return Overview(
        depth=await depth(connection),
        oldest_unfinished=None if oldest is None else moment(oldest),
        newest_webhook=None if newest is None else moment(newest),
    )


async def prune(connection: Connection, before: datetime, limit: int) -> int:
    """Delete up to `limit` deliveries that were done before a moment."""
    cursor = await connection.execute(
        "DELETE FROM delivery WHERE seq IN (SELECT seq FROM delivery WHERE finished_at IS NOT NULL"
        " AND finished_at < %s AND state = 'done' LIMIT %s FOR UPDATE SKIP LOCKED)",
        (before.timestamp(), limit),
    )
    return cursor.rowcount


async def is_read_only(connection: Connection) -> bool:
    """Whether the database takes no writes, as a standby does."""
    return bool(await _scalar(connection, "SELECT current_setting('transaction_read_only')::bool"))


async def worker_signs(connection: Connection) -> dict[int, datetime]:
    """The last sign of life of each worker."""
    cursor = await connection.execute("SELECT id, last_heartbeat FROM procrastinate_workers")
    return dict(await cursor.fetchall())


async def touch(connection: Connection) -> None:
    """Write something that says nothing, to learn whether writing is possible."""
    await connection.execute("UPDATE compatibility SET oldest = oldest")


async def _settle(connection: Connection, batch: Batch, change: str, *values: float | str) -> None:
    await connection.execute(
        f"UPDATE delivery SET {change} WHERE id = ANY(%s) AND state = 'running'",  # noqa: S608
        (*values, [storable(delivery.id) for delivery in batch.deliveries]),
    )


async def _scalar(connection: Connection, query: str, values: Sequence[object] = ()) -> Any:
    cursor = await connection.execute(query, values or None)
    row = await cursor.fetchone()
    return None if row is None else row[0]


async def _strings(
    connection: Connection, query: str, values: Sequence[object] = ()
) -> Sequence[str]:
    cursor = await connection.execute(query, values or None)
    return [row[0] for row in await cursor.fetchall()]
