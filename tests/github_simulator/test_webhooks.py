"""Deliveries: signed, to those who subscribed, tried once, redelivered with the same GUID."""

import hashlib
import hmac
import json
import uuid
from datetime import UTC, datetime, timedelta

import pytest

from github_simulator import GitHubSimulator
from tests.github_simulator import builders
from tests.github_simulator.builders import PEPS, SECRET, Sandbox, listening


async def test_a_delivery_is_signed_and_named(sandbox: Sandbox) -> None:
    await sandbox.open()
    await sandbox.simulator.settle()
    ((headers, body),) = sandbox.listener.seen
    digest = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    assert headers["X-Hub-Signature-256"] == f"sha256={digest}"
    assert headers["X-GitHub-Event"] == "pull_request"
    assert str(uuid.UUID(headers["X-GitHub-Delivery"])) == headers["X-GitHub-Delivery"]
    assert headers["User-Agent"].startswith("GitHub-Hookshot/")
    assert headers["Content-Type"] == "application/json"
    assert headers["X-GitHub-Hook-Installation-Target-ID"] == str(builders.APP_ID)
    payload = json.loads(body)
    assert payload["installation"]["id"] == sandbox.client.installation
    assert payload["pull_request"]["mergeable"] is None


async def test_only_subscribed_events_are_sent_but_checks_come_with_the_permission(
    sandbox: Sandbox,
) -> None:
    sandbox.simulator.register_app(
        7,
        "other",
        public_key_pem=builders.public_key_pem(),
        secret=SECRET,
        webhook_url=sandbox.listener.url,
        permissions={"issues": "read"},
        events=["issues"],
    )
    other = await sandbox.simulator.install_app([PEPS], app_id=7)
    await sandbox.open()
    await sandbox.simulator.open_issue(PEPS, "stranger", "A question")
    head = await sandbox.simulator.commit(PEPS, {"a": "a"}, by="editor")
    await sandbox.client.complete_check(head)
    sent = [each.event for each in sandbox.simulator.deliveries if each.installation_id == other]
    assert sent == ["installation", "issues"]
    ours = {
        each.event
        for each in sandbox.simulator.deliveries
        if each.installation_id == sandbox.client.installation
    }
    assert {"check_run", "check_suite"} <= ours


async def test_the_apps_own_writes_are_told_to_it_as_well(sandbox: Sandbox) -> None:
    number = await sandbox.open()
    await sandbox.client.post(f"/issues/{number}/labels", {"labels": ["new-pep"]})
    await sandbox.client.post(f"/issues/{number}/comments", {"body": "Hello"})
    await sandbox.simulator.settle()
    labeled, commented = sandbox.simulator.deliveries[-2:]
    assert (labeled.action, labeled.payload["label"]["name"]) == ("labeled", "new-pep")
    for delivery in (labeled, commented):
        assert delivery.payload["sender"]["login"] == "pep-bot[bot]"
        assert delivery.payload["sender"]["type"] == "Bot"
    assert commented.payload["comment"]["performed_via_github_app"]["id"] == builders.APP_ID


async def test_a_failed_delivery_is_not_tried_again_but_can_be_redelivered(
    sandbox: Sandbox,
) -> None:
    sandbox.listener.status = 503
    await sandbox.open()
    await sandbox.simulator.settle()
    delivery = sandbox.simulator.deliveries[-1]
    assert (delivery.status_code, delivery.response, len(delivery.attempts)) == (503, "heard", 1)
    sandbox.listener.status = 202
    await sandbox.simulator.redeliver(delivery.guid)
    await sandbox.simulator.settle()
    first, second = sandbox.listener.seen
    assert first[0]["X-GitHub-Delivery"] == second[0]["X-GitHub-Delivery"]
    assert first[1] == second[1]
    assert [attempt.status_code for attempt in delivery.attempts] == [503, 202]


