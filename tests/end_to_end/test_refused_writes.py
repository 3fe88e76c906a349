"""Writes that GitHub refuses: each costs itself alone, and the log names the missing permission."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.inbox.delivery import DeliveryState
from tests.end_to_end.conftest import AUTHOR, EDITOR, SPONSOR, pep, pep_harness
from tests.end_to_end.harness import BOT, REPOSITORY, Harness
from tests.end_to_end.proposal import PATH, propose, set_policy
from tests.end_to_end.test_queue_issue import ON, Weeks, next_week, opened_by_the_bot

FORBIDDEN = "Resource not accessible by integration"
LABELS = {"new-pep", "awaiting sponsor"}

Logs = list[Mapping[str, Any]]


def refuse(harness: Harness, match: str) -> None:
    """Have GitHub refuse certain writes as if the installation lacked the permission."""
    harness.simulator.fail_next(403, times=99, match=match, message=FORBIDDEN)


@pytest.fixture
def logs() -> Iterator[Any]:
    with capture_logs() as found:
        yield found


def needed(logs: Logs) -> set[str]:
    """The permissions that the log names."""
    return {entry["needs"] for entry in logs if entry["event"] == "write not allowed"}


def unsettled(harness: Harness, number: int) -> set[str]:
    """What a review should have written on a pull request, and did not."""
    written = {
        "check run": harness.conclusions(number),
        "comment": harness.comments(number),
        "labels": harness.labels(number),
    }
    return {name for name, there in written.items() if not there}


async def test_a_label_that_exists_is_set_although_github_refuses_to_make_it_without_a_reason(
    harness: Harness,
) -> None:
    for name in (*LABELS, "typing"):
        harness.simulator.define_label(REPOSITORY, name)
    refused = r"POST .*/peps/labels$"
    harness.simulator.fail_next(422, times=99, match=refused, message="Validation Failed")
    number = await propose(harness)
    assert harness.labels(number) == LABELS
    comment = await harness.simulator.comment(
        REPOSITORY, number, by=EDITOR, body="/pep label +typing"
    )
    await harness.wait_until_idle()
    assert harness.labels(number) == {*LABELS, "typing"}
    assert harness.reactions(number, comment) == ["+1"]


async def test_a_label_that_github_refuses_to_make_costs_no_other(
    harness: Harness, logs: Logs
) -> None:
    harness.simulator.fail_next(422, match=r"POST .*/peps/labels$", message="Validation Failed")
    number = await propose(harness)
    assert harness.labels(number) == {"new-pep"}
    assert [one["label"] for one in logs if one["event"] == "label refused"] == ["awaiting sponsor"]
    assert unsettled(harness, number) == set()


@pytest.mark.parametrize(
    ("kind", "match", "permission"),
    [
        ("check run", r"POST .*/check-runs$", "checks: write"),
        ("labels", r"(POST|PUT) .*/issues/\d+/labels$", "issues: write"),
        ("labels", r"POST .*/peps/labels$", "issues: write"),
        (
            "comment",
            r"POST .*/issues/\d+/comments$",
            "issues: write, or the conversation is locked",
        ),
    ],
    ids=["check run", "labels", "making labels", "comment"],
)
async def test_what_a_review_may_not_create_is_missing_alone_and_comes_once_it_is_allowed(
    harness: Harness, logs: Logs, kind: str, match: str, permission: str
) -> None:
    refuse(harness, match)
    number = await propose(harness)
    assert unsettled(harness, number) == {kind}
    assert needed(logs) == {permission}
    harness.simulator.clear_faults()
    await harness.simulator.review(REPOSITORY, number, by=SPONSOR, state="APPROVED")
    await harness.wait_until_idle()
    assert unsettled(harness, number) == set()
    assert harness.labels(number) == {"new-pep", "awaiting editor"}


@pytest.mark.parametrize(
    ("kind", "match", "permission"),
    [
        ("check run", r"PATCH .*/check-runs/", "checks: write"),
        ("labels", r"(POST|PUT|DELETE) .*/issues/\d+/labels", "issues: write"),
        (
            "comment",
            r"PATCH .*/issues/comments/",
            "issues: write, or the conversation is locked",
        ),
    ],
    ids=["check run", "labels", "comment"],
)
async def test_what_a_review_may_not_edit_stays_alone_and_follows_once_it_is_allowed(
    harness: Harness, logs: Logs, kind: str, match: str, permission: str
) -> None:
    def outdated() -> set[str]:
        current = {
            "check run": harness.conclusions(number) == ["success"],
            "comment": "[agreed here](" in harness.comment(number),
            "labels": harness.labels(number) == {"new-pep", "awaiting editor"},
        }
        return {name for name, is_current in current.items() if not is_current}

    number = await propose(harness)
    refuse(harness, match)
    await harness.simulator.review(REPOSITORY, number, by=SPONSOR, state="APPROVED")
    await harness.wait_until_idle()
    assert outdated() == {kind}
    assert needed(logs) == {permission}
    harness.simulator.clear_faults()
    await harness.simulator.edit_pull_request(REPOSITORY, number, by=AUTHOR, body="Well?")
    await harness.wait_until_idle()
    assert outdated() == set()


@pytest.mark.parametrize(
    ("kind", "match", "permission"),
    [
        ("label", r"POST .*/issues/\d+/labels$", "issues: write"),
        ("title", r"PATCH .*/pulls/\d+$", "pull requests: write"),
        ("review", r"POST .*/pulls/\d+/reviews$", "pull requests: write"),
        (
            "reaction",
            r"POST .*/reactions$",
            "issues: write, or pull requests: write for a comment on a line",
        ),
        (
            "reply",
            r"POST .*/issues/\d+/comments$",
            "issues: write, or the conversation is locked",
        ),
    ],
    ids=["label", "title", "review", "reaction", "reply"],
)
async def test_what_a_command_may_not_write_costs_no_other_command_in_the_text(
    harness: Harness, logs: Logs, kind: str, match: str, permission: str
) -> None:
    harness.simulator.define_label(REPOSITORY, "typing")
    text = pep(body="A\ttab.")
    number = await propose(harness, text, title="pep-842 A calmer way")
    refuse(harness, match)
    comment = await harness.simulator.comment(
        REPOSITORY,
        number,
        by=EDITOR,
        body="/pep label +typing\n/pep title\n/pep fix tabs\n/pep number",
    )
    await harness.wait_until_idle()
    pull = harness.simulator.pull_request(REPOSITORY, number)
    done = {
        "label": "typing" in pull.labels,
        "title": pull.title == "PEP 842: A calmer way",
        "review": any(review.login == BOT for review in pull.reviews),
        "reaction": bool(harness.reactions(number, comment)),
        "reply": bool(harness.replies(number)),
    }
    assert {name for name, is_done in done.items() if not is_done} == {kind}
    assert needed(logs) == {permission}
    refusals = {"label": "add the label", "title": "change the title"}
    if kind in refusals:
        assert f"GitHub does not let me {refusals[kind]}" in harness.replies(number)[0]
    if kind == "review":
        assert f"+++ b/{PATH}" in harness.replies(number)[0], "it comes as a patch"
    assert harness.server is not None
    assert (await harness.server.inbox.depth())[DeliveryState.DEAD] == 0


async def test_an_issue_that_may_not_be_opened_is_opened_once_it_is_allowed(
    tmp_path: Path, pem: str, logs: Logs
) -> None:
    clock = Weeks()
    async with pep_harness(tmp_path, pem, clock) as harness:
        await set_policy(harness, ON)
        await propose(harness)
        refuse(harness, r"POST /repos/python/peps/issues$")
        assert ("POST", "/repos/python/peps/issues") in await next_week(harness, clock)
        assert needed(logs) == {"issues: write"}
        harness.simulator.clear_faults()
        await next_week(harness, clock)
        assert opened_by_the_bot(harness) == 1
