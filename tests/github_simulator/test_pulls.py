"""Pull requests: forks, heads and bases, files, reviews, merging."""

import pytest

from github_simulator.model.merge import MergeConflict
from tests.github_simulator.builders import PEPS, Sandbox


async def test_a_push_moves_the_head_and_tells_both_ends(sandbox: Sandbox) -> None:
    number = await sandbox.open()
    before = sandbox.simulator.pull_request(PEPS, number).head_sha
    after = await sandbox.simulator.push(PEPS, number, {"peps/pep-0002.rst": "PEP: 2\n"})
    payload = sandbox.simulator.deliveries[-1].payload
    assert (payload["action"], payload["before"], payload["after"]) == (
        "synchronize",
        before,
        after,
    )
    pull = (await sandbox.client.get(f"/pulls/{number}")).json
    assert pull["head"]["sha"] == after
    assert pull["head"]["repo"]["full_name"] == "author/peps"
    assert (pull["commits"], pull["changed_files"], pull["mergeable"]) == (2, 1, True)


async def test_the_base_of_a_pull_request_stays_until_the_next_push(sandbox: Sandbox) -> None:
    number, old = await sandbox.open(), sandbox.simulator.tip(PEPS)
    new = await sandbox.simulator.commit(PEPS, {"other": "x\n"}, by="editor")
    assert (await sandbox.client.get(f"/pulls/{number}")).json["base"]["sha"] == old
    await sandbox.simulator.push(PEPS, number, {"peps/pep-0002.rst": "PEP: 2\n"})
    assert (await sandbox.client.get(f"/pulls/{number}")).json["base"]["sha"] == new
    files = (await sandbox.client.get(f"/pulls/{number}/files")).json
    assert [each["filename"] for each in files] == ["peps/pep-0002.rst"]


async def test_files_tell_of_renames(sandbox: Sandbox) -> None:
    text = "".join(f"line {n}\n" for n in range(20))
    await sandbox.simulator.commit(PEPS, {"peps/pep-9999.rst": text}, by="editor")
    number = await sandbox.open(
        files={"peps/pep-9999.rst": None, "peps/pep-0791.rst": text + "more\n"}
    )
    (file,) = (await sandbox.client.get(f"/pulls/{number}/files")).json
    assert (file["status"], file["previous_filename"]) == ("renamed", "peps/pep-9999.rst")
    assert (file["filename"], file["additions"]) == ("peps/pep-0791.rst", 1)
    blob = await sandbox.client.get(
        f"/git/blobs/{file['sha']}", Accept="application/vnd.github.raw"
    )
    assert blob.content.decode() == text + "more\n"


async def test_no_more_than_three_thousand_files_are_listed(sandbox: Sandbox) -> None:
    number = await sandbox.open(files={f"f/{n:04}": f"{n}\n" for n in range(3001)})
    assert (await sandbox.client.get(f"/pulls/{number}")).json["changed_files"] == 3001
    last = await sandbox.client.get(f"/pulls/{number}/files?per_page=100&page=30")
    assert len(last.json) == 100
    assert 'rel="next"' not in last.headers["Link"]


async def test_two_pull_requests_on_different_lines_can_both_be_merged(sandbox: Sandbox) -> None:
    owners = ".github/CODEOWNERS"
    text = (sandbox.simulator.file(PEPS, owners) or b"").decode()
    first = await sandbox.open(files={owners: text.replace("* @", "* @me @")})
    second = await sandbox.open(files={owners: text + "peps/pep-0002.rst @warsaw\n"})
    await sandbox.simulator.merge(PEPS, first, "editor")
    sha = await sandbox.simulator.merge(PEPS, second, "editor")
    assert sandbox.simulator.file(PEPS, owners) == (
        b"* @me @python/pep-editors\n\npeps/pep-0001.rst  @warsaw\npeps/pep-0002.rst @warsaw\n"
    )
    pull = (await sandbox.client.get(f"/pulls/{second}")).json
    assert (pull["merged"], pull["merge_commit_sha"], pull["state"]) == (True, sha, "closed")
    assert [file["filename"] for file in (await sandbox.client.get(f"/pulls/{second}/files")).json]
    closed, pushed = (
        next(each for each in reversed(sandbox.simulator.deliveries) if each.event == event)
        for event in ("pull_request", "push")
    )
    assert closed.payload["pull_request"]["merged"] is True
    assert pushed.payload["after"] == sha
    assert pushed.payload["head_commit"]["modified"] == [owners]


