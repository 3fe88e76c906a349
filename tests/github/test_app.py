"""Who the bot is to GitHub: JWTs and narrowed installation tokens."""

import asyncio
import sys
from datetime import timedelta

import jwt
import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from bot.github.client.app import AppKey
from bot.github.client.client import CredentialsRefused, Gone, Suspended, TryLater
from tests.github.scripted_github import (
    REPOSITORY,
    Reply,
    ScriptedGitHub,
    SteppedClock,
    private_key,
)

PULL = "/repos/python/peps/pulls/1"


@pytest.fixture
async def github(github: ScriptedGitHub) -> ScriptedGitHub:
    github.will("GET", PULL, Reply({"number": 1}))
    return github


def claims_of(authorization: str | None) -> dict[str, object]:
    assert authorization is not None
    public = load_pem_private_key(private_key().encode(), None).public_key()
    return jwt.decode(  # type: ignore[no-any-return]
        authorization.removeprefix("Bearer "),
        public,  # type: ignore[arg-type]
        algorithms=["RS256"],
        options={"verify_exp": False, "verify_iat": False},
    )


async def test_the_jwt_is_backdated_a_minute_and_lives_less_than_ten() -> None:
    clock = SteppedClock()
    claims = claims_of(await AppKey("4711", private_key(), clock).authorization())
    now = int(clock.now.timestamp())
    assert claims["iss"] == "4711"
    assert claims["iat"] == now - 60
    assert isinstance(claims["exp"], int)
    assert now + 300 < claims["exp"] <= now + 600


async def test_the_jwt_is_signed_once_in_some_minutes_and_anew_when_it_grows_old() -> None:
    clock = SteppedClock()
    key = AppKey("4711", private_key(), clock)
    first = await key.authorization()
    clock.pass_by(minutes=3)
    assert await key.authorization() == first
    clock.pass_by(minutes=4)
    assert await key.authorization() != first


async def test_the_jwt_is_signed_anew_when_the_clock_was_set_back() -> None:
    clock = SteppedClock()
    key = AppKey("4711", private_key(), clock)
    first = await key.authorization()
    clock.pass_by(hours=-2)
    assert await key.authorization() != first


@pytest.mark.parametrize("text", ["", "ghs_hush", "-----BEGIN RSA PRIVATE KEY-----\nhush\n"])
async def test_an_unusable_key_is_refused_without_being_quoted(text: str) -> None:
    with pytest.raises(ValueError, match="private key") as refusal:
        await AppKey("4711", text, SteppedClock()).authorization()
    assert "hush" not in str(refusal.value)
    assert refusal.value.__cause__ is None


