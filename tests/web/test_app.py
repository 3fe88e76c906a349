"""Health and metrics."""

import math
from datetime import timedelta
from pathlib import Path

from aiohttp.test_utils import TestClient, TestServer
from prometheus_client.parser import text_string_to_metric_families

from bot.inbox.sqlite import SqliteInbox
from bot.metrics import Metrics
from bot.web.app import make_watch_app
from tests.builders import NOW
from tests.empty_store import put_empty_store
from tests.inbox.builders import act, handle_all
from tests.web.conftest import Site, Start


async def figures(site: Site) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    """What /metrics says, by name and labels."""
    answer = await site.client.get("/metrics")
    assert answer.status == 200
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(await answer.text())
        for sample in family.samples
    }


async def figure(site: Site, name: str, **labels: str) -> float | None:
    return (await figures(site)).get((name, frozenset(labels.items())))


async def test_a_served_store_is_ready(site: Site) -> None:
    await site.deliver()
    answer = await site.client.get("/readyz")
    assert answer.status == 200
    assert (await answer.json())["deliveries"]["queued"] == 1
    assert (await site.client.get("/healthz")).status == 200


async def test_readiness_shows_the_age_of_the_oldest_delivery_and_of_the_last_webhook(
    site: Site,
) -> None:
    readiness = await (await site.client.get("/readyz")).json()
    assert (readiness["oldest_age_seconds"], readiness["last_delivery_age_seconds"]) == (None, None)
    await site.inbox.accept(act("a1", received_at=NOW - timedelta(minutes=5)))
    await site.deliver()
    readiness = await (await site.client.get("/readyz")).json()
    assert (readiness["oldest_age_seconds"], readiness["last_delivery_age_seconds"]) == (300, 0)


async def test_without_its_store_the_process_is_alive_but_not_ready(
    tmp_path: Path, start: Start
) -> None:
    put_empty_store(tmp_path / "bot.sqlite3")
    inbox = await SqliteInbox.open(tmp_path / "bot.sqlite3")
    site = await start(inbox)
    await site.deliver()
    assert await figure(site, "pepbot_store_up") == 1
    assert await figure(site, "pepbot_queue_deliveries", state="queued") == 1
    await inbox.close()
    assert (await site.client.get("/healthz")).status == 200
    assert (await site.client.get("/readyz")).status == 503
    assert await figure(site, "pepbot_store_up") == 0
    assert await figure(site, "pepbot_queue_deliveries", state="queued") is None, "of the past"
    assert math.isnan(await figure(site, "pepbot_queue_oldest_age_seconds") or 0)
    assert await figure(site, "pepbot_deliveries_total", outcome="accepted") == 1


async def test_the_metrics_tell_what_became_of_webhooks(site: Site) -> None:
    for outcome in ("accepted", "refused-503"):
        before = await figure(site, "pepbot_deliveries_total", outcome=outcome)
        assert before == 0, "what was not there before cannot be seen to grow"
    await site.deliver()
    await site.deliver()
    await site.deliver(event="star", delivery="another")
    await site.deliver({"zen": "Anything added dilutes everything else."}, event="ping")
    await site.deliver(X_Hub_Signature_256="sha1=x")
    await site.deliver(body=b"{")
    found = await figures(site)
    outcomes = {
        dict(labels)["outcome"]: value
        for (name, labels), value in found.items()
        if name == "pepbot_deliveries_total" and value
    }
    assert outcomes == {
        "accepted": 1,
        "duplicate": 1,
        "ignored": 1,
        "ping": 1,
        "refused-401": 1,
        "refused-400": 1,
    }
    assert found["pepbot_webhook_seconds_count", frozenset()] == 6


async def test_the_metrics_tell_depth_and_age_of_the_queue(site: Site) -> None:
    assert await figure(site, "pepbot_queue_oldest_age_seconds") == 0
    await site.inbox.accept(act("a1", received_at=NOW - timedelta(hours=1)))
    await site.inbox.accept(act("a2", received_at=NOW))
    assert await figure(site, "pepbot_queue_oldest_age_seconds") == 3600
    await handle_all(site.inbox, dead=["a1"])
    assert await figure(site, "pepbot_queue_oldest_age_seconds") == 0
    assert await figure(site, "pepbot_queue_deliveries", state="dead") == 1
    assert await figure(site, "pepbot_queue_deliveries", state="running") == 0


async def test_any_webhook_of_githubs_is_a_sign_of_life_and_no_other_is(site: Site) -> None:
    name = "pepbot_last_delivery_timestamp_seconds"
    await site.deliver(X_Hub_Signature_256="sha256=" + "0" * 64)
    assert await figure(site, name) == 0
    await site.deliver(event="star")
    assert await figure(site, name) == NOW.timestamp()


async def test_a_webhook_that_another_process_received_is_a_sign_of_life_too(site: Site) -> None:
    name = "pepbot_last_delivery_timestamp_seconds"
    await site.inbox.accept(act("a1", received_at=NOW - timedelta(hours=1)))
    assert await figure(site, name) == (NOW - timedelta(hours=1)).timestamp()
    await site.deliver()
    assert await figure(site, name) == NOW.timestamp()


async def test_where_a_worker_is_watched_nobody_takes_webhooks(tmp_path: Path) -> None:
    put_empty_store(tmp_path / "bot.sqlite3")
    inbox = await SqliteInbox.open(tmp_path / "bot.sqlite3")
    async with TestClient(TestServer(make_watch_app(inbox, Metrics()))) as client:
        statuses = [(await client.get(path)).status for path in ("/healthz", "/readyz", "/metrics")]
        assert statuses == [200, 200, 200]
        assert (await client.post("/webhook", data=b"{}")).status == 404
    await inbox.close()


async def test_what_strangers_send_names_no_metric(site: Site) -> None:
    before = {labels for _, labels in await figures(site)}
    evil = {"action": "evil", "repository": {"full_name": "evil/evil"}, "sender": {"login": "evil"}}
    await site.deliver(evil, event="evil_event", delivery="evil-delivery")
    await site.deliver(evil, event="evil event", X_Evil="evil")
    await site.deliver(evil, X_Hub_Signature_256="evil")
    assert {labels for _, labels in await figures(site)} == before
