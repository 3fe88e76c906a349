"""Malformed input: it gets a clear answer or log line, and the bot goes on working."""

import hashlib
import hmac
import json
from collections.abc import Mapping

import aiohttp
import pytest
from structlog.testing import capture_logs

from bot.inbox.delivery import DeliveryState
from tests.end_to_end.conftest import AUTHOR, CODEOWNERS, STRANGER, pep
from tests.end_to_end.harness import REPOSITORY, SECRET, Harness
from tests.end_to_end.proposal import PATH, propose

GUID = "0f0f0f0f-0000-4000-8000-00000000000"


async def send(
    harness: Harness,
    body: bytes,
    event: str = "pull_request",
    *,
    secret: str = SECRET,
    guid: str = "1",
) -> tuple[int, dict[str, str]]:
    """Send a webhook by hand; returns status and answer."""
    signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    headers = {
        "X-Hub-Signature-256": f"sha256={signature}",
        "X-GitHub-Event": event,
        "X-GitHub-Delivery": GUID + guid,
        "Content-Type": "application/json",
    }
    async with (
        aiohttp.ClientSession() as session,
        session.post(harness.url("/webhook"), data=body, headers=headers) as answer,
    ):
        return answer.status, await answer.json()


async def assert_work_goes_on(harness: Harness) -> None:
    """The bot still reviews, and nothing was given up."""
    number = await propose(harness, pep(850), number=850, by=STRANGER)
    assert harness.labels(number) >= {"new-pep"}
    assert harness.conclusions(number) != []
    await assert_nothing_dead(harness)


async def assert_nothing_dead(harness: Harness) -> None:
    """No delivery was given up."""
    assert harness.server is not None
    depth = await harness.server.inbox.depth()
    assert not depth.get(DeliveryState.DEAD)


NO_DELIVERIES = {
    "wrong signature": (b"{}", "pull_request", "wrong", 401, "X-Hub-Signature-256"),
    "truncated": (b'{"action": "opened", "pull_', "pull_request", SECRET, 400, "not a JSON object"),
    "nested too deep": (b"[" * 100_000, "pull_request", SECRET, 400, "not a JSON object"),
    "no event name": (b"{}", "no event!", SECRET, 400, "X-GitHub-Event"),
}


async def test_what_is_no_delivery_of_github_is_refused_and_logged(harness: Harness) -> None:
    for what, (body, event, secret, status, words) in NO_DELIVERIES.items():
        with capture_logs() as logs:
            answered, answer = await send(harness, body, event, secret=secret)
        assert answered == status, what
        assert words in answer["error"], what
        refused = [entry["status"] for entry in logs if entry["event"] == "webhook refused"]
        assert refused == [status], what
    await assert_work_goes_on(harness)


async def test_what_concerns_nobody_is_ignored(harness: Harness) -> None:
    payloads: list[tuple[Mapping[str, object], str]] = [
        ({"action": "opened"}, "sponsorship"),
        ({"action": "enqueued", "number": 1}, "pull_request"),
        ({"action": ["opened"]}, "pull_request"),
        ({"action": "opened", "repository": {"full_name": "../.."}, "number": 1}, "pull_request"),
        ({"action": "opened", "repository": {"full_name": "a/b"}, "number": -1}, "pull_request"),
        ({"action": "opened", "repository": {"full_name": "a/b"}, "number": True}, "pull_request"),
        ({"action": "opened", "repository": {"full_name": "a/b"}, "number": 2**63}, "pull_request"),
        ({"action": "created", "installation": {"id": True}}, "installation"),
        ({"action": "created", "comment": None, "issue": {"number": "1"}}, "issue_comment"),
        ({"ref": None, "commits": 7}, "push"),
    ]
    for guid, (payload, event) in enumerate(payloads):
        status, answer = await send(harness, json.dumps(payload).encode(), event, guid=str(guid))
        assert (status, answer["status"]) == (202, "ignored"), payload


@pytest.mark.exhaustive
async def test_payloads_with_holes_harm_nobody(harness: Harness) -> None:
    number = await propose(
        harness
    )  # what GitHub does not find would be asked for again for a while
    place = {"repository": {"full_name": REPOSITORY}, "installation": {"id": harness.installation}}
    holes = [
        ("push", {**place, "ref": "refs/heads/main", "commits": [None, {"added": "x"}]}),
        ("check_suite", {**place, "action": "rerequested", "check_suite": None}),
        (
            "issue_comment",
            {**place, "action": "created", "issue": {"number": number, "pull_request": 1}},
        ),
        ("pull_request", {**place, "action": "labeled", "number": number, "label": 7}),
        (
            "pull_request_review",
            {**place, "action": "submitted", "pull_request": {"number": number}},
        ),
    ]
    for guid, (event, payload) in enumerate(holes):
        status, _ = await send(harness, json.dumps(payload).encode(), event, guid=str(guid))
        assert status == 202
    await assert_work_goes_on(harness)


