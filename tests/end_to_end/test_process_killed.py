"""kill -9 at random moments: nothing accepted is lost, nothing on GitHub is doubled.

A story is run twice, once undisturbed and once with the program killed again and again. What is on
GitHub in the end must be the same.
"""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from itertools import count
from pathlib import Path

import pytest

from github_simulator.github import GitHubSimulator
from github_simulator.webhooks import Delivery
from tests.empty_store import put_empty_store
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
from tests.end_to_end.crash_story import (
    FEW,
    FILES,
    MANY,
    Act,
    Cast,
    Story,
    StoryRun,
    act_in_order,
    story,
)
from tests.end_to_end.harness import REPOSITORY
from tests.end_to_end.process import (
    TIMEOUT,
    UNTHROTTLED,
    BotProcess,
    environment,
    github,
    wait_until_idle,
)
from tests.end_to_end.undisturbed_run import run_undisturbed

LABEL_MADE = r"^POST .*/peps/labels$"
CHECK_RUN_MADE = r"^POST .*/check-runs$"
COMMENT_MADE = r"^POST .*/issues/\d+/comments$"

_ASK_EVERY = 20
"""Looks for the moment of a kill for each time that the program is asked whether it is idle, which
costs it as much as a small delivery."""

_IDLE_WITHIN = 120.0
"""Seconds for what all the kills have left over, on a machine that has other things to do."""


@dataclass(slots=True)
class Killer:
    """Runs the story, and kills the program at chosen moments.

    Attributes:
        kills: How often it was killed and started again.
        lost: The webhooks that are never sent again.
    """

    github: GitHubSimulator
    bot: BotProcess
    chance: random.Random
    kills: int = 0
    lost: set[str] = field(default_factory=set)

    async def start(self) -> None:
        """Start the program and point GitHub's webhooks at it."""
        await self.bot.start()
        self.github.webhook_url = self.bot.url("/webhook")

    async def act_and_kill(
        self, acts: list[Act], story_run: StoryRun, kill_moments: list["KillMoment"]
    ) -> None:
        """Let people act, and have the program end in each of these ways on the way.

        They are spread over the acts. What arrives while nobody listens is redelivered later, or
        is lost: pushes to main are not, since no sweep tells of them.
        """
        for place, kill_moment in enumerate(kill_moments):
            moment = kill_moment(self)
            if kill_moment is before_it_works:
                self.github.hold_webhooks()
            for act in _part(acts, place, len(kill_moments)):
                await act(story_run)
                if self.chance.random() < 0.1:
                    await self.github.redeliver(self.chance.choice(self.github.deliveries).guid)
                await asyncio.sleep(0)
            if kill_moment is before_it_works:
                await self.bot.kill()
                await self.start()
                await self.github.release_webhooks(shuffle=True, seed=self.chance.randrange(10**6))
            await self.kill(moment)
            await self.start()

    async def kill(self, moment: Callable[[], object]) -> None:
        """End the program at a moment, or once it has nothing to do before that comes."""
        async with asyncio.timeout(TIMEOUT):
            for turn in count():
                if moment() or (turn % _ASK_EVERY == _ASK_EVERY - 1 and await self._is_idle()):
                    break
                await asyncio.sleep(0.002)
        await self.bot.kill()
        self.kills += 1
        self.github.clear_faults()
        if self.chance.random() < 0.5:
            # What is still on its way finds nobody; else it finds the next life.
            await self.github.settle()
            await self.lose_some()

    async def _is_idle(self) -> bool:
        """Whether every webhook was sent once, and all that was accepted is done."""
        if not all(delivery.attempts for delivery in self.github.deliveries):
            return False
        queue = await self.bot.queue()
        return not (queue["queued"] or queue["running"])

    async def lose_some(self) -> None:
        """Let some of what found nobody be lost for good: the sweep at the start has to heal it."""
        for delivery in self.unanswered():
            if delivery.event != "push" and self.chance.random() < 0.5:
                self.lost.add(delivery.guid)

    def unanswered(self) -> list[Delivery]:
        """What was never accepted, as far as GitHub knows."""
        return [
            delivery
            for delivery in self.github.deliveries
            if delivery.guid not in self.lost
            and all(one.status_code != HTTPStatus.ACCEPTED for one in delivery.attempts)
        ]

    async def redeliver_unanswered(self) -> None:
        """Press "Redeliver" for what found nobody, but for what is to be lost."""
        await self.github.settle()
        for delivery in self.unanswered():
            await self.github.redeliver(delivery.guid)
        await wait_until_idle(self.github, self.bot, _IDLE_WITHIN)


