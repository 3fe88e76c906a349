"""Whatever happens to deliveries, answers and the bot, the end is that of an undisturbed run."""

import asyncio
from pathlib import Path

import pytest

from tests.end_to_end import story
from tests.end_to_end.conftest import STRANGER, pep_harness
from tests.end_to_end.harness import REPOSITORY, Harness
from tests.end_to_end.proposal import propose


@pytest.fixture(scope="module")
def undisturbed_end(tmp_path_factory: pytest.TempPathFactory, pem: str) -> story.Outcome:
    """How the story ends when nothing goes wrong."""
    return asyncio.run(_undisturbed_end(tmp_path_factory.mktemp("calm"), pem))


async def _undisturbed_end(folder: Path, pem: str) -> story.Outcome:
    async with pep_harness(folder, pem) as harness:
        await story.play(harness)
        end = story.outcome(harness)
    assert end[1][:2] == ({"new-pep", "awaiting editor"}, ("success",))
    assert end[2][:2] == (
        {"new-pep", "skip sponsor", "needs number", "awaiting author"},
        ("failure",),
    )
    assert [len(each[2]) for each in end.values()] == [1, 1]
    return end


@pytest.mark.parametrize(
    "seed", [1, *(pytest.param(seed, marks=pytest.mark.exhaustive) for seed in (2, 3, 4))]
)
async def test_held_shuffled_and_doubled_events_lead_to_the_same_end(
    harness: Harness, undisturbed_end: story.Outcome, seed: int
) -> None:
    harness.simulator.hold_webhooks()
    for step in story.STEPS:
        await step(harness)
    await harness.simulator.release_webhooks(shuffle=True, duplicate=True, seed=seed)
    await harness.wait_until_idle()
    assert story.outcome(harness) == undisturbed_end


async def test_failing_api_calls_lead_to_the_same_end(
    harness: Harness, undisturbed_end: story.Outcome
) -> None:
    harness.simulator.fail_share(0.05, seed=7)
    await story.play(harness)
    assert story.outcome(harness) == undisturbed_end


@pytest.mark.exhaustive
async def test_a_bot_that_is_away_for_a_while_comes_to_the_same_end(
    harness: Harness, undisturbed_end: story.Outcome
) -> None:
    await story.play(harness, story.STEPS[:2])
    await story.STEPS[2](harness)
    await harness.stop()
    for step in story.STEPS[3:]:
        await step(harness)
    await harness.simulator.settle()
    await harness.start()
    await harness.until(lambda: story.outcome(harness) == undisturbed_end)


@pytest.mark.exhaustive
async def test_creates_whose_answer_was_lost_are_made_exactly_once(harness: Harness) -> None:
    harness.simulator.drop_connections(match="POST .*/check-runs", after=True)
    harness.simulator.drop_connections(match="POST .*/issues/2/comments", after=True)
    first = await propose(harness, wait_until_idle=False)
    second = await propose(harness, number=843, by=STRANGER, wait_until_idle=False)
    await harness.wait_until_idle()
    for number in (first, second):
        assert len(harness.comments(number)) == 1
        assert harness.conclusions(number) == ["neutral"]
        assert harness.labels(number) == {"new-pep", "awaiting sponsor"}


async def test_a_bot_that_lost_its_store_finds_what_it_wrote(harness: Harness) -> None:
    number = await propose(harness)
    comment, conclusions = harness.comment(number), harness.conclusions(number)
    await harness.stop()
    for file in harness.folder.glob("bot.sqlite3*"):
        file.unlink()
    await harness.start()
    await harness.simulator.comment(REPOSITORY, number, by=STRANGER, body="Nice!")
    await harness.wait_until_idle()
    assert harness.comment(number) == comment
    assert harness.conclusions(number) == conclusions
