"""The process ends between any two writes of a reminder, or of a submission's comment."""

import pytest

from bot.handlers.events import Job
from bot.handlers.jobs import job_of
from bot.inbox.open import open_inbox
from bot.review.subject import Repository, Subject
from bot.server import running
from bot.store.database import open_database
from bot.store.store import Store
from tests.end_to_end.conftest import AUTHOR, EDITOR, Days, pep
from tests.end_to_end.council import COUNCIL, bot_comments, filled, open_council
from tests.end_to_end.crashing_worker import WriteLimit, run_crashing_workers, run_worker
from tests.end_to_end.harness import REPOSITORY, Harness
from tests.end_to_end.proposal import propose, set_policy
from tests.end_to_end.test_reminders import reminders

MOST_WRITES = 60


async def queue_look(harness: Harness, cause: str) -> None:
    """Have the register read and the reminders looked for."""
    repository = Repository(REPOSITORY, harness.installation)
    inbox = await open_inbox(harness.settings().database_url)
    for name in (Job.REGISTER, Job.REMINDERS):
        await inbox.accept(job_of(name, repository, cause, harness.clock()))
    await inbox.close()


async def begun(harness: Harness, subject: Subject) -> list[str]:
    database = await open_database(harness.settings().database_url)
    found = await Store(database).intents(subject)
    await database.close()
    return [str(one) for one in found]


class Reminded:
    """Merged pull requests, one after the other, each of which is to be reminded of once."""

    def __init__(self, harness: Harness, clock: Days) -> None:
        self._harness = harness
        self._clock = clock
        self._count = 0

    async def merge(self) -> int:
        """Merge the next one, and let a week pass; the bot is to look for what is due."""
        self._count += 1
        harness = self._harness
        await harness.start()
        number = await propose(harness, number=850 + self._count)
        await harness.simulator.merge(REPOSITORY, number, by=EDITOR)
        await harness.wait_until_idle()
        await harness.stop()
        self._clock.passed += 8
        await queue_look(harness, f"cut-{self._count}")
        return number

    async def assert_once(self, number: int, what: str) -> None:
        """The reminder is there, comes no second time, and nothing of it is left open."""
        harness = self._harness
        await queue_look(harness, f"next-{self._count}")
        await run_worker(harness, WriteLimit())
        assert len(reminders(harness, number)) == 1, f"cut short before {what}"
        subject = Subject(Repository(REPOSITORY, harness.installation), number)
        assert await begun(harness, subject) == []


async def test_a_reminder_cut_short_at_each_kind_of_write_is_given_once(
    harness: Harness, clock: Days
) -> None:
    await harness.stop()
    merged, crashed_at = Reminded(harness, clock), set[str]()
    known = -1
    while len(crashed_at) > known:
        known = len(crashed_at)
        number = await merged.merge()
        await run_crashing_workers(harness, crashed_at)
        await merged.assert_once(number, f"one of {crashed_at}")
    assert len(crashed_at) > 5


@pytest.mark.exhaustive
@pytest.mark.timeout(400)
async def test_a_reminder_cut_short_at_any_write_is_given_once(
    harness: Harness, clock: Days
) -> None:
    await harness.stop()
    merged = Reminded(harness, clock)
    for writes in range(MOST_WRITES):
        number = await merged.merge()
        write_limit = WriteLimit(writes)
        await run_worker(harness, write_limit)
        await run_worker(harness, WriteLimit())
        await merged.assert_once(number, f"write {writes}: {write_limit.failed_write}")
        if not write_limit.is_over:
            return
    raise AssertionError("the work never came to an end")


class Submitted:
    """Submissions to the council, one after the other, each with a line under it."""

    def __init__(self, harness: Harness) -> None:
        self._harness = harness
        self._pep = 850
        self._issue = 0

    async def submit(self) -> None:
        """Close the submission there was, and submit another PEP."""
        harness = self._harness
        async with running(harness.settings(), with_worker=False):
            if self._issue:
                await harness.simulator.close(COUNCIL, self._issue, by=EDITOR)
            self._pep += 1
            await self._publish("This PEP proposes something.")
            self._issue = await harness.simulator.open_issue(
                COUNCIL,
                by=AUTHOR,
                title=f"PEP {self._pep} -- A calmer way",
                body=filled(self._pep),
            )
            await harness.simulator.settle()

    async def change(self) -> None:
        """Change the PEP that is submitted."""
        async with running(self._harness.settings(), with_worker=False):
            await self._publish("Changed.")
            await self._harness.simulator.settle()

    async def _publish(self, body: str) -> None:
        text = pep(self._pep, sponsor=None, body=body)
        path = f"peps/pep-{self._pep:04}.rst"
        await self._harness.simulator.commit(REPOSITORY, {path: text}, by=EDITOR)

    async def assert_line(self, words: str, what: str) -> None:
        """There is one line, which says this, and nothing of it is left open."""
        (line,) = bot_comments(self._harness, self._issue)
        assert words in line, f"cut short before {what}"
        subject = Subject(Repository(COUNCIL, self._harness.installation), self._issue)
        assert await begun(self._harness, subject) == []


async def submitted(harness: Harness) -> Submitted:
    """Nothing submitted so far, and the bot at rest."""
    await set_policy(harness, "[council]\nline = true\n")
    await open_council(harness)
    await harness.stop()
    return Submitted(harness)


@pytest.mark.exhaustive
async def test_a_line_cut_short_at_each_kind_of_write_is_written_once(harness: Harness) -> None:
    line, crashed_at = await submitted(harness), set[str]()
    known = -1
    while len(crashed_at) > known:
        known = len(crashed_at)
        await line.submit()
        await run_crashing_workers(harness, crashed_at)
        await line.assert_line("Nothing has changed", f"one of {crashed_at}")
        await line.change()
        await run_crashing_workers(harness, crashed_at)
        await line.assert_line("Changed since it was submitted", f"one of {crashed_at}")
    assert len(crashed_at) > 5


@pytest.mark.exhaustive
@pytest.mark.timeout(400)
async def test_a_line_cut_short_at_any_write_is_written_once(harness: Harness) -> None:
    line = await submitted(harness)
    for writes in range(MOST_WRITES):
        write_limit, later = WriteLimit(writes), WriteLimit(writes)
        await line.submit()
        await run_worker(harness, write_limit)
        await run_worker(harness, WriteLimit())
        await line.assert_line("Nothing has changed", f"write {writes}: {write_limit.failed_write}")
        await line.change()
        await run_worker(harness, later)
        await run_worker(harness, WriteLimit())
        await line.assert_line("Changed since it was submitted", f"{writes}: {later.failed_write}")
        if not (write_limit.is_over or later.is_over):
            return
    raise AssertionError("the work never came to an end")