def _part(acts: list[Act], place: int, count: int) -> list[Act]:
    return acts[place * len(acts) // count : (place + 1) * len(acts) // count]


KillMoment = Callable[[Killer], Callable[[], object]]
"""Prepares an end of the program, and says when it has come."""


def answer_lost(create: str) -> KillMoment:
    """Killed when something was made on GitHub of which nobody heard."""

    def prepared(killer: Killer) -> Callable[[], object]:
        begun = len(killer.github.requests)
        killer.github.drop_connections(create, after=True)
        return lambda: any(one.status is None for one in killer.github.requests[begun:])

    return prepared


def at_work(killer: Killer) -> Callable[[], object]:
    """Killed after some requests, whatever it is doing then."""
    reached = len(killer.github.requests) + killer.chance.randrange(5, 150)
    return lambda: len(killer.github.requests) >= reached


def in_a_burst(killer: Killer) -> Callable[[], object]:
    """Killed while webhooks pour in: some were accepted, others are on their way."""
    accepted = len(_accepted(killer.github)) + killer.chance.randrange(1, 20)
    return lambda: len(_accepted(killer.github)) >= accepted


def before_it_works(killer: Killer) -> Callable[[], object]:
    """Killed again right after a start, when it has accepted something and begun nothing yet."""
    accepted = len(_accepted(killer.github))
    return lambda: len(_accepted(killer.github)) > accepted


def _accepted(simulated: GitHubSimulator) -> list[Delivery]:
    return [one for one in simulated.deliveries if one.status_code == HTTPStatus.ACCEPTED]


@dataclass(frozen=True, slots=True)
class StoryResult:
    """What stands in the end, and how many webhooks led to it."""

    ends: dict[int, VisibleState]
    webhooks: int
    kills: int


KillMoments = tuple[list[KillMoment], list[KillMoment], list[KillMoment]]
"""How the program ends in each chapter."""


async def _run_with_kills(
    pem: str,
    store: Path,
    whole: Story,
    cast: Cast,
    kill_moments: KillMoments,
    chance: random.Random,
) -> StoryResult:
    async with github(pem, FILES, CORE_TEAM, clock=GitHubTime()) as simulated:
        bot = BotProcess(environment(pem, simulated.api_url, store), UNTHROTTLED)
        killer = Killer(simulated, bot, chance)
        story_run = StoryRun(simulated, cast)
        try:
            await killer.start()
            await simulated.install_app([REPOSITORY])
            await wait_until_idle(simulated, bot, _IDLE_WITHIN)
            for acts, ends in zip(
                (whole.openings, whole.middle, whole.last), kill_moments, strict=True
            ):
                if ends:
                    await killer.act_and_kill(acts, story_run, ends)
                else:
                    await act_in_order(acts, story_run, bot)
                await killer.redeliver_unanswered()
            records = await stored_deliveries(bot.environment["DATABASE_URL"])
            assert_all_handled(simulated, records)
            assert_in_order(bot.events("handled"), records)
            assert_never_doubled_nor_set_back(simulated)
        finally:
            await bot.close()
        ends = {number: visible_state(simulated, number) for number in cast.all}
        return StoryResult(ends, len(handled_webhooks(simulated)), killer.kills)


async def _assert_ends_alike(
    pem: str, folder: Path, cast: Cast, kill_moments: KillMoments, seed: int
) -> None:
    whole = story(random.Random(seed), cast)
    undisturbed = await run_undisturbed(pem, folder, whole, cast)
    store, chance = folder / "killed.sqlite3", random.Random(seed)
    put_empty_store(store)
    killed = await _run_with_kills(pem, store, whole, cast, kill_moments, chance)
    assert killed.webhooks >= 10 * len(cast.all)
    assert killed.kills == sum(map(len, kill_moments))
    for number in cast.lasting:
        assert killed.ends[number] == undisturbed[number], f"#{number}"


@pytest.mark.long
async def test_a_story_with_two_kills_ends_like_an_undisturbed_one(
    pem: str, tmp_path: Path
) -> None:
    seed = random.randrange(10**6)
    kill_moments: KillMoments = ([answer_lost(COMMENT_MADE)], [in_a_burst], [])
    try:
        await _assert_ends_alike(pem, tmp_path, FEW, kill_moments, seed)
    except BaseException as fault:
        fault.add_note(f"seed {seed}")
        raise


@pytest.mark.long
@pytest.mark.exhaustive
@pytest.mark.timeout(400)
async def test_a_story_full_of_kills_ends_like_an_undisturbed_one(pem: str, tmp_path: Path) -> None:
    seed = random.randrange(10**6)
    middle = [
        answer_lost(COMMENT_MADE),
        answer_lost(CHECK_RUN_MADE),
        in_a_burst,
        before_it_works,
        at_work,
        at_work,
    ]
    random.Random(seed).shuffle(middle)
    kill_moments: KillMoments = ([answer_lost(LABEL_MADE), at_work], middle, [at_work, in_a_burst])
    try:
        await _assert_ends_alike(pem, tmp_path, MANY, kill_moments, seed)
    except BaseException as fault:
        fault.add_note(f"seed {seed}")
        raise
