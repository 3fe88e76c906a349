"""The metrics follow Prometheus' customs, and count only what happened."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from prometheus_client.metrics_core import Metric
from prometheus_client.parser import text_string_to_metric_families

from bot.inbox.delivery import AttemptResult, Batch
from bot.metrics import Metrics
from tests.inbox.builders import NOON, TurnedClock, act


def families(metrics: Metrics) -> dict[str, Metric]:
    text = metrics.render().decode()
    return {family.name: family for family in text_string_to_metric_families(text)}


def value(metrics: Metrics, name: str, **labels: str) -> float | None:
    for family in families(metrics).values():
        for sample in family.samples:
            if (sample.name, sample.labels) == (name, labels):
                return float(sample.value)
    return None


def batch(*ages: float) -> Batch:
    deliveries = (act(f"a{age}", received_at=NOON - timedelta(seconds=age)) for age in ages)
    return Batch("python/peps#1", tuple(deliveries), 1)


def test_every_metric_says_what_it_is_and_is_named_as_is_the_custom() -> None:
    for name, family in families(Metrics()).items():
        assert family.documentation, name
        assert family.type in {"counter", "gauge", "histogram"}, name
        assert re.fullmatch(r"(pepbot|process)_[a-z0-9_]+", name), name
        if family.type == "histogram":
            assert name.endswith("_seconds"), name
        if family.type == "gauge" and "_seconds" in name:
            assert name.endswith(("_seconds", "_timestamp_seconds")), name
        for sample in family.samples:
            if family.type == "counter":
                assert sample.name == f"{name}_total"


def test_no_page_tells_of_one_family_twice_or_leaves_one_untyped() -> None:
    lines = Metrics().render().decode().splitlines()
    types = [line.split()[2] for line in lines if line.startswith("# TYPE")]
    helps = [line.split()[2] for line in lines if line.startswith("# HELP")]
    assert types == helps
    assert len(types) == len(set(types))
    assert not [name for name in types if name.endswith("_created")]


def test_a_delivery_is_as_old_as_it_is_when_it_is_done_and_not_before() -> None:
    metrics = Metrics(TurnedClock())
    for outcome in (AttemptResult.RETRIED, AttemptResult.HANDED_BACK, AttemptResult.BURIED):
        metrics.attempt_ended(batch(30), outcome, 0.5)
    assert value(metrics, "pepbot_delivery_seconds_count") == 0
    metrics.attempt_ended(batch(30, 10), AttemptResult.DONE, 0.5)
    assert value(metrics, "pepbot_delivery_seconds_count") == 2
    assert value(metrics, "pepbot_delivery_seconds_sum") == 40
    assert value(metrics, "pepbot_attempt_seconds_count") == 4
    assert value(metrics, "pepbot_attempts_total", outcome="retried") == 1


def test_the_wait_is_that_for_the_first_attempt() -> None:
    metrics = Metrics()
    metrics.attempt_started(batch(3), 3)
    metrics.attempt_started(replace(batch(3), attempt=2), 900)
    assert value(metrics, "pepbot_queue_wait_seconds_sum") == 3


def test_a_request_without_an_answer_counts_too() -> None:
    metrics = Metrics()
    metrics.request("GET", 200, 0.1)
    metrics.request("GET", None, 30)
    assert value(metrics, "pepbot_github_requests_total", method="GET", status="0") == 1
    assert value(metrics, "pepbot_github_request_seconds_count") == 2


def test_what_is_left_of_the_quota_stands_beside_its_limit_and_its_end() -> None:
    metrics = Metrics()
    metrics.quota("installation 7", 4999, 5000, datetime(2025, 6, 2, 13, tzinfo=UTC))
    account = "installation 7"
    assert value(metrics, "pepbot_github_quota_remaining", account=account) == 4999
    assert value(metrics, "pepbot_github_quota_limit", account=account) == 5000
    reset = value(metrics, "pepbot_github_quota_reset_timestamp_seconds", account=account)
    assert reset == datetime(2025, 6, 2, 13, tzinfo=UTC).timestamp()


def test_a_clock_that_was_turned_back_makes_nothing_younger_than_new() -> None:
    metrics = Metrics(TurnedClock())
    metrics.attempt_ended(batch(-60), AttemptResult.DONE, 0.5)
    assert value(metrics, "pepbot_delivery_seconds_sum") == 0
