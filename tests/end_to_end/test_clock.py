"""The machine's clock jumps while GitHub's goes on: work goes on, promptly and without waste."""

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
from tests.end_to_end.conftest import AUTHOR, SPONSOR, pep_desk
from tests.end_to_end.desk import REPOSITORY, Desk
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
async def clocked_desk(folder: Path, pem: str) -> AsyncIterator[tuple[Desk, PastClock]]:
    """A desk and the clock of its bot, which is right at first."""
    clock = PastClock(datetime.now(UTC))
    async with pep_desk(folder, pem, clock) as desk:
        yield desk, clock


def turn(clock: PastClock, jump: timedelta) -> None:
    clock.set(clock() + jump)


def tokens_asked_for(desk: Desk) -> int:
    return len([one for one in desk.simulator.requests if "/access_tokens" in one.path])


async def assert_done(desk: Desk, numbers: list[int]) -> None:
    """Each has one comment and one check run, and nothing was given up."""
    for number in numbers:
        assert len(desk.comments(number)) == 1
        assert len(desk.conclusions(number)) == 1
    assert desk.server is not None
    depth = await desk.server.inbox.depth()
    assert (depth[DeliveryState.DEAD], depth[DeliveryState.QUEUED]) == (0, 0)


async def figures(desk: Desk) -> dict[str, float]:
    """What the metrics say."""
    async with aiohttp.ClientSession() as session, session.get(desk.url("/metrics")) as answer:
        text = await answer.text()
    return {
        name: float(value)
        for name, value in re.findall(r"^(pepbot_[^ ]+) ([-0-9.e+]+)$", text, re.MULTILINE)
    }


@each_jump
async def test_reviews_go_on_with_few_tokens_and_sane_figures(
    jump: timedelta, tmp_path: Path, pem: str
) -> None:
    async with clocked_desk(tmp_path, pem) as (desk, clock):
        first = await propose(desk)
        turn(clock, jump)
        desk.simulator.clear_requests()
        second = await propose(desk, number=843)
        await desk.simulator.comment(REPOSITORY, first, by=SPONSOR, body="/pep sponsor")
        await desk.calm()
        await desk.simulator.edit_pull_request(REPOSITORY, second, by=AUTHOR, title="PEP 843: Oh")
        await desk.calm()
        assert desk.labels(first) == {"new-pep", "awaiting editor"}
        await assert_done(desk, [first, second])
        assert tokens_asked_for(desk) <= 2, "one, and perhaps one by GitHub's clock"
        told = await figures(desk)
        assert sum(value for name, value in told.items() if "wait_seconds_count" in name) > 0
        assert min(told.values()) >= 0, told


@each_jump
async def test_a_start_with_a_wrong_clock_signs_by_the_clock_of_github(
    jump: timedelta, tmp_path: Path, pem: str
) -> None:
    async with clocked_desk(tmp_path, pem) as (desk, clock):
        await desk.stop()
        turn(clock, jump)
        desk.simulator.clear_requests()
        await desk.start()
        numbers = [await propose(desk, number=number) for number in (842, 843)]
        await assert_done(desk, numbers)
        assert tokens_asked_for(desk) <= 2
        refused = [one for one in desk.simulator.requests if one.status == 401]
        assert len(refused) <= 1, "GitHub's time is learnt once"


@each_number_of_days
async def test_a_retry_that_waits_for_an_hour_is_made_soon_after_the_jump(
    days: int, tmp_path: Path, pem: str
) -> None:
    async with clocked_desk(tmp_path, pem) as (desk, clock):
        desk.simulator.fail_next(
            503, match=r"GET /repos/python/peps/pulls/\d+$", headers={"Retry-After": "3000"}
        )
        number = await propose(desk, calm=False)
        assert desk.server is not None
        async with asyncio.timeout(20):
            while not any(one.error for one in await desk.server.inbox.records()):  # noqa: ASYNC110
                await asyncio.sleep(0.005)
        turn(clock, timedelta(days=days))
        await desk.calm()
        await assert_done(desk, [number])


@pytest.mark.parametrize("days", [-365, 365])
@pytest.mark.exhaustive
async def test_the_core_teams_list_does_not_count_as_young_for_a_year(
    days: int, tmp_path: Path, pem: str
) -> None:
    async with clocked_desk(tmp_path, pem) as (desk, clock):
        await propose(desk)
        turn(clock, timedelta(days=days))
        desk.simulator.clear_requests()
        await propose(desk, number=843)
        assert desk.reads().count(CORE_TEAM_LIST) == 1
        await propose(desk, number=844)
        assert desk.reads().count(CORE_TEAM_LIST) == 1


@each_jump
async def test_what_waits_or_failed_for_good_is_not_forgotten(
    jump: timedelta, tmp_path: Path, pem: str
) -> None:
    async with clocked_desk(tmp_path, pem) as (desk, clock):
        desk.simulator.fail_next(403, times=3, match=r"GET /repos/python/peps/pulls/\d+$")
        dead = await propose(desk)
        assert desk.server is not None
        assert (await desk.server.inbox.depth())[DeliveryState.DEAD] > 0
        desk.simulator.clear_faults()
        await desk.stop()
        async with running(desk.settings(), with_worker=False, clock=clock):
            waiting = await propose(desk, number=843, calm=False)
            await desk.simulator.settle()
        turn(clock, jump)
        await desk.start()
        await desk.calm()
        assert len(desk.comments(waiting)) == 1
        failed = await desk.server.inbox.records(DeliveryState.DEAD)
        for record in failed:
            assert await desk.server.inbox.replay(record.delivery.id)
        await desk.calm()
        assert failed
        await assert_done(desk, [dead, waiting])
