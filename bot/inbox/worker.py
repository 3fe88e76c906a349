"""The worker: takes batches from the inbox, has them handled, and records the outcome.

It does not know what a delivery means. It promises that no fault of a handler and no trouble of the
inbox ends it, and that nothing it took is lost at shutdown.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import Protocol

import structlog

from bot.github.client.client import NotAllowed, Suspended
from bot.inbox.backoff import GIVE_UP_AFTER, Bury, Finish, Retry, after_fault, describe_fault
from bot.inbox.protocol import Batch, Clock, Inbox, InboxUnavailable, utc_now
from bot.logs import log_context

Handler = Callable[[Batch], Awaitable[None]]

_log = structlog.get_logger(__name__)

_IDLE_SECONDS = 5.0
_REPEAT_LOG_AFTER_SECONDS = 60.0
_AFTER_CANCELLING_SECONDS = 5.0


class AttemptResult(StrEnum):
    """The outcome of one attempt, as the metrics count it."""

    DONE = "done"
    RETRIED = "retried"
    BURIED = "buried"
    HANDED_BACK = "handed_back"


class WorkerMetrics(Protocol):
    """Where the worker reports attempts; calls must be quick and must not raise."""

    def attempt_started(self, batch: Batch, waited: float) -> None:
        """An attempt begins, so many seconds after the batch's first delivery arrived."""

    def attempt_ended(self, batch: Batch, outcome: AttemptResult, seconds: float) -> None:
        """An attempt ended after so many seconds."""


class NoMetrics:
    """`WorkerMetrics` that count nothing."""

    def attempt_started(self, batch: Batch, waited: float) -> None:
        """Nothing."""

    def attempt_ended(self, batch: Batch, outcome: AttemptResult, seconds: float) -> None:
        """Nothing."""


