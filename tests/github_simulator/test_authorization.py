"""Who may do what: JWTs, tokens, their narrowing, and the anonymous."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest

from tests.github_simulator import builders
from tests.github_simulator.builders import PEPS, Scene


async def test_a_token_tells_when_it_ends_and_what_it_may(scene: Scene) -> None:
    path = f"/app/installations/{scene.client.installation}/access_tokens"
    reply = await scene.client.as_app("POST", path, {"repositories": ["PEPS"]})
    assert reply.status == 201
    assert reply.json["permissions"] == builders.PERMISSIONS
    assert [each["full_name"] for each in reply.json["repositories"]] == [PEPS]
    ends = datetime.fromisoformat(reply.json["expires_at"])
    assert timedelta(minutes=59) < ends - datetime.now(UTC) <= timedelta(hours=1)


@pytest.mark.parametrize(
    ("claims", "status"),
    [
        ({"exp": +3600}, 401),
        ({"exp": -5}, 401),
        ({"iat": +300}, 401),
        ({"iss": "7"}, 404),
    ],
)
async def test_a_jwt_that_github_would_not_take_is_refused(
    scene: Scene, claims: dict[str, Any], status: int
) -> None:
    now = int(time.time())
    claims = {key: now + at if isinstance(at, int) else at for key, at in claims.items()}
    assert (await scene.client.as_app("GET", "/app", **claims)).status == status


async def test_a_jwt_signed_by_another_key_is_refused(scene: Scene) -> None:
    header, claims, signature = scene.client.jwt().split(".")
    forged = f"{header}.{claims}.{signature[::-1]}"
    assert (await scene.client.send("GET", "/app", None, f"bearer {forged}")).status == 401


async def test_endpoints_of_the_app_take_only_its_jwt_and_others_only_tokens(scene: Scene) -> None:
    assert (await scene.client.send("GET", "/app")).status == 401
    assert (await scene.client.as_app("GET", f"/repos/{PEPS}")).status == 401


@pytest.mark.parametrize(
    "narrowing",
    [{"repositories": ["devguide"]}, {"permissions": {"contents": "write"}}],
)
async def test_a_token_cannot_be_widened(scene: Scene, narrowing: dict[str, Any]) -> None:
    path = f"/app/installations/{scene.client.installation}/access_tokens"
    assert (await scene.client.as_app("POST", path, narrowing)).status == 422


async def test_a_narrowed_token_reaches_only_its_repository(scene: Scene) -> None:
    sim = scene.simulator
    await sim.change_installation(scene.client.installation, add=["python/secret"])
    await scene.client.new_token(repositories=["peps"])
    assert (await scene.client.send("GET", "/repos/python/secret")).status == 404
    listed = await scene.client.send("GET", "/installation/repositories")
    assert [each["full_name"] for each in listed.json["repositories"]] == [PEPS]
    assert sim.requests[-1].scope == (PEPS,)
    await scene.client.new_token()
    assert (await scene.client.send("GET", "/repos/python/secret")).status == 200


async def test_a_permission_taken_away_is_missed_at_once(scene: Scene) -> None:
    number = await scene.open()
    head = scene.simulator.pull_request(PEPS, number).head_sha
    await scene.simulator.revoke_permission(scene.client.installation, "checks")
    reply = await scene.client.complete_check(head)
    assert reply.status == 403
    assert reply.json["message"] == "Resource not accessible by integration"


async def test_reading_is_not_writing(scene: Scene) -> None:
    await scene.client.new_token(permissions={"issues": "read"})
    number = await scene.open()
    assert (await scene.client.get(f"/issues/{number}/comments")).status == 200
    reply = await scene.client.post(f"/issues/{number}/comments", {"body": "Hello"})
    assert reply.status == 403


async def test_teams_need_the_permission_to_read_members(scene: Scene) -> None:
    path = "/orgs/python/teams/pep-editors/members"
    assert [each["login"] for each in (await scene.client.send("GET", path)).json] == ["editor"]
    await scene.client.new_token(permissions={"contents": "read"})
    assert (await scene.client.send("GET", path)).status == 403
    assert (await scene.client.send("GET", "/orgs/python/teams/absent/members")).status == 403


async def test_public_repositories_can_be_read_by_anybody_but_not_written(scene: Scene) -> None:
    scene.client.token = ""
    raw = "application/vnd.github.raw+json"
    path = "/repos/python/devguide/contents/core-team.csv"
    reply = await scene.client.send("GET", path, Accept=raw)
    assert reply.content == b"Barry Warsaw,warsaw\n"
    assert scene.simulator.requests[-1].authorization_kind == "anonymous"
    assert (await scene.client.send("GET", "/repos/python/secret")).status == 404
    posted = await scene.client.send("POST", "/repos/python/devguide/labels", {"name": "x"})
    assert posted.status == 401


async def test_an_uninstalled_app_has_no_token_left(scene: Scene) -> None:
    await scene.simulator.uninstall_app(scene.client.installation)
    assert (await scene.client.get("")).status == 401
    installed = await scene.client.as_app("GET", f"/repos/{PEPS}/installation")
    assert installed.status == 404


async def test_tokens_can_be_made_to_expire(scene: Scene) -> None:
    scene.simulator.expire_tokens()
    assert (await scene.client.get("")).status == 401
    await scene.client.new_token()
    assert (await scene.client.get("")).status == 200


async def test_tokens_end_after_an_hour_of_the_simulated_clock() -> None:
    moments = [datetime(2025, 5, 12, 9, tzinfo=UTC)]
    async with builders.scene(clock=lambda: moments[-1]) as scene:
        assert (await scene.client.get("")).status == 200
        moments.append(moments[-1] + timedelta(hours=1))
        assert (await scene.client.get("")).status == 401


async def test_a_request_without_a_user_agent_is_refused(scene: Scene) -> None:
    async with (
        aiohttp.ClientSession(skip_auto_headers=["User-Agent"]) as session,
        session.get(scene.simulator.api_url + f"/repos/{PEPS}") as answer,
    ):
        assert answer.status == 403
