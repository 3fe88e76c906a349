"""Runs Procrastinate: its worker has one task, which handles the delivery of its job.

Its lock keeps jobs of one key apart and in order, its priorities put commands first, and it wakes a
worker when a job comes in. This file adds what it lacks: it never runs the jobs of a lost worker
again by itself, and its worker ends when the database does not answer.

The job of a lost worker is not run again but replaced by a new one. So the number of a job
distinguishes a late worker, which wakes after its job was replaced, from the one that has the job
now: a worker without a job settles nothing and gets no token for a write.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar, cast

import psycopg
from procrastinate import App, BaseRetryStrategy, JobContext, PsycopgConnector, RetryDecision
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager
from procrastinate.worker import Worker

from bot.inbox import rows
from bot.inbox.attempt import Attempts
from bot.inbox.delivery import AttemptResult, Batch, Clock, InboxUnavailable, Settlement
from bot.inbox.group_commit import Connection, GroupCommit
from bot.logs import get_logger
from bot.store.location import PostgresDatabase
from bot.store.postgres import PATIENCE, SESSION, parameters

T = TypeVar("T")

QUEUE = "inbox"
TASK = "bot.delivery"

_FORMER_TASK = "bot.deliveries"
"""The task of earlier versions, which had one job for everything that waited under a key."""

_MOST_CONNECTIONS = 6
_AFTER_CANCELLING_SECONDS = 5.0
_log = get_logger(__name__)

# We log what the engine and its pool would log, without a URL or a stranger's text.
for _name in ("procrastinate", "psycopg.pool"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)

current_job: ContextVar[int | None] = ContextVar("current_job", default=None)
"""The number of the current job; None outside of jobs."""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How quickly things are noticed; the same for all workers on a database.

    Attributes:
        heartbeat: Seconds between two heartbeats of a worker, and between two searches for lost
            workers.
        patience: After this many seconds without a heartbeat, others take over a worker's work.
            They have started it again half a minute after the worker's end at the latest.
        poll: Seconds between two searches for jobs: for those that are due, and those that waited
            for another one of their key.
    """

    heartbeat: float = 5.0
    patience: float = 15.0
    poll: float = 1.0


class JobLost(Exception):
    """The worker of this job was declared dead, and another one does the job."""


async def while_held(database: GroupCommit, job: int, work: Callable[[Connection], T]) -> T:
    """Do something in a transaction during which a job stays this worker's.

    Raises:
        JobLost: It is not.
        InboxUnavailable: Nothing was written.
    """
    query = "SELECT 1 FROM procrastinate_jobs WHERE id = :job AND status = 'doing' FOR UPDATE"

    def held(connection: Connection) -> T:
        if connection.execute(query, {"job": job}).fetchone() is None:
            raise JobLost("this worker was declared dead; others do its work")
        return work(connection)

    return await database.submit(held)


