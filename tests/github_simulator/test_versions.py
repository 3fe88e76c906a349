"""The versions of the REST API: asked for by a header, and answered as GitHub does."""

from typing import Any

import pytest

from github_simulator.api.versions import NEWER, OLDER
from tests.github_simulator.builders import PEPS, Sandbox

REMOVED = {"assignee", "merge_commit_sha"}
REMOVED_OF_REPOSITORIES = {"has_downloads", "use_squash_pr_title_as_default"}


async def answers(sandbox: Sandbox, number: int, **headers: str) -> list[Any]:
    """A pull request, its issue, the list of both, and the events of the issue."""
    paths = (f"/pulls/{number}", f"/issues/{number}", "/pulls", "/issues")
    found = [await sandbox.client.get(path, **headers) for path in paths]
    assert {reply.status for reply in found} == {200}
    documents = [reply.json for reply in found]
    return [each[0] if isinstance(each, list) else each for each in documents]


@pytest.mark.parametrize("headers", [{}, {"X_GitHub_Api_Version": OLDER}])
async def test_without_a_version_the_older_one_is_used(
    sandbox: Sandbox, headers: dict[str, str]
) -> None:
    pull, *_ = await answers(sandbox, await sandbox.open(), **headers)
    assert pull.keys() >= REMOVED
    assert pull["base"]["repo"].keys() >= REMOVED_OF_REPOSITORIES
    reply = await sandbox.client.get("", **headers)
    assert reply.headers["X-GitHub-Api-Version-Selected"] == OLDER


async def test_the_newer_version_lacks_what_github_removed_and_nothing_else(
    sandbox: Sandbox,
) -> None:
    number = await sandbox.open()
    assigned = {"assignees": ["warsaw"]}
    assert (await sandbox.client.post(f"/issues/{number}/assignees", assigned)).status == 201
    older = await answers(sandbox, number)
    newer = await answers(sandbox, number, X_GitHub_Api_Version=NEWER)
    assert [before.keys() - after.keys() for before, after in zip(older, newer, strict=True)] == [
        REMOVED,
        {"assignee"},
        REMOVED,
        {"assignee"},
    ]
    assert newer[0]["assignees"] == older[0]["assignees"] != []
    of_repositories = [pull["base"]["repo"].keys() for pull in (older[0], newer[0])]
    assert of_repositories[0] - of_repositories[1] == REMOVED_OF_REPOSITORIES
    events = await sandbox.client.get(f"/issues/{number}/events", X_GitHub_Api_Version=NEWER)
    assert [event["assignee"]["login"] for event in events.json] == ["warsaw"]
    assert events.headers["X-GitHub-Api-Version-Selected"] == NEWER


async def test_an_unknown_version_is_refused_whatever_is_asked_for(sandbox: Sandbox) -> None:
    for path in ("/labels", "/nothing"):
        reply = await sandbox.client.get(path, X_GitHub_Api_Version="1999-01-01")
        assert (reply.status, reply.json["message"]) == (400, "Bad Request")
        assert '"1999-01-01", is not a supported version' in reply.json["errors"]
    reply = await sandbox.client.send(
        "GET", f"/repos/{PEPS}", None, "token wrong", X_GitHub_Api_Version="1999-01-01"
    )
    assert reply.status == 401, "credentials are looked at before"
