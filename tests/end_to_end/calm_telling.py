"""A story told calmly to one bot in this process: what a story full of trouble has to end like."""

from dataclasses import dataclass
from pathlib import Path

from bot.inbox.delivery import DeliveryState
from tests.end_to_end.conftest import CORE_TEAM, GitHubTime
from tests.end_to_end.crash_record import (
    Standing,
    assert_all_handled,
    assert_never_doubled_nor_set_back,
    kept,
    standing,
)
from tests.end_to_end.crash_story import FILES, Cast, Story, Telling, calmly
from tests.end_to_end.desk import REPOSITORY, Desk
from tests.end_to_end.process import calm, github


@dataclass(frozen=True, slots=True)
class DeskQueue:
    """Tells what is left to do for the bot of a desk."""

    desk: Desk

    async def queue(self) -> dict[str, int]:
        """How many deliveries are in each state."""
        assert self.desk.server is not None
        depth = await self.desk.server.inbox.depth()
        return {state.value: depth.get(state, 0) for state in DeliveryState}


async def told_calmly(pem: str, folder: Path, whole: Story, cast: Cast) -> dict[int, Standing]:
    """What stands on each pull request in the end."""
    async with github(pem, FILES, CORE_TEAM, clock=GitHubTime()) as simulated:
        desk, telling = Desk(simulated, pem, folder), Telling(simulated, cast)
        await desk.start()
        try:
            bot = DeskQueue(desk)
            await simulated.install_app([REPOSITORY])
            await calm(simulated, bot)
            for acts in (whole.openings, whole.middle, whole.last):
                await calmly(acts, telling, bot)
            assert_all_handled(simulated, await kept(str(desk.settings().database_url)))
            assert_never_doubled_nor_set_back(simulated)
        finally:
            await desk.stop()
        ends = {number: standing(simulated, number) for number in cast.all}
        for number in {*cast.proposals, *cast.unnumbered, *cast.rivals}.intersection(cast.lasting):
            summaries = [body for body in ends[number].comments if "pep-bot:summary" in body]
            assert len(summaries) == 1, f"#{number}"
            assert len(ends[number].checks) == 1, f"#{number}"
        return ends