@pytest.mark.exhaustive
async def test_a_pull_request_whose_fork_was_deleted_is_reviewed_all_the_same(
    harness: Harness,
) -> None:
    number = await propose(harness)
    await harness.simulator.delete_head_repository(REPOSITORY, number)
    await harness.simulator.edit_pull_request(REPOSITORY, number, by=AUTHOR, title="PEP 843: Oh")
    await harness.wait_until_idle()
    assert harness.labels(number) >= {"awaiting author"}
    await assert_work_goes_on(harness)


async def test_a_pep_that_cannot_be_read_is_an_error_with_a_reason(harness: Harness) -> None:
    unreadable = {
        PATH: (pep().encode() + b"caf\xe9 \xff\n", "not UTF-8 text"),
        "peps/pep-0843.rst": (pep(843).encode("utf-16"), "not UTF-8 text"),
        "peps/pep-0844.rst": (b"Just words.\n", "header"),
        "peps/pep-0845.rst": (b"", "header"),
    }
    number = await propose(harness, files={path: one for path, (one, _) in unreadable.items()})
    assert harness.conclusions(number) == ["failure"]
    for path, (_, words) in unreadable.items():
        notes = [note for note in harness.annotations(number) if note[:3] == (path, 1, "failure")]
        assert [note for note in notes if words in note[3]], harness.annotations(number)
    await assert_work_goes_on(harness)


async def test_a_codeowners_file_of_garbage_is_borne(harness: Harness) -> None:
    owners = CODEOWNERS.encode() + b"peps/pep-0842.rst \x00\xff @@@ [[[\n!!! ***\n" + b"@" * 100_000
    number = await propose(harness, files={PATH: pep(), ".github/CODEOWNERS": owners})
    assert harness.conclusions(number) != []
    await assert_work_goes_on(harness)


async def test_without_permission_for_checks_labels_and_comment_are_written_and_the_log_says_so(
    harness: Harness,
) -> None:
    await harness.simulator.revoke_permission(harness.installation, "checks")
    with capture_logs() as logs:
        number = await propose(harness)
    assert harness.conclusions(number) == []
    assert harness.labels(number) == {"new-pep", "awaiting sponsor"}
    assert len(harness.comments(number)) == 1
    assert "checks: write" in {entry.get("needs") for entry in logs}
    await harness.simulator.comment(REPOSITORY, number, by=STRANGER, body="Nice!")
    await harness.wait_until_idle()
    await assert_nothing_dead(harness)


async def test_without_permission_for_issues_the_check_run_is_written_and_the_log_says_so(
    harness: Harness,
) -> None:
    harness.simulator.fail_next(
        403,
        times=100,
        match=r"(POST|PUT|PATCH|DELETE) /repos/python/peps/(issues|labels)",
        message="Resource not accessible by integration",
    )
    with capture_logs() as logs:
        number = await propose(harness)
    assert harness.conclusions(number) == ["neutral"]
    assert harness.labels(number) == set()
    assert harness.comments(number) == []
    assert "issues: write" in {entry.get("needs") for entry in logs}
    await assert_nothing_dead(harness)


async def test_a_repository_hook_without_installation_is_looked_up(harness: Harness) -> None:
    harness.simulator.webhook_url = ""
    harness.simulator.add_repository_hook(
        REPOSITORY, harness.url("/webhook"), SECRET, ["pull_request"]
    )
    number = await propose(harness)
    assert harness.labels(number) == {"new-pep", "awaiting sponsor"}


async def test_a_repository_hook_where_the_app_is_not_installed_is_ignored(
    harness: Harness,
) -> None:
    await harness.simulator.uninstall_app(harness.installation)
    await harness.wait_until_idle()
    harness.simulator.webhook_url = ""
    harness.simulator.add_repository_hook(
        REPOSITORY, harness.url("/webhook"), SECRET, ["pull_request"]
    )
    with capture_logs() as logs:
        number = await propose(harness)
    assert harness.labels(number) == set()
    assert any("no installation reaches this repository" in entry["event"] for entry in logs)
    await assert_nothing_dead(harness)
