"""No reminder is posted if it would be noise, or would reach the wrong person."""

import pytest

from tests.end_to_end.conftest import AUTHOR, EDITOR, SPONSOR, STRANGER, Days, pep
from tests.end_to_end.harness import REPOSITORY, Harness
from tests.end_to_end.proposal import propose
from tests.end_to_end.test_reminders import PATH, THREAD, due, later, merged, reminders


@pytest.mark.exhaustive
async def test_words_under_what_was_merged_before_the_app_came_lead_to_none(
    harness: Harness, clock: Days
) -> None:
    with harness.simulator.lost_webhooks():
        number = await propose(harness, wait_until_idle=False)
        await harness.simulator.merge(REPOSITORY, number, by=EDITOR)
    await later(harness, clock, 400)
    await harness.simulator.comment(REPOSITORY, number, by=STRANGER, body="What became of it?")
    await harness.wait_until_idle()
    await later(harness, clock, 8)
    await later(harness, clock, 30)
    assert harness.comments(number) == []


@pytest.mark.exhaustive
async def test_a_change_to_the_pep_that_is_under_way_holds_it_back(
    harness: Harness, clock: Days
) -> None:
    number = await merged(harness)
    text = pep(842, headers=f"Discussions-To: {THREAD}\n")
    mend = await harness.simulator.open_pull_request(
        REPOSITORY, by=AUTHOR, title="PEP 842: Add thread", body="", files={PATH: text}
    )
    await harness.wait_until_idle()
    await later(harness, clock, 8)
    assert reminders(harness, number) == []
    await harness.simulator.close(REPOSITORY, mend, by=AUTHOR)
    await harness.wait_until_idle()
    await later(harness, clock, 1)
    assert len(reminders(harness, number)) == 1


@pytest.mark.exhaustive
async def test_a_new_name_is_addressed_and_nobody_where_the_author_is_gone_no_person_or_locked_out(
    harness: Harness, clock: Days
) -> None:
    harness.simulator.add_user("porter[bot]", "Bot")
    renamed = await merged(harness)
    gone = await merged(harness, pep=843, by=STRANGER)
    programs = await merged(harness, pep=844, by="porter[bot]")
    locked = await merged(harness, pep=845, by=SPONSOR)
    harness.simulator.rename_user(AUTHOR, "ada-l")
    harness.simulator.rename_user(STRANGER, "ghost")
    await harness.simulator.lock(REPOSITORY, locked, by=EDITOR)
    await later(harness, clock, 8)
    (reminder,) = reminders(harness, renamed)
    assert "@ada-l PEP 842" in reminder
    assert f"@{AUTHOR} " not in reminder
    for number in (gone, programs, locked):
        assert reminders(harness, number) == []
    assert [one["pep"] for one in await due(harness, clock, 843)] == [843], "editors see it"
    await later(harness, clock, 1)
    assert harness.writes() == [], "it is tried once"
    assert reminders(harness, locked) == []


@pytest.mark.exhaustive
async def test_a_pep_that_moved_to_another_number_is_reminded_of_once_if_at_all(
    harness: Harness, clock: Days
) -> None:
    number = await merged(harness)
    move = await harness.simulator.open_pull_request(
        REPOSITORY,
        by=EDITOR,
        title="PEP 843: Renumber PEP 842",
        body="",
        files={PATH: None, "peps/pep-0843.rst": pep(843)},
    )
    await harness.wait_until_idle()
    await harness.simulator.merge(REPOSITORY, move, by=EDITOR)
    await harness.wait_until_idle()
    await later(harness, clock, 8)
    await later(harness, clock, 30)
    reminded = reminders(harness, number) + reminders(harness, move)
    assert len(reminded) <= 1