async def test_a_conflict_is_reported_and_cannot_be_merged(sandbox: Sandbox) -> None:
    first, second = await sandbox.open(), await sandbox.open(by="rival", files=RIVAL)
    await sandbox.simulator.merge(PEPS, first, "editor")
    pull = (await sandbox.client.get(f"/pulls/{second}")).json
    assert (pull["mergeable"], pull["mergeable_state"]) == (False, "dirty")
    with pytest.raises(MergeConflict):
        await sandbox.simulator.merge(PEPS, second, "editor")


RIVAL = {"peps/pep-0002.rst": "PEP: 2\nTitle: Another\n"}


async def test_a_pull_request_outlives_its_fork(sandbox: Sandbox) -> None:
    number = await sandbox.open()
    await sandbox.simulator.delete_head_repository(PEPS, number)
    pull = (await sandbox.client.get(f"/pulls/{number}")).json
    assert (pull["head"]["repo"], pull["state"]) == (None, "open")
    assert pull["head"]["label"] == f"author:patch-{number}"
    assert (await sandbox.client.get(f"/pulls/{number}/files")).status == 200
    with pytest.raises(ValueError, match="no branch"):
        await sandbox.simulator.push(PEPS, number, {"a": "a"})


async def test_reviews_are_written_in_capitals_by_rest_and_small_by_webhooks(
    sandbox: Sandbox,
) -> None:
    number = await sandbox.open()
    review = await sandbox.simulator.review(PEPS, number, "warsaw", "APPROVED", "Yes")
    assert sandbox.simulator.deliveries[-1].payload["review"]["state"] == "approved"
    (listed,) = (await sandbox.client.get(f"/pulls/{number}/reviews")).json
    assert (listed["state"], listed["user"]["login"]) == ("APPROVED", "warsaw")
    await sandbox.simulator.dismiss_review(PEPS, number, review, "editor")
    (listed,) = (await sandbox.client.get(f"/pulls/{number}/reviews")).json
    assert listed["state"] == "DISMISSED"


async def test_authors_cannot_approve_their_own_pull_request(sandbox: Sandbox) -> None:
    number = await sandbox.open()
    with pytest.raises(ValueError, match="their own"):
        await sandbox.simulator.review(PEPS, number, "author", "APPROVED")


async def test_lists_are_sorted_and_filtered(sandbox: Sandbox) -> None:
    numbers = [await sandbox.open() for _ in range(3)]
    await sandbox.simulator.close(PEPS, numbers[1], "author")

    async def listed(query: str) -> list[int]:
        return [pull["number"] for pull in (await sandbox.client.get(f"/pulls{query}")).json]

    assert await listed("") == [numbers[2], numbers[0]]
    assert await listed("?state=all&direction=asc") == numbers
    assert await listed("?state=closed") == [numbers[1]]
    assert await listed(f"?head=author:patch-{numbers[0]}") == [numbers[0]]


async def test_an_issue_is_no_pull_request(sandbox: Sandbox) -> None:
    number = await sandbox.simulator.open_issue(PEPS, "stranger", "A question")
    assert (await sandbox.client.get(f"/pulls/{number}")).status == 404
    assert "pull_request" not in (await sandbox.client.get(f"/issues/{number}")).json


async def test_comparing_shows_how_far_branches_are_apart(sandbox: Sandbox) -> None:
    number = await sandbox.open()
    await sandbox.simulator.commit(PEPS, {"other": "x\n"}, by="editor")
    head = sandbox.simulator.pull_request(PEPS, number).head_sha
    found = (await sandbox.client.get(f"/compare/main...{head}")).json
    assert (found["status"], found["ahead_by"], found["behind_by"]) == ("diverged", 1, 1)
    assert [file["filename"] for file in found["files"]] == ["peps/pep-0002.rst"]
    assert (await sandbox.client.get("/compare/main...absent")).status == 404
