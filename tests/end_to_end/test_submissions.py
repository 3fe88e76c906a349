"""Issues in the council's tracker that submit PEPs: the PEP links to them; they get no comment."""

import asyncio

import pytest

from bot.cli.digest import digest_text, read_digest
from bot.cli.queue import queue_text, read_queues
from bot.handlers.events import Job
from bot.inbox.delivery import DeliveryState
from tests.end_to_end.conftest import AUTHOR, EDITOR, STRANGER, Days, pep
from tests.end_to_end.council import (
    COUNCIL,
    TYPING,
    UNFILLED,
    council_reads,
    council_writes,
    open_council,
    submit,
    summary,
)
from tests.end_to_end.harness import REPOSITORY, Harness
from tests.end_to_end.proposal import propose
from tests.end_to_end.test_explain import explained

EDITED = {
    "peps/pep-0840.rst": pep(
        840,
        author="Edith Quill <e@x.example>",
        sponsor=None,
        headers="Discussions-To: https://discuss.python.org/t/1\n",
        body="!",
    )
}
LINK = f"Submitted to the Steering Council: [issue #1](https://github.com/{COUNCIL}/issues/1), "
NO_DECISION = "; no decision recorded in the PEP."


async def edit_840(harness: Harness) -> int:
    number = await propose(harness, files=EDITED, title="PEP 840: Words", by=EDITOR)
    harness.simulator.clear_requests()
    return number


async def next_day(harness: Harness, clock: Days) -> None:
    """Start the bot the next day, and wait until it has looked around."""
    await harness.stop()
    harness.simulator.clear_requests()
    clock.passed += 1
    await harness.start()
    day = clock().date().isoformat()
    async with asyncio.timeout(20):
        while not await sweep_on(harness, day):  # noqa: ASYNC110  # the store tells nobody
            await asyncio.sleep(0.01)
    await harness.wait_until_idle()


async def sweep_on(harness: Harness, day: str) -> bool:
    """Whether the looks of a day are done with."""
    assert harness.server is not None
    records = await harness.server.inbox.records(limit=10_000)
    looks = [
        one
        for one in records
        if one.delivery.event == Job.SUBMISSIONS and one.delivery.id.endswith(day)
    ]
    assert all(one.state is not DeliveryState.DEAD for one in looks)
    return bool(looks) and all(one.state is DeliveryState.DONE for one in looks)


async def test_a_submission_is_linked_from_the_check_run_and_told_until_it_is_decided(
    harness: Harness,
) -> None:
    await open_council(harness)
    number = await edit_840(harness)
    assert "Submitted" not in summary(harness, number)
    assert "Submit it to the Steering Council" in summary(harness, number)
    assert await submit(harness, 840, by=AUTHOR) == 1
    assert f"{LINK}open since " in summary(harness, number)
    assert "Submit it to" not in summary(harness, number), "it is there"
    assert council_writes(harness) == []
    assert len(council_reads(harness)) <= 1, "what the council's repository holds, and that is kept"
    assert len(harness.writes()) == 1, "the check run alone"
    reply = await explained(harness, number)
    assert "- **Submitted to the Steering Council:** [issue #1](https://github.com/" in reply
    assert "no decision" not in reply

    await harness.simulator.close(COUNCIL, 1, by=STRANGER)
    await harness.wait_until_idle()
    assert LINK + "closed on " in summary(harness, number)
    assert NO_DECISION in summary(harness, number)
    assert "Submit it to the Steering Council" in summary(harness, number)
    assert "no decision recorded in the PEP." in await explained(harness, number)

    await harness.simulator.reopen(COUNCIL, 1, by=STRANGER)
    await harness.wait_until_idle()
    assert f"{LINK}open since " in summary(harness, number)
    assert council_writes(harness) == []


@pytest.mark.exhaustive
async def test_a_decision_that_is_recorded_is_no_follow_up(harness: Harness) -> None:
    await open_council(harness)
    await submit(harness, 840, by=AUTHOR)
    await harness.simulator.close(COUNCIL, 1, by=STRANGER)
    await harness.wait_until_idle()
    decided = EDITED["peps/pep-0840.rst"].replace("Draft", "Accepted")
    number = await propose(
        harness, files={"peps/pep-0840.rst": decided}, title="PEP 840: Accepted", by=EDITOR
    )
    assert LINK + "closed on " in summary(harness, number)
    assert "no decision" not in summary(harness, number)


@pytest.mark.exhaustive
async def test_the_issue_may_come_before_the_pull_request(harness: Harness) -> None:
    await open_council(harness)
    await submit(harness, 842, by=AUTHOR)
    number = await propose(harness)
    assert f"{LINK}open since " in summary(harness, number)
    assert "Submitted" not in harness.comment(number)


