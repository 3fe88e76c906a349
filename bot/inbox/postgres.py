"""The inbox in PostgreSQL: any number of processes accept deliveries, any number handle them.

Deliveries are in the same table as on SQLite. With each that begins to wait, a job of Procrastinate
is committed; its worker (`bot.inbox.engine`) decides who handles it when.
"""

import asyncio
import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, cast

import psycopg
from procrastinate.jobs import Job
from procrastinate.manager import JobManager
from procrastinate.sync_psycopg_connector import SyncPsycopgConnector

from bot.inbox import rows
from bot.inbox.attempt import Attempts
from bot.inbox.delivery import Clock, InboxUnavailable, utc_now
from bot.inbox.engine import QUEUE, TASK, Engine, Rhythm, current_job, while_held
from bot.inbox.group_commit import Connection, GroupCommit
from bot.inbox.inbox import Bucket, Inbox
from bot.inbox.rows import QueuedRow
from bot.store.location import PostgresDatabase
from bot.store.migrate import migrate_store, require_current
from bot.store.postgres import PostgresDriver

_NAMED = re.compile(r"(?<!:):(\w+)")

_LONGEST_TURN = 600.0
"""Seconds; a turn farther away was given before the server's clock was turned back."""

_SERVER_NOW = "CAST(extract(epoch FROM now()) AS float8)"

# `next_at` is when the bucket will have been full again for `size` seconds: each token moves it on
# by the second that one takes to come back, and it is never farther back than a full bucket.
_TURN = f"""
INSERT INTO pace (installation, next_at) VALUES (:installation, {_SERVER_NOW} - :size + 1)
ON CONFLICT (installation) DO UPDATE SET next_at = 1 + greatest(
    {_SERVER_NOW} - :size,
    CASE WHEN pace.next_at <= {_SERVER_NOW} + {_LONGEST_TURN} THEN pace.next_at END
)
RETURNING next_at - {_SERVER_NOW}
"""  # noqa: S608 - constants

# Deliveries that no living worker handles, and waiting ones without a job, such as rows that were
# copied here, that an earlier version wrote, or that a lost worker had.
_CUT_OFF = """NOT EXISTS (
    SELECT 1 FROM procrastinate_jobs
    WHERE lock = delivery.key AND status = 'doing' AND procrastinate_jobs.id != ALL(:lost)
)"""
_WITHOUT_JOB = f"""
SELECT seq, key, priority, not_before FROM delivery WHERE seq IN (
    SELECT seq FROM delivery WHERE {rows.UNFINISHED} EXCEPT
    SELECT CAST(args ->> 'delivery' AS bigint) FROM procrastinate_jobs
    WHERE status IN ('todo', 'doing') AND procrastinate_jobs.id != ALL(:lost) AND task_name = :task
) ORDER BY seq
"""  # noqa: S608 - a condition named there
_SWEEP_LOCK = 1_346_719_832
"""Which advisory lock: any number of our own."""


