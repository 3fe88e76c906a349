"""Group commit for SQLite: one thread, one connection, one transaction for everything that waits.

A commit costs a write to the disk, however much it holds. While one is under way, new work queues
up and shares the next one, so a burst of deliveries costs few commits. Each caller gets its result
only after the commit that holds its work.
"""

import asyncio
import queue
import sqlite3
import threading
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from bot.inbox.delivery import Delivery
from bot.inbox.protocol import Acceptance, InboxUnavailable
from bot.store.sqlite import explain, is_damage

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
        self.path = Path(connection.execute("PRAGMA database_list").fetchone()[2])
        self._refusal = ""
        self._failed_to_write = False
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
            InboxUnavailable: It is closed, or its file is damaged.
        """
        if self._closed:
            raise InboxUnavailable("the inbox is closed")
        if self._refusal:
            raise InboxUnavailable(self._refusal)
        answer: asyncio.Future[T] = self._loop.create_future()
        self._jobs.put(_Job(work, writes, answer))
        return answer

    @property
    def failed_to_write(self) -> bool:
        """Whether the last commit of anything was in vain."""
        return self._failed_to_write

    def refuse(self, reason: str) -> None:
        """Do no work any more, as the file is damaged: each write could make it worse."""
        self._refusal = self._refusal or reason

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
            if any(job.writes for job in jobs):
                self._failed_to_write = any(_is_unavailable(outcome) for outcome in outcomes)
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
            failed = _Failed(self._failure(fault))
            if is_damage(fault):
                self.refuse(str(failed.fault))
            return [failed] * len(jobs)

    def _failure(self, fault: Exception) -> Exception:
        if isinstance(fault, sqlite3.Error):
            words = f"the store {self.path} cannot be used now: {explain(fault)}"
            unavailable = InboxUnavailable(words)
            unavailable.__cause__ = fault
            return unavailable
        return fault

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


def _is_unavailable(outcome: object) -> bool:
    return isinstance(outcome, _Failed) and isinstance(outcome.fault, InboxUnavailable)


def _answer(jobs: Sequence[_Job], outcomes: Sequence[Any]) -> None:
    for job, outcome in zip(jobs, outcomes, strict=True):
        if job.answer.done():
            continue
        if isinstance(outcome, _Failed):
            job.answer.set_exception(outcome.fault)
        else:
            job.answer.set_result(outcome)


_MOST = 100

Store = Callable[[Sequence[Delivery]], Awaitable[Sequence[Acceptance]]]
"""Commits deliveries in one transaction, and says of each whether it was new."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    delivery: Delivery
    answer: "asyncio.Future[Acceptance]"


class BatchWriter:
    """Hands deliveries on in groups, one group after another."""

    def __init__(self, store: Store) -> None:
        """Hand groups on to `store`."""
        self._store = store
        self._waiting: list[_Waiting] = []
        self._storing: asyncio.Task[None] | None = None

    async def accept(self, delivery: Delivery) -> Acceptance:
        """Have a delivery stored; it is stored even if nobody waits for the answer any more.

        Raises:
            InboxUnavailable: Nothing was written.
        """
        answer: asyncio.Future[Acceptance] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(delivery, answer))
        if self._storing is None:
            self._storing = asyncio.create_task(self._store_all())
        return await answer

    async def close(self) -> None:
        """Return once all that was accepted is stored, or refused."""
        if self._storing is not None:
            await asyncio.wait({self._storing})

    async def _store_all(self) -> None:
        try:
            while self._waiting:
                group, self._waiting = self._waiting[:_MOST], self._waiting[_MOST:]
                await self._store_group(group)
        finally:
            self._storing = None

    async def _store_group(self, group: Sequence[_Waiting]) -> None:
        try:
            answers = await self._store([waiting.delivery for waiting in group])
        except Exception as fault:
            if isinstance(fault, InboxUnavailable):
                # What arrived meanwhile has waited long enough to be told the same.
                group, self._waiting = [*group, *self._waiting], []
            elif len(group) > 1:
                # One that cannot be stored does not take the others with it.
                for waiting in group:
                    await self._store_group([waiting])
                return
            for waiting in group:
                if not waiting.answer.done():
                    waiting.answer.set_exception(fault)
        else:
            for waiting, answer in zip(group, answers, strict=True):
                if not waiting.answer.done():
                    waiting.answer.set_result(answer)
