"""Patience and caution: rate limits, failures, lost answers, secrets."""

import logging
from datetime import UTC, datetime, timedelta

import pytest
from structlog.testing import capture_logs

from bot.github.client.api import RetryPolicy
from bot.github.client.client import Gone, NotAllowed, Refused, TryLater
from bot.github.client.http_client import GitHubClient
from tests.github.scripted_github import Reply, ScriptedGitHub, scripted_github

PULL = "/repos/python/peps/pulls/1"
BAD_GATEWAY = Reply({"message": "Server Error"}, 502)
DROPPED = Reply(dropped=True)


def exhausted(until: datetime) -> Reply:
    return Reply(
        {"message": "API rate limit exceeded"},
        403,
        {
            "X-RateLimit-Limit": "5000",
            "X-RateLimit-Remaining": "0",
            "X-RateLimit-Reset": str(int(until.timestamp())),
        },
    )


@pytest.mark.parametrize("status", [500, 502, 503, 504])
async def test_a_read_is_repeated_with_growing_pauses_and_then_given_up(
    github: ScriptedGitHub, client: GitHubClient, status: int
) -> None:
    github.will("GET", PULL, *[Reply({}, status)] * 4, Reply({"number": 1}))
    with pytest.raises(TryLater, match=str(status)):
        await client.get(PULL)
    assert github.clock.slept == [0.25, 0.5, 1.0]
    assert await client.get(PULL) == {"number": 1}


async def test_a_read_whose_connection_is_dropped_is_repeated(
    github: ScriptedGitHub, client: GitHubClient
) -> None:
    github.will("GET", PULL, DROPPED, DROPPED, Reply({"number": 1}))
    assert await client.get(PULL) == {"number": 1}


async def test_a_failing_server_that_names_a_distant_moment_is_left_until_then(
    github: ScriptedGitHub, client: GitHubClient
) -> None:
    github.will("GET", PULL, Reply({}, 503, {"Retry-After": "120"}))
    with pytest.raises(TryLater) as failure:
        await client.get(PULL)
    assert failure.value.at == github.clock.now + timedelta(minutes=2)


@pytest.mark.parametrize("method", ["post", "patch"])
@pytest.mark.parametrize("hiccup", [BAD_GATEWAY, DROPPED])
async def test_a_write_whose_answer_was_lost_is_not_repeated(
    github: ScriptedGitHub, client: GitHubClient, hiccup: Reply, method: str
) -> None:
    github.will(method.upper(), PULL, hiccup, Reply({"id": 1}))
    with pytest.raises(TryLater) as failure:
        await getattr(client, method)(PULL, {}, {"body": "x"})
    assert failure.value.at is None
    assert len(github.asked(method.upper(), PULL)) == 1


async def test_put_and_delete_are_repeated(github: ScriptedGitHub, client: GitHubClient) -> None:
    github.will("PUT", PULL, BAD_GATEWAY, Reply({"ok": True}))
    github.will("DELETE", PULL, BAD_GATEWAY, Reply(None, 204))
    assert await client.put(PULL, {}, {"labels": []}) == {"ok": True}
    await client.delete(PULL, {})
    assert len(github.asked("DELETE", PULL)) == 2


async def test_a_write_is_repeated_while_no_connection_can_be_made(
    github: ScriptedGitHub,
) -> None:
    client = await github.clients.anonymous()
    await github.server.close()
    with pytest.raises(TryLater, match="no connection"):
        await client.post(PULL, {}, {})
    assert len(github.clock.slept) == 3


async def test_a_server_that_does_not_answer_is_left_after_the_time_allowed() -> None:
    retry_policy = RetryPolicy(total=0.05, attempts=1)
    async with scripted_github(retry_policy=retry_policy) as github:
        client = await github.clients.anonymous()
        github.will("GET", PULL, Reply(silent=True))
        with pytest.raises(TryLater, match="no answer"):
            await client.get(PULL)


async def test_a_short_secondary_limit_is_waited_for_whatever_the_method(
    github: ScriptedGitHub, client: GitHubClient
) -> None:
    limited = Reply({"message": "You have exceeded a secondary rate limit"}, 403)
    limited.headers["Retry-After"] = "3"
    github.will("POST", PULL, limited, Reply({"id": 1}, 201))
    assert await client.post(PULL, {}, {}) == {"id": 1}
    assert github.clock.slept == [3.0]


