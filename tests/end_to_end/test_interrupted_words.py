"""The process ends between any two writes of a reminder, or of the line under a submission."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.events.own import register_of, reminders_of
from bot.inbox.open import open_inbox
from bot.review.subject import Repository, Subject
from bot.server import running
from bot.store.database import open_database
from bot.store.sql import SqlStore
from tests.end_to_end.conftest import AUTHOR, EDITOR, pep, pep_desk
from tests.end_to_end.council import COUNCIL, filled, open_council, said
from tests.end_to_end.desk import REPOSITORY, Desk
from tests.end_to_end.mortal import Life, work_for
from tests.end_to_end.proposal import propose, set_policy
from tests.end_to_end.test_reminders import Days, reminders

pytestmark = pytest.mark.exhaustive

FOR_EVER = 10_000
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


async def test_a_reminder_cut_short_at_any_write_is_given_once(desk: Desk, clock: Days) -> None:
    for writes in range(MOST_WRITES):
        number = await propose(desk, number=850 + writes)
        await desk.simulator.merge(REPOSITORY, number, by=EDITOR)
        await desk.calm()
        await desk.stop()
        clock.passed += 8
        await queue_look(desk, f"cut-{writes}")
        life = Life(writes)
        await work_for(desk, life)
        await work_for(desk, Life(FOR_EVER))
        await queue_look(desk, f"next-{writes}")
        await work_for(desk, Life(FOR_EVER))
        assert len(reminders(desk, number)) == 1, f"before write {writes}: {life.last_wish}"
        subject = Subject(Repository(REPOSITORY, desk.installation), number)
        assert await begun(desk, subject) == []
        await desk.start()
        if not life.is_over:
            return
    raise AssertionError("the work never came to an end")


async def test_a_line_cut_short_at_any_write_is_written_once(desk: Desk) -> None:
    await set_policy(desk, "[council]\nline = true\n")
    await open_council(desk)
    await desk.stop()
    for writes in range(MOST_WRITES):
        number = 850 + writes
        path = f"peps/pep-{number:04}.rst"
        async with running(desk.settings(), with_worker=False):
            await desk.simulator.commit(REPOSITORY, {path: pep(number, sponsor=None)}, by=EDITOR)
            issue = await desk.simulator.open_issue(
                COUNCIL, by=AUTHOR, title=f"PEP {number} -- A calmer way", body=filled(number)
            )
            await desk.simulator.settle()
        life = Life(writes)
        await work_for(desk, life)
        await work_for(desk, Life(FOR_EVER))
        (line,) = said(desk, issue)
        assert "Nothing has changed" in line, f"before write {writes}: {life.last_wish}"
        async with running(desk.settings(), with_worker=False):
            changed = pep(number, sponsor=None, body="Changed.")
            await desk.simulator.commit(REPOSITORY, {path: changed}, by=EDITOR)
            await desk.simulator.settle()
        later = Life(writes)
        await work_for(desk, later)
        await work_for(desk, Life(FOR_EVER))
        (line,) = said(desk, issue)
        assert "Changed since it was submitted" in line, f"{writes}: {later.last_wish}"
        subject = Subject(Repository(COUNCIL, desk.installation), issue)
        assert await begun(desk, subject) == []
        await desk.simulator.close(COUNCIL, issue, by=EDITOR)
        if not (life.is_over or later.is_over):
            return
    raise AssertionError("the work never came to an end")
