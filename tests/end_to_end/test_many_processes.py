"""Two servers and three workers on one PostgreSQL: together they do what one process does alone.

A story of 50 pull requests is told twice: calmly to one process, and to all of them at once, with
some webhooks sent to both servers and a worker killed in the middle that never comes back. What
stands on GitHub in the end has to be the same.
"""

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.simulator.github import GitHubSimulator
from tests.end_to_end.balancer import Balancer
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
from tests.end_to_end.crash_story import ALL, CLOSED, FILES, Story, Telling, calmly, story
from tests.end_to_end.desk import REPOSITORY
from tests.end_to_end.fleet import Fleet, fleet
from tests.end_to_end.process import (
    UNHURRIED,
    BotProcess,
    calm,
    environment,
    github,
    until,
)

pytestmark = [pytest.mark.postgres, pytest.mark.exhaustive]

WEBHOOKS = 2_000
TAKEN_OVER_WITHIN = timedelta(seconds=30)
"""So long the work of a worker that vanished may lie."""

REMARKS = 28
"""So many on each pull request make it so many webhooks, however often reviews merge."""

PATIENCE = 120.0
"""Seconds that a whole chapter may take, on a machine that does other things too."""


async def test_two_servers_and_three_workers_of_which_one_is_killed_end_like_one_process(
    pem: str, tmp_path: Path, postgres_url: str
) -> None:
    seed = random.randrange(10**6)
    try:
        # Remarks change nothing; one process alone would need minutes for all of them in calm.
        calmer = story(random.Random(seed))
        alone = await _told_to_one(pem, tmp_path / "calm.sqlite3", calmer)
        whole = story(random.Random(seed), remarks=REMARKS)
        together = await _told_to_many(pem, postgres_url, whole, random.Random(seed))
        # What is closed for good is left as the bot saw it while it was open (decision 0003).
        for number in sorted({*ALL} - {CLOSED}):
            assert together[number] == alone[number], f"#{number}"
    except BaseException as fault:
        fault.add_note(f"seed {seed}")
        raise


async def _told_to_one(pem: str, store: Path, whole: Story) -> dict[int, Standing]:
    async with github(pem, FILES, CORE_TEAM, clock=GitHubTime()) as simulated:
        bot, telling = (
            BotProcess(environment(pem, simulated.api_url, store), UNHURRIED),
            Telling(simulated),
        )
        try:
            await bot.start()
            simulated.webhook_url = bot.url("/webhook")
            await simulated.install_app([REPOSITORY])
            for acts in (whole.openings, whole.middle, whole.last):
                await calmly(acts, telling, bot)
        finally:
            await bot.close()
        return _ends(simulated)


async def _told_to_many(
    pem: str, url: str, whole: Story, chance: random.Random
) -> dict[int, Standing]:
    async with github(pem, FILES, CORE_TEAM, clock=GitHubTime()) as simulated:
        settings = environment(pem, simulated.api_url, url)
        async with fleet(settings, servers=2, workers=3) as bots:
            balancer = Balancer([bot.url("/webhook") for bot in bots.servers], chance)
            async with balancer.serving():
                simulated.webhook_url = balancer.url
                await simulated.install_app([REPOSITORY])
                await calm(simulated, bots)
                telling = Telling(simulated)
                for act in whole.openings:
                    await act(telling)
                await calm(simulated, bots)
                for act in whole.middle:
                    await act(telling)
                killed_at = await _kill_one(simulated, bots)
                await calm(simulated, bots, PATIENCE)
                for act in whole.last:
                    await act(telling)
                await calm(simulated, bots, PATIENCE)
            records = await kept(url)
            assert len(concerning(simulated)) >= WEBHOOKS
            assert_all_handled(simulated, records)
            assert_in_order(bots.events("handled"), records)
            assert_never_doubled_nor_set_back(simulated)
            _assert_accepted_once(balancer)
            _assert_taken_over(bots, killed_at)
        return _ends(simulated)


def _ends(simulated: GitHubSimulator) -> dict[int, Standing]:
    return {number: standing(simulated, number) for number in ALL}


async def _kill_one(simulated: GitHubSimulator, bots: Fleet) -> datetime:
    """Kill a worker when half of the webhooks have come and it is in the middle of something."""
    middle = len(simulated.deliveries) // 2
    await until(
        lambda: sum(bool(one.attempts) for one in simulated.deliveries) >= middle,
        "the webhooks did not come",
        PATIENCE,
    )
    victim = bots.workers[0]
    lines = len(victim.lines)
    await until(lambda: len(victim.lines) > lines, "it had nothing to do")
    killed_at = datetime.now(UTC)
    await victim.kill()
    return killed_at


def _assert_accepted_once(balancer: Balancer) -> None:
    """Of a webhook that came to both servers at once, one took it and the other knew."""
    taken = [said for said in balancer.doubled.values() if said != ["ignored", "ignored"]]
    assert len(taken) > 100
    assert {tuple(sorted(said)) for said in taken} == {("accepted", "duplicate")}


def _assert_taken_over(bots: Fleet, killed_at: datetime) -> None:
    """What the killed worker had begun was queued again in time, by one of the others."""
    (taken,) = bots.events("work of a lost worker taken over")
    assert taken["count"] > 0
    assert datetime.fromisoformat(str(taken["timestamp"])) - killed_at < TAKEN_OVER_WITHIN
    assert not bots.events("will retry")
