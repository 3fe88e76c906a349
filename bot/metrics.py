"""What can be watched from outside: counters and gauges in Prometheus' format."""

from collections.abc import Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from bot.inbox.protocol import Batch
from bot.inbox.worker import Outcome


class Metrics:
    """All metrics of one process. Labels hold closed sets only, never what strangers wrote."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._deliveries = Counter(
            "pepbot_deliveries",
            "Webhooks by what became of them.",
            ["outcome"],
            registry=self.registry,
        )
        self._last_delivery = Gauge(
            "pepbot_last_delivery_timestamp_seconds",
            "When GitHub was answered last, 0 before: tells quiet from down.",
            registry=self.registry,
        )
        self._handled = Counter(
            "pepbot_batches", "Batches by how they ended.", ["outcome"], registry=self.registry
        )
        self._handling = Histogram(
            "pepbot_batch_seconds", "How long batches take.", registry=self.registry
        )
        self._waiting = Histogram(
            "pepbot_wait_seconds", "How long deliveries wait to be begun.", registry=self.registry
        )
        self._queue = Gauge(
            "pepbot_queue", "Deliveries in the inbox by state.", ["state"], registry=self.registry
        )
        self._requests = Counter(
            "pepbot_github_requests",
            "Requests to GitHub by method and status.",
            ["method", "status"],
            registry=self.registry,
        )
        self._quota = Gauge(
            "pepbot_github_quota_remaining",
            "Requests left until GitHub's limit is reset.",
            ["account"],
            registry=self.registry,
        )
        self._writes = Counter(
            "pepbot_writes", "Writes to GitHub by kind.", ["kind"], registry=self.registry
        )
        self._findings = Counter(
            "pepbot_findings",
            "Findings of reviews by rule and severity.",
            ["rule", "severity"],
            registry=self.registry,
        )

    def delivery(self, outcome: str) -> None:
        """Count a webhook: `accepted`, `duplicate`, `ignored` or `refused-STATUS`."""
        self._deliveries.labels(outcome).inc()
        if not outcome.startswith("refused"):
            self._last_delivery.set_to_current_time()

    def begun(self, batch: Batch, waited: float) -> None:
        """Observe how long a batch waited for its first attempt, in seconds."""
        if batch.attempt == 1:
            self._waiting.observe(waited)

    def ended(self, batch: Batch, outcome: Outcome, seconds: float) -> None:  # noqa: ARG002 - the protocol's
        """Count an attempt by what became of it, and observe how long it took."""
        self._handled.labels(outcome.value).inc()
        self._handling.observe(seconds)

    def queue(self, depth: Mapping[str, int]) -> None:
        """Set how many deliveries are in each state."""
        for state, count in depth.items():
            self._queue.labels(state).set(count)

    def request(self, method: str, status: int) -> None:
        """Count a request to GitHub; status 0 means that no answer came."""
        self._requests.labels(method, str(status)).inc()

    def quota(self, account: str, remaining: int) -> None:
        """Set how many requests an installation (or the app itself) has left."""
        self._quota.labels(account).set(remaining)

    def write(self, kind: str) -> None:
        """Count a write to GitHub."""
        self._writes.labels(kind).inc()

    def finding(self, rule: str, severity: str) -> None:
        """Count a finding."""
        self._findings.labels(rule, severity).inc()

    def render(self) -> bytes:
        """Everything in Prometheus' text format."""
        return generate_latest(self.registry)
