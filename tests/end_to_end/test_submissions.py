"""Issues of the council's tracker that submit PEPs: linked where the PEP is, and no word there."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.cli.digest import digest_text, read_digest
from bot.cli.queue import queue_text, read_queues
from bot.handlers.internal_jobs import SUBMISSIONS
from bot.inbox.delivery import DeliveryState
from tests.end_to_end.conftest import AUTHOR, EDITOR, STRANGER, pep, pep_desk
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
from tests.end_to_end.desk import REPOSITORY, Desk
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


async def edit_840(desk: Desk) -> int:
    number = await propose(desk, files=EDITED, title="PEP 840: Words", by=EDITOR)
    desk.simulator.clear_requests()
    return number


class Days:
    """The bot's clock, put forward by the test."""

    def __init__(self) -> None:
        self.passed = 0

    def __call__(self) -> datetime:
        return datetime.now(UTC) + timedelta(days=self.passed)


async def next_day(desk: Desk, clock: Days) -> None:
    """Start the bot the next day, and wait until it has looked around."""
    await desk.stop()
    desk.simulator.clear_requests()
    clock.passed += 1
    await desk.start()
    day = clock().date().isoformat()
    async with asyncio.timeout(20):
        while not await looked(desk, day):  # noqa: ASYNC110  # the store tells nobody
            await asyncio.sleep(0.01)
    await desk.calm()


async def looked(desk: Desk, day: str) -> bool:
    """Whether the looks of a day are done with."""
    assert desk.server is not None
    records = await desk.server.inbox.records(limit=10_000)
    looks = [
        one
        for one in records
        if one.delivery.event == SUBMISSIONS and one.delivery.id.endswith(day)
    ]
    assert all(one.state is not DeliveryState.DEAD for one in looks)
    return bool(looks) and all(one.state is DeliveryState.DONE for one in looks)


async def test_a_submission_is_linked_from_the_check_run_and_told_until_it_is_decided(
    desk: Desk,
) -> None:
    await open_council(desk)
    number = await edit_840(desk)
    assert "Submitted" not in summary(desk, number)
    assert "Hand it to the Steering Council" in summary(desk, number)
    assert await submit(desk, 840, by=AUTHOR) == 1
    assert f"{LINK}open since " in summary(desk, number)
    assert "Hand it to" not in summary(desk, number), "it is there"
    assert council_writes(desk) == []
    assert len(council_reads(desk)) <= 1, "what the council's repository holds, and that is kept"
    assert len(desk.writes()) == 1, "the check run alone"
    told = await explained(desk, number)
    assert "- **Submitted to the Steering Council:** [issue #1](https://github.com/" in told
    assert "no decision" not in told

    await desk.simulator.close(COUNCIL, 1, by=STRANGER)
    await desk.calm()
    assert LINK + "closed on " in summary(desk, number)
    assert NO_DECISION in summary(desk, number)
    assert "Hand it to the Steering Council" in summary(desk, number)
    assert "no decision recorded in the PEP." in await explained(desk, number)

    await desk.simulator.reopen(COUNCIL, 1, by=STRANGER)
    await desk.calm()
    assert f"{LINK}open since " in summary(desk, number)
    assert council_writes(desk) == []


@pytest.mark.exhaustive
async def test_a_decision_that_is_recorded_is_no_follow_up(desk: Desk) -> None:
    await open_council(desk)
    await submit(desk, 840, by=AUTHOR)
    await desk.simulator.close(COUNCIL, 1, by=STRANGER)
    await desk.calm()
    decided = EDITED["peps/pep-0840.rst"].replace("Draft", "Accepted")
    number = await propose(
        desk, files={"peps/pep-0840.rst": decided}, title="PEP 840: Accepted", by=EDITOR
    )
    assert LINK + "closed on " in summary(desk, number)
    assert "no decision" not in summary(desk, number)


@pytest.mark.exhaustive
async def test_the_issue_may_come_before_the_pull_request(desk: Desk) -> None:
    await open_council(desk)
    await submit(desk, 842, by=AUTHOR)
    number = await propose(desk)
    assert f"{LINK}open since " in summary(desk, number)
    assert "Submitted" not in desk.comment(number)


@pytest.mark.exhaustive
async def test_titles_that_change_and_issues_that_go_are_judged_again(desk: Desk) -> None:
    await open_council(desk)
    number = await edit_840(desk)
    issue = await submit(desk, 840, by=AUTHOR, title="What about PEP 840?", body="Is it dead?")
    assert "Submitted" not in summary(desk, number)
    await desk.simulator.edit_pull_request(COUNCIL, issue, by=AUTHOR, title="PEP 840: a wish")
    await desk.calm()
    assert LINK in summary(desk, number)
    await desk.simulator.edit_pull_request(COUNCIL, issue, by=AUTHOR, title="PEP 841: a wish")
    await desk.calm()
    assert "Submitted" not in summary(desk, number)
    await desk.simulator.edit_pull_request(COUNCIL, issue, by=AUTHOR, title="PEP 840: a wish")
    await desk.calm()
    await desk.simulator.delete_issue(COUNCIL, issue, by=EDITOR)
    await desk.calm()
    assert "Submitted" not in summary(desk, number)
    moved = await submit(desk, 840, by=AUTHOR)
    assert "[issue #2]" in summary(desk, number)
    await desk.simulator.transfer_issue(COUNCIL, moved, by=EDITOR, to="python/devguide")
    await desk.calm()
    assert "Submitted" not in summary(desk, number)
    assert council_writes(desk) == []


