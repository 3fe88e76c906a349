"""Reading through the client: pages, raw bytes, conditional requests, the way to the API."""

import contextlib
from typing import Any

import pytest

from bot.github.client.client import Refused, TooLarge, TryLater
from bot.github.client.http_client import GitHubClient
from bot.github.client.wire import API_VERSION
from tests.github.scripted_github import REPOSITORY, Reply, ScriptedGitHub, scripted_github

PULL = "/repos/python/peps/pulls/1"
FILES = "/repos/python/peps/pulls/1/files"
SHA = "0123456789abcdef0123456789abcdef01234567"
BLOB = f"/repos/python/peps/git/blobs/{SHA}"


async def items(client: GitHubClient, url: str, **variables: str | int) -> list[Any]:
    return [item async for item in client.pages(url, variables)]


def bytes_of(content: bytes) -> Reply:
    return Reply(content, content_type="application/vnd.github.raw+json; charset=utf-8")


async def test_requests_say_who_asks_and_which_version_of_the_api(
    github: ScriptedGitHub, client: GitHubClient
) -> None:
    github.will("GET", PULL, Reply({}))
    await client.get(PULL)
    headers = github.asked("GET", PULL)[0].headers
    assert headers["user-agent"] == "pep-editor-bot"
    assert headers["accept"] == "application/vnd.github+json"
    assert headers["x-github-api-version"] == API_VERSION


async def test_writes_send_json_and_return_what_was_answered(
    github: ScriptedGitHub, client: GitHubClient
) -> None:
    for method in ("POST", "PATCH", "PUT"):
        github.will(method, PULL, Reply({"id": 1}))
        send = getattr(client, method.lower())
        assert await send(PULL, {}, {"body": "Ünïcode"}) == {"id": 1}
        assert github.asked(method, PULL)[0].document == {"body": "Ünïcode"}


async def test_variables_are_quoted_into_the_path(
    github: ScriptedGitHub, client: GitHubClient
) -> None:
    path = "/repos/python/peps/issues/1/labels/bot%3A%20paused%2F..%3F%23"
    github.will("DELETE", path, Reply([]))
    await client.delete(
        "/repos/{owner}/{repo}/issues/{number}/labels/{name}",
        {"owner": "python", "repo": "peps", "number": 1, "name": "bot: paused/..?#"},
    )
    assert len(github.asked("DELETE", path)) == 1


@pytest.mark.parametrize(
    ("url", "variables"),
    [
        ("https://evil.example/repos", {}),
        ("http://localhost:1/", {}),
        ("/repos/{owner}/peps", {"owner": ".."}),
        ("/repos/{+path}", {"path": "../../app"}),
        ("/repos/{+path}", {"path": "%2e%2e/app"}),
    ],
)
async def test_nothing_is_sent_to_where_the_api_is_not(
    github: ScriptedGitHub, client: GitHubClient, url: str, variables: dict[str, str]
) -> None:
    with pytest.raises(Refused, match="away from the API"):
        await client.get(url, variables)
    with pytest.raises(Refused, match="away from the API"):
        await client.raw(url, variables)
    assert [seen.method for seen in github.seen if seen.method == "GET"] == []


async def test_a_list_is_read_page_after_page_a_hundred_at_a_time(
    github: ScriptedGitHub, client: GitHubClient
) -> None:
    following = {"Link": f'<{github.url}{FILES}?per_page=100&page=2>; rel="next"'}
    github.will("GET", FILES, Reply([{"n": 1}, {"n": 2}], headers=following), Reply([{"n": 3}]))
    assert await items(client, FILES) == [{"n": 1}, {"n": 2}, {"n": 3}]
    assert [seen.query for seen in github.asked("GET", FILES)] == [
        "per_page=100",
        "per_page=100&page=2",
    ]


@pytest.mark.parametrize(
    ("template", "variables", "query"),
    [
        ("?state=open", {}, "state=open&per_page=100"),
        ("{?state}", {"state": "open"}, "per_page=100&state=open"),
        ("{?state}", {}, "per_page=100"),
        ("?per_page=30", {}, "per_page=30"),
    ],
)
async def test_a_page_size_is_added_to_any_form_of_query(
    github: ScriptedGitHub,
    client: GitHubClient,
    template: str,
    variables: dict[str, str | int],
    query: str,
) -> None:
    github.will("GET", FILES, Reply([]))
    assert await items(client, FILES + template, **variables) == []
    assert github.asked("GET", FILES)[0].query == query


