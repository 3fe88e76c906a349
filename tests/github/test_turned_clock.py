"""A clock that is wrong, or was turned, neither silences the bot nor lets it press GitHub."""

import asyncio
from datetime import UTC, datetime, timedelta

import jwt
import pytest

from bot.github.client.app import AppKey, InstallationTokens, Token
from bot.github.client.client import TryLater
from bot.github.client.throttle import server_time
from tests.github.scripted_github import (
    REPOSITORY,
    Reply,
    ScriptedGitHub,
    SteppedClock,
    private_key,
)

PULL = "/repos/python/peps/pulls/1"


def exhausted(until: datetime) -> Reply:
    limits = {
        "X-RateLimit-Limit": "5000",
        "X-RateLimit-Remaining": "0",
        "X-RateLimit-Reset": str(int(until.timestamp())),
    }
    return Reply({"message": "API rate limit exceeded"}, 403, limits)


async def test_a_limit_noted_before_the_clock_was_turned_back_holds_no_longer(
    github: ScriptedGitHub,
) -> None:
    client = await github.clients.for_repository(REPOSITORY, 12)
    github.will("GET", PULL, exhausted(github.clock.now + timedelta(minutes=50)), Reply({"n": 1}))
    with pytest.raises(TryLater):
        await client.get(PULL)
    with pytest.raises(TryLater):
        await client.get(PULL)
    assert len(github.asked("GET", PULL)) == 1
    github.clock.pass_by(days=-365)
    assert await client.get(PULL) == {"n": 1}


async def test_a_reset_long_past_by_a_clock_that_goes_ahead_is_no_leave_to_press_on(
    github: ScriptedGitHub,
) -> None:
    client = await github.clients.for_repository(REPOSITORY, 12)
    github.will("GET", PULL, exhausted(github.clock.now - timedelta(hours=23)), Reply({"n": 1}))
    with pytest.raises(TryLater) as failure:
        await client.get(PULL)
    assert failure.value.at == github.clock.now + timedelta(seconds=60)
    assert len(github.asked("GET", PULL)) == 1


@pytest.mark.parametrize("hours", [-9000, -24, 24, 9000])
async def test_after_a_refusal_the_jwt_is_signed_by_the_clock_of_github(hours: int) -> None:
    clock = SteppedClock()
    there = clock.now + timedelta(hours=hours)
    key = AppKey("4711", private_key(), clock)
    assert key.reject(await key.authorization(), there)
    authorization = await key.authorization()
    assert authorization is not None
    claims = jwt.decode(authorization.removeprefix("Bearer "), options={"verify_signature": False})
    assert claims["iat"] == int(there.timestamp()) - 60
    assert await key.authorization() == authorization, "signed once, not for each request"


async def test_tokens_that_seem_old_when_they_come_are_used_all_the_same() -> None:
    clock = SteppedClock()
    fetched = 0

    async def fetch(installation: int, full_name: str) -> Token:
        nonlocal fetched
        await asyncio.sleep(0)
        fetched += 1
        return Token(f"ghs_{fetched}", clock.now - timedelta(hours=23))

    tokens = InstallationTokens(fetch, clock)
    for _ in range(10):
        await tokens.token(12, REPOSITORY)
        clock.pass_by(minutes=4)
    assert fetched == 1
    clock.pass_by(minutes=11)
    await tokens.token(12, REPOSITORY)
    assert fetched == 2


@pytest.mark.parametrize(
    ("date", "moment"),
    [
        ("Tue, 15 Nov 1994 08:12:31 GMT", datetime(1994, 11, 15, 8, 12, 31, tzinfo=UTC)),
        ("Tue, 15 Nov 1994 08:12:31 +0200", None),
        ("Tue, 15 Nov 1994 08:12:31", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_the_time_of_an_answer_is_taken_from_its_date(date: str, moment: datetime | None) -> None:
    assert server_time({"date": date}) == moment
