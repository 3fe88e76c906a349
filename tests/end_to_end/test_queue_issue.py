"""The editors' queue as one issue, by policy: opened once, edited in place, once a week."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.handlers.internal_jobs import QUEUE
from bot.inbox.delivery import DeliveryState
from bot.review.render.queue import QUEUE_TITLE
from github_simulator.views import PullRequestView
from tests.end_to_end.conftest import AUTHOR, EDITOR, SPONSOR, STRANGER, pep_desk
from tests.end_to_end.desk import BOT, REPOSITORY, Desk
from tests.end_to_end.proposal import propose, set_policy

ON = "[issues]\nqueue = true\n"
EDIT = ("PATCH", "/repos/python/peps/issues/2")


class Weeks:
    """The bot's clock, put forward by the test."""

    def __init__(self) -> None:
        self.passed = 0

    def __call__(self) -> datetime:
        return datetime.now(UTC) + timedelta(weeks=self.passed)


async def handled(desk: Desk) -> int:
    assert desk.server is not None
    records = await desk.server.inbox.records(limit=10_000)
    return sum(one.delivery.event == QUEUE and one.state is DeliveryState.DONE for one in records)


async def next_week(desk: Desk, clock: Weeks) -> list[tuple[str, str]]:
    """What the bot writes when it starts in the next week."""
    before = await handled(desk)
    await desk.stop()
    desk.simulator.clear_requests()
    clock.passed += 1
    await desk.start()
    async with asyncio.timeout(20):
        while await handled(desk) <= before:  # noqa: ASYNC110  # the store tells nobody
            await asyncio.sleep(0.01)
    await desk.calm()
    return desk.writes()


def issue(desk: Desk, number: int = 2) -> PullRequestView:
    return desk.simulator.pull_request(REPOSITORY, number)


def opened_by_the_bot(desk: Desk) -> int:
    """How many issues the bot opened."""
    return sum(
        (one.event, one.action) == ("issues", "opened") and one.payload["sender"]["login"] == BOT
        for one in desk.simulator.deliveries
    )


def lose_store(folder: Path) -> None:
    for file in folder.glob("bot.sqlite3*"):
        file.unlink()


@pytest.fixture
def clock() -> Weeks:
    return Weeks()


@pytest.mark.exhaustive
async def test_it_is_off_unless_the_policy_wants_it(tmp_path: Path, pem: str, clock: Weeks) -> None:
    async with pep_desk(tmp_path, pem, clock) as desk:
        await propose(desk)
        assert await next_week(desk, clock) == []


async def test_one_issue_is_opened_and_edited_only_when_something_changed(
    tmp_path: Path, pem: str, clock: Weeks
) -> None:
    async with pep_desk(tmp_path, pem, clock) as desk:
        await set_policy(desk, ON)
        number = await propose(desk, title="PEP 842: @python/all <b> `x` #1 <!-- pep-bot:queue -->")
        await desk.simulator.open_issue(REPOSITORY, by=STRANGER, title="Hi", body="")
        await desk.calm()
        assert await next_week(desk, clock) == [("POST", "/repos/python/peps/issues")]
        opened = issue(desk, 3)
        assert (opened.author, opened.title) == (BOT, QUEUE_TITLE)
        assert f"## Sponsors\n\n- [`#{number}`](../pull/{number}) `PEP 842: @python/all" in (
            opened.body or ""
        )
        assert "842: [`#1`](../pull/1)" in opened.body
        assert "newcomer" not in opened.body, "blank issues are for editors alone"
        told = opened.body.replace("`PEP 842: @python/all", "")
        assert "@" not in told
        assert await next_week(desk, clock) == [("PATCH", "/repos/python/peps/issues/3")], "idle"
        assert "**idle** since" in issue(desk, 3).body
        assert await next_week(desk, clock) == []


@pytest.mark.exhaustive
async def test_a_lost_store_leads_to_no_second_one_and_a_strangers_copy_is_not_taken_for_it(
    tmp_path: Path, pem: str, clock: Weeks
) -> None:
    async with pep_desk(tmp_path, pem, clock) as desk:
        await set_policy(desk, ON)
        await propose(desk)
        await next_week(desk, clock)
        await desk.simulator.open_issue(REPOSITORY, by=STRANGER, title="Q", body=issue(desk).body)
        await desk.calm()
        await desk.stop()
        lose_store(tmp_path)
        await desk.start()
        # Something happens, so that the bot knows of the repository again.
        await desk.simulator.comment(REPOSITORY, 1, by=SPONSOR, body="/pep sponsor")
        await desk.calm()
        assert EDIT in await next_week(desk, clock)
        assert "## Editors" in issue(desk).body
        assert "## Editors" not in issue(desk, 3).body
        assert opened_by_the_bot(desk) == 1


async def test_the_answer_that_was_lost_leads_to_no_second_one(
    tmp_path: Path, pem: str, clock: Weeks
) -> None:
    async with pep_desk(tmp_path, pem, clock) as desk:
        await set_policy(desk, ON)
        await propose(desk)
        desk.simulator.drop_connections(r"POST /repos/python/peps/issues\b", after=True)
        await next_week(desk, clock)
        assert opened_by_the_bot(desk) == 1


@pytest.mark.exhaustive
async def test_a_closed_one_is_left_alone(tmp_path: Path, pem: str, clock: Weeks) -> None:
    async with pep_desk(tmp_path, pem, clock) as desk:
        await set_policy(desk, ON)
        await propose(desk, by=AUTHOR)
        await next_week(desk, clock)
        await desk.simulator.close(REPOSITORY, 2, by=EDITOR)
        await desk.calm()
        assert await next_week(desk, clock) == []
        assert issue(desk).state == "closed"
