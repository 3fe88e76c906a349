"""What reviews cost in requests to GitHub."""

import re

import pytest

from tests.end_to_end import budget
from tests.end_to_end.budget import Budgeted, review_writes
from tests.end_to_end.conftest import AUTHOR, SPONSOR, STRANGER
from tests.end_to_end.harness import REPOSITORY, Harness
from tests.end_to_end.proposal import propose

OPEN_LIST = f"/repos/{REPOSITORY}/pulls?"


async def within_budget(harness: Harness, event: Budgeted) -> int:
    """Let an event happen and look at what it cost; returns the pull request's number."""
    number = await event.play(harness)
    assert len(harness.reads()) <= event.reads, harness.reads()
    assert len(review_writes(harness)) <= event.writes, harness.writes()
    return number


async def test_a_new_pep_costs_six_reads_and_at_most_four_writes_when_warm(
    harness: Harness,
) -> None:
    number = await within_budget(harness, budget.NEW_PEP)
    assert harness.conclusions(number) == ["neutral"]


async def test_fixing_a_pull_request_costs_no_more(harness: Harness) -> None:
    await within_budget(harness, budget.FIXED)


async def test_the_first_review_of_a_cold_bot_costs_sixteen_and_one_per_open_pull_request(
    harness: Harness,
) -> None:
    number = await within_budget(harness, budget.COLD)
    assert harness.conclusions(number) == ["neutral"]
    others = range(number - len(budget.OPEN_BEFORE), number)
    assert [harness.comments(other) for other in others] == [[], [], []]


@pytest.mark.exhaustive
async def test_many_first_events_to_a_bot_that_knows_nothing_have_it_look_around_once(
    harness: Harness,
) -> None:
    await harness.stop()
    with harness.simulator.lost_webhooks():
        numbers = [
            await propose(harness, number=842 + place, wait_until_idle=False) for place in range(6)
        ]
    (harness.folder / "bot.sqlite3").unlink()
    await harness.start()
    harness.simulator.clear_requests()
    # Held up, so that all of them ask for it.
    harness.simulator.fail_next(502, times=3, match=f"GET {re.escape(OPEN_LIST)}")
    for number in numbers:
        await harness.simulator.comment(REPOSITORY, number, by=AUTHOR, body="Is anybody there?")
    await harness.wait_until_idle()
    assert [len(harness.comments(number)) for number in numbers] == [1] * len(numbers)
    looks = [one for one in harness.simulator.requests if one.path.startswith(OPEN_LIST)]
    assert len([one for one in looks if one.status == 200]) == 1


async def test_a_delivery_that_comes_again_costs_nothing(harness: Harness) -> None:
    await within_budget(harness, budget.DOUBLED)
    assert harness.simulator.requests == ()
    (opened,) = [d for d in harness.simulator.deliveries if d.action == "opened"]
    assert [attempt.status_code for attempt in opened.attempts] == [202, 202]


async def test_a_push_of_nothing_new_costs_two_reads_and_the_check_run(harness: Harness) -> None:
    await within_budget(harness, budget.NOTHING_NEW)
    assert len(harness.reads()) == 2, harness.reads()
    assert harness.writes() == [("POST", f"/repos/{REPOSITORY}/check-runs")]


async def test_an_infrastructure_pull_request_costs_two_reads(harness: Harness) -> None:
    await within_budget(harness, budget.INFRASTRUCTURE)
    assert len(harness.reads()) == 2, harness.reads()
    assert harness.writes() == []


async def test_talk_costs_three_reads_and_a_second_comment_writes_nothing(harness: Harness) -> None:
    await within_budget(harness, budget.TALK)
    assert harness.writes() == []


async def test_a_push_costs_two_reads_and_two_for_each_pull_request_that_it_concerns(
    harness: Harness,
) -> None:
    number = await within_budget(harness, budget.NEW_POLICY)
    assert "fresh" in harness.labels(number)
    unchanged = [one for one in harness.simulator.requests if one.status == 304]
    assert len(unchanged) == len(budget.OPEN_BEFORE), "GitHub does not count these"


async def test_a_comment_below_a_hundred_others_costs_one_page_and_is_understood(
    harness: Harness,
) -> None:
    number = await propose(harness)
    with harness.simulator.lost_webhooks():
        for place in range(101):
            await harness.simulator.comment(REPOSITORY, number, by=STRANGER, body=f"Spam {place}")
    await harness.simulator.comment(REPOSITORY, number, by=AUTHOR, body="Is anybody there?")
    await harness.wait_until_idle()
    harness.simulator.clear_requests()
    consent = await harness.simulator.comment(REPOSITORY, number, by=SPONSOR, body="/pep sponsor")
    await harness.wait_until_idle()
    pages = [path for path in harness.reads() if f"issues/{number}/comments" in path]
    assert len(pages) == 1
    assert harness.conclusions(number) == ["success"]
    harness.simulator.clear_requests()
    await harness.simulator.delete_comment(REPOSITORY, consent, by=SPONSOR)
    await harness.wait_until_idle()
    pages = [path for path in harness.reads() if f"issues/{number}/comments" in path]
    assert len(pages) == 1