@pytest.mark.exhaustive
async def test_titles_that_change_and_issues_that_go_are_judged_again(harness: Harness) -> None:
    await open_council(harness)
    number = await edit_840(harness)
    issue = await submit(harness, 840, by=AUTHOR, title="What about PEP 840?", body="Is it dead?")
    assert "Submitted" not in summary(harness, number)
    await harness.simulator.edit_pull_request(COUNCIL, issue, by=AUTHOR, title="PEP 840: a wish")
    await harness.wait_until_idle()
    assert LINK in summary(harness, number)
    await harness.simulator.edit_pull_request(COUNCIL, issue, by=AUTHOR, title="PEP 841: a wish")
    await harness.wait_until_idle()
    assert "Submitted" not in summary(harness, number)
    await harness.simulator.edit_pull_request(COUNCIL, issue, by=AUTHOR, title="PEP 840: a wish")
    await harness.wait_until_idle()
    await harness.simulator.delete_issue(COUNCIL, issue, by=EDITOR)
    await harness.wait_until_idle()
    assert "Submitted" not in summary(harness, number)
    moved = await submit(harness, 840, by=AUTHOR)
    assert "[issue #2]" in summary(harness, number)
    await harness.simulator.transfer_issue(COUNCIL, moved, by=EDITOR, to="python/devguide")
    await harness.wait_until_idle()
    assert "Submitted" not in summary(harness, number)
    assert council_writes(harness) == []


@pytest.mark.exhaustive
async def test_a_deleted_issue_that_commanded_fails_nothing(harness: Harness) -> None:
    issue = await harness.simulator.open_issue(REPOSITORY, by=AUTHOR, title="Hi", body="/pep help")
    await harness.wait_until_idle()
    harness.simulator.clear_requests()
    await harness.simulator.delete_issue(REPOSITORY, issue, by=EDITOR)
    await harness.wait_until_idle()
    assert (harness.reads(), harness.writes()) == ([], [])
    assert harness.server is not None
    records = await harness.server.inbox.records(limit=100)
    assert {one.state for one in records} == {DeliveryState.DONE}


@pytest.mark.exhaustive
async def test_other_bodies_that_the_policy_knows_have_trackers_too(harness: Harness) -> None:
    await open_council(harness, COUNCIL, TYPING)
    number = await edit_840(harness)
    await submit(
        harness, 840, by=AUTHOR, tracker=TYPING, title="PEP 840: A calmer way", body="Please."
    )
    assert "Submitted to the Typing Council: [issue #1]" in summary(harness, number)
    await submit(harness, 840, by=AUTHOR)
    assert LINK in summary(harness, number)


@pytest.mark.exhaustive
async def test_an_issue_where_the_peps_are_or_nobodys_tracker_is_no_submission(
    harness: Harness,
) -> None:
    await open_council(harness, "python/elsewhere")
    number = await edit_840(harness)
    await submit(harness, 840, by=AUTHOR, tracker="python/elsewhere")
    await submit(harness, 840, by=AUTHOR, tracker=REPOSITORY)
    assert "Submitted" not in summary(harness, number)


@pytest.mark.exhaustive
async def test_a_delivery_that_comes_twice_counts_once_and_news_that_is_old_not_at_all(
    harness: Harness,
) -> None:
    await open_council(harness)
    number = await edit_840(harness)
    issue = await submit(harness, 840, by=AUTHOR)
    await harness.simulator.close(COUNCIL, issue, by=STRANGER)
    await harness.wait_until_idle()
    closed = summary(harness, number)
    harness.simulator.clear_requests()
    for delivery in [one for one in harness.simulator.deliveries if one.event == "issues"]:
        await harness.simulator.send_again(delivery.guid)
    await harness.wait_until_idle()
    assert summary(harness, number) == closed
    assert harness.writes() == []


async def test_the_bot_is_silent_in_the_councils_repository_whatever_is_said_there(
    harness: Harness,
) -> None:
    await open_council(harness)
    issue = await submit(harness, 840, by=AUTHOR, title="Number?", body="/pep number\n/pep help")
    await harness.simulator.comment(COUNCIL, issue, by=EDITOR, body="/pep help")
    pull = await harness.simulator.open_pull_request(
        COUNCIL, by=STRANGER, title="Minutes", body="/pep help", files={"minutes.md": "PEP 840\n"}
    )
    await harness.wait_until_idle()
    await harness.simulator.comment(COUNCIL, pull, by=EDITOR, body="/pep explain")
    await harness.simulator.merge(COUNCIL, pull, by=EDITOR)
    await harness.wait_until_idle()
    assert harness.writes() == []
    assert harness.server is not None
    records = await harness.server.inbox.records(limit=1_000)
    assert {one.state for one in records} == {DeliveryState.DONE}


@pytest.mark.exhaustive
async def test_blank_ones_are_for_the_editors_alone(harness: Harness) -> None:
    await open_council(harness)
    number = await edit_840(harness)
    await submit(harness, 0, by=STRANGER, title="PEP xxx -- <PEP title here>", body=UNFILLED)
    await submit(harness, 0, by=STRANGER, title="PEP 840 -- Words", body="")
    assert "Submitted" not in summary(harness, number)
    assert harness.writes() == []
    url = f"sqlite:///{harness.store}"
    listed = digest_text(await read_digest(url))
    assert f"{COUNCIL}#1 blank issue by a newcomer: PEP xxx" in listed
    queue = queue_text(await read_queues(url))
    section = queue.partition(COUNCIL)[2]
    assert "New issues, for editors only\n  #1 " in section
    assert "#2 " in section


