"""Health and metrics."""

from pathlib import Path

from bot.inbox.sqlite import SqliteInbox
from tests.web.conftest import Site, Start


async def test_a_served_store_is_ready(site: Site) -> None:
    await site.deliver()
    answer = await site.client.get("/readyz")
    assert answer.status == 200
    assert (await answer.json())["deliveries"]["queued"] == 1
    assert (await site.client.get("/healthz")).status == 200


async def test_without_its_store_the_process_is_alive_but_not_ready(
    tmp_path: Path, start: Start
) -> None:
    inbox = await SqliteInbox.open(tmp_path / "bot.sqlite3")
    site = await start(inbox)
    await inbox.close()
    assert (await site.client.get("/healthz")).status == 200
    assert (await site.client.get("/readyz")).status == 503
    assert (await site.client.get("/metrics")).status == 200


async def test_the_metrics_tell_what_became_of_webhooks(site: Site) -> None:
    await site.deliver()
    await site.deliver()
    await site.deliver(X_Hub_Signature_256="sha1=x")
    answer = await site.client.get("/metrics")
    text = await answer.text()
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    assert 'pepbot_deliveries_total{outcome="accepted"} 1.0' in text
    assert 'pepbot_deliveries_total{outcome="duplicate"} 1.0' in text
    assert 'pepbot_deliveries_total{outcome="refused-401"} 1.0' in text
    assert 'pepbot_queue{state="queued"} 1.0' in text


async def test_what_strangers_send_names_no_metric(site: Site) -> None:
    await site.deliver(event="evil_event")
    text = await (await site.client.get("/metrics")).text()
    assert "evil" not in text
    assert 'outcome="ignored"' in text
