"""Comments, labels, reactions, assignees, locks."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.github_simulator import builders
from tests.github_simulator.builders import PEPS, Sandbox


async def test_an_unknown_label_comes_into_being_when_it_is_posted(sandbox: Sandbox) -> None:
    number = await sandbox.open()
    reply = await sandbox.client.post(f"/issues/{number}/labels", {"labels": ["brand new"]})
    assert [label["name"] for label in reply.json] == ["brand new"]
    (label,) = sandbox.simulator.label_definitions(PEPS)
    assert (label.name, label.color) == ("brand new", "ededed")


async def test_labels_are_the_same_in_any_case(sandbox: Sandbox) -> None:
    number = await sandbox.open()
    await sandbox.client.post("/labels", {"name": "New-PEP", "color": "00ff00"})
    await sandbox.client.post(f"/issues/{number}/labels", {"labels": ["new-pep"]})
    await sandbox.client.post(f"/issues/{number}/labels", {"labels": ["NEW-PEP"]})
    assert sandbox.simulator.pull_request(PEPS, number).labels == ["New-PEP"]
    again = await sandbox.client.post("/labels", {"name": "new-pep"})
    assert again.status == 422
    assert again.json["errors"][0]["code"] == "already_exists"


async def test_a_label_with_odd_characters_can_be_taken_off(sandbox: Sandbox) -> None:
    number = await sandbox.open()
    await sandbox.simulator.label(PEPS, number, "editor", "bot: paused / so")
    path = f"/issues/{number}/labels/bot%3A%20paused%20%2F%20so"
    assert (await sandbox.client.delete(path)).status == 200
    assert (await sandbox.client.delete(path)).status == 404


async def test_replacing_labels_announces_only_what_differs(sandbox: Sandbox) -> None:
    number = await sandbox.open()
    await sandbox.client.put(f"/issues/{number}/labels", {"labels": ["a", "b"]})
    before = len(sandbox.simulator.deliveries)
    await sandbox.client.put(f"/issues/{number}/labels", {"labels": ["b", "c"]})
    actions = [
        (each.action, each.payload["label"]["name"])
        for each in sandbox.simulator.deliveries[before:]
    ]
    assert actions == [("unlabeled", "a"), ("labeled", "c")]


async def test_the_list_of_events_tells_who_set_a_label(sandbox: Sandbox) -> None:
    number = await sandbox.open()
    await sandbox.simulator.label(PEPS, number, "editor", "skip sponsor")
    await sandbox.client.post(f"/issues/{number}/labels", {"labels": ["new-pep"]})
    events = (await sandbox.client.get(f"/issues/{number}/events")).json
    told = [(each["event"], each["actor"]["login"], each["label"]["name"]) for each in events]
    assert told == [
        ("labeled", "editor", "skip sponsor"),
        ("labeled", "pep-bot[bot]", "new-pep"),
    ]


@pytest.mark.parametrize("body", ["", " \n", "x" * 65_537])
async def test_a_comment_that_is_empty_or_too_long_is_refused(sandbox: Sandbox, body: str) -> None:
    number = await sandbox.open()
    reply = await sandbox.client.post(f"/issues/{number}/comments", {"body": body})
    assert reply.status == 422
    assert (await sandbox.client.post(f"/issues/{number}/comments", {})).status == 422


async def test_an_edit_moves_the_time_of_the_comment_and_of_its_pull_request() -> None:
    moments = [datetime(2025, 5, 12, 9, 0, 0, 999_999, tzinfo=UTC)]
    async with builders.sandbox(clock=lambda: moments[-1]) as sandbox:
        number = await sandbox.open()
        comment = await sandbox.simulator.comment(PEPS, number, "author", "First")
        moments.append(moments[-1] + timedelta(minutes=5))
        await sandbox.simulator.edit_comment(PEPS, comment, "author", "Second")
        found = (await sandbox.client.get(f"/issues/comments/{comment}")).json
        assert found["created_at"] == "2025-05-12T09:00:00Z"
        assert found["updated_at"] == "2025-05-12T09:05:00Z"
        pull = (await sandbox.client.get(f"/pulls/{number}")).json
        assert pull["updated_at"] == "2025-05-12T09:05:00Z"
        (view,) = sandbox.simulator.pull_request(PEPS, number).comments
        assert (view.edits, view.former, view.body) == (1, ["First"], "Second")
    assert sandbox.simulator.deliveries[-1].payload["changes"] == {"body": {"from": "First"}}


async def test_a_locked_conversation_takes_comments_only_from_those_who_may_write(
    sandbox: Sandbox,
) -> None:
    number = await sandbox.open()
    await sandbox.simulator.lock(PEPS, number, "editor")
    reply = await sandbox.client.post(f"/issues/{number}/comments", {"body": "Hello"})
    assert (reply.status, reply.json["message"]) == (
        403,
        "Unable to create comment because issue is locked.",
    )
    assert await sandbox.simulator.comment(PEPS, number, "editor", "Calm down")


async def test_a_reaction_is_made_once_and_there_is_none_for_reviews(sandbox: Sandbox) -> None:
    number = await sandbox.open()
    comment = await sandbox.simulator.comment(PEPS, number, "author", "/pep recheck")
    path = f"/issues/comments/{comment}/reactions"
    statuses = [(await sandbox.client.post(path, {"content": "+1"})).status for _ in range(2)]
    assert statuses == [201, 200]
    assert (await sandbox.client.post(path, {"content": "party"})).status == 422
    (view,) = sandbox.simulator.pull_request(PEPS, number).comments
    assert view.reactions == [("pep-bot[bot]", "+1")]
    review = await sandbox.simulator.review(PEPS, number, "editor", "COMMENTED", "/pep recheck")
    missing = f"/pulls/{number}/reviews/{review}/reactions"
    assert (await sandbox.client.post(missing, {"content": "+1"})).status == 404


async def test_assignees_without_access_are_dropped_without_a_word(sandbox: Sandbox) -> None:
    number = await sandbox.open()
    names = ["author", "warsaw", "nobody"]
    reply = await sandbox.client.post(f"/issues/{number}/assignees", {"assignees": names})
    assert reply.status == 201
    assert [each["login"] for each in reply.json["assignees"]] == ["warsaw"]


async def test_a_deleted_comment_is_gone(sandbox: Sandbox) -> None:
    number = await sandbox.open()
    comment = await sandbox.simulator.comment(PEPS, number, "author", "Oops")
    await sandbox.simulator.delete_comment(PEPS, comment, "author")
    assert (await sandbox.client.get(f"/issues/comments/{comment}")).status == 404
    assert (await sandbox.client.delete(f"/issues/comments/{comment}")).status == 404
    assert sandbox.simulator.pull_request(PEPS, number).comments == []


async def test_an_app_opens_an_issue_changes_it_and_finds_it_by_its_creator(
    sandbox: Sandbox,
) -> None:
    await sandbox.open()
    made = await sandbox.client.post("/issues", {"title": "Queue", "body": "One"})
    assert (made.status, made.json["user"]["login"]) == (201, "pep-bot[bot]")
    number = made.json["number"]
    changed = await sandbox.client.patch(f"/issues/{number}", {"body": "Two"})
    assert (changed.status, changed.json["title"], changed.json["body"]) == (200, "Queue", "Two")
    found = await sandbox.client.get("/issues?creator=pep-bot%5Bbot%5D&state=all")
    assert [each["number"] for each in found.json] == [number]
    everything = await sandbox.client.get("/issues")
    assert everything.json[0]["number"] == number
    assert "pull_request" in everything.json[-1], "pull requests are issues, too"
    await sandbox.simulator.settle()
    actions = [each.action for each in sandbox.simulator.deliveries if each.event == "issues"]
    assert actions == ["opened", "edited"]


@pytest.mark.parametrize("title", ["", " ", "x" * 257])
async def test_an_issue_needs_a_title_of_some_length(sandbox: Sandbox, title: str) -> None:
    assert (await sandbox.client.post("/issues", {"title": title})).status == 422


async def test_the_list_of_issues_goes_back_to_a_moment(sandbox: Sandbox) -> None:
    old = await sandbox.simulator.open_issue(PEPS, "stranger", "Old")
    new = await sandbox.simulator.open_issue(PEPS, "stranger", "New")
    instants = {
        issue: (await sandbox.client.get(f"/issues/{issue}")).json["updated_at"]
        for issue in (old, new)
    }
    since = f"/issues?state=all&since={instants[new]}"
    listed = {each["number"] for each in (await sandbox.client.get(since)).json}
    assert new in listed
    assert (old in listed) is (instants[old] == instants[new])
    await sandbox.simulator.close(PEPS, old, "editor")
    assert old in {each["number"] for each in (await sandbox.client.get(since)).json}
    assert (await sandbox.client.get("/issues?since=yesterday")).status == 422


async def test_a_deleted_issue_is_gone_and_its_number_is_not_given_again(sandbox: Sandbox) -> None:
    issue = await sandbox.simulator.open_issue(PEPS, "stranger", "Spam")
    await sandbox.simulator.delete_issue(PEPS, issue, "editor")
    told = sandbox.simulator.deliveries[-1]
    assert (told.event, told.action) == ("issues", "deleted")
    assert told.payload["issue"]["number"] == issue
    assert (await sandbox.client.get(f"/issues/{issue}")).status == 410
    assert await sandbox.simulator.open_issue(PEPS, "stranger", "Next") == issue + 1


async def test_a_moved_issue_leads_on_to_where_it_is(sandbox: Sandbox) -> None:
    sandbox.simulator.create_repository("python/elsewhere", {"README.md": "Hello\n"})
    issue = await sandbox.simulator.open_issue(PEPS, "stranger", "Wrong place")
    moved = await sandbox.simulator.transfer_issue(PEPS, issue, "editor", "python/elsewhere")
    told = sandbox.simulator.deliveries[-1]
    assert (told.event, told.action) == ("issues", "transferred")
    assert told.payload["changes"]["new_issue"]["number"] == moved
    assert issue not in {each["number"] for each in (await sandbox.client.get("/issues")).json}