@pytest.mark.parametrize("status", [403, 429])
async def test_a_long_limit_is_left_to_the_inbox_with_the_moment_github_named(
    github: ScriptedGitHub, client: GitHubClient, status: int
) -> None:
    github.will("GET", PULL, Reply({"message": "slow down"}, status, {"Retry-After": "90"}))
    with pytest.raises(TryLater) as failure:
        await client.get(PULL)
    assert failure.value.at == github.clock.now + timedelta(seconds=90)
    assert github.clock.slept == []


async def test_a_secondary_limit_that_names_no_time_means_a_minute(
    github: ScriptedGitHub, client: GitHubClient
) -> None:
    limited = Reply({"message": "You have exceeded a secondary rate limit. Please wait"}, 403)
    github.will("GET", PULL, limited)
    with pytest.raises(TryLater) as failure:
        await client.get(PULL)
    assert failure.value.at == github.clock.now + timedelta(minutes=1)


async def test_an_exhausted_primary_limit_ends_at_its_reset(
    github: ScriptedGitHub, client: GitHubClient
) -> None:
    reset = github.clock.now + timedelta(minutes=20)
    github.will("GET", PULL, exhausted(reset))
    with pytest.raises(TryLater) as failure:
        await client.get(PULL)
    assert failure.value.at == reset.astimezone(UTC)


async def test_a_limit_holds_back_the_installation_but_no_other(
    github: ScriptedGitHub, client: GitHubClient
) -> None:
    github.will("GET", PULL, exhausted(github.clock.now + timedelta(minutes=20)))
    github.will("GET", "/repos/python/other", Reply({"id": 5}))
    with pytest.raises(TryLater):
        await client.get(PULL)
    sibling = await github.clients.for_repository("python/other", 12)
    with pytest.raises(TryLater):
        await sibling.get("/repos/python/other")
    stranger = await github.clients.for_repository("python/other", 13)
    assert await stranger.get("/repos/python/other") == {"id": 5}
    github.clock.pass_by(minutes=21)
    assert await sibling.get("/repos/python/other") == {"id": 5}


async def test_a_limit_that_never_ends_is_given_up(
    github: ScriptedGitHub, client: GitHubClient
) -> None:
    github.will("GET", PULL, Reply({"message": "slow down"}, 429, {"Retry-After": "1"}))
    with pytest.raises(TryLater):
        await client.get(PULL)
    assert len(github.asked("GET", PULL)) == 4


@pytest.mark.parametrize("nonsense", ["soon", "-5", "9" * 40, "", "٣"])
async def test_a_nonsensical_retry_after_does_no_harm(
    github: ScriptedGitHub, client: GitHubClient, nonsense: str
) -> None:
    github.will("GET", PULL, Reply({}, 429, {"Retry-After": nonsense}))
    with pytest.raises(TryLater) as failure:
        await client.get(PULL)
    assert failure.value.at is not None
    assert failure.value.at <= github.clock.now + timedelta(hours=2)


async def test_the_remaining_requests_of_an_installation_are_known(
    github: ScriptedGitHub, client: GitHubClient
) -> None:
    headers = {"X-RateLimit-Limit": "5000", "X-RateLimit-Remaining": "4321"}
    github.will("GET", PULL, Reply({}, headers=headers))
    await client.get(PULL)
    assert client.quota.remaining == 4321
    assert github.clients.quota(12).limit == 5000
    assert github.clients.quota(13).remaining is None


@pytest.mark.parametrize(
    ("status", "failure"),
    [(404, Gone), (410, Gone), (403, NotAllowed), (422, Refused), (400, Refused), (409, Refused)],
)
async def test_refusals_are_distinguished(
    github: ScriptedGitHub, client: GitHubClient, status: int, failure: type[Exception]
) -> None:
    github.will("POST", PULL, Reply({"message": "No"}, status))
    with pytest.raises(failure, match=f"POST {PULL}: {status} No"):
        await client.post(PULL, {}, {})
    assert len(github.asked("POST", PULL)) == 1


