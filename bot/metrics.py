"""Metrics for operators: counters and gauges in Prometheus' format.

Names follow Prometheus' custom: the unit at the end, moments rather than ages. Label values come
from closed sets or are GitHub's ids of installations, never what strangers wrote. Most counters by
kind start at zero, since an alert on growth misses a counter that did not exist before.
`docs/operator.md` says what to watch; a test compares the two.
"""

import math
import platform
from collections.abc import Iterable
from datetime import datetime
from functools import partial
from importlib.metadata import PackageNotFoundError, version

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    Info,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)

from bot.inbox.delivery import (
    AttemptResult,
    Batch,
    Clock,
    DeliveryState,
    Overview,
    Priority,
    utc_now,
)

WEBHOOK_RESULTS = ("accepted", "duplicate", "ignored", "ping")
"""The results of a webhook from GitHub."""

REFUSAL_STATUSES = (400, 401, 413, 503)
"""The HTTP statuses that refuse a webhook."""

WRITE_RESULTS = ("written", "refused", "recorded")
"""The results of a write to GitHub; a dry run only records it."""

_RESPONSE_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_WORK_BUCKETS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3_600, 14_400, 86_400)

# When each counter began is when the process did, which `process_start_time_seconds` tells.
disable_created_metrics()  # type: ignore[no-untyped-call]


