"""Each fault does what it says, and no more."""

import time

import aiohttp
import pytest

from tests.github_simulator.builders import PEPS, Sandbox


async def test_the_next_matching_requests_fail(sandbox: Sandbox) -> None:
    sandbox.simulator.fail_next(503, times=2, match=r"GET /repos/.*/labels", headers={"X-Odd": "1"})
    assert (await sandbox.client.get("")).status == 200
    replies = [await sandbox.client.get("/labels") for _ in range(3)]
    assert [reply.status for reply in replies] == [503, 503, 200]
    assert replies[0].headers["X-Odd"] == "1"


async def test_a_share_of_requests_fails_the_same_way_for_the_same_seed(sandbox: Sandbox) -> None:
    sandbox.simulator.fail_share(0.3, seed=5)
    first = [(await sandbox.client.get("")).status for _ in range(40)]
    sandbox.simulator.clear_faults()
    sandbox.simulator.fail_share(0.3, seed=5)
    assert [(await sandbox.client.get("")).status for _ in range(40)] == first
    assert 4 < sum(status >= 500 for status in first) < 20


async def test_a_connection_is_closed_before_or_after_the_write(sandbox: Sandbox) -> None:
    number = await sandbox.open()
    path = f"/issues/{number}/comments"
    sandbox.simulator.drop_connections("POST")
    with pytest.raises(aiohttp.ClientError):
        await sandbox.client.post(path, {"body": "Not written"})
    sandbox.simulator.drop_connections("POST", after=True)
    with pytest.raises(aiohttp.ClientError):
        await sandbox.client.post(path, {"body": "Written"})
    bodies = [comment.body for comment in sandbox.simulator.pull_request(PEPS, number).comments]
    assert bodies == ["Written"]
    assert [request.status for request in sandbox.simulator.requests[-2:]] == [None, None]


async def test_an_answer_can_be_an_error_although_the_write_is_done(sandbox: Sandbox) -> None:
    number = await sandbox.open()
    sandbox.simulator.fail_next(502, match="POST", after=True)
    reply = await sandbox.client.post(f"/issues/{number}/labels", {"labels": ["new-pep"]})
    assert reply.status == 502
    assert sandbox.simulator.pull_request(PEPS, number).labels == ["new-pep"]


async def test_reads_lag_for_a_number_of_reads(sandbox: Sandbox) -> None:
    number = await sandbox.open()
    old = sandbox.simulator.pull_request(PEPS, number).head_sha
    sandbox.simulator.lag_reads(reads=2)
    new = await sandbox.simulator.push(PEPS, number, {"a": "a"})
    await sandbox.client.post(f"/issues/{number}/comments", {"body": "Hello"})
    assert (await sandbox.client.get(f"/issues/{number}/comments")).json == []
    heads = [(await sandbox.client.get(f"/pulls/{number}")).json["head"]["sha"] for _ in range(2)]
    assert heads == [old, new]
    assert len((await sandbox.client.get(f"/issues/{number}/comments")).json) == 1


async def test_reads_lag_until_they_catch_up(sandbox: Sandbox) -> None:
    sandbox.simulator.lag_reads(seconds=3600)
    number = await sandbox.open()
    assert (await sandbox.client.get(f"/pulls/{number}")).status == 404
    assert (await sandbox.client.post(f"/issues/{number}/comments", {"body": "x"})).status == 201
    sandbox.simulator.catch_up()
    assert (await sandbox.client.get(f"/pulls/{number}")).status == 200


async def test_the_primary_limit_runs_out_and_tells_when_it_ends(sandbox: Sandbox) -> None:
    sandbox.simulator.rate_limit(remaining=1, reset_in=120)
    assert (await sandbox.client.get("")).status == 200
    reply = await sandbox.client.get("")
    assert (reply.status, reply.headers["x-ratelimit-remaining"]) == (403, "0")
    assert 100 < int(reply.headers["x-ratelimit-reset"]) - time.time() <= 121


async def test_a_secondary_limit_names_the_seconds_to_wait(sandbox: Sandbox) -> None:
    sandbox.simulator.secondary_rate_limit(retry_after=7, status=403)
    reply = await sandbox.client.get("")
    assert (reply.status, reply.headers["Retry-After"]) == (403, "7")
    assert "secondary rate limit" in reply.json["message"]
    assert (await sandbox.client.get("")).status == 200


async def test_latency_holds_answers_back(sandbox: Sandbox) -> None:
    sandbox.simulator.latency(0.05)
    begun = time.monotonic()
    await sandbox.client.get("")
    assert time.monotonic() - begun >= 0.05


async def test_malformed_json_and_unknown_paths_are_answered_as_github_does(
    sandbox: Sandbox,
) -> None:
    url = f"{sandbox.simulator.api_url}/repos/{PEPS}/labels"
    headers = {"Authorization": f"token {sandbox.client.token}"}
    async with sandbox.client.session.post(url, data=b"{", headers=headers) as answer:
        assert answer.status == 400
    assert (await sandbox.client.get("/no/such/thing")).status == 404
    assert sandbox.simulator.requests[-1].path == f"/repos/{PEPS}/no/such/thing"
