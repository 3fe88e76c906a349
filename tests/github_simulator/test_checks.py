"""Check runs: limits, growing annotations, forks, buttons."""

from typing import Any

import pytest

from tests.github_simulator.builders import PEPS, Sandbox, annotation


async def head_of(sandbox: Sandbox, **changed: Any) -> str:
    return sandbox.simulator.pull_request(PEPS, await sandbox.open(**changed)).head_sha


async def test_annotations_of_an_update_are_added_to_those_that_stand(sandbox: Sandbox) -> None:
    head = await head_of(sandbox)
    output = {"title": "Look", "summary": "Look", "annotations": [annotation(1)]}
    run = (await sandbox.client.complete_check(head, output=output)).json["id"]
    update = {"output": {"title": "New", "summary": "New", "annotations": [annotation(2)]}}
    reply = await sandbox.client.patch(f"/check-runs/{run}", update)
    assert reply.json["output"]["annotations_count"] == 2
    listed = (await sandbox.client.get(f"/check-runs/{run}/annotations")).json
    assert [each["start_line"] for each in listed] == [1, 2]
    (view,) = sandbox.simulator.check_runs(PEPS, head)
    assert (view.title, len(view.annotations)) == ("New", 2)
    assert view.external_id == f"{PEPS}#1"


@pytest.mark.parametrize(
    "changed",
    [
        {"output": {"title": "t", "summary": "s", "annotations": [annotation()] * 51}},
        {"output": {"title": "t", "summary": "s" * 65_536}},
        {"output": {"title": "t", "summary": "s", "text": "ä" * 32_768}},
        {"output": {"summary": "s"}},
        {"output": {"title": "t", "summary": "s", "annotations": [annotation(0)]}},
        {"conclusion": "fine"},
        {"conclusion": None},
        {"status": "done"},
        {"completed_at": "yesterday"},
        {"head_sha": "0" * 40},
        {"name": None},
        {"actions": [{"label": "x" * 21, "description": "d", "identifier": "i"}]},
    ],
)
async def test_what_the_api_does_not_take_is_refused_whole(
    sandbox: Sandbox, changed: dict[str, Any]
) -> None:
    head = await head_of(sandbox)
    assert (await sandbox.client.complete_check(head, **changed)).status == 422
    assert sandbox.simulator.check_runs(PEPS, head) == []


async def test_fifty_annotations_and_a_long_summary_pass(sandbox: Sandbox) -> None:
    head = await head_of(sandbox)
    output = {"title": "t", "summary": "s" * 65_535, "annotations": [annotation()] * 50}
    assert (await sandbox.client.complete_check(head, output=output)).status == 201


async def test_a_check_names_pull_requests_but_never_those_of_forks(sandbox: Sandbox) -> None:
    fork = await head_of(sandbox)
    inside = await head_of(sandbox, by="editor", from_fork=False)
    assert (await sandbox.client.complete_check(fork)).json["pull_requests"] == []
    named = (await sandbox.client.complete_check(inside)).json["pull_requests"]
    assert [pull["number"] for pull in named] == [2]


async def test_only_the_latest_run_of_a_name_is_listed_unless_all_are_asked_for(
    sandbox: Sandbox,
) -> None:
    head = await head_of(sandbox)
    ids = [(await sandbox.client.complete_check(head)).json["id"] for _ in range(2)]

    async def listed(query: str) -> list[int]:
        reply = await sandbox.client.get(f"/commits/{head}/check-runs{query}")
        assert reply.json["total_count"] == len(reply.json["check_runs"])
        return [run["id"] for run in reply.json["check_runs"]]

    assert await listed("") == [ids[1]]
    assert await listed("?filter=all") == ids[::-1]
    assert await listed("?check_name=other") == []
    assert await listed("?app_id=1") == []


async def test_buttons_and_rerun_reach_the_app_that_made_the_run(sandbox: Sandbox) -> None:
    button = {"label": "Take 2", "description": "Take it", "identifier": "number:2"}
    head = await head_of(sandbox)
    run = (await sandbox.client.complete_check(head, actions=[button])).json["id"]
    await sandbox.simulator.request_action(PEPS, run, "number:2", "author")
    payload = sandbox.simulator.deliveries[-1].payload
    assert payload["requested_action"] == {"identifier": "number:2"}
    assert payload["check_run"]["external_id"] == f"{PEPS}#1"
    await sandbox.simulator.rerequest_check_run(PEPS, run, "author")
    assert sandbox.simulator.deliveries[-1].action == "rerequested"
    await sandbox.simulator.rerequest_check_suite(PEPS, head, "author")
    suite = sandbox.simulator.deliveries[-1].payload["check_suite"]
    assert (suite["head_sha"], suite["status"]) == (head, "queued")
    with pytest.raises(ValueError, match="offers no"):
        await sandbox.simulator.request_action(PEPS, run, "absent", "author")


async def test_a_push_asks_for_checks_only_in_the_repository_itself(sandbox: Sandbox) -> None:
    await head_of(sandbox)
    assert "check_suite" not in [each.event for each in sandbox.simulator.deliveries]
    await head_of(sandbox, by="editor", from_fork=False)
    assert "check_suite" in [each.event for each in sandbox.simulator.deliveries]
