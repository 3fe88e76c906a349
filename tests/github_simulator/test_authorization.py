"""Who may do what: JWTs, tokens, their narrowing, and the anonymous."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest

from tests.github_simulator import builders
from tests.github_simulator.builders import PEPS, Sandbox


async def test_a_token_tells_when_it_ends_and_what_it_may(sandbox: Sandbox) -> None:
    path = f"/app/installations/{sandbox.client.installation}/access_tokens"
    reply = await sandbox.client.as_app("POST", path, {"repositories": ["PEPS"]})
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
    sandbox: Sandbox, claims: dict[str, Any], status: int
) -> None:
    now = int(time.time())
    claims = {key: now + at if isinstance(at, int) else at for key, at in claims.items()}
    assert (await sandbox.client.as_app("GET", "/app", **claims)).status == status


async def test_a_jwt_signed_by_another_key_is_refused(sandbox: Sandbox) -> None:
    header, claims, signature = sandbox.client.jwt().split(".")
    forged = f"{header}.{claims}.{signature[::-1]}"
    assert (await sandbox.client.send("GET", "/app", None, f"bearer {forged}")).status == 401


async def test_endpoints_of_the_app_take_only_its_jwt_and_others_only_tokens(
    sandbox: Sandbox,
) -> None:
    assert (await sandbox.client.send("GET", "/app")).status == 401
    assert (await sandbox.client.as_app("GET", f"/repos/{PEPS}")).status == 401


@pytest.mark.parametrize(
    "narrowing",
    [{"repositories": ["devguide"]}, {"permissions": {"contents": "write"}}],
)
async def test_a_token_cannot_be_widened(sandbox: Sandbox, narrowing: dict[str, Any]) -> None:
    path = f"/app/installations/{sandbox.client.installation}/access_tokens"
    assert (await sandbox.client.as_app("POST", path, narrowing)).status == 422


async def test_a_narrowed_token_reaches_only_its_repository(sandbox: Sandbox) -> None:
    sim = sandbox.simulator
    await sim.change_installation(sandbox.client.installation, add=["python/secret"])
    await sandbox.client.new_token(repositories=["peps"])
    assert (await sandbox.client.send("GET", "/repos/python/secret")).status == 404
    listed = await sandbox.client.send("GET", "/installation/repositories")
    assert [each["full_name"] for each in listed.json["repositories"]] == [PEPS]
    assert sim.requests[-1].scope == (PEPS,)
    await sandbox.client.new_token()
    assert (await sandbox.client.send("GET", "/repos/python/secret")).status == 200


async def test_a_permission_taken_away_is_missed_at_once(sandbox: Sandbox) -> None:
    number = await sandbox.open()
    head = sandbox.simulator.pull_request(PEPS, number).head_sha
    await sandbox.simulator.revoke_permission(sandbox.client.installation, "checks")
    reply = await sandbox.client.complete_check(head)
    assert reply.status == 403
    assert reply.json["message"] == "Resource not accessible by integration"


async def test_reading_is_not_writing(sandbox: Sandbox) -> None:
    await sandbox.client.new_token(permissions={"issues": "read"})
    number = await sandbox.open()
    assert (await sandbox.client.get(f"/issues/{number}/comments")).status == 200
    reply = await sandbox.client.post(f"/issues/{number}/comments", {"body": "Hello"})
    assert reply.status == 403


async def test_teams_need_the_permission_to_read_members(sandbox: Sandbox) -> None:
    path = "/orgs/python/teams/pep-editors/members"
    assert [each["login"] for each in (await sandbox.client.send("GET", path)).json] == ["editor"]
    await sandbox.client.new_token(permissions={"contents": "read"})
    assert (await sandbox.client.send("GET", path)).status == 403
    assert (await sandbox.client.send("GET", "/orgs/python/teams/absent/members")).status == 403


async def test_public_repositories_can_be_read_by_anybody_but_not_written(sandbox: Sandbox) -> None:
    sandbox.client.token = ""
    raw = "application/vnd.github.raw+json"
    path = "/repos/python/devguide/contents/core-team.csv"
    reply = await sandbox.client.send("GET", path, Accept=raw)
    assert reply.content == b"Barry Warsaw,warsaw\n"
    assert sandbox.simulator.requests[-1].authorization_kind == "anonymous"
    assert (await sandbox.client.send("GET", "/repos/python/secret")).status == 404
    posted = await sandbox.client.send("POST", "/repos/python/devguide/labels", {"name": "x"})
    assert posted.status == 401


async def test_an_uninstalled_app_has_no_token_left(sandbox: Sandbox) -> None:
    await sandbox.simulator.uninstall_app(sandbox.client.installation)
    assert (await sandbox.client.get("")).status == 401
    installed = await sandbox.client.as_app("GET", f"/repos/{PEPS}/installation")
    assert installed.status == 404


async def test_tokens_can_be_made_to_expire(sandbox: Sandbox) -> None:
    sandbox.simulator.expire_tokens()
    assert (await sandbox.client.get("")).status == 401
    await sandbox.client.new_token()
    assert (await sandbox.client.get("")).status == 200


async def test_tokens_end_after_an_hour_of_the_simulated_clock() -> None:
    moments = [datetime(2025, 5, 12, 9, tzinfo=UTC)]
    async with builders.sandbox(clock=lambda: moments[-1]) as sandbox:
        assert (await sandbox.client.get("")).status == 200
        moments.append(moments[-1] + timedelta(hours=1))
        assert (await sandbox.client.get("")).status == 401


async def test_a_request_without_a_user_agent_is_refused(sandbox: Sandbox) -> None:
    async with (
        aiohttp.ClientSession(skip_auto_headers=["User-Agent"]) as session,
        session.get(sandbox.simulator.api_url + f"/repos/{PEPS}") as answer,
    ):
        assert answer.status == 403
