"""Webhooks and answers judged by models of GitHub that are not ours."""

import importlib.util
import json
from pathlib import Path
from types import ModuleType

import aiohttp
import pytest
from githubkit import webhooks

from tests.simulator import story
from tests.simulator.builders import Scene


async def test_every_webhook_is_what_githubs_own_schema_says(scene: Scene) -> None:
    await story.play(scene)
    wrong = []
    for delivery in scene.simulator.deliveries:
        try:
            webhooks.parse(delivery.event, delivery.body)
        except ValueError as error:
            wrong.append(f"{delivery.event}.{delivery.action}: {error}")
    assert not wrong, "\n\n".join(wrong)


async def test_the_story_sends_every_kind_of_webhook(scene: Scene) -> None:
    await story.play(scene)
    sent = {f"{each.event}.{each.action}".rstrip(".") for each in scene.simulator.deliveries}
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
    }


def _judge(shared_data: Path) -> ModuleType:
    place = shared_data.parent / "tools" / "validate_traffic.py"
    spec = importlib.util.spec_from_file_location("validate_traffic", place)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# Where the description itself is wrong about GitHub: a deleted fork is null, an installation's
# account is a user or an enterprise and not both, and an app is refused where the list has no 403.
SLIPS = ("head/repo: None is not of type", "0/account: ", "403 (documented:")


@pytest.mark.real_data
async def test_every_answer_is_what_githubs_openapi_description_says(
    scene: Scene, shared_data: Path
) -> None:
    await story.play(scene)
    judge = _judge(shared_data)
    description = judge.Spec(shared_data / "github-rest-openapi.json.xz")
    complaints = []
    for request in scene.simulator.requests:
        _, found = judge.check(description, request.as_json())
        complaints += [f"{request.method} {request.path}: {each}" for each in found]
    wrong = [each for each in complaints if not any(slip in each for slip in SLIPS)]
    assert not wrong, "\n".join(wrong)


@pytest.mark.real_data
async def test_recorded_traffic_can_be_written_down_and_judged(
    scene: Scene, shared_data: Path, tmp_path: Path
) -> None:
    await scene.client.get("/pulls?state=open")
    scene.simulator.drop_connections("POST")
    with pytest.raises(aiohttp.ClientError):
        await scene.client.post("/labels", {"name": "lost"})
    scene.simulator.dump_traffic(tmp_path / "traffic.jsonl")
    judge = _judge(shared_data)
    description = judge.Spec(shared_data / "github-rest-openapi.json.xz")
    lines = (tmp_path / "traffic.jsonl").read_text().splitlines()
    judged = [judge.check(description, json.loads(line)) for line in lines]
    assert judged == [("pulls/list", []), ("issues/create-label", [])]
