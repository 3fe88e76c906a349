"""What reviews cost in requests to GitHub."""

import re

import pytest

from tests.end_to_end import budget
from tests.end_to_end.budget import Budgeted, review_writes
from tests.end_to_end.conftest import AUTHOR, SPONSOR, STRANGER
from tests.end_to_end.desk import REPOSITORY, Desk
from tests.end_to_end.proposal import propose

OPEN_LIST = f"/repos/{REPOSITORY}/pulls?"


async def within_budget(desk: Desk, event: Budgeted) -> int:
    """Let an event happen and look at what it cost; returns the pull request's number."""
    number = await event.play(desk)
    assert len(desk.reads()) <= event.reads, desk.reads()
    assert len(review_writes(desk)) <= event.writes, desk.writes()
    return number


async def test_a_new_pep_costs_six_reads_and_at_most_four_writes_when_warm(desk: Desk) -> None:
    number = await within_budget(desk, budget.NEW_PEP)
    assert desk.conclusions(number) == ["neutral"]


async def test_mending_a_pull_request_costs_no_more(desk: Desk) -> None:
    await within_budget(desk, budget.MENDED)


async def test_the_first_review_of_a_cold_bot_costs_sixteen_and_one_per_open_pull_request(
    desk: Desk,
) -> None:
    number = await within_budget(desk, budget.COLD)
    assert desk.conclusions(number) == ["neutral"]
    others = range(number - len(budget.OPEN_BEFORE), number)
    assert [desk.comments(other) for other in others] == [[], [], []]


@pytest.mark.exhaustive
async def test_many_first_events_to_a_bot_that_knows_nothing_have_it_look_around_once(
    desk: Desk,
) -> None:
    await desk.stop()
    with desk.simulator.lost_webhooks():
        numbers = [await propose(desk, number=842 + place, calm=False) for place in range(6)]
    (desk.folder / "bot.sqlite3").unlink()
    await desk.start()
    desk.simulator.clear_requests()
    # Held up, so that all of them ask for it.
    desk.simulator.fail_next(502, times=3, match=f"GET {re.escape(OPEN_LIST)}")
    for number in numbers:
        await desk.simulator.comment(REPOSITORY, number, by=AUTHOR, body="Is anybody there?")
    await desk.calm()
    assert [len(desk.comments(number)) for number in numbers] == [1] * len(numbers)
    looks = [one for one in desk.simulator.requests if one.path.startswith(OPEN_LIST)]
    assert len([one for one in looks if one.status == 200]) == 1


async def test_a_delivery_that_comes_again_costs_nothing(desk: Desk) -> None:
    await within_budget(desk, budget.DOUBLED)
    assert desk.simulator.requests == ()
    (opened,) = [d for d in desk.simulator.deliveries if d.action == "opened"]
    assert [attempt.status_code for attempt in opened.attempts] == [202, 202]


async def test_a_push_of_nothing_new_costs_two_reads_and_the_check_run(desk: Desk) -> None:
    await within_budget(desk, budget.NOTHING_NEW)
    assert len(desk.reads()) == 2, desk.reads()
    assert desk.writes() == [("POST", f"/repos/{REPOSITORY}/check-runs")]


async def test_an_infrastructure_pull_request_costs_two_reads(desk: Desk) -> None:
    await within_budget(desk, budget.INFRASTRUCTURE)
    assert len(desk.reads()) == 2, desk.reads()
    assert desk.writes() == []


async def test_talk_costs_three_reads_and_a_second_comment_writes_nothing(desk: Desk) -> None:
    await within_budget(desk, budget.TALK)
    assert desk.writes() == []


async def test_a_comment_below_a_hundred_others_costs_one_page_and_is_understood(
    desk: Desk,
) -> None:
    number = await propose(desk)
    with desk.simulator.lost_webhooks():
        for place in range(101):
            await desk.simulator.comment(REPOSITORY, number, by=STRANGER, body=f"Spam {place}")
    await desk.simulator.comment(REPOSITORY, number, by=AUTHOR, body="Is anybody there?")
    await desk.calm()
    desk.simulator.clear_requests()
    consent = await desk.simulator.comment(REPOSITORY, number, by=SPONSOR, body="/pep sponsor")
    await desk.calm()
    pages = [path for path in desk.reads() if f"issues/{number}/comments" in path]
    assert len(pages) == 1
    assert desk.conclusions(number) == ["success"]
    desk.simulator.clear_requests()
    await desk.simulator.delete_comment(REPOSITORY, consent, by=SPONSOR)
    await desk.calm()
    pages = [path for path in desk.reads() if f"issues/{number}/comments" in path]
    assert len(pages) == 1
