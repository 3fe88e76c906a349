"""Two servers and some workers on one PostgreSQL: together they do what one process does alone.

A story is told twice: calmly to one process, and to all of them at once, with some webhooks sent to
both servers and a worker killed in the middle that never comes back. What stands on GitHub in the
end has to be the same.
"""

import asyncio
import random
import signal
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.end_to_end.balancer import Balancer
from tests.end_to_end.calm_telling import told_calmly
from tests.end_to_end.conftest import CORE_TEAM, GitHubTime
from tests.end_to_end.crash_record import (
    Standing,
    assert_all_handled,
    assert_in_order,
    assert_never_doubled_nor_set_back,
    concerning,
    kept,
    standing,
)
from tests.end_to_end.crash_story import FEW, FILES, MANY, Act, Cast, Story, Telling, story
from tests.end_to_end.desk import REPOSITORY
from tests.end_to_end.fleet import Fleet, fleet
from tests.end_to_end.process import calm, environment, github

pytestmark = pytest.mark.postgres

TAKEN_OVER_WITHIN = timedelta(seconds=30)
"""So long the work of a worker that vanished may lie."""

REMARKS = 14
"""So many on each pull request make it many webhooks, however often reviews merge."""

PATIENCE = 120.0
"""Seconds that a whole chapter may take, on a machine that does other things too."""


async def test_two_servers_and_two_workers_of_which_one_is_killed_end_like_one_process(
    pem: str, tmp_path: Path, postgres_url: str
) -> None:
    await _assert_ends_alike(pem, tmp_path, postgres_url, FEW, workers=2, remarks=0)


@pytest.mark.exhaustive
async def test_many_webhooks_for_three_workers_of_which_one_is_killed_end_like_one_process(
    pem: str, tmp_path: Path, postgres_url: str
) -> None:
    await _assert_ends_alike(pem, tmp_path, postgres_url, MANY, workers=3, remarks=REMARKS)


async def _assert_ends_alike(
    pem: str, folder: Path, url: str, cast: Cast, *, workers: int, remarks: int
) -> None:
    seed = random.randrange(10**6)
    try:
        # Remarks change nothing; one process alone would need minutes for all of them in calm.
        calmer = story(random.Random(seed), cast)
        alone = await told_calmly(pem, folder, calmer, cast)
        whole = story(random.Random(seed), cast, remarks=remarks)
        together = await _told_to_many(pem, url, whole, cast, random.Random(seed), workers)
        assert together.webhooks >= (10 + remarks) * len(cast.all)
        for number in cast.lasting:
            assert together.ends[number] == alone[number], f"#{number}"
    except BaseException as fault:
        fault.add_note(f"seed {seed}")
        raise


@dataclass(frozen=True, slots=True)
class Told:
    """What stands in the end, and how many webhooks led to it."""

    ends: dict[int, Standing]
    webhooks: int


async def _told_to_many(
    pem: str, url: str, whole: Story, cast: Cast, chance: random.Random, workers: int
) -> Told:
    async with github(pem, FILES, CORE_TEAM, clock=GitHubTime()) as simulated:
        settings = environment(pem, simulated.api_url, url)
        async with fleet(settings, servers=2, workers=workers) as bots:
            balancer = Balancer([bot.url("/webhook") for bot in bots.servers], chance)
            async with balancer.serving():
                simulated.webhook_url = balancer.url
                await simulated.install_app([REPOSITORY])
                await calm(simulated, bots)
                telling = Telling(simulated, cast)
                for act in whole.openings:
                    await act(telling)
                await calm(simulated, bots, PATIENCE)
                killed_at = await _kill_one_at_work(whole.middle, telling, bots)
                await calm(simulated, bots, PATIENCE)
                for act in whole.last:
                    await act(telling)
                await calm(simulated, bots, PATIENCE)
            records = await kept(url)
            assert_all_handled(simulated, records)
            assert_in_order(bots.events("handled"), records)
            assert_never_doubled_nor_set_back(simulated)
            webhooks = len(concerning(simulated))
            _assert_accepted_once(balancer, webhooks)
            _assert_taken_over(bots, killed_at)
        return Told({number: standing(simulated, number) for number in cast.all}, webhooks)


async def _kill_one_at_work(acts: list[Act], telling: Telling, bots: Fleet) -> datetime:
    """Let people act, and kill a worker that is in the middle of something.

    The others are halted until then, for nobody tells whose work it is.
    """
    victim, *others = bots.workers
    for other in others:
        other.signal(signal.SIGSTOP)
    telling.github.latency(0.5)
    for act in acts:
        await act(telling)
    async with asyncio.timeout(PATIENCE):
        while not (await bots.queue())["running"]:  # noqa: ASYNC110  # processes set no events
            await asyncio.sleep(0.01)
    killed_at = datetime.now(UTC)
    await victim.kill()
    telling.github.latency(0)
    for other in others:
        other.signal(signal.SIGCONT)
    return killed_at


def _assert_accepted_once(balancer: Balancer, webhooks: int) -> None:
    """Of a webhook that came to both servers at once, one took it and the other knew."""
    taken = [said for said in balancer.doubled.values() if said != ["ignored", "ignored"]]
    assert len(taken) > webhooks / 25
    assert {tuple(sorted(said)) for said in taken} == {("accepted", "duplicate")}


def _assert_taken_over(bots: Fleet, killed_at: datetime) -> None:
    """What the killed worker had begun was queued again in time, by one of the others."""
    (taken,) = bots.events("work of a lost worker taken over")
    assert taken["count"] > 0
    assert datetime.fromisoformat(str(taken["timestamp"])) - killed_at < TAKEN_OVER_WITHIN
    assert not bots.events("will retry")
