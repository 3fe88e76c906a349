"""Two servers and three workers on one PostgreSQL: together they do what one process does alone.

A story is run twice: undisturbed with one process, and with all of them, with some webhooks sent to
both servers and a worker killed in the middle that is not started again. What is on GitHub in the
end must be the same.
"""

import random
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.end_to_end.balancer import Balancer
from tests.end_to_end.conftest import CORE_TEAM, GitHubTime
from tests.end_to_end.crash_record import (
    VisibleState,
    assert_all_handled,
    assert_in_order,
    assert_never_doubled_nor_set_back,
    handled_webhooks,
    stored_deliveries,
    visible_state,
)
from tests.end_to_end.crash_story import FILES, MANY, Story, StoryRun, story
from tests.end_to_end.fleet import alone_at_work, assert_taken_over, fleet, until_it_works
from tests.end_to_end.harness import REPOSITORY
from tests.end_to_end.process import environment, github, wait_until_idle
from tests.end_to_end.undisturbed_run import run_undisturbed

pytestmark = [pytest.mark.postgres, pytest.mark.exhaustive, pytest.mark.timeout(400)]

WEBHOOKS = 300
COMMENTS_EACH = 10
"""So many on each pull request make it many webhooks, however often reviews merge."""

TIMEOUT = 120.0
"""Seconds that a whole chapter may take, on a machine that does other things too."""


@pytest.mark.long
async def test_two_servers_and_three_workers_of_which_one_is_killed_end_like_one_process(
    pem: str, tmp_path: Path, postgres_url: str
) -> None:
    seed = random.randrange(10**6)
    try:
        # Remarks change nothing; one process alone would need minutes for all of them in calm.
        calmer = story(random.Random(seed), MANY)
        alone = await run_undisturbed(pem, tmp_path, calmer, MANY)
        whole = story(random.Random(seed), MANY, comments_each=COMMENTS_EACH)
        together = await _run_on_many(pem, postgres_url, whole, random.Random(seed))
        for number in MANY.lasting:
            assert together[number] == alone[number], f"#{number}"
    except BaseException as fault:
        fault.add_note(f"seed {seed}")
        raise


async def _run_on_many(
    pem: str, url: str, whole: Story, chance: random.Random
) -> dict[int, VisibleState]:
    async with github(pem, FILES, CORE_TEAM, clock=GitHubTime()) as simulated:
        settings = environment(pem, simulated.api_url, url)
        async with fleet(settings, servers=2, workers=3) as bots:
            balancer = Balancer([bot.url("/webhook") for bot in bots.servers], chance)
            async with balancer.serving():
                simulated.webhook_url = balancer.url
                await simulated.install_app([REPOSITORY])
                await wait_until_idle(simulated, bots)
                story_run = StoryRun(simulated, MANY)
                for act in whole.openings:
                    await act(story_run)
                await wait_until_idle(simulated, bots, TIMEOUT)
                victim = bots.workers[0]
                async with alone_at_work(simulated, bots, victim):
                    for act in whole.middle:
                        await act(story_run)
                    await until_it_works(bots)
                    killed_at = datetime.now(UTC)
                    await victim.kill()
                await wait_until_idle(simulated, bots, TIMEOUT)
                for act in whole.last:
                    await act(story_run)
                await wait_until_idle(simulated, bots, TIMEOUT)
            records = await stored_deliveries(url)
            assert_all_handled(simulated, records)
            assert_in_order(bots.events("handled"), records)
            assert_never_doubled_nor_set_back(simulated)
            webhooks = len(handled_webhooks(simulated))
            assert webhooks >= WEBHOOKS
            _assert_accepted_once(balancer, webhooks)
            assert_taken_over(bots, killed_at)
        return {number: visible_state(simulated, number) for number in MANY.all}


def _assert_accepted_once(balancer: Balancer, webhooks: int) -> None:
    """Of a webhook that came to both servers at once, one took it and the other knew."""
    taken = [said for said in balancer.doubled.values() if said != ["ignored", "ignored"]]
    assert len(taken) > webhooks / 25
    assert {tuple(sorted(said)) for said in taken} == {("accepted", "duplicate")}