async def test_a_list_inside_an_object_is_found(
    github: ScriptedGitHub, client: GitHubClient
) -> None:
    path = f"/repos/python/peps/commits/{SHA}/check-runs"
    template = "/repos/python/peps/commits/{sha}/check-runs{?check_name}"
    github.will("GET", path, Reply({"total_count": 1, "check_runs": [{"id": 7}]}))
    assert await items(client, template, sha=SHA, check_name="PEP checks") == [{"id": 7}]


async def test_an_object_without_a_list_is_refused(
    github: ScriptedGitHub, client: GitHubClient
) -> None:
    github.will("GET", PULL, Reply({"number": 1}))
    with pytest.raises(Refused, match="no list"):
        await items(client, PULL)


async def test_a_next_page_on_another_host_is_not_followed(
    github: ScriptedGitHub, client: GitHubClient
) -> None:
    elsewhere = {"Link": '<https://evil.example/page2>; rel="next"'}
    github.will("GET", FILES, Reply([{"n": 1}], headers=elsewhere))
    with pytest.raises(Refused, match="away from the API"):
        await items(client, FILES)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_a_renamed_repository_is_followed_within_the_api(
    github: ScriptedGitHub, client: GitHubClient, status: int
) -> None:
    moved = Reply({}, status, {"Location": f"{github.url}/repositories/5/pulls/1"})
    for method in ("GET", "POST"):
        github.will(method, PULL, moved)
        github.will(method, "/repositories/5/pulls/1", Reply({"number": 1}))
    assert await client.get(PULL) == {"number": 1}
    assert await client.post(PULL, {}, {"a": 1}) == {"number": 1}
    assert github.asked("POST", "/repositories/5/pulls/1")[0].document == {"a": 1}


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "ftp://evil/"])
async def test_a_redirect_to_another_host_is_not_followed(
    github: ScriptedGitHub, client: GitHubClient, target: str
) -> None:
    github.will("GET", PULL, Reply({}, 302, {"Location": target}))
    with pytest.raises(Refused, match="away from the API"):
        await client.get(PULL)


async def test_redirects_in_a_circle_end(github: ScriptedGitHub, client: GitHubClient) -> None:
    github.will("GET", PULL, Reply({}, 302, {"Location": PULL}))
    with pytest.raises(Refused, match="redirected"):
        await client.get(PULL)


async def test_an_api_below_a_path_works_and_is_not_left() -> None:
    async with scripted_github("/api/v3") as github:
        github.will("GET", PULL, Reply({"number": 1}))
        following = {"Link": f'<{github.url}{FILES}?page=2>; rel="next"'}
        github.will("GET", FILES, Reply([1], headers=following), Reply([2]))
        client = await github.clients.for_repository(REPOSITORY, 12)
        assert await client.get(PULL) == {"number": 1}
        assert await items(client, FILES) == [1, 2]
        outside = Reply({}, 302, {"Location": "/login"})
        github.will("GET", PULL, outside)
        with pytest.raises(Refused, match="away from the API"):
            await client.get(PULL)


async def test_a_known_etag_is_sent_and_its_document_answered(
    github: ScriptedGitHub, client: GitHubClient
) -> None:
    github.will("GET", PULL, Reply({"labels": []}, headers={"ETag": '"v1"'}))
    first = await client.get(PULL)
    first["labels"].append("changed by a careless reader")
    assert await client.get(PULL) == {"labels": []}
    assert [exchange.status for exchange in github.exchanges[1:]] == [200, 304]


async def test_pages_are_conditional_too(github: ScriptedGitHub, client: GitHubClient) -> None:
    headers = {"ETag": '"v1"', "Link": f'<{github.url}{FILES}2?page=2>; rel="next"'}
    github.will("GET", FILES, Reply([{"n": 1}], headers=headers))
    github.will("GET", FILES + "2", Reply([{"n": 2}], headers={"ETag": '"v2"'}))
    assert await items(client, FILES) == await items(client, FILES) == [{"n": 1}, {"n": 2}]
    assert [exchange.status for exchange in github.exchanges[-2:]] == [304, 304]


