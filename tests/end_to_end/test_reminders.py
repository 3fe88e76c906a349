"""After a merge: one comment with the next steps, and one reminder of a forgotten thread."""

import asyncio
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from bot.cli.queue import queue_json, queue_text, read_queues
from bot.handlers.events import Job
from bot.inbox.delivery import DeliveryState
from tests.end_to_end.conftest import AUTHOR, EDITOR, STRANGER, Days, pep
from tests.end_to_end.harness import REPOSITORY, Harness
from tests.end_to_end.proposal import propose, set_policy

THREAD = "https://discuss.python.org/t/a-calmer-way/1234"
NEVER = datetime.min.replace(tzinfo=UTC)
REMINDER = "<!-- pep-bot:reminder "
PATH = "peps/pep-0842.rst"


async def handled(harness: Harness, event: str, since: datetime = NEVER) -> int:
    """How many deliveries of an event are done that came since then."""
    assert harness.server is not None
    return sum(
        one.delivery.event == event
        and one.state is DeliveryState.DONE
        and one.delivery.received_at >= since
        for one in await harness.server.inbox.records(limit=10_000)
    )


async def later(harness: Harness, clock: Days, days: int) -> None:
    """The bot comes back some days later, and does what a round does."""
    await harness.stop()
    harness.simulator.clear_requests()
    clock.passed += days
    now = clock()
    await harness.start()
    waits_for = [Job.REGISTER, Job.REMINDERS] if days else [Job.REGISTER]
    async with asyncio.timeout(20):
        for event in waits_for:
            while not await handled(harness, event, now):  # noqa: ASYNC110 # the store tells nobody
                await asyncio.sleep(0.01)
    await harness.wait_until_idle()


async def merged(
    harness: Harness, text: str | None = None, *, pep: int = 842, by: str = AUTHOR
) -> int:
    """A pull request with a new PEP that was merged."""
    number = await propose(harness, text, number=pep, by=by)
    await harness.simulator.merge(REPOSITORY, number, by=EDITOR)
    await harness.wait_until_idle()
    return number


def lose_store(folder: Path) -> None:
    for file in folder.glob("bot.sqlite3*"):
        file.unlink()


def reminders(harness: Harness, number: int) -> list[str]:
    return [body for body in harness.comments(number) if REMINDER in body]


def links(body: str) -> list[str]:
    return re.findall(r"\]\((https://[^)]+)\)", body)


