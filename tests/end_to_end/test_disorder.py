"""Whatever happens to deliveries, answers and the bot itself, the end is that of a calm run."""

import asyncio
from pathlib import Path

import pytest

from tests.end_to_end import story
from tests.end_to_end.conftest import STRANGER, pep_desk
from tests.end_to_end.desk import REPOSITORY, Desk
from tests.end_to_end.proposal import propose


@pytest.fixture(scope="module")
def calm_end(tmp_path_factory: pytest.TempPathFactory, pem: str) -> story.Outcome:
    """How the story ends when nothing goes wrong."""
    return asyncio.run(_calm_end(tmp_path_factory.mktemp("calm"), pem))


async def _calm_end(folder: Path, pem: str) -> story.Outcome:
    async with pep_desk(folder, pem) as desk:
        await story.play(desk)
        end = story.outcome(desk)
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
    desk: Desk, calm_end: story.Outcome, seed: int
) -> None:
    desk.simulator.hold_webhooks()
    for step in story.STEPS:
        await step(desk)
    await desk.simulator.release_webhooks(shuffle=True, duplicate=True, seed=seed)
    await desk.calm()
    assert story.outcome(desk) == calm_end


async def test_failing_api_calls_lead_to_the_same_end(desk: Desk, calm_end: story.Outcome) -> None:
    desk.simulator.fail_share(0.05, seed=7)
    await story.play(desk)
    assert story.outcome(desk) == calm_end


@pytest.mark.exhaustive
async def test_a_bot_that_is_away_for_a_while_comes_to_the_same_end(
    desk: Desk, calm_end: story.Outcome
) -> None:
    await story.play(desk, story.STEPS[:2])
    await story.STEPS[2](desk)
    await desk.stop()
    for step in story.STEPS[3:]:
        await step(desk)
    await desk.simulator.settle()
    await desk.start()
    await desk.until(lambda: story.outcome(desk) == calm_end)


@pytest.mark.exhaustive
async def test_creates_whose_answer_was_lost_are_made_exactly_once(desk: Desk) -> None:
    desk.simulator.drop_connections(match="POST .*/check-runs", after=True)
    desk.simulator.drop_connections(match="POST .*/issues/2/comments", after=True)
    first = await propose(desk, calm=False)
    second = await propose(desk, number=843, by=STRANGER, calm=False)
    await desk.calm()
    for number in (first, second):
        assert len(desk.comments(number)) == 1
        assert desk.conclusions(number) == ["neutral"]
        assert desk.labels(number) == {"new-pep", "awaiting sponsor"}


async def test_a_bot_that_lost_its_store_finds_what_it_wrote(desk: Desk) -> None:
    number = await propose(desk)
    comment, conclusions = desk.comment(number), desk.conclusions(number)
    await desk.stop()
    for file in desk.folder.glob("bot.sqlite3*"):
        file.unlink()
    await desk.start()
    await desk.simulator.comment(REPOSITORY, number, by=STRANGER, body="Nice!")
    await desk.calm()
    assert desk.comment(number) == comment
    assert desk.conclusions(number) == conclusions
