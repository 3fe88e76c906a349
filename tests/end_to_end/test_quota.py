"""A storm leaves the last requests of an hour to people; what waits is done in the next hour."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import aiohttp
import pytest

from bot.handlers.events import Job
from bot.handlers.jobs import job_of
from bot.inbox.delivery import DeliveryState
from bot.review.subject import Repository
from tests.end_to_end.conftest import EDITOR, pep_harness
from tests.end_to_end.harness import REPOSITORY, Harness
from tests.end_to_end.past import PastClock
from tests.end_to_end.proposal import propose

LIMIT = 5000
THIRD, TENTH = LIMIT // 3, LIMIT // 10
HOUR = timedelta(hours=1)
SPREAD = timedelta(seconds=15)
"""Within which the retries of a named time are spread."""

FILES = re.compile(rf"/repos/{REPOSITORY}/pulls/\d+/files\b")

_TIMEOUT = 400.0
"""Seconds for a thousand reviews on a busy machine."""


@asynccontextmanager
async def harness_with_clock(folder: Path, pem: str) -> AsyncIterator[tuple[Harness, PastClock]]:
    """A harness whose GitHub and bot go by one clock, which can be put forward."""
    clock = PastClock(datetime.now(UTC))
    async with pep_harness(folder, pem, clock, clock) as harness:
        yield harness, clock


async def figure(harness: Harness, name: str) -> float:
    """One of the bot's metrics."""
    async with aiohttp.ClientSession() as session, session.get(harness.url("/metrics")) as answer:
        text = await answer.text()
    return float(re.findall(rf"^{re.escape(name)} (\S+)$", text, re.MULTILINE)[0])


async def put_off(harness: Harness, priority: str) -> float:
    """How many attempts were put off."""
    return await figure(harness, f'pepbot_put_off_total{{priority="{priority}"}}')


async def remaining(harness: Harness) -> float:
    """How many requests the installation has left."""
    account = f'account="installation {harness.installation}"'
    return await figure(harness, f"pepbot_github_quota_remaining{{{account}}}")


async def until_only_retries_wait(harness: Harness) -> int:
    """Wait until nothing can be done now; returns how many deliveries are to be retried later."""
    assert harness.server is not None
    inbox = harness.server.inbox
    async with asyncio.timeout(_TIMEOUT):
        while True:
            await harness.simulator.settle()
            before = await inbox.depth()
            if not before[DeliveryState.RUNNING]:
                queued = await inbox.records(DeliveryState.QUEUED, 10_000)
                is_idle = all(one.run_at > harness.clock() for one in queued)
                if is_idle and before == await inbox.depth():
                    return len(queued)
            await asyncio.sleep(0.02)


async def begin_sweep(harness: Harness) -> None:
    """Queue a sweep of the repository."""
    assert harness.server is not None
    repository = Repository(REPOSITORY, harness.installation)
    await harness.server.inbox.accept(job_of(Job.SWEEP, repository, uuid4().hex, harness.clock()))


async def finish_within(hours: int, harness: Harness, clock: PastClock) -> None:
    """Put the clock forward, hour by hour, until everything is done."""
    assert harness.server is not None
    for _ in range(hours):
        clock.set(clock() + HOUR + SPREAD)
        if not await until_only_retries_wait(harness):
            break
    depth = await harness.server.inbox.depth()
    assert (depth[DeliveryState.QUEUED], depth[DeliveryState.DEAD]) == (0, 0)


@pytest.mark.parametrize(
    ("count", "spare", "hours"),
    [
        (20, 5, 1),
        pytest.param(250, 125, 3, marks=[pytest.mark.exhaustive, pytest.mark.timeout(900)]),
    ],
)
async def test_a_push_that_concerns_everything_and_a_storm_of_labels_keep_no_command_waiting(
    count: int, spare: int, hours: int, tmp_path: Path, pem: str
) -> None:
    async with harness_with_clock(tmp_path, pem) as (harness, clock):
        simulator = harness.simulator
        numbers = []
        for place in range(count):
            simulator.rate_limit(LIMIT, HOUR.total_seconds())
            wait = place % 50 == 49 or place == count - 1
            numbers.append(
                await propose(
                    harness, title="Mend", files={f"doc{place}": "New\n"}, wait_until_idle=wait
                )
            )

        simulator.rate_limit(TENTH + spare, HOUR.total_seconds())
        policy = {".github/pep-bot.toml": "check_run_always = true\n"}
        await simulator.commit(REPOSITORY, policy, by=EDITOR)
        await until_only_retries_wait(harness)
        done = [number for number in numbers if harness.conclusions(number)]
        assert 0 < len(done) < count
        assert await remaining(harness) > TENTH / 2, "those under way were finished, and no more"

        asked = next(number for number in numbers if number not in done)
        simulator.clear_requests()
        for number in done:
            await simulator.label(REPOSITORY, number, by=EDITOR, name="docs")
        await begin_sweep(harness)
        opened = await propose(harness, number=842, wait_until_idle=False)
        waiting = await until_only_retries_wait(harness)
        assert waiting == count + 2
        assert await put_off(harness, "review") == waiting - 1
        assert await put_off(harness, "sweep") == 1
        assert simulator.requests == (), "what is put off costs nothing"

        await simulator.comment(REPOSITORY, asked, by=EDITOR, body="/pep help")
        assert await until_only_retries_wait(harness) == waiting
        assert len(harness.replies(asked)) == 1
        assert await put_off(harness, "command") == 0

        await finish_within(hours, harness, clock)
        assert all(len(harness.conclusions(number)) == 1 for number in [*numbers, opened])
        assert len(harness.comments(opened)) == 1


async def test_a_sweep_goes_on_in_the_next_hour_where_it_stopped(tmp_path: Path, pem: str) -> None:
    count = 8
    async with harness_with_clock(tmp_path, pem) as (harness, clock):
        with harness.simulator.lost_webhooks():
            for place in range(count):
                await propose(harness, number=900 + place, wait_until_idle=False)
        # The list of open pull requests is the first request.
        harness.simulator.rate_limit(THIRD + count // 2, HOUR.total_seconds())
        harness.simulator.clear_requests()
        await begin_sweep(harness)
        assert await until_only_retries_wait(harness) == 1
        lists = [path for path in harness.reads() if FILES.match(path)]
        assert 0 < len(lists) < count
        await finish_within(1, harness, clock)
        assert all(len(harness.comments(number)) == 1 for number in range(1, count + 1))