async def test_a_refusal_names_the_permission_that_is_missing(
    github: ScriptedGitHub, client: GitHubClient
) -> None:
    headers = {"X-Accepted-GitHub-Permissions": "checks=write"}
    github.will("POST", PULL, Reply({"message": "Resource not accessible"}, 403, headers))
    with pytest.raises(NotAllowed, match="needs checks=write"):
        await client.post(PULL, {}, {})


async def test_a_refusal_tells_which_field_was_wrong(
    github: ScriptedGitHub, client: GitHubClient
) -> None:
    errors = [{"resource": "Label", "code": "already_exists", "field": "name"}, "and\nmore"]
    github.will("POST", PULL, Reply({"message": "Validation Failed", "errors": errors}, 422))
    with pytest.raises(Refused, match="Validation Failed name already_exists and more"):
        await client.post(PULL, {}, {})


@pytest.mark.parametrize("status", [400, 410])
async def test_a_version_of_the_api_that_github_does_not_serve_is_told_and_nothing_is_gone(
    github: ScriptedGitHub, client: GitHubClient, status: int
) -> None:
    reason = 'The version you specified in the "X-GitHub-API-Version" request header is not a'
    document = {"message": "Bad Request", "errors": f"{reason} supported version."}
    github.will("GET", PULL, Reply(document, status))
    with pytest.raises(Refused, match=f"{status} Bad Request {reason} supported version."):
        await client.get(PULL)


async def test_no_secret_shows_in_logs_or_failures(
    github: ScriptedGitHub, client: GitHubClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    github.will("GET", PULL, BAD_GATEWAY)
    github.will("POST", PULL, Reply({"message": "No"}, 422))
    github.will("PATCH", PULL, DROPPED)
    messages: list[str] = []
    with capture_logs() as logs:
        for attempt in (
            client.get(PULL + "?access_token=hush"),
            client.post(PULL + "?access_token=hush", {}, {"body": "hush"}),
            client.patch(PULL + "?access_token=hush", {}, {"body": "hush"}),
        ):
            with pytest.raises((TryLater, Refused)) as failure:
                await attempt
            messages += [repr(failure.value), str(failure.getrepr(style="long", showlocals=False))]
    everything = "\n".join([*messages, repr(logs), caplog.text])
    assert len(logs) >= 3
    assert "ghs_secret" not in everything
    assert "Bearer" not in everything
    assert "access_token=hush" not in "\n".join([*map(repr, logs), *messages[::2]])


async def test_every_exchange_is_reported_for_metrics(
    github: ScriptedGitHub, client: GitHubClient
) -> None:
    github.will("GET", PULL, BAD_GATEWAY, Reply({}))
    await client.get(PULL)
    assert [(seen.account, seen.method, seen.status) for seen in github.exchanges] == [
        ("app", "POST", 201),
        ("installation 12", "GET", 502),
        ("installation 12", "GET", 200),
    ]


async def test_a_primary_limit_that_ends_soon_is_waited_for(
    github: ScriptedGitHub, client: GitHubClient
) -> None:
    soon = exhausted(github.clock.now + timedelta(seconds=5))
    github.will("GET", PULL, soon, Reply({"number": 1}))
    assert await client.get(PULL) == {"number": 1}
    assert github.clock.slept == [5.0]


async def test_nothing_more_is_sent_after_the_last_request_allowed(
    github: ScriptedGitHub, client: GitHubClient
) -> None:
    last = Reply({}, 200, exhausted(github.clock.now + timedelta(minutes=20)).headers)
    github.will("GET", PULL, last)
    await client.get(PULL)
    with pytest.raises(TryLater):
        await client.get(PULL)
    assert len(github.asked("GET", PULL)) == 1


async def test_other_resources_do_not_count_against_the_installation(
    github: ScriptedGitHub, client: GitHubClient
) -> None:
    headers = exhausted(github.clock.now + timedelta(minutes=20)).headers
    github.will("GET", PULL, Reply({}, 200, {**headers, "X-RateLimit-Resource": "search"}))
    await client.get(PULL)
    await client.get(PULL)
    assert client.quota.remaining is None
