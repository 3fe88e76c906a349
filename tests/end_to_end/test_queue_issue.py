"""The editors' queue as an issue, by policy: opened once, and edited in place once a week."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.handlers.events import Job
from bot.inbox.delivery import DeliveryState
from bot.review.render.queue import QUEUE_TITLE
from github_simulator.views import PullRequestView
from tests.end_to_end.conftest import AUTHOR, EDITOR, SPONSOR, STRANGER, pep_harness
from tests.end_to_end.harness import BOT, REPOSITORY, Harness
from tests.end_to_end.proposal import propose, set_policy

ON = "[issues]\nqueue = true\n"
EDIT = ("PATCH", "/repos/python/peps/issues/2")


class Weeks:
    """The bot's clock, put forward by the test."""

    def __init__(self) -> None:
        self.passed = 0

    def __call__(self) -> datetime:
        return datetime.now(UTC) + timedelta(weeks=self.passed)


async def handled(harness: Harness) -> int:
    assert harness.server is not None
    records = await harness.server.inbox.records(limit=10_000)
    return sum(
        one.delivery.event == Job.QUEUE and one.state is DeliveryState.DONE for one in records
    )


async def next_week(harness: Harness, clock: Weeks) -> list[tuple[str, str]]:
    """What the bot writes when it starts in the next week."""
    before = await handled(harness)
    await harness.stop()
    harness.simulator.clear_requests()
    clock.passed += 1
    await harness.start()
    async with asyncio.timeout(20):
        while await handled(harness) <= before:  # noqa: ASYNC110  # the store tells nobody
            await asyncio.sleep(0.01)
    await harness.wait_until_idle()
    return harness.writes()


def issue(harness: Harness, number: int = 2) -> PullRequestView:
    return harness.simulator.pull_request(REPOSITORY, number)


def opened_by_the_bot(harness: Harness) -> int:
    """How many issues the bot opened."""
    return sum(
        (one.event, one.action) == ("issues", "opened") and one.payload["sender"]["login"] == BOT
        for one in harness.simulator.deliveries
    )


def lose_store(folder: Path) -> None:
    for file in folder.glob("bot.sqlite3*"):
        file.unlink()


@pytest.fixture
def clock() -> Weeks:
    return Weeks()


@pytest.mark.exhaustive
async def test_it_is_off_unless_the_policy_wants_it(tmp_path: Path, pem: str, clock: Weeks) -> None:
    async with pep_harness(tmp_path, pem, clock) as harness:
        await propose(harness)
        assert await next_week(harness, clock) == []


async def test_one_issue_is_opened_and_edited_only_when_something_changed(
    tmp_path: Path, pem: str, clock: Weeks
) -> None:
    async with pep_harness(tmp_path, pem, clock) as harness:
        await set_policy(harness, ON)
        number = await propose(
            harness, title="PEP 842: @python/all <b> `x` #1 <!-- pep-bot:queue -->"
        )
        await harness.simulator.open_issue(REPOSITORY, by=STRANGER, title="Hi", body="")
        await harness.wait_until_idle()
        assert await next_week(harness, clock) == [("POST", "/repos/python/peps/issues")]
        opened = issue(harness, 3)
        assert (opened.author, opened.title) == (BOT, QUEUE_TITLE)
        assert f"## Sponsors\n\n- [`#{number}`](../pull/{number}) `PEP 842: @python/all" in (
            opened.body or ""
        )
        assert "842: [`#1`](../pull/1)" in opened.body
        assert "newcomer" not in opened.body, "blank issues are for editors alone"
        told = opened.body.replace("`PEP 842: @python/all", "")
        assert "@" not in told
        assert await next_week(harness, clock) == [("PATCH", "/repos/python/peps/issues/3")], "idle"
        assert "**idle** since" in issue(harness, 3).body
        assert await next_week(harness, clock) == []


@pytest.mark.exhaustive
async def test_a_lost_store_leads_to_no_second_one_and_a_strangers_copy_is_not_taken_for_it(
    tmp_path: Path, pem: str, clock: Weeks
) -> None:
    async with pep_harness(tmp_path, pem, clock) as harness:
        await set_policy(harness, ON)
        await propose(harness)
        await next_week(harness, clock)
        await harness.simulator.open_issue(
            REPOSITORY, by=STRANGER, title="Q", body=issue(harness).body
        )
        await harness.wait_until_idle()
        await harness.stop()
        lose_store(tmp_path)
        await harness.start()
        # Something happens, so that the bot knows of the repository again.
        await harness.simulator.comment(REPOSITORY, 1, by=SPONSOR, body="/pep sponsor")
        await harness.wait_until_idle()
        assert EDIT in await next_week(harness, clock)
        assert "## Editors" in issue(harness).body
        assert "## Editors" not in issue(harness, 3).body
        assert opened_by_the_bot(harness) == 1


async def test_the_answer_that_was_lost_leads_to_no_second_one(
    tmp_path: Path, pem: str, clock: Weeks
) -> None:
    async with pep_harness(tmp_path, pem, clock) as harness:
        await set_policy(harness, ON)
        await propose(harness)
        harness.simulator.drop_connections(r"POST /repos/python/peps/issues\b", after=True)
        await next_week(harness, clock)
        assert opened_by_the_bot(harness) == 1


@pytest.mark.exhaustive
async def test_a_closed_one_is_left_alone(tmp_path: Path, pem: str, clock: Weeks) -> None:
    async with pep_harness(tmp_path, pem, clock) as harness:
        await set_policy(harness, ON)
        await propose(harness, by=AUTHOR)
        await next_week(harness, clock)
        await harness.simulator.close(REPOSITORY, 2, by=EDITOR)
        await harness.wait_until_idle()
        assert await next_week(harness, clock) == []
        assert issue(harness).state == "closed"