@pytest.fixture
def unloaded(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """As in a server: cryptography is not loaded, so another process signs."""
    monkeypatch.delitem(sys.modules, "cryptography")
    return monkeypatch


async def test_a_server_signs_the_same_in_a_process_of_its_own(
    unloaded: pytest.MonkeyPatch,
) -> None:
    clock = SteppedClock()
    key = AppKey("4711", private_key(), clock)
    both = await asyncio.gather(key.authorization(), key.authorization())
    assert both[0] == both[1]
    assert "cryptography" not in sys.modules
    unloaded.undo()
    assert both[0] == await AppKey("4711", private_key(), clock).authorization()


async def test_a_server_is_told_that_its_key_is_unusable(unloaded: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValueError, match="not a readable key"):
        await AppKey("4711", "ghs_hush", SteppedClock()).authorization()


@pytest.mark.parametrize("interpreter", ["/nowhere/python", "/bin/false", "/bin/echo"])
async def test_what_cannot_be_signed_now_is_signed_later(
    unloaded: pytest.MonkeyPatch, interpreter: str
) -> None:
    key = AppKey("4711", private_key(), SteppedClock())
    with unloaded.context() as patch:
        patch.setattr(sys, "executable", interpreter)
        with pytest.raises(TryLater, match="no JWT could be signed") as failure:
            await key.authorization()
    assert "KEY" not in str(failure.value)
    assert await key.authorization()


async def test_an_installation_token_is_narrowed_to_the_repository(github: ScriptedGitHub) -> None:
    client = await github.clients.for_repository(REPOSITORY, 12)
    await client.get("/repos/{owner}/{repo}/pulls/1", {"owner": "python", "repo": "peps"})
    (request,) = github.asked("POST", "/app/installations/12/access_tokens")
    assert request.document == {"repositories": ["peps"]}
    assert claims_of(request.authorization)["iss"] == "4711"
    assert github.asked("GET", PULL)[0].authorization == "token ghs_secret1"


async def test_a_token_is_shared_by_clients_of_one_repository_only(github: ScriptedGitHub) -> None:
    github.will("GET", "/repos/python/other/pulls/1", Reply({}))
    for name in (REPOSITORY, "Python/PEPs", "python/other"):
        client = await github.clients.for_repository(name, 12)
        await client.get(f"/repos/{name.lower()}/pulls/1")
    assert github.tokens_given == 2


async def test_ten_requests_at_once_ask_for_one_token(github: ScriptedGitHub) -> None:
    client = await github.clients.for_repository(REPOSITORY, 12)
    await asyncio.gather(*(client.get(PULL) for _ in range(10)))
    assert github.tokens_given == 1


async def test_a_token_is_renewed_shortly_before_it_expires(github: ScriptedGitHub) -> None:
    client = await github.clients.for_repository(REPOSITORY, 12)
    await client.get(PULL)
    github.clock.pass_by(minutes=54)
    await client.get(PULL)
    assert github.tokens_given == 1
    github.clock.pass_by(minutes=2)
    await client.get(PULL)
    assert github.tokens_given == 2
    assert github.asked("GET", PULL)[-1].authorization == "token ghs_secret2"


async def test_a_revoked_token_is_replaced_and_the_request_repeated(github: ScriptedGitHub) -> None:
    github.will("POST", PULL, Reply({"message": "Bad credentials"}, 401), Reply({"id": 9}, 201))
    client = await github.clients.for_repository(REPOSITORY, 12)
    assert await client.post(PULL, {}, {}) == {"id": 9}
    assert [seen.authorization for seen in github.asked("POST", PULL)] == [
        "token ghs_secret1",
        "token ghs_secret2",
    ]


async def test_credentials_that_stay_refused_are_tried_twice_only(github: ScriptedGitHub) -> None:
    github.will("GET", PULL, Reply({"message": "Bad credentials"}, 401))
    client = await github.clients.for_repository(REPOSITORY, 12)
    with pytest.raises(CredentialsRefused, match=r"Bad credentials.*GH_PRIVATE_KEY.* clock"):
        await client.get(PULL)
    assert len(github.asked("GET", PULL)) == 2
    tokens = github.tokens_given
    with pytest.raises(CredentialsRefused):
        await client.get(PULL)
    assert github.tokens_given > tokens, "what was refused is not shown again"


async def test_an_installation_that_lost_the_repository_is_gone(github: ScriptedGitHub) -> None:
    lost = Reply({"message": "There is at least one repository that does not exist"}, 422)
    github.will("POST", "/app/installations/12/access_tokens", lost)
    client = await github.clients.for_repository(REPOSITORY, 12)
    with pytest.raises(Gone):
        await client.get(PULL)


async def test_a_suspended_installation_is_told_apart_from_a_missing_permission(
    github: ScriptedGitHub,
) -> None:
    suspended = Reply({"message": "This installation has been suspended"}, 403)
    github.will("POST", "/app/installations/12/access_tokens", suspended)
    client = await github.clients.for_repository(REPOSITORY, 12)
    with pytest.raises(Suspended, match="suspended"):
        await client.get(PULL)


async def test_a_lost_answer_to_a_token_request_is_asked_for_again(github: ScriptedGitHub) -> None:
    expiry = github.clock.now + timedelta(hours=1)
    good = Reply({"token": "ghs_late", "expires_at": expiry.isoformat()}, 201)
    github.will("POST", "/app/installations/12/access_tokens", Reply(dropped=True), good)
    client = await github.clients.for_repository(REPOSITORY, 12)
    assert await client.get(PULL) == {"number": 1}


async def test_the_installation_of_a_repository_is_found_by_the_apps_jwt(
    github: ScriptedGitHub,
) -> None:
    github.will("GET", "/repos/python/peps/installation", Reply({"id": 12}))
    assert await github.clients.installation_of(REPOSITORY) == 12
    assert await github.clients.installation_of("python/unknown") is None
    authorization = github.asked("GET", "/repos/python/peps/installation")[0].authorization
    assert claims_of(authorization)["iss"] == "4711"


async def test_the_app_tells_of_itself(github: ScriptedGitHub) -> None:
    github.will("GET", "/app", Reply({"slug": "pep-bot", "id": 4711}))
    assert (await github.clients.app())["slug"] == "pep-bot"


async def test_the_anonymous_client_sends_no_credentials(github: ScriptedGitHub) -> None:
    client = await github.clients.anonymous()
    await client.get(PULL)
    assert github.asked("GET", PULL)[0].authorization is None
    assert github.tokens_given == 0
