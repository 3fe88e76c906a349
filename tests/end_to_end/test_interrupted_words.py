"""The process ends between any two writes of a reminder, or of the line under a submission."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.handlers.internal_jobs import register_of, reminders_of
from bot.inbox.open import open_inbox
from bot.review.subject import Repository, Subject
from bot.server import running
from bot.store.database import open_database
from bot.store.sql import SqlStore
from tests.end_to_end.conftest import AUTHOR, EDITOR, pep, pep_desk
from tests.end_to_end.council import COUNCIL, filled, open_council, said
from tests.end_to_end.desk import REPOSITORY, Desk
from tests.end_to_end.mortal import Life, work_dying, work_for
from tests.end_to_end.proposal import propose, set_policy
from tests.end_to_end.test_reminders import Days, reminders

MOST_WRITES = 60


@pytest.fixture
def clock() -> Days:
    return Days()


@pytest.fixture
async def desk(tmp_path: Path, pem: str, clock: Days) -> AsyncIterator[Desk]:
    async with pep_desk(tmp_path, pem, clock, clock.githubs) as made:
        yield made


async def queue_look(desk: Desk, cause: str) -> None:
    """Have the register read and the reminders looked for."""
    repository = Repository(REPOSITORY, desk.installation)
    inbox = await open_inbox(desk.settings().database_url)
    for work in (register_of, reminders_of):
        await inbox.accept(work(repository, cause, desk.clock()))
    await inbox.close()


async def begun(desk: Desk, subject: Subject) -> list[str]:
    database = await open_database(desk.settings().database_url)
    found = await SqlStore(database).intents(subject)
    await database.close()
    return [str(one) for one in found]


class Reminded:
    """Merged pull requests, one after the other, each of which is to be reminded of once."""

    def __init__(self, desk: Desk, clock: Days) -> None:
        self._desk = desk
        self._clock = clock
        self._count = 0

    async def merge(self) -> int:
        """Merge the next one, and let a week pass; the bot is to look for what is due."""
        self._count += 1
        desk = self._desk
        await desk.start()
        number = await propose(desk, number=850 + self._count)
        await desk.simulator.merge(REPOSITORY, number, by=EDITOR)
        await desk.calm()
        await desk.stop()
        self._clock.passed += 8
        await queue_look(desk, f"cut-{self._count}")
        return number

    async def assert_once(self, number: int, what: str) -> None:
        """The reminder is there, comes no second time, and nothing of it is left open."""
        desk = self._desk
        await queue_look(desk, f"next-{self._count}")
        await work_for(desk, Life())
        assert len(reminders(desk, number)) == 1, f"cut short before {what}"
        subject = Subject(Repository(REPOSITORY, desk.installation), number)
        assert await begun(desk, subject) == []


async def test_a_reminder_cut_short_at_each_kind_of_write_is_given_once(
    desk: Desk, clock: Days
) -> None:
    await desk.stop()
    merged, died_at = Reminded(desk, clock), set[str]()
    known = -1
    while len(died_at) > known:
        known = len(died_at)
        number = await merged.merge()
        await work_dying(desk, died_at)
        await merged.assert_once(number, f"one of {died_at}")
    assert len(died_at) > 5


@pytest.mark.exhaustive
@pytest.mark.timeout(400)
async def test_a_reminder_cut_short_at_any_write_is_given_once(desk: Desk, clock: Days) -> None:
    await desk.stop()
    merged = Reminded(desk, clock)
    for writes in range(MOST_WRITES):
        number = await merged.merge()
        life = Life(writes)
        await work_for(desk, life)
        await work_for(desk, Life())
        await merged.assert_once(number, f"write {writes}: {life.last_wish}")
        if not life.is_over:
            return
    raise AssertionError("the work never came to an end")


class Submitted:
    """Submissions to the council, one after the other, each with a line under it."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._pep = 850
        self._issue = 0

    async def submit(self) -> None:
        """Close the submission there was, and submit another PEP."""
        desk = self._desk
        async with running(desk.settings(), with_worker=False):
            if self._issue:
                await desk.simulator.close(COUNCIL, self._issue, by=EDITOR)
            self._pep += 1
            await self._publish("This PEP proposes something.")
            self._issue = await desk.simulator.open_issue(
                COUNCIL,
                by=AUTHOR,
                title=f"PEP {self._pep} -- A calmer way",
                body=filled(self._pep),
            )
            await desk.simulator.settle()

    async def change(self) -> None:
        """Change the PEP that is submitted."""
        async with running(self._desk.settings(), with_worker=False):
            await self._publish("Changed.")
            await self._desk.simulator.settle()

    async def _publish(self, body: str) -> None:
        text = pep(self._pep, sponsor=None, body=body)
        path = f"peps/pep-{self._pep:04}.rst"
        await self._desk.simulator.commit(REPOSITORY, {path: text}, by=EDITOR)

    async def assert_line(self, words: str, what: str) -> None:
        """There is one line, which says this, and nothing of it is left open."""
        (line,) = said(self._desk, self._issue)
        assert words in line, f"cut short before {what}"
        subject = Subject(Repository(COUNCIL, self._desk.installation), self._issue)
        assert await begun(self._desk, subject) == []


async def submitted(desk: Desk) -> Submitted:
    """Nothing submitted so far, and the bot at rest."""
    await set_policy(desk, "[council]\nline = true\n")
    await open_council(desk)
    await desk.stop()
    return Submitted(desk)


@pytest.mark.exhaustive
async def test_a_line_cut_short_at_each_kind_of_write_is_written_once(desk: Desk) -> None:
    line, died_at = await submitted(desk), set[str]()
    known = -1
    while len(died_at) > known:
        known = len(died_at)
        await line.submit()
        await work_dying(desk, died_at)
        await line.assert_line("Nothing has changed", f"one of {died_at}")
        await line.change()
        await work_dying(desk, died_at)
        await line.assert_line("Changed since it was submitted", f"one of {died_at}")
    assert len(died_at) > 5


@pytest.mark.exhaustive
@pytest.mark.timeout(400)
async def test_a_line_cut_short_at_any_write_is_written_once(desk: Desk) -> None:
    line = await submitted(desk)
    for writes in range(MOST_WRITES):
        life, later = Life(writes), Life(writes)
        await line.submit()
        await work_for(desk, life)
        await work_for(desk, Life())
        await line.assert_line("Nothing has changed", f"write {writes}: {life.last_wish}")
        await line.change()
        await work_for(desk, later)
        await work_for(desk, Life())
        await line.assert_line("Changed since it was submitted", f"{writes}: {later.last_wish}")
        if not (life.is_over or later.is_over):
            return
    raise AssertionError("the work never came to an end")