class Engine:
    """Runs Procrastinate's worker on the deliveries of a database."""

    def __init__(
        self,
        location: PostgresDatabase,
        database: GroupCommit,
        queue_left: Callable[[Connection, Sequence[int | None]], bool],
        attempts: Attempts,
        clock: Clock,
        rhythm: Rhythm,
    ) -> None:
        """Prepare; nothing is connected yet.

        `database` has the deliveries of the same location; `queue_left` makes jobs for those that
        nobody alive is to handle, given the jobs of lost workers.
        """
        self._database = database
        self._queue_left = queue_left
        self._attempts = attempts
        self._clock = clock
        self._rhythm = rhythm
        self._app = App(
            connector=PsycopgConnector(
                kwargs=parameters(location),
                configure=_configure,
                min_size=0,
                max_size=_MOST_CONNECTIONS,
                timeout=PATIENCE,
                # As long as whoever wants a connection waits: the next one has it tried again.
                reconnect_timeout=PATIENCE,
                name="inbox",
            )
        )
        self._app.task(name=TASK, pass_context=True, retry=_Retries(clock))(self._deliver)
        nothing = self._app.task(name=_FORMER_TASK)(_do_nothing)
        # Without any periodic task the engine does not notice that a heartbeat or listening failed.
        self._app.periodic(cron="0 0 1 1 *")(nothing)

    async def work(self, stop: asyncio.Event, *, concurrency: int, grace: float) -> None:
        """Have deliveries handled until `stop` is set; see `bot.inbox.inbox.Inbox.work`."""
        stopping = asyncio.create_task(stop.wait())
        try:
            while not stop.is_set():
                try:
                    async with self._app.open_async():
                        await self._run_worker(stopping, concurrency, grace)
                except Exception as fault:
                    if isinstance(fault.__cause__, psycopg.errors.ForeignKeyViolation):
                        _log_lost()
                    else:
                        self._attempts.log_trouble(fault)
                    await asyncio.wait({stopping}, timeout=self._attempts.pause)
        finally:
            stopping.cancel()

    async def _run_worker(
        self, stopping: "asyncio.Task[bool]", concurrency: int, grace: float
    ) -> None:
        """Run the engine's worker until it ends or is to end."""
        sweeping = asyncio.create_task(self._sweep_for_ever())
        working = asyncio.create_task(
            self._app.run_worker_async(
                concurrency=concurrency,
                fetch_job_polling_interval=self._rhythm.poll,
                shutdown_graceful_timeout=grace,
                delete_jobs="always",
                install_signal_handlers=False,
                update_heartbeat_interval=self._rhythm.heartbeat,
                stalled_worker_timeout=self._rhythm.patience,
                worker_middleware=[_end_worker_if_unrecorded],
            )
        )
        try:
            await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            working.cancel()  # then it lets its jobs end for `grace` seconds, and aborts them
            sweeping.cancel()
            longest = grace + _AFTER_CANCELLING_SECONDS
            _, stuck = await asyncio.wait({working, sweeping}, timeout=longest)
            if stuck:
                _log.error("handlers did not stop", count=len(stuck))
        if working.done() and not working.cancelled():
            working.result()

    async def _deliver(self, context: JobContext, delivery: int) -> None:
        """Handle what a job is for, unless it was handled along with an earlier one.

        Raises:
            _Again: It is to be run again.
        """
        job = cast("int", context.job.id)
        current_job.set(job)
        try:
            batch = await while_held(self._database, job, partial(rows.take, seq=delivery))
            if batch is None:
                return
            settle = partial(self._settle, job, batch)
            settlement = await self._attempts.run(batch, settle, context.should_abort)
        except JobLost:
            _log_lost()
            return
        if settlement.result in (AttemptResult.RETRIED, AttemptResult.HANDED_BACK):
            raise _Again(settlement.at or self._clock())

    async def _settle(self, job: int, batch: Batch, settlement: Settlement) -> None:
        settle = partial(rows.settle, batch=batch, settlement=settlement, now=self._clock())
        await while_held(self._database, job, settle)

    async def _sweep_for_ever(self) -> None:
        """Look for lost workers and for deliveries without a job, again and again."""
        while True:
            try:
                await self._sweep(self._app.job_manager)
            except (InboxUnavailable, ConnectorException):
                pass  # logged by whoever accepts or handles deliveries now
            except Exception:
                _log.exception("worker maintenance failed; retrying")
            await asyncio.sleep(self._rhythm.heartbeat)

    async def _sweep(self, engine: JobManager) -> None:
        lost = list(await engine.get_stalled_jobs(seconds_since_heartbeat=self._rhythm.patience))
        # The new jobs are there before the old ones go, so that nothing of the key gets in between.
        # This seldom writes, so its success does not mean that the disk has room.
        if not await self._database.submit(
            lambda connection: self._queue_left(connection, [job.id for job in lost]), writes=False
        ):
            return
        taken = Counter[int | None]()
        for job in lost:
            with suppress(ConnectorException):  # its worker, or another one's sweep, was faster
                await engine.finish_job(job, Status.FAILED, delete_job=True)
                taken[job.worker_id] += 1
        # So that a worker that only hung notices it when it next looks for jobs, and starts again.
        await engine.prune_stalled_workers(self._rhythm.patience)
        for worker, count in taken.items():
            _log.warning("work of a lost worker taken over", worker=worker, count=count)


def _log_lost() -> None:
    _log.error("this worker was declared dead; others do its work")


class _Again(Exception):
    """A job is to run again at a certain time; its delivery's row has the error."""

    def __init__(self, at: datetime) -> None:
        super().__init__(at)
        self.at = at


class _Retries(BaseRetryStrategy):
    """When a job runs again: when its row says so, or soon if the row was unreachable."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision:  # noqa: ARG002
        if isinstance(exception, _Again):
            return RetryDecision(retry_at=exception.at)
        return RetryDecision(retry_at=self._clock() + timedelta(seconds=1))


async def _do_nothing(timestamp: int = 0) -> None:
    """Every waiting delivery has a job of its own."""


async def _end_worker_if_unrecorded(
    call_next: Callable[[], Awaitable[Any]],
    context: JobContext,  # noqa: ARG001 - as the engine calls it
    worker: Worker,
) -> Any:
    """Run a job; if the engine cannot record its end, end the worker.

    Otherwise the worker would keep the job forever. When a worker ends, others do its jobs.
    """

    def ended(task: "asyncio.Task[Any]") -> None:
        if not task.cancelled() and task.exception() is not None:
            worker.stop()  # type: ignore[no-untyped-call]

    if (task := asyncio.current_task()) is not None:
        task.add_done_callback(ended)
    return await call_next()


async def _configure(connection: "psycopg.AsyncConnection[Any]") -> None:
    await connection.execute(SESSION)
    await connection.commit()