async def test_the_daily_look_heals_what_no_event_told(harness: Harness, clock: Days) -> None:
    await open_council(harness)
    number = await edit_840(harness)
    with harness.simulator.lost_webhooks():
        issue = await harness.simulator.open_issue(
            COUNCIL, by=AUTHOR, title="PEP 840 -- A calmer way", body="Please decide."
        )
        await harness.simulator.open_issue(COUNCIL, by=STRANGER, title="PEP 840: x", body="")
        await harness.simulator.close(COUNCIL, issue, by=STRANGER)
    await next_day(harness, clock)
    assert NO_DECISION in summary(harness, number)
    assert council_writes(harness) == []
    with harness.simulator.lost_webhooks():
        await harness.simulator.reopen(COUNCIL, issue, by=STRANGER)
    await next_day(harness, clock)
    assert f"{LINK}open since " in summary(harness, number)
    with harness.simulator.lost_webhooks():
        await harness.simulator.delete_issue(COUNCIL, issue, by=STRANGER)
        moved = await harness.simulator.open_issue(
            COUNCIL, by=AUTHOR, title="PEP 840 -- A calmer way", body="Please decide."
        )
    await next_day(harness, clock)
    assert f"[issue #{moved}]" in summary(harness, number)
    with harness.simulator.lost_webhooks():
        await harness.simulator.transfer_issue(COUNCIL, moved, by=EDITOR, to="python/devguide")
    await next_day(harness, clock)
    assert "Submitted" not in summary(harness, number)


@pytest.mark.exhaustive
async def test_a_look_costs_little_and_fails_nowhere(harness: Harness, clock: Days) -> None:
    await next_day(harness, clock)
    alone = [path for path in harness.reads() if "/issues" in path]
    assert alone == [], "nobody's tracker is installed"
    await open_council(harness)
    await harness.simulator.open_pull_request(
        COUNCIL, by=STRANGER, title="Minutes", files={"minutes.md": "PEP 840\n"}
    )
    await harness.wait_until_idle()
    await next_day(harness, clock)
    assert len([path for path in harness.reads() if f"{COUNCIL}/issues" in path]) == 2
    assert len(council_reads(harness)) <= 8
    assert harness.writes() == []
    assert harness.server is not None
    records = await harness.server.inbox.records(limit=1_000)
    assert {one.state for one in records} == {DeliveryState.DONE}


@pytest.mark.parametrize("state", ["open", "closed"])
@pytest.mark.exhaustive
async def test_what_was_there_before_the_app_is_found_by_the_first_look(
    harness: Harness, clock: Days, state: str
) -> None:
    harness.simulator.create_repository(COUNCIL, {"README.md": "Hello\n"})
    await submit(harness, 840, by=AUTHOR)
    if state == "closed":
        await harness.simulator.close(COUNCIL, 1, by=EDITOR)
    number = await edit_840(harness)
    await harness.simulator.change_installation(harness.installation, add=[COUNCIL])
    await harness.wait_until_idle()
    await next_day(harness, clock)
    assert f"{LINK}{'open since' if state == 'open' else 'closed on'} " in summary(harness, number)


@pytest.mark.exhaustive
async def test_what_was_forgotten_with_the_app_is_found_again_when_it_is_back(
    harness: Harness, clock: Days
) -> None:
    await open_council(harness)
    await submit(harness, 840, by=AUTHOR)
    await harness.simulator.close(COUNCIL, 1, by=EDITOR)
    number = await edit_840(harness)
    clock.passed += 3
    await next_day(harness, clock)
    for change in ("remove", "add"):
        await harness.simulator.change_installation(harness.installation, **{change: [COUNCIL]})
        await harness.wait_until_idle()
    await harness.simulator.comment(REPOSITORY, number, by=EDITOR, body="/pep check")
    await harness.wait_until_idle()
    assert "Submitted" not in summary(harness, number)
    await next_day(harness, clock)
    assert f"{LINK}closed on " in summary(harness, number)


@pytest.mark.exhaustive
async def test_what_was_closed_long_ago_is_not_looked_for_again(
    harness: Harness, clock: Days
) -> None:
    await open_council(harness)
    await submit(harness, 840, by=AUTHOR)
    await harness.simulator.close(COUNCIL, 1, by=EDITOR)
    await harness.wait_until_idle()
    for _ in range(3):
        await next_day(harness, clock)
    assert not [path for path in council_reads(harness) if path.endswith("/issues/1")]


async def test_a_tracker_that_may_not_be_read_holds_up_nothing(
    harness: Harness, clock: Days
) -> None:
    await open_council(harness)
    harness.simulator.fail_next(403, match=f"GET /repos/{COUNCIL}/issues", times=100)
    await next_day(harness, clock)
    assert harness.server is not None
    records = await harness.server.inbox.records(limit=1_000)
    assert {one.state for one in records} == {DeliveryState.DONE}
