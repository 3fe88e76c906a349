"""Workers that are gone without a word, and the work they leave behind.

A worker gives a sign every few seconds. Whether it still does is judged by whoever looks, with a
clock of their own that only goes forward: how old the last sign seems by the time of day would make
every worker look dead when the server's clock is put forward.
"""

import time
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import structlog
from procrastinate.jobs import Job, Status

from bot.inbox import postgres_statements as statements
from bot.inbox.engine import Connection, engine_on
from bot.inbox.subject_job import end_job

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How quickly workers notice each other's end; the same for all of them.

    Attributes:
        sign: How often a worker gives a sign, and looks for those of the others, in seconds.
        patience: After how many seconds without a sign the work of a worker is taken over. Half a
            minute after its end at the latest, somebody else has begun it anew.
    """

    sign: float = 3.0
    patience: float = 12.0


@dataclass(frozen=True, slots=True)
class _Seen:
    sign: datetime
    at: float


class WorkerWatch:
    """Remembers the signs of workers, and tells which of them have given none for long."""

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
    """Queue again what a worker was handling that is gone; None for those that signed off so.

    The caller's transaction holds all of it: how much was being handled at once decides whether the
    end counts against what was (`bot.inbox.recovery`).
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
    """Queue again what a living worker claimed without knowing it, for the answer was lost.

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
