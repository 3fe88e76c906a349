"""Where a reminder would be noise, or would go to somebody else, none is given."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.end_to_end.conftest import AUTHOR, EDITOR, SPONSOR, STRANGER, pep, pep_desk
from tests.end_to_end.desk import REPOSITORY, Desk
from tests.end_to_end.proposal import propose
from tests.end_to_end.test_reminders import PATH, THREAD, Days, due, later, merged, reminders


@pytest.fixture
def clock() -> Days:
    return Days()


@pytest.fixture
async def desk(tmp_path: Path, pem: str, clock: Days) -> AsyncIterator[Desk]:
    async with pep_desk(tmp_path, pem, clock, clock.githubs) as made:
        yield made


@pytest.mark.exhaustive
async def test_words_under_what_was_merged_before_the_app_came_lead_to_none(
    desk: Desk, clock: Days
) -> None:
    with desk.simulator.lost_webhooks():
        number = await propose(desk, calm=False)
        await desk.simulator.merge(REPOSITORY, number, by=EDITOR)
    await later(desk, clock, 400)
    await desk.simulator.comment(REPOSITORY, number, by=STRANGER, body="What became of it?")
    await desk.calm()
    await later(desk, clock, 8)
    await later(desk, clock, 30)
    assert desk.comments(number) == []


@pytest.mark.exhaustive
async def test_a_change_to_the_pep_that_is_under_way_holds_it_back(desk: Desk, clock: Days) -> None:
    number = await merged(desk)
    text = pep(842, headers=f"Discussions-To: {THREAD}\n")
    mend = await desk.simulator.open_pull_request(
        REPOSITORY, by=AUTHOR, title="PEP 842: Add thread", body="", files={PATH: text}
    )
    await desk.calm()
    await later(desk, clock, 8)
    assert reminders(desk, number) == []
    await desk.simulator.close(REPOSITORY, mend, by=AUTHOR)
    await desk.calm()
    await later(desk, clock, 1)
    assert len(reminders(desk, number)) == 1


@pytest.mark.exhaustive
async def test_a_new_name_is_addressed_and_nobody_where_the_author_is_gone_no_person_or_locked_out(
    desk: Desk, clock: Days
) -> None:
    desk.simulator.add_user("porter[bot]", "Bot")
    renamed = await merged(desk)
    gone = await merged(desk, pep=843, by=STRANGER)
    programs = await merged(desk, pep=844, by="porter[bot]")
    locked = await merged(desk, pep=845, by=SPONSOR)
    desk.simulator.rename_user(AUTHOR, "ada-l")
    desk.simulator.rename_user(STRANGER, "ghost")
    await desk.simulator.lock(REPOSITORY, locked, by=EDITOR)
    await later(desk, clock, 8)
    (reminder,) = reminders(desk, renamed)
    assert "@ada-l PEP 842" in reminder
    assert f"@{AUTHOR} " not in reminder
    for number in (gone, programs, locked):
        assert reminders(desk, number) == []
    assert [one["pep"] for one in await due(desk, clock, 843)] == [843], "editors see it"
    await later(desk, clock, 1)
    assert desk.writes() == [], "it is tried once"
    assert reminders(desk, locked) == []


@pytest.mark.exhaustive
async def test_a_pep_that_moved_to_another_number_is_reminded_of_once_if_at_all(
    desk: Desk, clock: Days
) -> None:
    number = await merged(desk)
    move = await desk.simulator.open_pull_request(
        REPOSITORY,
        by=EDITOR,
        title="PEP 843: Renumber PEP 842",
        body="",
        files={PATH: None, "peps/pep-0843.rst": pep(843)},
    )
    await desk.calm()
    await desk.simulator.merge(REPOSITORY, move, by=EDITOR)
    await desk.calm()
    await later(desk, clock, 8)
    await later(desk, clock, 30)
    told = reminders(desk, number) + reminders(desk, move)
    assert len(told) <= 1