async def test_a_changed_document_replaces_the_one_kept(
    github: ScriptedGitHub, client: GitHubClient
) -> None:
    one = Reply({"n": 1}, headers={"ETag": '"v1"'})
    github.will("GET", PULL, one, Reply({"n": 2}, headers={"ETag": '"v2"'}))
    assert [(await client.get(PULL))["n"] for _ in range(3)] == [1, 2, 2]


async def test_what_one_installation_read_is_not_kept_for_another(
    github: ScriptedGitHub, client: GitHubClient
) -> None:
    github.will("GET", PULL, Reply({"private": True}, headers={"ETag": '"v1"'}))
    github.will("GET", BLOB, bytes_of(b"secret"))
    await client.get(PULL)
    await client.raw(BLOB)
    stranger = await github.clients.for_repository(REPOSITORY, 13)
    await stranger.get(PULL)
    await stranger.raw(BLOB)
    assert "if-none-match" not in github.asked("GET", PULL)[1].headers
    assert len(github.asked("GET", BLOB)) == 2


async def test_what_is_left_of_ones_requests_is_known_however_many_others_are_active(
    github: ScriptedGitHub,
) -> None:
    quota = github.clients.quota(1)
    for installation in range(2, 1_000):
        github.clients.quota(installation)
    assert github.clients.quota(1) is quota


async def test_raw_bytes_are_not_decoded(github: ScriptedGitHub, client: GitHubClient) -> None:
    github.will("GET", BLOB, bytes_of(b"\xff\xfe PEP\r\n"))
    assert await client.raw(BLOB) == b"\xff\xfe PEP\r\n"
    assert github.asked("GET", BLOB)[0].headers["accept"] == "application/vnd.github.raw+json"


async def test_a_blob_is_read_once(github: ScriptedGitHub, client: GitHubClient) -> None:
    github.will("GET", BLOB, bytes_of(b"PEP"))
    variables = {"owner": "python", "repo": "peps", "sha": SHA}
    url = "/repos/{owner}/{repo}/git/blobs/{sha}"
    assert await client.raw(url, variables) == await client.raw(url, variables) == b"PEP"
    assert len(github.asked("GET", BLOB)) == 1
    with pytest.raises(TooLarge):
        await client.raw(url, variables, cap=2)


async def test_contents_of_a_branch_are_asked_for_again(
    github: ScriptedGitHub, client: GitHubClient
) -> None:
    path = "/repos/python/peps/contents/.github/CODEOWNERS"
    github.will("GET", path, bytes_of(b"old"), bytes_of(b"new"))
    assert [await client.raw(path + "?ref=main") for _ in range(2)] == [b"old", b"new"]


async def test_raw_bytes_up_to_the_cap_are_read(
    github: ScriptedGitHub, client: GitHubClient
) -> None:
    github.will("GET", BLOB, bytes_of(b"x" * 1000))
    assert len(await client.raw(BLOB, cap=1000)) == 1000


async def test_reading_stops_at_the_cap(github: ScriptedGitHub, client: GitHubClient) -> None:
    github.will("GET", BLOB, bytes_of(b"x" * 500_000))
    with pytest.raises(TooLarge, match="more than 1000 bytes"):
        await client.raw(BLOB, cap=1000)
    github.will("GET", PULL, Reply({"number": 1}))
    assert await client.get(PULL) == {"number": 1}


@pytest.mark.parametrize(
    "answer",
    [
        Reply(b"<html>captive portal</html>", content_type="text/html"),
        Reply(b"{half"),
        Reply(b'"\xff"'),
    ],
)
async def test_an_answer_that_is_no_json_may_be_better_later(
    github: ScriptedGitHub, client: GitHubClient, answer: Reply
) -> None:
    github.will("GET", PULL, answer)
    with pytest.raises(TryLater):
        await client.get(PULL)
    with pytest.raises(TryLater), contextlib.suppress(StopAsyncIteration):
        await items(client, PULL)


async def test_who_the_app_is_is_asked_as_the_app(github: ScriptedGitHub) -> None:
    github.will("GET", "/app", Reply({"slug": "pep-bot"}))
    assert (await github.clients.app())["slug"] == "pep-bot"
    authorization = github.asked("GET", "/app")[0].authorization
    assert authorization is not None
    assert authorization.startswith("Bearer ")