def form(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


async def test_a_forgotten_thread_is_reminded_of_once_a_week_after_the_merge(
    harness: Harness, clock: Days
) -> None:
    number, another = await merged(harness), await merged(harness, pep=843, by=STRANGER)
    steps = harness.comments(number)[-1]
    assert "<!-- pep-bot:merged -->" in steps
    await later(harness, clock, 6)
    assert harness.writes() == []
    harness.overrides["dry_run"] = True
    await later(harness, clock, 2)
    assert reminders(harness, number) == [], "a dry run tells nobody, and takes no reminder away"
    harness.overrides["dry_run"] = False
    before = await handled(harness, Job.REMINDERS)
    await later(harness, clock, 1)
    (reminder,) = reminders(harness, number)
    assert reminder.startswith("<!-- pep-bot:reminder thread-missing:842:missing -->")
    assert f"@{AUTHOR} PEP 842" in reminder
    assert re.findall(r"@[A-Za-z]+", reminder) == [f"@{AUTHOR}"]
    topic, edit = links(reminder)
    assert form(topic) == {
        "category": "peps",
        "title": "PEP 842: A calmer way",
        "body": (
            "This is the discussion thread of PEP 842: A calmer way\n\n"
            "The PEP: https://peps.python.org/pep-0842/"
        ),
    }
    assert edit == f"https://github.com/python/peps/edit/main/{PATH}"
    assert topic in steps
    assert edit in steps
    (elsewhere,) = reminders(harness, another)
    assert elsewhere.startswith("<!-- pep-bot:reminder thread-missing:843:missing -->")
    assert f"@{STRANGER} PEP 843" in elsewhere
    assert await handled(harness, Job.REMINDERS) == before + 1
    await later(harness, clock, 0)
    assert await handled(harness, Job.REMINDERS) == before + 1, "two rounds of a day look once"
    await later(harness, clock, 40)
    assert harness.writes() == []
    assert len(reminders(harness, number)) == 1


@pytest.mark.exhaustive
async def test_a_lost_store_leads_to_no_second_reminder(
    harness: Harness, clock: Days, tmp_path: Path
) -> None:
    number = await merged(harness)
    await later(harness, clock, 8)
    await harness.stop()
    lose_store(tmp_path)
    await harness.start()
    # Something happens there, so that the bot knows of the pull request again.
    await harness.simulator.comment(REPOSITORY, number, by=AUTHOR, body="/pep check")
    await harness.wait_until_idle()
    await later(harness, clock, 40)
    await later(harness, clock, 40)
    assert len(reminders(harness, number)) == 1


@pytest.mark.exhaustive
async def test_an_answer_that_was_lost_leads_to_no_second_reminder(
    harness: Harness, clock: Days
) -> None:
    number = await merged(harness)
    harness.simulator.drop_connections(
        rf"POST /repos/python/peps/issues/{number}/comments", after=True
    )
    await later(harness, clock, 8)
    await later(harness, clock, 1)
    assert len(reminders(harness, number)) == 1


@pytest.mark.exhaustive
async def test_a_thread_that_was_set_in_time_ends_it(harness: Harness, clock: Days) -> None:
    number = await merged(harness)
    text = pep(842, headers=f"Discussions-To: {THREAD}\n")
    follow_up = await harness.simulator.open_pull_request(
        REPOSITORY, by=AUTHOR, title="PEP 842: Add thread", body="", files={PATH: text}
    )
    await harness.wait_until_idle()
    await harness.simulator.merge(REPOSITORY, follow_up, by=EDITOR)
    await harness.wait_until_idle()
    await later(harness, clock, 8)
    assert reminders(harness, number) == []
    assert await due(harness, clock) == []


async def test_a_pause_by_an_editor_or_the_author_ends_it_and_its_end_brings_it_back(
    harness: Harness, clock: Days
) -> None:
    labelled, said = await merged(harness), await merged(harness, pep=843, by=STRANGER)
    await harness.simulator.label(REPOSITORY, labelled, by=EDITOR, name="bot: paused")
    await harness.simulator.comment(REPOSITORY, said, by=STRANGER, body="/pep pause")
    await harness.wait_until_idle()
    assert "bot: paused" in harness.labels(said)
    await later(harness, clock, 8)
    assert reminders(harness, labelled) == reminders(harness, said) == []
    await harness.simulator.unlabel(REPOSITORY, labelled, by=EDITOR, name="bot: paused")
    await later(harness, clock, 1)
    assert len(reminders(harness, labelled)) == 1
    assert reminders(harness, said) == []


async def test_not_yet_sets_it_aside_in_queue_and_comment(harness: Harness, clock: Days) -> None:
    await set_policy(harness, '[reminders]\nthread_missing = "digest"\n')
    number = await merged(harness)
    await later(harness, clock, 8)
    assert reminders(harness, number) == []
    (listed,) = await due(harness, clock)
    assert (listed["kind"], listed["pep"]) == ("thread-missing", 842)
    issue = await harness.simulator.open_issue(REPOSITORY, by=EDITOR, title="Later", body="")
    refused = await harness.simulator.comment(
        REPOSITORY, issue, by=STRANGER, body="/pep not-yet 842"
    )
    await harness.wait_until_idle()
    assert harness.reactions(issue, refused) == ["confused"]
    assert await due(harness, clock) != []
    said = await harness.simulator.comment(
        REPOSITORY, issue, by=EDITOR, body="/pep not-yet 842 because it comes\n/pep not-yet 7"
    )
    await harness.wait_until_idle()
    assert harness.reactions(issue, said) == ["confused"]
    assert "PEP 7 is not published" in harness.replies(issue)[-1]
    assert await due(harness, clock) == []
    await set_policy(harness, '[reminders]\nthread_missing = "comment"\n')
    await later(harness, clock, 1)
    assert reminders(harness, number) == []


@pytest.mark.exhaustive
async def test_each_step_of_a_release_is_one_reminder_where_the_policy_wants_comments(
    harness: Harness, clock: Days
) -> None:
    await set_policy(harness, '[reminders]\nnot_final = "comment"\n')
    thread = f"Discussions-To: {THREAD}\n"
    number = await merged(harness, pep(842, headers=thread))
    beta, final = (f"{clock() + timedelta(days=days):%Y-%m-%d}" for days in (20, 100))
    await harness.simulator.commit(
        REPOSITORY,
        {
            PATH: pep(842, headers=thread, status="Accepted"),
            "peps/pep-0839.rst": pep(
                839,
                title="Python 3.16 Release Schedule",
                status="Active",
                headers="Topic: Release\n",
                body=f"- 3.16.0 beta 1: Monday, {beta}\n- 3.16.0 final: Monday, {final}",
            ),
        },
        by=EDITOR,
    )
    await harness.wait_until_idle()
    reminded = []
    for days in (10, 15, 10, 64, 2, 30):
        await later(harness, clock, days)
        reminded.append(len(reminders(harness, number)))
    assert reminded == [0, 1, 1, 1, 2, 2]
    first, second = reminders(harness, number)
    assert "Python 3.16 is in beta" in first
    assert "Python 3.16 is released" in second
    assert "`Status: Final`" in second


@pytest.mark.exhaustive
async def test_what_the_policy_switched_off_is_nowhere(harness: Harness, clock: Days) -> None:
    await set_policy(harness, '[reminders]\nthread_missing = "off"\n')
    number = await merged(harness)
    await later(harness, clock, 8)
    assert reminders(harness, number) == []
    assert await due(harness, clock) == []


async def due(harness: Harness, clock: Days, pep: int = 842) -> list[dict[str, object]]:
    """The follow-ups about a PEP as the command line has them."""
    queues = await read_queues(harness.settings().database_url, clock)
    found = [one for one in json.loads(queue_json(queues))["follow_ups"] if one["pep"] == pep]
    said = f"PEP {pep} A calmer way: `Discussions-To` links no thread, since "
    assert (said in queue_text(queues)) is bool(found)
    return found