class PostgresInbox(Inbox):
    """An inbox in a PostgreSQL database."""

    def __init__(
        self, location: PostgresDatabase, clock: Clock, rhythm: Rhythm, *, serving: bool
    ) -> None:
        """Prepare; use `open` to get an inbox on a database that is fit."""
        driver = _Driver(location)
        database = GroupCommit(
            driver,
            adapt=_Connection,
            # Two transactions that merely met succeed when they are run again, one by one.
            concerns_all=lambda fault: not driver.is_conflict(fault),
        )
        super().__init__(database, clock)
        self._location = location
        self._rhythm = rhythm
        self._serving = serving

    @classmethod
    async def open(
        cls,
        location: PostgresDatabase,
        *,
        serving: bool = True,
        clock: Clock = utc_now,
        rhythm: Rhythm | None = None,
    ) -> "PostgresInbox":
        """Open a database; see `bot.inbox.open.open_inbox`.

        Tests that do not want to wait give a `rhythm`.

        Raises:
            StoreUnusable: It cannot be used; the message says why and names it.
        """
        await asyncio.to_thread(migrate_store if serving else require_current, location)
        return cls(location, clock, rhythm or Rhythm(), serving=serving)

    async def work(
        self,
        attempts: Attempts,
        stop: asyncio.Event,
        *,
        concurrency: int = 16,
        grace: float = 20.0,
    ) -> None:
        """Have deliveries handled until `stop` is set; see `Inbox.work`."""
        if not self._serving:
            raise InboxUnavailable("the inbox was opened for reading, not for serving")
        engine = Engine(
            self._location, self._database, self._queue_left, attempts, self._clock, self._rhythm
        )
        await engine.work(stop, concurrency=concurrency, grace=grace)

    def _queue(self, connection: Connection, queued: QueuedRow) -> None:
        """Have the engine handle a delivery: with its key as lock, so one at a time.

        Within a lock and a priority the engine goes by the number of the job. A delivery that waits
        again keeps its place: before those that wait for the first time.
        """
        job = Job(
            queue=QUEUE,
            task_name=TASK,
            lock=queued.key,
            queueing_lock=None,
            priority=2 * queued.priority + (not queued.is_new),
            task_kwargs={"delivery": queued.seq},
            scheduled_at=queued.not_before,
        )
        cast("_Connection", connection).jobs.append(job)

    def _queue_left(self, connection: Connection, lost: Sequence[int | None]) -> bool:
        """Queue what was cut off, and give a job to all that has none but a lost one.

        False if another process is at it just now.
        """
        # Deliveries that were accepted in this very transaction have jobs that are yet to be made.
        cast("_Connection", connection).make_jobs()
        query = "SELECT pg_try_advisory_xact_lock(:lock)"
        if not connection.execute(query, {"lock": _SWEEP_LOCK}).fetchone()[0]:
            return False
        rows.queue_cut_off(connection, self._clock(), _CUT_OFF, {"lost": lost})
        values = {"lost": lost, "task": TASK}
        for seq, key, priority, not_before in connection.execute(_WITHOUT_JOB, values).fetchall():
            at = None if not_before is None else rows.moment(not_before)
            self._queue(connection, QueuedRow(seq, key, priority, is_new=False, not_before=at))
        return True

    async def check(self) -> None:
        """Return if deliveries can be taken; see `Inbox.check`."""

        def is_read_only(connection: Connection) -> bool:
            query = "SELECT CAST(current_setting('transaction_read_only') AS boolean)"
            return bool(connection.execute(query).fetchone()[0])

        await super().check()
        if await self._database.submit(is_read_only, writes=False):
            raise InboxUnavailable(
                "the database takes no writes now (it is a standby, or read-only)"
            )

    def shared_bucket(self, installation: int, size: int) -> Bucket:
        """A bucket of an installation that fills up by a token a second, of all processes."""
        return SharedBucket(self._database, installation, size)


class SharedBucket:
    """So many tokens at once, then one a second, over all processes.

    A worker that hung for so long that another one does its work gets no token when it wakes.
    """

    def __init__(self, database: GroupCommit, installation: int, size: int) -> None:
        """Keep the bucket of an installation in a database."""
        self._database = database
        self._values = {"installation": installation, "size": size}

    async def acquire(self) -> None:
        """Take one token, waiting until there is one.

        Raises:
            JobLost: This worker was declared dead.
            InboxUnavailable: The database cannot be asked.
        """

        def turn(connection: Connection) -> float:
            return float(connection.execute(_TURN, self._values).fetchone()[0])

        job = current_job.get()
        if job is None:
            seconds = await self._database.submit(turn)
        else:
            seconds = await while_held(self._database, job, turn)
        await asyncio.sleep(max(seconds, 0.0))


class _Driver(PostgresDriver):
    """The store's driver, with autocommit: a statement begins each transaction."""

    def connect(self) -> psycopg.Connection:
        connection = super().connect()
        connection.autocommit = True
        return connection


_engine = JobManager(SyncPsycopgConnector())


class _Connection:
    """A connection in a transaction, whose statements name values as SQLite does.

    Jobs are made at the end, all at once.
    """

    def __init__(self, raw: psycopg.Connection) -> None:
        self._raw = raw
        self.jobs: list[Job] = []

    def make_jobs(self) -> None:
        if self.jobs:
            _engine.batch_defer_jobs(self.jobs, connection=self._raw)
            self.jobs.clear()

    def commit(self) -> None:
        self.make_jobs()
        self._raw.execute("COMMIT")

    def execute(self, statement: str, values: Mapping[str, Any] | None = None, /) -> Any:
        return self._raw.execute(_translated(statement), values or None)


@cache
def _translated(statement: str) -> bytes:
    return _NAMED.sub(r"%(\1)s", statement).encode()