@pytest.mark.exhaustive
async def test_a_deleted_issue_that_commanded_fails_nothing(desk: Desk) -> None:
    issue = await desk.simulator.open_issue(REPOSITORY, by=AUTHOR, title="Hi", body="/pep help")
    await desk.calm()
    desk.simulator.clear_requests()
    await desk.simulator.delete_issue(REPOSITORY, issue, by=EDITOR)
    await desk.calm()
    assert (desk.reads(), desk.writes()) == ([], [])
    assert desk.server is not None
    records = await desk.server.inbox.records(limit=100)
    assert {one.state for one in records} == {DeliveryState.DONE}


@pytest.mark.exhaustive
async def test_other_bodies_that_the_policy_knows_have_trackers_too(desk: Desk) -> None:
    await open_council(desk, COUNCIL, TYPING)
    number = await edit_840(desk)
    await submit(
        desk, 840, by=AUTHOR, tracker=TYPING, title="PEP 840: A calmer way", body="Please."
    )
    assert "Submitted to the Typing Council: [issue #1]" in summary(desk, number)
    await submit(desk, 840, by=AUTHOR)
    assert LINK in summary(desk, number)


@pytest.mark.exhaustive
async def test_an_issue_where_the_peps_are_or_nobodys_tracker_is_no_submission(desk: Desk) -> None:
    await open_council(desk, "python/elsewhere")
    number = await edit_840(desk)
    await submit(desk, 840, by=AUTHOR, tracker="python/elsewhere")
    await submit(desk, 840, by=AUTHOR, tracker=REPOSITORY)
    assert "Submitted" not in summary(desk, number)


@pytest.mark.exhaustive
async def test_a_delivery_that_comes_twice_counts_once_and_news_that_is_old_not_at_all(
    desk: Desk,
) -> None:
    await open_council(desk)
    number = await edit_840(desk)
    issue = await submit(desk, 840, by=AUTHOR)
    await desk.simulator.close(COUNCIL, issue, by=STRANGER)
    await desk.calm()
    closed = summary(desk, number)
    desk.simulator.clear_requests()
    for delivery in [one for one in desk.simulator.deliveries if one.event == "issues"]:
        await desk.simulator.send_again(delivery.guid)
    await desk.calm()
    assert summary(desk, number) == closed
    assert desk.writes() == []


async def test_the_bot_is_silent_in_the_councils_repository_whatever_is_said_there(
    desk: Desk,
) -> None:
    await open_council(desk)
    issue = await submit(desk, 840, by=AUTHOR, title="Number?", body="/pep number\n/pep help")
    await desk.simulator.comment(COUNCIL, issue, by=EDITOR, body="/pep help")
    pull = await desk.simulator.open_pull_request(
        COUNCIL, by=STRANGER, title="Minutes", body="/pep help", files={"minutes.md": "PEP 840\n"}
    )
    await desk.calm()
    await desk.simulator.comment(COUNCIL, pull, by=EDITOR, body="/pep explain")
    await desk.simulator.merge(COUNCIL, pull, by=EDITOR)
    await desk.calm()
    assert desk.writes() == []
    assert desk.server is not None
    records = await desk.server.inbox.records(limit=1_000)
    assert {one.state for one in records} == {DeliveryState.DONE}


@pytest.mark.exhaustive
async def test_blank_ones_are_for_the_editors_alone(desk: Desk) -> None:
    await open_council(desk)
    number = await edit_840(desk)
    await submit(desk, 0, by=STRANGER, title="PEP xxx -- <PEP title here>", body=UNFILLED)
    await submit(desk, 0, by=STRANGER, title="PEP 840 -- Words", body="")
    assert "Submitted" not in summary(desk, number)
    assert desk.writes() == []
    url = f"sqlite:///{desk.store}"
    listed = digest_text(await read_digest(url))
    assert f"{COUNCIL}#1 blank issue by a newcomer: PEP xxx" in listed
    queue = queue_text(await read_queues(url))
    section = queue.partition(COUNCIL)[2]
    assert "Issues to look at, for editors only\n  #1 " in section
    assert "#2 " in section