class Metrics:
    """All metrics of one process.

    Attributes:
        last_delivery: When GitHub's last webhook came, as far as this process or the store knows.
    """

    def __init__(self, clock: Clock = utc_now) -> None:
        """Count from zero.

        Args:
            clock: The time of day, by which deliveries grow old.
        """
        self.last_delivery: datetime | None = None
        self._clock = clock
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        count = partial(Counter, registry=self._registry)
        gauge = partial(Gauge, registry=self._registry)
        time = partial(Histogram, registry=self._registry)
        self._build = Info("pepbot_build", "Which version runs.", registry=self._registry)
        self._build.info({"version": _version(), "python": platform.python_version()})

        self._deliveries = count("pepbot_deliveries", "Webhooks by what was answered.", ["outcome"])
        for answered in (*WEBHOOK_RESULTS, *map(_refused, REFUSAL_STATUSES)):
            self._deliveries.labels(answered)
        self._redeliveries = count(
            "pepbot_redeliveries", "Failed webhooks that GitHub was asked to deliver again."
        )
        self._webhook_seconds = time(
            "pepbot_webhook_seconds",
            "How long webhooks wait for an answer.",
            buckets=_RESPONSE_BUCKETS,
        )
        self._last_delivery = gauge(
            "pepbot_last_delivery_timestamp_seconds",
            "When GitHub's last webhook came; 0 if none ever did.",
        )
        self._last_delivery.set_function(self._last_delivery_seconds)

        self._store_up = gauge("pepbot_store_up", "1 if the store takes and gives deliveries.")
        self._queue = gauge(
            "pepbot_queue_deliveries", "Deliveries in the inbox by state.", ["state"]
        )
        self._oldest = gauge(
            "pepbot_queue_oldest_age_seconds",
            "How long ago the oldest delivery came that is neither done nor dead; 0 without any.",
        )
        self._attempts = count(
            "pepbot_attempts", "Attempts to handle deliveries by how they ended.", ["outcome"]
        )
        for outcome in AttemptResult:
            self._attempts.labels(outcome.value)
        self._queue_wait_seconds = time(
            "pepbot_queue_wait_seconds",
            "How long deliveries wait for their first attempt.",
            buckets=_WORK_BUCKETS,
        )
        self._attempt_seconds = time(
            "pepbot_attempt_seconds", "How long attempts take.", buckets=_WORK_BUCKETS
        )
        self._delivery_seconds = time(
            "pepbot_delivery_seconds",
            "How long deliveries take from coming in to being done, retries included.",
            buckets=_WORK_BUCKETS,
        )

        self._requests = count(
            "pepbot_github_requests",
            "Requests to GitHub by method and status; status 0 if no answer came.",
            ["method", "status"],
        )
        self._request_seconds = time(
            "pepbot_github_request_seconds",
            "How long GitHub takes to answer.",
            buckets=_RESPONSE_BUCKETS,
        )
        # Each response tells it, and hardly anybody asks.
        self._quotas: dict[str, tuple[int, int | None, datetime | None]] = {}
        self._remaining = gauge(
            "pepbot_github_quota_remaining",
            "Requests left until GitHub fills them up again.",
            ["account"],
        )
        self._limit = gauge(
            "pepbot_github_quota_limit", "Requests that GitHub grants an hour.", ["account"]
        )
        self._reset = gauge(
            "pepbot_github_quota_reset_timestamp_seconds",
            "When GitHub fills up the requests left.",
            ["account"],
        )
        self._put_off = count(
            "pepbot_put_off",
            "Attempts that wait for GitHub to fill up the requests left, by priority.",
            ["priority"],
        )
        for priority in Priority:
            self._put_off.labels(priority.name.lower())

        self._reviews = count(
            "pepbot_reviews", "Reviews by kind of change and conclusion.", ["kind", "conclusion"]
        )
        self._writes = count(
            "pepbot_writes",
            "Writes to GitHub by kind and outcome.",
            ["kind", "outcome"],
        )
        self._findings = count(
            "pepbot_findings",
            "Findings by rule and severity, each time they are written to a check run.",
            ["rule", "severity"],
        )
        self._failures = count(
            "pepbot_rule_failures", "Faults in the code of a rule, each time one is met.", ["rule"]
        )

    def expect(self, *, rules: Iterable[str], writes: Iterable[str]) -> None:
        """Start at zero what may be counted later.

        Args:
            rules: The ids of all rules.
            writes: All kinds of writes.
        """
        for rule in rules:
            self._failures.labels(rule)
        for kind in writes:
            for result in WRITE_RESULTS:
                self._writes.labels(kind, result)

    def delivery(self, answer: str, at: datetime) -> None:
        """Count a webhook from GitHub by its result, one of `WEBHOOK_RESULTS`."""
        self._deliveries.labels(answer).inc()
        self.last_delivery = at

    def redelivery(self) -> None:
        """Count a failed webhook that the bot asked GitHub to deliver again."""
        self._redeliveries.inc()

    def refusal(self, status: int) -> None:
        """Count a webhook that was refused with one of `REFUSAL_STATUSES`."""
        self._deliveries.labels(_refused(status)).inc()

    def answered(self, seconds: float) -> None:
        """Observe how long GitHub waited for the answer to a webhook."""
        self._webhook_seconds.observe(seconds)

    def queue(self, overview: Overview | None) -> None:
        """Set the figures of the inbox; None if the store does not answer."""
        self._store_up.set(overview is not None)
        if overview is None:
            # Old figures would look like current ones.
            self._queue.clear()
            self._oldest.set(math.nan)
            return
        for state in DeliveryState:
            self._queue.labels(state.value).set(overview.depth[state])
        oldest = overview.oldest_unfinished
        self._oldest.set(self.age(oldest) or 0)
        # Other processes receive webhooks too; this one may receive few of them, or none.
        newest = overview.newest_webhook
        if newest is not None and (self.last_delivery is None or self.last_delivery < newest):
            self.last_delivery = newest

    def attempt_started(self, batch: Batch, waited: float) -> None:
        """Observe how long a batch waited for its first attempt, in seconds."""
        if batch.attempt == 1:
            self._queue_wait_seconds.observe(waited)

    def attempt_ended(self, batch: Batch, outcome: AttemptResult, seconds: float) -> None:
        """Count an attempt by its outcome, and observe how long it took."""
        self._attempts.labels(outcome.value).inc()
        self._attempt_seconds.observe(seconds)
        if outcome is AttemptResult.DONE:
            for delivery in batch.deliveries:
                self._delivery_seconds.observe(self.age(delivery.received_at) or 0)

    def request(self, method: str, status: int | None, seconds: float) -> None:
        """Count a request to GitHub and how long it took; without a status no answer came."""
        self._requests.labels(method, str(status or 0)).inc()
        self._request_seconds.observe(seconds)

    def quota(
        self, account: str, remaining: int, limit: int | None, resets_at: datetime | None
    ) -> None:
        """Set how many requests an installation (or the app itself) has left, and until when."""
        self._quotas[account] = (remaining, limit, resets_at)

    def put_off(self, priority: str) -> None:
        """Count an attempt at work of a priority that waits because few requests are left."""
        self._put_off.labels(priority).inc()

    def review(self, kind: str, conclusion: str) -> None:
        """Count a finished review."""
        self._reviews.labels(kind, conclusion).inc()

    def write(self, kind: str, result: str) -> None:
        """Count a write to GitHub by its result, one of `WRITE_RESULTS`."""
        self._writes.labels(kind, result).inc()

    def finding(self, rule: str, severity: str) -> None:
        """Count a finding that was reported."""
        self._findings.labels(rule, severity).inc()

    def rule_failure(self, rule: str) -> None:
        """Count a rule whose code failed in a review."""
        self._failures.labels(rule).inc()

    def render(self) -> bytes:
        """Everything in Prometheus' text format."""
        for account, (remaining, limit, resets_at) in self._quotas.items():
            self._remaining.labels(account).set(remaining)
            if limit is not None:
                self._limit.labels(account).set(limit)
            if resets_at is not None:
                self._reset.labels(account).set(resets_at.timestamp())
        return generate_latest(self._registry)

    def age(self, moment: datetime | None) -> float | None:
        """How many seconds ago a moment was; None for none."""
        return None if moment is None else max((self._clock() - moment).total_seconds(), 0.0)

    def _last_delivery_seconds(self) -> float:
        return self.last_delivery.timestamp() if self.last_delivery else 0


def _version() -> str:
    try:
        return version("pep-bot")
    except PackageNotFoundError:
        return "unknown"  # run from a folder that was never installed


def _refused(status: int) -> str:
    return f"refused-{status}"
