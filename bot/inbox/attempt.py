"""One attempt to handle a batch: handles it, and decides, logs and records the outcome.

This file does not know what a delivery means. No exception of a handler gets past it.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Protocol

from bot.inbox.backoff import GIVE_UP_AFTER, after_fault, describe_fault
from bot.inbox.delivery import (
    AttemptResult,
    Batch,
    Clock,
    InboxUnavailable,
    Settlement,
    utc_now,
)
from bot.logs import get_logger, log_context

Handler = Callable[[Batch], Awaitable[None]]
"""Handles one batch; may raise anything."""

Settle = Callable[[Settlement], Awaitable[None]]
"""Records how an attempt ended."""

PAUSE_SECONDS = 1.0
"""How long to wait before an inbox that was unavailable is tried again."""

_REPEAT_LOG_AFTER_SECONDS = 60.0

_log = get_logger(__name__)


class AttemptMetrics(Protocol):
    """Where attempts are reported; calls must be quick and must not raise."""

    def attempt_started(self, batch: Batch, waited: float) -> None:
        """An attempt begins, so many seconds after the batch's first delivery arrived."""

    def attempt_ended(self, batch: Batch, outcome: AttemptResult, seconds: float) -> None:
        """An attempt ended after so many seconds."""


class Attempts:
    """Makes attempts, any number at a time."""

    def __init__(
        self,
        handle: Handler,
        *,
        clock: Clock = utc_now,
        metrics: AttemptMetrics | None = None,
        spread: Callable[[], float] = random.random,
        pause: float = PAUSE_SECONDS,
    ) -> None:
        """Prepare.

        Args:
            handle: Handles one batch.
            clock: The time of day.
            metrics: Who counts.
            spread: Gives numbers from 0 to 1 that spread retries.
            pause: Seconds between attempts to reach an inbox that is unavailable.
        """
        self._handle = handle
        self._clock = clock
        self._metrics = metrics
        self._spread = spread
        self._logged_at: float | None = None
        self.pause = pause

    async def run(self, batch: Batch, settle: Settle, is_ending: Callable[[], bool]) -> Settlement:
        """Handle a batch, and record the outcome as soon as the inbox can.

        Args:
            batch: The batch.
            settle: Records the outcome.
            is_ending: Whether handlers are being cancelled because the process ends.
        """
        newest = batch.deliveries[-1]
        with log_context(delivery=newest.id, subject=batch.key):
            started = asyncio.get_running_loop().time()
            if self._metrics is not None:
                waited = self._clock() - batch.deliveries[0].received_at
                self._metrics.attempt_started(batch, max(waited.total_seconds(), 0.0))
            settlement = await self._attempt(batch, is_ending)
            await self._settle(settlement, settle)
            seconds = asyncio.get_running_loop().time() - started
            if self._metrics is not None:
                self._metrics.attempt_ended(batch, settlement.result, seconds)
            _log.info(
                "handled",
                outcome=settlement.result.value,
                gh_event=newest.event,
                action=newest.action,
                merged=len(batch.deliveries),
                attempt=batch.attempt,
                seconds=round(seconds, 3),
            )
            return settlement

    async def _attempt(self, batch: Batch, is_ending: Callable[[], bool]) -> Settlement:
        if batch.failures >= GIVE_UP_AFTER:
            # Only what ends its process again and again gets this far.
            error = "given up: no attempt was ever brought to an end"
            return _log_fault(batch, Settlement(AttemptResult.BURIED, error=error))
        try:
            await self._handle(batch)
        except asyncio.CancelledError:
            if is_ending():
                return Settlement(AttemptResult.HANDED_BACK)
            return self._after(RuntimeError("the handler was cancelled"), batch)
        except Exception as fault:
            return self._after(fault, batch)
        return Settlement(AttemptResult.DONE)

    def _after(self, fault: Exception, batch: Batch) -> Settlement:
        settlement = after_fault(fault, batch, self._clock(), self._spread())
        return _log_fault(batch, replace(settlement, error=describe_fault(fault)))

    async def _settle(self, settlement: Settlement, settle: Settle) -> None:
        # A batch that is not settled would block its key.
        while True:
            try:
                await settle(settlement)
            except InboxUnavailable as fault:
                self.log_trouble(fault)
                await asyncio.sleep(self.pause)
            else:
                return

    def log_trouble(self, fault: Exception) -> None:
        """Log that the inbox cannot be used, once a minute."""
        now = asyncio.get_running_loop().time()
        last = self._logged_at
        if last is None or now - last >= _REPEAT_LOG_AFTER_SECONDS:
            self._logged_at = now
            _log.error("inbox unavailable", error=describe_fault(fault))


def _log_fault(batch: Batch, settlement: Settlement) -> Settlement:
    """The settlement of a batch that failed, after it was logged."""
    if settlement.at is None:
        deliveries = [delivery.id for delivery in batch.deliveries]
        _log.error("given up", error=settlement.error, deliveries=deliveries)
    else:
        _log.warning(
            "will retry",
            at=settlement.at.isoformat(),
            counted=settlement.counted,
            error=settlement.error,
        )
    return settlement