async def test_the_daily_look_heals_what_no_event_told(tmp_path: Path, pem: str) -> None:
    clock = Days()
    async with pep_desk(tmp_path, pem, clock) as desk:
        await open_council(desk)
        number = await edit_840(desk)
        with desk.simulator.lost_webhooks():
            issue = await desk.simulator.open_issue(
                COUNCIL, by=AUTHOR, title="PEP 840 -- A calmer way", body="Please decide."
            )
            await desk.simulator.open_issue(COUNCIL, by=STRANGER, title="PEP 840: x", body="")
            await desk.simulator.close(COUNCIL, issue, by=STRANGER)
        await next_day(desk, clock)
        assert NO_DECISION in summary(desk, number)
        assert council_writes(desk) == []
        with desk.simulator.lost_webhooks():
            await desk.simulator.reopen(COUNCIL, issue, by=STRANGER)
        await next_day(desk, clock)
        assert f"{LINK}open since " in summary(desk, number)
        with desk.simulator.lost_webhooks():
            await desk.simulator.delete_issue(COUNCIL, issue, by=STRANGER)
            moved = await desk.simulator.open_issue(
                COUNCIL, by=AUTHOR, title="PEP 840 -- A calmer way", body="Please decide."
            )
        await next_day(desk, clock)
        assert f"[issue #{moved}]" in summary(desk, number)
        with desk.simulator.lost_webhooks():
            await desk.simulator.transfer_issue(COUNCIL, moved, by=EDITOR, to="python/devguide")
        await next_day(desk, clock)
        assert "Submitted" not in summary(desk, number)


@pytest.mark.exhaustive
async def test_a_look_costs_little_and_fails_nowhere(tmp_path: Path, pem: str) -> None:
    clock = Days()
    async with pep_desk(tmp_path, pem, clock) as desk:
        await next_day(desk, clock)
        alone = [path for path in desk.reads() if "/issues" in path]
        assert alone == [], "nobody's tracker is installed"
        await open_council(desk)
        await desk.simulator.open_pull_request(
            COUNCIL, by=STRANGER, title="Minutes", files={"minutes.md": "PEP 840\n"}
        )
        await desk.calm()
        await next_day(desk, clock)
        assert len([path for path in desk.reads() if f"{COUNCIL}/issues" in path]) == 2
        assert len(council_reads(desk)) <= 8
        assert desk.writes() == []
        assert desk.server is not None
        records = await desk.server.inbox.records(limit=1_000)
        assert {one.state for one in records} == {DeliveryState.DONE}


@pytest.mark.parametrize("state", ["open", "closed"])
@pytest.mark.exhaustive
async def test_what_was_there_before_the_app_is_found_by_the_first_look(
    tmp_path: Path, pem: str, state: str
) -> None:
    clock = Days()
    async with pep_desk(tmp_path, pem, clock) as desk:
        desk.simulator.create_repository(COUNCIL, {"README.md": "Hello\n"})
        await submit(desk, 840, by=AUTHOR)
        if state == "closed":
            await desk.simulator.close(COUNCIL, 1, by=EDITOR)
        number = await edit_840(desk)
        await desk.simulator.change_installation(desk.installation, add=[COUNCIL])
        await desk.calm()
        await next_day(desk, clock)
        assert f"{LINK}{'open since' if state == 'open' else 'closed on'} " in summary(desk, number)


@pytest.mark.exhaustive
async def test_what_was_forgotten_with_the_app_is_found_again_when_it_is_back(
    tmp_path: Path, pem: str
) -> None:
    clock = Days()
    async with pep_desk(tmp_path, pem, clock) as desk:
        await open_council(desk)
        await submit(desk, 840, by=AUTHOR)
        await desk.simulator.close(COUNCIL, 1, by=EDITOR)
        number = await edit_840(desk)
        clock.passed += 3
        await next_day(desk, clock)
        for change in ("remove", "add"):
            await desk.simulator.change_installation(desk.installation, **{change: [COUNCIL]})
            await desk.calm()
        await desk.simulator.comment(REPOSITORY, number, by=EDITOR, body="/pep check")
        await desk.calm()
        assert "Submitted" not in summary(desk, number)
        await next_day(desk, clock)
        assert f"{LINK}closed on " in summary(desk, number)


@pytest.mark.exhaustive
async def test_what_was_closed_long_ago_is_not_looked_for_again(tmp_path: Path, pem: str) -> None:
    clock = Days()
    async with pep_desk(tmp_path, pem, clock) as desk:
        await open_council(desk)
        await submit(desk, 840, by=AUTHOR)
        await desk.simulator.close(COUNCIL, 1, by=EDITOR)
        await desk.calm()
        for _ in range(3):
            await next_day(desk, clock)
        assert not [path for path in council_reads(desk) if path.endswith("/issues/1")]


async def test_a_tracker_that_may_not_be_read_holds_up_nothing(tmp_path: Path, pem: str) -> None:
    clock = Days()
    async with pep_desk(tmp_path, pem, clock) as desk:
        await open_council(desk)
        desk.simulator.fail_next(403, match=f"GET /repos/{COUNCIL}/issues", times=100)
        await next_day(desk, clock)
        assert desk.server is not None
        records = await desk.server.inbox.records(limit=1_000)
        assert {one.state for one in records} == {DeliveryState.DONE}
