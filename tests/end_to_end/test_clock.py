"""The machine's clock jumps while GitHub's does not: work goes on, promptly and without waste."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest

from bot.inbox.delivery import DeliveryState
from bot.server import running
from tests.end_to_end.conftest import AUTHOR, SPONSOR, pep_harness
from tests.end_to_end.harness import REPOSITORY, Harness
from tests.end_to_end.past import PastClock
from tests.end_to_end.proposal import propose

CORE_TEAM_LIST = "/repos/python/devguide/contents/core-team/core-team.csv"

each_jump = pytest.mark.parametrize(
    "jump",
    [
        pytest.param(timedelta(days=-365), id="back a year", marks=pytest.mark.exhaustive),
        pytest.param(timedelta(days=365), id="on a year"),
        pytest.param(timedelta(hours=-1), id="back an hour", marks=pytest.mark.exhaustive),
        pytest.param(timedelta(days=1), id="on a day", marks=pytest.mark.exhaustive),
    ],
)
each_number_of_days = pytest.mark.parametrize(
    "days",
    [365, *(pytest.param(days, marks=pytest.mark.exhaustive) for days in (-365, -1, 1))],
)


@asynccontextmanager
async def harness_with_clock(folder: Path, pem: str) -> AsyncIterator[tuple[Harness, PastClock]]:
    """A harness and the clock of its bot, which is right at first."""
    clock = PastClock(datetime.now(UTC))
    async with pep_harness(folder, pem, clock) as harness:
        yield harness, clock


def turn(clock: PastClock, jump: timedelta) -> None:
    clock.set(clock() + jump)


def tokens_asked_for(harness: Harness) -> int:
    return len([one for one in harness.simulator.requests if "/access_tokens" in one.path])


async def assert_done(harness: Harness, numbers: list[int]) -> None:
    """Each has one comment and one check run, and nothing was given up."""
    for number in numbers:
        assert len(harness.comments(number)) == 1
        assert len(harness.conclusions(number)) == 1
    assert harness.server is not None
    depth = await harness.server.inbox.depth()
    assert (depth[DeliveryState.DEAD], depth[DeliveryState.QUEUED]) == (0, 0)


async def figures(harness: Harness) -> dict[str, float]:
    """What the metrics say."""
    async with aiohttp.ClientSession() as session, session.get(harness.url("/metrics")) as answer:
        text = await answer.text()
    return {
        name: float(value)
        for name, value in re.findall(r"^(pepbot_[^ ]+) ([-0-9.e+]+)$", text, re.MULTILINE)
    }


@each_jump
async def test_reviews_go_on_with_few_tokens_and_sane_figures(
    jump: timedelta, tmp_path: Path, pem: str
) -> None:
    async with harness_with_clock(tmp_path, pem) as (harness, clock):
        first = await propose(harness)
        turn(clock, jump)
        harness.simulator.clear_requests()
        second = await propose(harness, number=843)
        await harness.simulator.comment(REPOSITORY, first, by=SPONSOR, body="/pep sponsor")
        await harness.wait_until_idle()
        await harness.simulator.edit_pull_request(
            REPOSITORY, second, by=AUTHOR, title="PEP 843: Oh"
        )
        await harness.wait_until_idle()
        assert harness.labels(first) == {"new-pep", "awaiting editor"}
        await assert_done(harness, [first, second])
        assert tokens_asked_for(harness) <= 2, "one, and perhaps one by GitHub's clock"
        metrics_shown = await figures(harness)
        assert (
            sum(value for name, value in metrics_shown.items() if "wait_seconds_count" in name) > 0
        )
        assert min(metrics_shown.values()) >= 0, metrics_shown


@each_jump
async def test_a_start_with_a_wrong_clock_signs_by_the_clock_of_github(
    jump: timedelta, tmp_path: Path, pem: str
) -> None:
    async with harness_with_clock(tmp_path, pem) as (harness, clock):
        await harness.stop()
        turn(clock, jump)
        harness.simulator.clear_requests()
        await harness.start()
        numbers = [await propose(harness, number=number) for number in (842, 843)]
        await assert_done(harness, numbers)
        assert tokens_asked_for(harness) <= 2
        refused = [one for one in harness.simulator.requests if one.status == 401]
        assert len(refused) <= 1, "GitHub's time is learnt once"


@each_number_of_days
async def test_a_retry_that_waits_for_an_hour_is_made_soon_after_the_jump(
    days: int, tmp_path: Path, pem: str
) -> None:
    async with harness_with_clock(tmp_path, pem) as (harness, clock):
        harness.simulator.fail_next(
            503, match=r"GET /repos/python/peps/pulls/\d+$", headers={"Retry-After": "3000"}
        )
        number = await propose(harness, wait_until_idle=False)
        assert harness.server is not None
        async with asyncio.timeout(20):
            while not any(one.error for one in await harness.server.inbox.records()):  # noqa: ASYNC110
                await asyncio.sleep(0.005)
        turn(clock, timedelta(days=days))
        await harness.wait_until_idle()
        await assert_done(harness, [number])


@pytest.mark.parametrize("days", [-365, 365])
@pytest.mark.exhaustive
async def test_the_core_teams_list_does_not_count_as_young_for_a_year(
    days: int, tmp_path: Path, pem: str
) -> None:
    async with harness_with_clock(tmp_path, pem) as (harness, clock):
        await propose(harness)
        turn(clock, timedelta(days=days))
        harness.simulator.clear_requests()
        await propose(harness, number=843)
        assert harness.reads().count(CORE_TEAM_LIST) == 1
        await propose(harness, number=844)
        assert harness.reads().count(CORE_TEAM_LIST) == 1


@each_jump
async def test_what_waits_or_failed_for_good_is_not_forgotten(
    jump: timedelta, tmp_path: Path, pem: str
) -> None:
    async with harness_with_clock(tmp_path, pem) as (harness, clock):
        harness.simulator.fail_next(403, times=3, match=r"GET /repos/python/peps/pulls/\d+$")
        dead = await propose(harness)
        assert harness.server is not None
        assert (await harness.server.inbox.depth())[DeliveryState.DEAD] > 0
        harness.simulator.clear_faults()
        await harness.stop()
        async with running(harness.settings(), with_worker=False, clock=clock):
            waiting = await propose(harness, number=843, wait_until_idle=False)
            await harness.simulator.settle()
        turn(clock, jump)
        await harness.start()
        await harness.wait_until_idle()
        assert len(harness.comments(waiting)) == 1
        failed = await harness.server.inbox.records(DeliveryState.DEAD)
        for record in failed:
            assert await harness.server.inbox.replay(record.delivery.id)
        await harness.wait_until_idle()
        assert failed
        await assert_done(harness, [dead, waiting])
