"""Group commit: one thread, one connection, one transaction for everything that waits.

A commit costs a write to the disk, however much it holds. While one is under way, new work queues
up and shares the next one, so a burst of deliveries costs few commits. Each caller gets its result
only after the commit that holds its work.
"""

import asyncio
import queue
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar, cast

from bot.inbox.delivery import InboxUnavailable
from bot.store.location import Driver

T = TypeVar("T")

_GROUP = 256


class Connection(Protocol):
    """A connection to either database; statements name their values `:name`, as SQLite does."""

    def execute(self, statement: str, values: Mapping[str, Any] = ..., /) -> Any:
        """Run one statement; returns a cursor (PEP 249)."""

    def commit(self) -> None:
        """Commit what was done since the transaction began."""


@dataclass(frozen=True, slots=True)
class _Job:
    work: Callable[[Connection], Any]
    writes: bool
    answer: asyncio.Future[Any]


class GroupCommit:
    """Runs work in transactions, in the order in which it comes.

    Work must be repeatable: if a group fails, each of its members is tried alone, so that one that
    cannot succeed does not take the others with it.
    """

    def __init__(
        self,
        driver: Driver,
        *,
        adapt: Callable[[Any], Connection] = lambda connection: cast("Connection", connection),
        begin_to_write: str = "BEGIN",
        concerns_all: Callable[[Exception], bool],
    ) -> None:
        """Start the thread; call it inside the event loop that will wait for the answers.

        Args:
            driver: Connects to the database, and explains its faults.
            adapt: Makes a driver's connection one as it is needed here.
            begin_to_write: The statement that begins a transaction that writes.
            concerns_all: Whether a fault of the database is such that everything else would fail
                for the same reason, after a long wait perhaps.
        """
        self._driver = driver
        self._adapt = adapt
        self._begin_to_write = begin_to_write
        self._concerns_all = concerns_all
        self._connection: Any = None
        self._loop = asyncio.get_running_loop()
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._closed = False
        self._refusal = ""
        self._failed_to_write = False
        # A daemon, so that a process that fails elsewhere is not kept alive by it.
        self._thread = threading.Thread(target=self._serve, name="inbox", daemon=True)
        self._thread.start()

    def submit(self, work: Callable[[Connection], T], *, writes: bool = True) -> asyncio.Future[T]:
        """Have the work done; the answer comes once it is committed.

        The work is done and committed even if the answer is no longer waited for. The answer is an
        `InboxUnavailable` if nothing of it was written.

        Raises:
            InboxUnavailable: It is closed, or its data are damaged.
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
        """Stop working, since the data is damaged: each write could make it worse."""
        self._refusal = self._refusal or reason

    async def close(self) -> None:
        """Do what was submitted before, then close the connection."""
        if not self._closed:
            self._closed = True
            self._jobs.put(None)
        await asyncio.to_thread(self._thread.join)

    def _serve(self) -> None:
        while True:
            first = self._jobs.get()
            jobs = [] if first is None else [first, *self._waiting(_GROUP - 1)]
            if not jobs:
                break
            self._settle(jobs, self._run(jobs))
        if self._connection is not None:
            self._connection.close()

    def _waiting(self, most: int) -> list[_Job]:
        """What waits now and can be taken along."""
        found: list[_Job] = []
        with suppress(queue.Empty):
            while len(found) < most:
                job = self._jobs.get_nowait()
                if job is None:
                    self._jobs.put(None)  # what ends the thread comes last
                    break
                found.append(job)
        return found

    def _settle(self, jobs: Sequence[_Job], outcomes: Sequence[Any]) -> None:
        if any(job.writes for job in jobs):
            self._failed_to_write = any(_is_unavailable(outcome) for outcome in outcomes)
        # The loop is gone if the process is ending without having closed the inbox.
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(_answer, jobs, outcomes)

    def _run(self, jobs: Sequence[_Job]) -> Sequence[Any]:
        try:
            return self._transaction(jobs)
        except Exception as fault:
            cause = self._cause(fault)
            concerns_all = cause is not None and self._concerns_all(cause)
            if len(jobs) > 1 and not concerns_all:
                return [outcome for job in jobs for outcome in self._run([job])]
            failed = _Failed(fault if cause is None else self._unavailable(cause))
            if cause is not None and self._driver.is_damage(cause):
                self.refuse(str(failed.fault))
            if concerns_all and (late := self._waiting(_GROUP)):
                # What came meanwhile has waited long enough to get the same answer.
                self._settle(late, [failed] * len(late))
            return [failed] * len(jobs)

    def _cause(self, fault: Exception) -> Exception | None:
        """The fault of the database that this one is, or stems from; None if it is innocent."""
        for one in (fault, fault.__cause__):
            if isinstance(one, self._driver.error) and self._driver.is_trouble(one):
                return one
        return None

    def _unavailable(self, cause: Exception) -> InboxUnavailable:
        label, explained = self._driver.label, self._driver.explain(cause)
        unavailable = InboxUnavailable(f"the {label} cannot be used now: {explained}")
        unavailable.__cause__ = cause
        return unavailable

    def _transaction(self, jobs: Sequence[_Job], *, is_second: bool = False) -> Sequence[Any]:
        connection = self._begin(
            self._begin_to_write if any(job.writes for job in jobs) else "BEGIN"
        )
        is_committing = False
        try:
            outcomes = [job.work(connection) for job in jobs]
            is_committing = True
            connection.commit()
        except BaseException:
            if getattr(self._connection, "closed", False) and not (is_committing or is_second):
                # It was lost meanwhile, with all that was done; that says nothing of the next one.
                return self._transaction(jobs, is_second=True)
            # Some failures end the transaction by themselves.
            with suppress(self._driver.error):
                connection.execute("ROLLBACK")
            raise
        return outcomes

    def _begin(self, statement: str) -> Connection:
        """Begin a transaction, on a new connection if there is none that is alive."""
        if self._connection is not None:
            try:
                if getattr(self._connection, "in_transaction", False):
                    # Left over if rolling back failed too, for example on a failing disk.
                    self._connection.execute("ROLLBACK")
                self._connection.execute(statement)
            except self._driver.error:
                if not getattr(self._connection, "closed", False):
                    raise
            else:
                return self._adapt(self._connection)
        self._connection = self._driver.connect()
        self._connection.execute(statement)
        return self._adapt(self._connection)


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
