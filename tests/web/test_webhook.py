"""`POST /webhook`, in the order of the contract: 401, 415, 413, 401, 400, 200 to a ping, 202."""

import gzip
import hmac
from pathlib import Path

import aiohttp
import pytest

from bot.inbox.delivery import DeliveryKind, DeliveryState
from bot.inbox.sqlite import SqliteInbox
from tests.builders import NOW, body_of, payload, pull_request, signature
from tests.inbox.builders import handle_all
from tests.web.conftest import OPENED, Site, Start

ID = "72d3162e-cc78-11e3-81ab-4c9367dc0958"


async def test_an_accepted_delivery_is_committed_before_the_answer(site: Site) -> None:
    answer = await site.deliver()
    assert answer.status == 202
    assert await answer.json() == {"delivery": ID, "status": "accepted"}
    record = await site.inbox.record(ID)
    assert record is not None
    assert record.delivery.payload == body_of(OPENED)
    assert (record.delivery.event, record.delivery.action) == ("pull_request", "opened")
    assert (record.delivery.key, record.delivery.kind) == ("python/peps#4422", DeliveryKind.REVIEW)
    assert record.delivery.received_at == NOW


async def test_a_delivery_that_comes_twice_is_a_duplicate(site: Site) -> None:
    await site.deliver()
    answer = await site.deliver()
    assert (answer.status, (await answer.json())["status"]) == (202, "duplicate")
    assert await site.ids() == [ID]


async def test_a_dead_delivery_that_comes_again_is_accepted(site: Site) -> None:
    await site.deliver()
    await handle_all(site.inbox, dead=[ID])
    assert (await (await site.deliver()).json())["status"] == "accepted"
    record = await site.inbox.record(ID)
    assert record is not None
    assert record.state is DeliveryState.QUEUED


@pytest.mark.parametrize(
    ("event", "data"),
    [
        ("star", payload("created")),
        ("pull_request", payload("assigned", **pull_request())),
        ("pull_request", payload("labeled", sender="pep-bot[bot]", **pull_request())),
        ("pull_request", {"action": "opened"}),
        ("pull_request", {"action": ["opened"]}),
        ("check_run", {"action": "rerequested", "check_run": None}),
        ("push", {}),
        ("review", payload(number=4422)),
        ("sweep", payload()),
    ],
)
async def test_what_does_not_concern_us_is_ignored(
    site: Site, event: str, data: dict[str, object]
) -> None:
    answer = await site.deliver(data, event=event)
    assert (answer.status, (await answer.json())["status"]) == (202, "ignored")
    assert await site.ids() == []


async def test_a_ping_is_answered(site: Site) -> None:
    answer = await site.deliver({"zen": "Keep it logically awesome."}, event="ping")
    assert answer.status == 200
    assert await site.ids() == []


async def test_either_secret_counts_while_one_is_rotated(site: Site) -> None:
    body = body_of(OPENED)
    answer = await site.deliver(X_Hub_Signature_256=signature(body, "second"))
    assert answer.status == 202


def sha1(body: bytes) -> str:
    return "sha1=" + hmac.digest(b"first", body, "sha1").hex()


GOOD = signature(body_of(OPENED))


async def test_a_wrong_signature_is_refused(site: Site) -> None:
    for given in (
        signature(body_of(OPENED), "third"),
        signature(body_of(OPENED), ""),
        signature(b"something else"),
        sha1(body_of(OPENED)),
        GOOD.removeprefix("sha256="),
        GOOD[:-1],
        GOOD + "0",
        GOOD + " x",
        "sha256=" + "é" * 64,
        "sha256=" + "\u0661" * 64,
        "sha256=" + "g" * 64,
        "SHA256=" + GOOD.removeprefix("sha256="),
        "sha256=",
        "",
    ):
        answer = await site.deliver(X_Hub_Signature_256=given)
        assert answer.status == 401, given[:80]
        assert await site.ids() == [], given[:80]


