"""One thread, one SQLite connection, one transaction for all that waits together.

A commit costs a write to the disk, whatever it holds. While one is under way, what arrives queues
up and shares the next, so a burst of deliveries costs few commits, and each caller is answered only
after the commit that holds its work.
"""

import asyncio
import queue
import sqlite3
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar

from bot.inbox.protocol import InboxUnavailable

T = TypeVar("T")

_GROUP = 256
_LOCKED = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


@dataclass(frozen=True, slots=True)
class _Job:
    work: Callable[[sqlite3.Connection], Any]
    writes: bool
    answer: asyncio.Future[Any]


class GroupCommit:
    """Runs work on a connection of which it is the only user.

    Work must be repeatable: if a group fails, each of its members is tried alone, so that one that
    cannot succeed does not take the others with it.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Start the thread; call it inside the event loop that will wait for the answers."""
        self._connection = connection
        self._loop = asyncio.get_running_loop()
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._closed = False
        # A daemon, so that a process that fails elsewhere is not kept alive by it.
        self._thread = threading.Thread(target=self._serve, name="inbox", daemon=True)
        self._thread.start()

    def submit(
        self, work: Callable[[sqlite3.Connection], T], *, writes: bool = True
    ) -> asyncio.Future[T]:
        """Have the work done; the answer comes once it is committed.

        The work is done and committed even if the answer is no longer waited for. The answer is an
        `InboxUnavailable` if nothing of it was written.

        Raises:
            InboxUnavailable: It is closed.
        """
        if self._closed:
            raise InboxUnavailable("the inbox is closed")
        answer: asyncio.Future[T] = self._loop.create_future()
        self._jobs.put(_Job(work, writes, answer))
        return answer

    async def close(self) -> None:
        """Do what was submitted before, then close the connection."""
        if not self._closed:
            self._closed = True
            self._jobs.put(None)
        await asyncio.to_thread(self._thread.join)

    def _serve(self) -> None:
        ending = False
        while not ending:
            jobs: list[_Job] = []
            job = self._jobs.get()
            while job is not None:
                jobs.append(job)
                if len(jobs) == _GROUP:
                    break
                try:
                    job = self._jobs.get_nowait()
                except queue.Empty:
                    break
            ending = job is None
            outcomes = self._run(jobs)
            # The loop is gone if the process is ending without having closed the inbox.
            with suppress(RuntimeError):
                self._loop.call_soon_threadsafe(_answer, jobs, outcomes)
        self._connection.close()

    def _run(self, jobs: Sequence[_Job]) -> Sequence[Any]:
        try:
            return self._transaction(jobs)
        except Exception as fault:
            waited_in_vain = getattr(fault, "sqlite_errorcode", 0) & 0xFF in _LOCKED
            if len(jobs) > 1 and not waited_in_vain:
                return [outcome for job in jobs for outcome in self._run([job])]
            return [_Failed(_told(fault))] * len(jobs)

    def _transaction(self, jobs: Sequence[_Job]) -> Sequence[Any]:
        if not jobs:
            return ()
        connection = self._connection
        if connection.in_transaction:
            # Left over if rolling back failed too, for example on a failing disk.
            connection.execute("ROLLBACK")
        writes = any(job.writes for job in jobs)
        connection.execute("BEGIN IMMEDIATE" if writes else "BEGIN")
        try:
            outcomes = [job.work(connection) for job in jobs]
            connection.execute("COMMIT")
        finally:
            # Still so after a failure only; some failures end the transaction by themselves.
            if connection.in_transaction:
                with suppress(sqlite3.Error):
                    connection.execute("ROLLBACK")
        return outcomes


@dataclass(frozen=True, slots=True)
class _Failed:
    fault: Exception


def _told(fault: Exception) -> Exception:
    if isinstance(fault, sqlite3.Error):
        unavailable = InboxUnavailable(f"the inbox cannot be used now: {fault}")
        unavailable.__cause__ = fault
        return unavailable
    return fault


def _answer(jobs: Sequence[_Job], outcomes: Sequence[Any]) -> None:
    for job, outcome in zip(jobs, outcomes, strict=True):
        if job.answer.done():
            continue
        if isinstance(outcome, _Failed):
            job.answer.set_exception(outcome.fault)
        else:
            job.answer.set_result(outcome)
