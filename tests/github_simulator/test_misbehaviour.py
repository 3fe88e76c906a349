"""Each fault does what it says, and no more."""

import time

import aiohttp
import pytest

from tests.github_simulator.builders import PEPS, Scene


async def test_the_next_matching_requests_fail(scene: Scene) -> None:
    scene.simulator.fail_next(503, times=2, match=r"GET /repos/.*/labels", headers={"X-Odd": "1"})
    assert (await scene.client.get("")).status == 200
    replies = [await scene.client.get("/labels") for _ in range(3)]
    assert [reply.status for reply in replies] == [503, 503, 200]
    assert replies[0].headers["X-Odd"] == "1"


async def test_a_share_of_requests_fails_the_same_way_for_the_same_seed(scene: Scene) -> None:
    scene.simulator.fail_share(0.3, seed=5)
    first = [(await scene.client.get("")).status for _ in range(40)]
    scene.simulator.clear_faults()
    scene.simulator.fail_share(0.3, seed=5)
    assert [(await scene.client.get("")).status for _ in range(40)] == first
    assert 4 < sum(status >= 500 for status in first) < 20


async def test_a_connection_is_closed_before_or_after_the_write(scene: Scene) -> None:
    number = await scene.open()
    path = f"/issues/{number}/comments"
    scene.simulator.drop_connections("POST")
    with pytest.raises(aiohttp.ClientError):
        await scene.client.post(path, {"body": "Not written"})
    scene.simulator.drop_connections("POST", after=True)
    with pytest.raises(aiohttp.ClientError):
        await scene.client.post(path, {"body": "Written"})
    bodies = [comment.body for comment in scene.simulator.pull_request(PEPS, number).comments]
    assert bodies == ["Written"]
    assert [request.status for request in scene.simulator.requests[-2:]] == [None, None]


async def test_an_answer_can_be_an_error_although_the_write_is_done(scene: Scene) -> None:
    number = await scene.open()
    scene.simulator.fail_next(502, match="POST", after=True)
    reply = await scene.client.post(f"/issues/{number}/labels", {"labels": ["new-pep"]})
    assert reply.status == 502
    assert scene.simulator.pull_request(PEPS, number).labels == ["new-pep"]


async def test_reads_lag_for_a_number_of_reads(scene: Scene) -> None:
    number = await scene.open()
    old = scene.simulator.pull_request(PEPS, number).head_sha
    scene.simulator.lag_reads(reads=2)
    new = await scene.simulator.push(PEPS, number, {"a": "a"})
    await scene.client.post(f"/issues/{number}/comments", {"body": "Hello"})
    assert (await scene.client.get(f"/issues/{number}/comments")).json == []
    heads = [(await scene.client.get(f"/pulls/{number}")).json["head"]["sha"] for _ in range(2)]
    assert heads == [old, new]
    assert len((await scene.client.get(f"/issues/{number}/comments")).json) == 1


async def test_reads_lag_until_they_catch_up(scene: Scene) -> None:
    scene.simulator.lag_reads(seconds=3600)
    number = await scene.open()
    assert (await scene.client.get(f"/pulls/{number}")).status == 404
    assert (await scene.client.post(f"/issues/{number}/comments", {"body": "x"})).status == 201
    scene.simulator.catch_up()
    assert (await scene.client.get(f"/pulls/{number}")).status == 200


async def test_the_primary_limit_runs_out_and_tells_when_it_ends(scene: Scene) -> None:
    scene.simulator.rate_limit(remaining=1, reset_in=120)
    assert (await scene.client.get("")).status == 200
    reply = await scene.client.get("")
    assert (reply.status, reply.headers["x-ratelimit-remaining"]) == (403, "0")
    assert 100 < int(reply.headers["x-ratelimit-reset"]) - time.time() <= 121


async def test_a_secondary_limit_names_the_seconds_to_wait(scene: Scene) -> None:
    scene.simulator.secondary_rate_limit(retry_after=7, status=403)
    reply = await scene.client.get("")
    assert (reply.status, reply.headers["Retry-After"]) == (403, "7")
    assert "secondary rate limit" in reply.json["message"]
    assert (await scene.client.get("")).status == 200


async def test_latency_holds_answers_back(scene: Scene) -> None:
    scene.simulator.latency(0.05)
    begun = time.monotonic()
    await scene.client.get("")
    assert time.monotonic() - begun >= 0.05


async def test_malformed_json_and_unknown_paths_are_answered_as_github_does(scene: Scene) -> None:
    url = f"{scene.simulator.api_url}/repos/{PEPS}/labels"
    headers = {"Authorization": f"token {scene.client.token}"}
    async with scene.client.session.post(url, data=b"{", headers=headers) as answer:
        assert answer.status == 400
    assert (await scene.client.get("/no/such/thing")).status == 404
    assert scene.simulator.requests[-1].path == f"/repos/{PEPS}/no/such/thing"