async def test_a_missing_signature_is_refused_even_beside_a_good_sha1(site: Site) -> None:
    answer = await site.deliver(
        drop=("X-Hub-Signature-256",), X_Hub_Signature=sha1(body_of(OPENED))
    )
    assert answer.status == 401


async def test_the_hex_digits_may_be_upper_case(site: Site) -> None:
    given = "sha256=" + GOOD.removeprefix("sha256=").upper()
    assert (await site.deliver(X_Hub_Signature_256=given)).status == 202


async def test_what_is_no_json_object_is_refused(site: Site) -> None:
    for body in (
        b"",
        b"{",
        b'{"action": "opened"',
        b"[]",
        b'[{"action": "opened"}]',
        b"null",
        b'"text"',
        b"\xff\xfe\x00",
        b"payload=%7B%7D",
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"n": ' + b"9" * 5_000 + b"}",
    ):
        assert (await site.deliver(body=body)).status == 400, body[:80]
        assert await site.ids() == [], body[:80]


@pytest.mark.parametrize(
    "content_type", ["application/x-www-form-urlencoded", "text/plain", "application/octet-stream"]
)
async def test_only_json_is_taken(site: Site, content_type: str) -> None:
    answer = await site.deliver(Content_Type=content_type)
    assert answer.status == 400
    assert "application/json" in (await answer.json())["error"]


async def test_a_charset_beside_the_content_type_does_no_harm(site: Site) -> None:
    assert (await site.deliver(Content_Type="application/json; charset=utf-8")).status == 202


async def test_an_odd_delivery_id_is_refused(site: Site) -> None:
    for delivery in (
        "",
        "self:review:python/peps#1:x",
        "self:sweep:x",
        "a b",
        "../x",
        "é",
        "x" * 65,
        "a;b",
    ):
        assert (await site.deliver(delivery=delivery)).status == 400, delivery[:80]
        assert await site.ids() == [], delivery[:80]


@pytest.mark.parametrize("missing", ["X-GitHub-Event", "X-GitHub-Delivery"])
async def test_what_is_no_delivery_of_github_is_refused(site: Site, missing: str) -> None:
    assert (await site.deliver(drop=(missing,))).status == 400


async def test_the_signature_is_looked_at_before_the_form(site: Site) -> None:
    answer = await site.deliver(body=b"{", delivery="a b", X_Hub_Signature_256=signature(b"other"))
    assert answer.status == 401


async def test_a_ping_without_signature_is_refused(site: Site) -> None:
    answer = await site.deliver({}, event="ping", drop=("X-Hub-Signature-256",))
    assert answer.status == 401


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd", "x-unheard-of"])
async def test_an_encoded_body_is_refused_and_never_inflated(site: Site, encoding: str) -> None:
    packed = gzip.compress(body_of(OPENED))
    answer = await site.deliver(body=packed, Content_Encoding=encoding)
    assert answer.status == 415
    assert await site.ids() == []


async def test_an_encoding_that_changes_nothing_is_none(site: Site) -> None:
    assert (await site.deliver(Content_Encoding="identity")).status == 202


async def test_an_event_may_have_digits_in_its_name(site: Site) -> None:
    answer = await site.deliver(event="projects_v2_item")
    assert (answer.status, (await answer.json())["status"]) == (202, "ignored")


async def test_a_store_that_is_away_makes_github_record_a_failure(
    tmp_path: Path, start: Start
) -> None:
    inbox = await SqliteInbox.open(tmp_path / "bot.sqlite3")
    site = await start(inbox)
    await inbox.close()
    answer = await site.deliver()
    assert answer.status == 503
    assert (await site.deliver({"zen": "x"}, event="ping")).status == 200


async def test_only_posts_are_webhooks(site: Site) -> None:
    assert (await site.client.get("/webhook")).status == 405


async def test_a_sender_that_goes_away_halfway_does_no_harm(site: Site) -> None:
    async def broken() -> object:
        yield b"{"
        raise ConnectionError

    with pytest.raises((aiohttp.ClientError, ConnectionError)):
        await site.client.post("/webhook", data=broken())
    assert (await site.deliver()).status == 202
