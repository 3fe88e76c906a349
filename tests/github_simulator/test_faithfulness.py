"""Webhooks and answers judged by models of GitHub that are not ours."""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest

from github_simulator.webhooks import Delivery
from tests.github_simulator import story, traffic_judge, webhook_judge
from tests.github_simulator.builders import Sandbox


def wrong_webhooks(deliveries: Sequence[Delivery]) -> list[str]:
    lines = [
        json.dumps([each.event, each.action, each.body.decode("utf-8")]) for each in deliveries
    ]
    done = subprocess.run(
        [sys.executable, str(Path(webhook_judge.__file__))],
        input="\n".join(lines),
        capture_output=True,
        text=True,
        check=True,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.parametrize(
    "unjudged",
    [
        # Their models take longer than all others; what they are about is in those of comments and
        # of reviews as well.
        pytest.param({"issues", "pull_request"}, id="but for two"),
        pytest.param(set(), id="all", marks=pytest.mark.exhaustive),
    ],
)
async def test_every_kind_of_webhook_is_sent_and_is_what_githubs_own_schema_says(
    sandbox: Sandbox, unjudged: set[str]
) -> None:
    await story.play(sandbox)
    judged = [one for one in sandbox.simulator.deliveries if one.event not in unjudged]
    *wrong, broken = wrong_webhooks([*judged, broken_by_us(sandbox)])
    assert not wrong, "\n\n".join(wrong)
    assert broken.startswith("issue_comment.created: ")
    sent = {f"{each.event}.{each.action}".rstrip(".") for each in sandbox.simulator.deliveries}
    assert sent >= {
        "check_run.completed",
        "check_run.created",
        "check_run.requested_action",
        "check_run.rerequested",
        "check_suite.completed",
        "check_suite.requested",
        "check_suite.rerequested",
        "installation.created",
        "installation.deleted",
        "installation.suspend",
        "installation.unsuspend",
        "installation_repositories.added",
        "installation_repositories.removed",
        "issue_comment.created",
        "issue_comment.deleted",
        "issue_comment.edited",
        "issues.closed",
        "issues.deleted",
        "issues.opened",
        "issues.reopened",
        "issues.transferred",
        "pull_request.closed",
        "pull_request.converted_to_draft",
        "pull_request.edited",
        "pull_request.labeled",
        "pull_request.locked",
        "pull_request.opened",
        "pull_request.ready_for_review",
        "pull_request.reopened",
        "pull_request.synchronize",
        "pull_request.unlabeled",
        "pull_request_review.dismissed",
        "pull_request_review.edited",
        "pull_request_review.submitted",
        "pull_request_review_comment.created",
        "push",
        "repository.renamed",
    }


def broken_by_us(sandbox: Sandbox) -> Delivery:
    """One of the webhooks with a fault, which shows that the judge finds faults."""
    right = next(one for one in sandbox.simulator.deliveries if one.event == "issue_comment")
    body = json.loads(right.body)
    body["issue"]["number"] = "seven"
    return replace(right, body=json.dumps(body).encode())


def judged(shared_data: Path, lines: Sequence[str]) -> list[tuple[str, list[str]]]:
    done = subprocess.run(
        [sys.executable, str(Path(traffic_judge.__file__)), str(shared_data.parent)],
        input="\n".join(lines),
        capture_output=True,
        text=True,
        check=True,
    )
    return [(name, found) for name, found in map(json.loads, done.stdout.splitlines())]


# Where the description itself is wrong about GitHub: a deleted fork is null, an installation's
# account is a user or an enterprise and not both, and an app is refused where the list has no 403.
SLIPS = ("head/repo: None is not of type", "0/account: ", "403 (documented:")


@pytest.mark.real_data
async def test_every_answer_is_what_githubs_openapi_description_says(
    sandbox: Sandbox, shared_data: Path, tmp_path: Path
) -> None:
    await sandbox.client.get("/pulls?state=open")
    sandbox.simulator.drop_connections("POST")
    with pytest.raises(aiohttp.ClientError):
        await sandbox.client.post("/labels", {"name": "lost"})
    await story.play(sandbox)
    sandbox.simulator.dump_traffic(tmp_path / "traffic.jsonl")
    lines = (tmp_path / "traffic.jsonl").read_text().splitlines()
    answers = judged(shared_data, lines)
    assert answers[:2] == [("pulls/list", []), ("issues/create-label", [])]
    complaints = []
    for request, (_, found) in zip(sandbox.simulator.requests, answers, strict=True):
        complaints += [f"{request.method} {request.path}: {each}" for each in found]
    wrong = [each for each in complaints if not any(slip in each for slip in SLIPS)]
    assert not wrong, "\n".join(wrong)
