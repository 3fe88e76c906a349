"""What a process that ended left half-handled: queued again, and watched if it may be the cause."""

import sqlite3
from collections.abc import Sequence

PROCESS_ENDED = "the process ended while this was being handled"
ENDED_AGAIN = "the process ended twice while this was being handled; it is handled alone now"


def recover(connection: sqlite3.Connection) -> None:
    """Queue what a process that ended left running."""
    (keys,) = connection.execute(
        "SELECT count(DISTINCT key) FROM delivery INDEXED BY delivery_unfinished"
        " WHERE state IN ('queued', 'running') AND state = 'running'"
    ).fetchone()
    connection.execute(
        "UPDATE delivery SET state = 'queued', not_before = NULL, attempts = max(attempts - 1, 0),"
        " failures = failures + ?, error = CASE WHEN error IN (?, ?) THEN ? ELSE ? END"
        " WHERE state IN ('queued', 'running') AND state = 'running'",
        (int(keys == 1), PROCESS_ENDED, ENDED_AGAIN, ENDED_AGAIN, PROCESS_ENDED),
    )


def suspects(connection: sqlite3.Connection) -> Sequence[int]:
    """What is to be handled alone, by `seq`; none is added to them before the next `recover`."""
    rows = connection.execute(
        "SELECT seq FROM delivery WHERE state IN ('queued', 'running') AND error = ?",
        (ENDED_AGAIN,),
    )
    return [seq for (seq,) in rows]


def suspected(connection: sqlite3.Connection, seqs: Sequence[int]) -> tuple[frozenset[str], bool]:
    """The keys of those suspects that are not settled yet, and whether one is being handled."""
    marks = ", ".join("?" for _ in seqs)
    rows = connection.execute(
        f"SELECT key, state FROM delivery WHERE seq IN ({marks})"  # noqa: S608 - only marks
        " AND state IN ('queued', 'running') AND error = ?",
        (*seqs, ENDED_AGAIN),
    ).fetchall()
    return frozenset(key for key, _ in rows), any(state == "running" for _, state in rows)


def is_anything_running(connection: sqlite3.Connection) -> bool:
    """Whether any delivery is being handled."""
    return (
        connection.execute(
            "SELECT 1 FROM delivery INDEXED BY delivery_unfinished"
            " WHERE state IN ('queued', 'running') AND state = 'running' LIMIT 1"
        ).fetchone()
        is not None
    )
