"""Runs a story undisturbed with one bot in this process: disturbed runs must end the same way."""

from dataclasses import dataclass
from pathlib import Path

from bot.inbox.delivery import DeliveryState
from tests.end_to_end.conftest import CORE_TEAM, GitHubTime
from tests.end_to_end.crash_record import (
    VisibleState,
    assert_all_handled,
    assert_never_doubled_nor_set_back,
    stored_deliveries,
    visible_state,
)
from tests.end_to_end.crash_story import FILES, Cast, Story, StoryRun, act_in_order
from tests.end_to_end.harness import REPOSITORY, Harness
from tests.end_to_end.process import github, wait_until_idle


@dataclass(frozen=True, slots=True)
class HarnessQueue:
    """Says how many deliveries are left for the bot of a harness."""

    harness: Harness

    async def queue(self) -> dict[str, int]:
        """How many deliveries are in each state."""
        assert self.harness.server is not None
        depth = await self.harness.server.inbox.depth()
        return {state.value: depth.get(state, 0) for state in DeliveryState}


async def run_undisturbed(
    pem: str, folder: Path, whole: Story, cast: Cast
) -> dict[int, VisibleState]:
    """Run the story; returns what is on each pull request in the end."""
    async with github(pem, FILES, CORE_TEAM, clock=GitHubTime()) as simulated:
        harness, story_run = Harness(simulated, pem, folder), StoryRun(simulated, cast)
        await harness.start()
        try:
            bot = HarnessQueue(harness)
            await simulated.install_app([REPOSITORY])
            await wait_until_idle(simulated, bot)
            for acts in (whole.openings, whole.middle, whole.last):
                await act_in_order(acts, story_run, bot)
            assert_all_handled(
                simulated, await stored_deliveries(str(harness.settings().database_url))
            )
            assert_never_doubled_nor_set_back(simulated)
        finally:
            await harness.stop()
        ends = {number: visible_state(simulated, number) for number in cast.all}
        for number in {*cast.proposals, *cast.unnumbered, *cast.rivals}.intersection(cast.lasting):
            summaries = [body for body in ends[number].comments if "pep-bot:summary" in body]
            assert len(summaries) == 1, f"#{number}"
            assert len(ends[number].checks) == 1, f"#{number}"
        return ends