class Worker:
    """Handles batches of different keys at the same time, up to `concurrency` of them."""

    def __init__(
        self,
        inbox: Inbox,
        handle: Handler,
        *,
        concurrency: int = 16,
        grace: float = 20.0,
        pause: float = 1.0,
        clock: Clock = utc_now,
        metrics: WorkerMetrics | None = None,
        spread: Callable[[], float] = random.random,
    ) -> None:
        """Prepare a worker.

        Args:
            inbox: Where batches come from.
            handle: Handles one batch; may raise anything.
            concurrency: How many batches at most are handled at a time.
            grace: Seconds that handlers have to end by themselves at shutdown.
            pause: Seconds between attempts to reach an inbox that is unavailable.
            clock: The time of day.
            metrics: Who counts.
            spread: Gives numbers from 0 to 1 that spread retries.
        """
        self._inbox = inbox
        self._handle = handle
        self._concurrency = concurrency
        self._grace = grace
        self._pause = pause
        self._clock = clock
        self._metrics: WorkerMetrics = metrics or NoMetrics()
        self._spread = spread
        self._running: set[asyncio.Task[None]] = set()
        self._is_cancelling = False
        self._logged_at: float | None = None

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set; then let handlers end, and hand back what they do not finish.

        Cancelling has the same effect, without the grace.
        """
        self._is_cancelling = False
        stopping = asyncio.create_task(stop.wait())
        grace = 0.0
        try:
            while not stop.is_set():
                await self._step(stopping)
            grace = self._grace
        finally:
            stopping.cancel()
            await self._end(grace)

    async def _step(self, stopping: asyncio.Task[bool]) -> None:
        free = self._concurrency - len(self._running)
        try:
            if free:
                for batch in await self._inbox.claim(free):
                    task = asyncio.create_task(self._run_batch(batch))
                    self._running.add(task)
                    task.add_done_callback(self._running.discard)
            await self._until_something_happens(stopping)
        except Exception as fault:
            self._log_failure(fault)
            await asyncio.wait({stopping}, timeout=self._pause)

    async def _until_something_happens(self, stopping: asyncio.Task[bool]) -> None:
        if len(self._running) >= self._concurrency:
            await asyncio.wait({stopping, *self._running}, return_when=asyncio.FIRST_COMPLETED)
            return
        waiting = asyncio.create_task(self._inbox.wait(_IDLE_SECONDS))
        try:
            await asyncio.wait({stopping, waiting}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            waiting.cancel()
        if waiting.done():
            await waiting

    async def _end(self, grace: float) -> None:
        if self._running:
            await asyncio.wait(self._running, timeout=grace)
        self._is_cancelling = True
        for task in self._running:
            task.cancel()
        if self._running:
            _, stuck = await asyncio.wait(self._running, timeout=_AFTER_CANCELLING_SECONDS)
            if stuck:
                _log.error("handlers do not end", count=len(stuck))

    async def _run_batch(self, batch: Batch) -> None:
        newest = batch.deliveries[-1]
        with log_context(delivery=newest.id, subject=batch.key):
            attempt_started = asyncio.get_running_loop().time()
            waited = self._clock() - batch.deliveries[0].received_at
            self._metrics.attempt_started(batch, max(waited.total_seconds(), 0.0))
            outcome = await self._attempt(batch)
            seconds = asyncio.get_running_loop().time() - attempt_started
            self._metrics.attempt_ended(batch, outcome, seconds)
            _log.info(
                "handled",
                outcome=outcome.value,
                gh_event=newest.event,
                action=newest.action,
                merged=len(batch.deliveries),
                attempt=batch.attempt,
                seconds=round(seconds, 3),
            )

    async def _attempt(self, batch: Batch) -> AttemptResult:
        if batch.failures >= GIVE_UP_AFTER:
            # Only a process that ends again and again while handling nothing else gets this far.
            return await self._bury(batch, "given up: no attempt was ever brought to an end")
        try:
            await self._handle(batch)
        except asyncio.CancelledError:
            if self._is_cancelling:
                await self._settle(lambda: self._inbox.hand_back(batch))
                return AttemptResult.HANDED_BACK
            return await self._after_fault(batch, RuntimeError("the handler was cancelled"))
        except Exception as fault:
            return await self._after_fault(batch, fault)
        await self._settle(lambda: self._inbox.finish(batch))
        return AttemptResult.DONE

    async def _after_fault(self, batch: Batch, fault: Exception) -> AttemptResult:
        error = describe_fault(fault)
        match after_fault(fault, batch, self._clock(), self._spread()):
            case Finish():
                first_line = error.partition("\n")[0]
                if isinstance(fault, Suspended):
                    _log.info("installation suspended", error=first_line)
                else:
                    _log.info("gone", error=first_line)
                await self._settle(lambda: self._inbox.finish(batch))
                return AttemptResult.DONE
            case Retry(at, counted):
                _log.warning("will retry", at=at.isoformat(), counted=counted, error=error)
                await self._settle(lambda: self._inbox.retry(batch, at, error, counted=counted))
                return AttemptResult.RETRIED
            case Bury():
                if isinstance(fault, NotAllowed):
                    error = f"GitHub does not allow it; grant the permission, then replay\n{error}"
                return await self._bury(batch, error)

    async def _bury(self, batch: Batch, error: str) -> AttemptResult:
        _log.error("given up", error=error, deliveries=[item.id for item in batch.deliveries])
        await self._settle(lambda: self._inbox.bury(batch, error))
        return AttemptResult.BURIED

    async def _settle(self, write: Callable[[], Awaitable[None]]) -> None:
        # A batch that is not settled would block its key until the next start.
        while True:
            try:
                await write()
            except InboxUnavailable as fault:
                self._log_failure(fault)
                await asyncio.sleep(self._pause)
            else:
                return

    def _log_failure(self, fault: Exception) -> None:
        now = asyncio.get_running_loop().time()
        last = self._logged_at
        if last is None or now - last >= _REPEAT_LOG_AFTER_SECONDS:
            self._logged_at = now
            _log.error("inbox trouble", error=describe_fault(fault))