async def test_an_app_finds_failed_deliveries_and_has_them_redelivered(sandbox: Sandbox) -> None:
    sandbox.simulator.webhook_url = "http://127.0.0.1:9/nobody"
    await sandbox.open()
    await sandbox.simulator.settle()
    sandbox.simulator.webhook_url = sandbox.listener.url
    newest = (await sandbox.client.as_app("GET", "/app/hook/deliveries?per_page=1")).json[0]
    assert (newest["event"], newest["action"]) == ("pull_request", "opened")
    assert newest["status_code"] == 0
    whole = await sandbox.client.as_app("GET", f"/app/hook/deliveries/{newest['id']}")
    assert whole.json["request"]["payload"]["pull_request"]["title"] == "PEP 2: New"
    again = await sandbox.client.as_app("POST", f"/app/hook/deliveries/{newest['id']}/attempts")
    assert again.status == 202
    await sandbox.simulator.settle()
    ((headers, _),) = sandbox.listener.seen
    assert headers["X-GitHub-Delivery"] == newest["guid"]
    latest = (await sandbox.client.as_app("GET", "/app/hook/deliveries")).json[0]
    assert (latest["guid"], latest["redelivery"]) == (newest["guid"], True)


async def test_deliveries_are_paged_by_cursor_and_forgotten_after_three_days() -> None:
    moments = [datetime(2025, 5, 12, 9, tzinfo=UTC)]
    async with builders.sandbox(clock=lambda: moments[-1]) as sandbox:
        for _ in range(3):
            await sandbox.open()
        await sandbox.simulator.settle()
        path, seen = "/app/hook/deliveries?per_page=2", []
        while path:
            reply = await sandbox.client.as_app("GET", path)
            seen += [each["id"] for each in reply.json]
            link = reply.headers.get("Link", "")
            path = link.partition("<")[2].partition(">")[0]
        assert len(seen) == len(sandbox.simulator.deliveries)
        assert seen == sorted(seen, reverse=True)
        moments.append(moments[-1] + timedelta(days=3, seconds=1))
        await sandbox.client.new_token()
        assert (await sandbox.client.as_app("GET", "/app/hook/deliveries")).json == []


async def test_held_webhooks_come_twice_and_out_of_order(sandbox: Sandbox) -> None:
    sandbox.simulator.hold_webhooks()
    number = await sandbox.open()
    for name in ("a", "b", "c", "d"):
        await sandbox.simulator.label(PEPS, number, "editor", name)
    await sandbox.simulator.settle()
    assert not sandbox.listener.seen
    await sandbox.simulator.release_webhooks(shuffle=True, duplicate=True, seed=3)
    await sandbox.simulator.settle()
    guids = [headers["X-GitHub-Delivery"] for headers, _ in sandbox.listener.seen]
    sent = [delivery.guid for delivery in sandbox.simulator.deliveries[-5:]]
    assert sorted(guids) == sorted(sent * 2)
    assert guids != sent * 2


async def test_an_event_can_be_lost_for_good(sandbox: Sandbox) -> None:
    before = len(sandbox.simulator.deliveries)
    await sandbox.open(send=False)
    with sandbox.simulator.lost_webhooks():
        await sandbox.simulator.comment(PEPS, 1, "author", "Hello?")
    await sandbox.simulator.settle()
    assert len(sandbox.simulator.deliveries) == before
    await sandbox.simulator.comment(PEPS, 1, "author", "Hello!")
    await sandbox.simulator.settle()
    assert sandbox.listener.events == ["issue_comment"]


async def test_a_repositorys_own_hook_says_nothing_of_an_installation(sandbox: Sandbox) -> None:
    async with listening() as listener:
        sandbox.simulator.add_repository_hook(PEPS, listener.url, "other secret", ["pull_request"])
        await sandbox.open()
        await sandbox.simulator.settle()
        ((headers, body),) = listener.seen
        assert headers["X-GitHub-Hook-Installation-Target-Type"] == "repository"
        assert "installation" not in json.loads(body)


async def test_a_secret_can_be_rotated(sandbox: Sandbox) -> None:
    sandbox.simulator.set_webhook(sandbox.listener.url, secret="new")
    await sandbox.open()
    await sandbox.simulator.settle()
    ((headers, body),) = sandbox.listener.seen
    digest = hmac.new(b"new", body, hashlib.sha256).hexdigest()
    assert headers["X-Hub-Signature-256"] == f"sha256={digest}"


async def test_waiting_for_webhooks_that_nobody_sends_is_an_error() -> None:
    with pytest.raises(RuntimeError, match="not being served"):
        await GitHubSimulator().settle()
