"""This process as one of the job engine's workers: it signs on, sends heartbeats, and signs off.

Each worker also watches the others: it takes over the work of a worker that is gone, and it is
notified at once of jobs that any process queues.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

import structlog
from procrastinate.jobs import Job, Notification, Status

from bot.inbox import postgres_statements as statements
from bot.inbox.engine import Connection, Connections, engine_on
from bot.inbox.protocol import InboxUnavailable
from bot.inbox.subject_job import ALONE, QUEUE, end_job, keep_job

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How quickly workers notice that another one is gone; the same for all of them.

    Attributes:
        sign: Seconds between two heartbeats of a worker; it also checks those of the others then.
        patience: A worker's work is taken over after this many seconds without a heartbeat. Half
            a minute after a worker's end at the latest, another one has begun its work anew.
    """

    sign: float = 3.0
    patience: float = 12.0


@dataclass(frozen=True, slots=True)
class _Seen:
    sign: datetime
    at: float


class WorkerWatch:
    """Remembers the heartbeats of workers, and tells which workers have sent none for long."""

    def __init__(
        self,
        patience: float,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Wait for `patience` seconds of `monotonic` before giving a worker up."""
        self._patience = patience
        self._monotonic = monotonic
        self._seen: dict[int, _Seen] = {}

    def gone(self, signs: Mapping[int, datetime]) -> frozenset[int]:
        """Who of these has given no new sign for too long.

        Args:
            signs: The last sign of each worker, whatever clock it is by.
        """
        now = self._monotonic()
        self._seen = {
            worker: seen
            if (seen := self._seen.get(worker)) is not None and seen.sign == sign
            else _Seen(sign, now)
            for worker, sign in signs.items()
        }
        return frozenset(
            worker for worker, seen in self._seen.items() if now - seen.at >= self._patience
        )


async def take_over(connection: Connection, worker: int | None) -> None:
    """Queue again what a lost worker was handling; None stands for workers that signed off so.

    The caller's transaction holds all of it: how much was being handled at once decides whether the
    end counts against what was (`bot.inbox.worker`).
    """
    left = await _locked(connection, worker, ())
    for job, key in left.items():
        await statements.recover(connection, key, was_alone=len(left) == 1)
        await end_job(connection, job, key)
    if worker is not None:
        await engine_on(connection).unregister_worker(worker)
    if left:
        _log.warning("work of a lost worker taken over", worker=worker, count=len(left))


async def hand_back_unknown(connection: Connection, worker: int, known: Collection[int]) -> None:
    """Queue again what a live worker claimed without knowing it, since the reply was lost.

    Args:
        connection: In a transaction.
        worker: The worker.
        known: The jobs it knows of.
    """
    for job, key in (await _locked(connection, worker, known)).items():
        _log.warning("a claim of which nobody knew is handed back", subject=key)
        await statements.recover(connection, key, was_alone=False)
        await end_job(connection, job, key)


async def _locked(
    connection: Connection, worker: int | None, known: Collection[int]
) -> dict[int, str]:
    """The jobs that a worker holds, but for those known, with their keys, which are locked."""
    keys = set((await _handled_by(connection, worker, known)).values())
    await statements.lock_keys(connection, keys)
    # Asked again, now that nobody else can settle or take them over.
    left = await _handled_by(connection, worker, known)
    return {job: key for job, key in left.items() if key in keys}


async def _handled_by(
    connection: Connection, worker: int | None, known: Collection[int]
) -> dict[int, str]:
    engine = engine_on(connection)
    jobs: Iterable[Job]
    if worker is None:
        # With nobody's name on it a job counts as stalled whatever the patience.
        stalled = await engine.get_stalled_jobs()
        jobs = [job for job in stalled if job.worker_id is None]
    else:
        jobs = await engine.list_jobs_async(worker_id=worker, status=Status.DOING.value)
    return {
        job.id: job.lock
        for job in jobs
        if job.id is not None and job.lock is not None and job.id not in known
    }


_AGAIN_SECONDS = 1.0


class Membership:
    """This process's membership among the workers: signs on, sends heartbeats, signs off."""

    def __init__(
        self, connections: Connections, rhythm: Rhythm, known_jobs: Callable[[], Collection[int]]
    ) -> None:
        """Prepare; nobody is signed on yet.

        Args:
            connections: To the database.
            rhythm: How often signs are given.
            known_jobs: The jobs this process knows that it holds.
        """
        self._connections = connections
        self._rhythm = rhythm
        self._known_jobs = known_jobs
        self._worker: int | None = None
        self._upkeep: list[asyncio.Task[None]] = []
        self.claiming = asyncio.Lock()
        """Held while jobs are claimed: until then not all that is held is known."""
        self.changed = asyncio.Event()
        """Set when there may be something to claim."""

    @property
    def worker(self) -> int | None:
        """This process's worker number; None if it is no worker, or was declared dead."""
        return self._worker

    async def sign_on(self) -> int:
        """Become one of the workers, after taking over the work of lost ones.

        Raises:
            InboxUnavailable: The database cannot be used now.
        """
        async with self._connections.transaction() as connection:
            keys = await statements.keys_without_job(connection)
            await statements.lock_keys(connection, keys)
            for key in keys:
                await statements.recover(connection, key, was_alone=False)
                await keep_job(connection, key)
            await take_over(connection, None)
            worker = await engine_on(connection).register_worker()
        self._worker = worker
        if not self._upkeep:
            self._upkeep += [
                asyncio.create_task(_for_ever(self._listen)),
                asyncio.create_task(_for_ever(self._give_signs)),
            ]
        return worker

    def is_lost(self) -> None:
        """Note that the others declared this worker dead: it is no worker any more."""
        _log.error("this worker was taken for lost; its work is done by others")
        self._worker = None
        self.changed.set()

    async def end_upkeep(self) -> None:
        """Stop sending heartbeats, and stop listening."""
        for task in self._upkeep:
            task.cancel()
        if self._upkeep:
            await asyncio.wait(self._upkeep)

    async def sign_off(self) -> None:
        """Hand unsettled work back at once, for others to begin again."""
        worker, self._worker = self._worker, None
        if worker is not None:
            with suppress(InboxUnavailable):
                async with self._connections.transaction() as connection:
                    await take_over(connection, worker)

    async def _listen(self) -> None:
        async def heard(*, channel: str, notification: Notification) -> None:  # noqa: ARG001
            self.changed.set()

        async with self._connections.apart() as connection:
            # Whatever came while nobody listened.
            self.changed.set()
            await engine_on(connection).listen_for_jobs(
                on_notification=heard, queues=(QUEUE, ALONE)
            )

    async def _give_signs(self) -> None:
        """Tell the others that this worker lives, and find out who does not any more."""
        watch = WorkerWatch(self._rhythm.patience)
        async with self._connections.apart() as connection:
            while True:
                worker = self._worker
                if worker is not None:
                    await engine_on(connection).update_heartbeat(worker)
                signs = await statements.worker_signs(connection)
                if worker is not None and worker not in signs:
                    self.is_lost()
                for gone in (None, *sorted(watch.gone(signs) - {worker})):
                    async with connection.transaction():
                        await take_over(connection, gone)
                await self._hand_back_unknown(connection)
                await asyncio.sleep(self._rhythm.sign)

    async def _hand_back_unknown(self, connection: Connection) -> None:
        """Queue again what was claimed although nobody heard that the transaction came through."""
        if self.claiming.locked() or self._worker is None:
            return
        async with self.claiming, connection.transaction():
            await hand_back_unknown(connection, self._worker, self._known_jobs())


async def _for_ever(work: Callable[[], Awaitable[None]]) -> None:
    """Do something again and again, with a pause where it failed."""
    while True:
        try:
            await work()
        except InboxUnavailable:
            pass  # whoever takes or handles deliveries now tells of it
        except Exception:
            _log.exception("a worker's upkeep failed; it goes on")
        await asyncio.sleep(_AGAIN_SECONDS)
