"""The process ends between any two writes of its work; started again, it comes to the same end."""

import re
from collections.abc import Sequence

import pytest

from bot.review.subject import Subject
from bot.server import running
from bot.store.database import open_database
from bot.store.sql import SqlStore
from tests.end_to_end.conftest import AUTHOR, SPONSOR, STRANGER, pep
from tests.end_to_end.desk import REPOSITORY, Desk
from tests.end_to_end.mortal import Life, work_for
from tests.end_to_end.proposal import propose

pytestmark = pytest.mark.exhaustive

FOR_EVER = 10_000
MOST_WRITES = 80
Seen = tuple[set[str], list[str | None], list[str], list[str]]


async def rivals(desk: Desk, closing: Sequence[int]) -> tuple[int, int]:
    """Two pull requests for one number; the older is heard of last, with its sponsor's word.

    Those before them are closed. What waits then leads to creates, to updates, and from one pull
    request to the other.
    """
    await desk.start()
    for number in closing:
        await desk.simulator.close(REPOSITORY, number, by=AUTHOR)
    await desk.calm()
    with desk.simulator.lost_webhooks():
        older = await propose(desk, calm=False)
    younger = await propose(desk, by=STRANGER)
    await desk.stop()
    async with running(desk.settings(), with_worker=False):
        await desk.simulator.comment(REPOSITORY, older, by=SPONSOR, body="/pep sponsor")
        await desk.simulator.edit_pull_request(
            REPOSITORY, older, by=AUTHOR, title="PEP 842: Calmer"
        )
        await desk.simulator.settle()
    return older, younger


async def agree_and_renumber(desk: Desk, older: int) -> None:
    """What follows on a pull request that the bot knows: a push that takes all claims away."""
    async with running(desk.settings(), with_worker=False):
        await desk.simulator.push(
            REPOSITORY,
            older,
            {"peps/pep-0842.rst": None, "peps/pep-0843.rst": pep(843, sponsor=None)},
        )
        await desk.simulator.settle()


def seen(desk: Desk, number: int, *others: int) -> Seen:
    """What a person sees on a pull request; comments without what differs from run to run."""
    names = {str(one): f"N{place}" for place, one in enumerate(sorted((number, *others)))}

    def plain(body: str) -> str:
        body = re.sub(r"(issuecomment-)[0-9]+", r"\1…", body)
        return re.sub(r"(--|pull/|#)([0-9]+)", lambda m: m[1] + names.get(m[2], m[2]), body)

    return (
        desk.labels(number),
        desk.conclusions(number),
        [plain(body) for body in desk.comments(number)],
        sorted(f"{place[0]}:{place[1]} {place[2]}" for place in desk.annotations(number)),
    )


async def test_a_first_review_cut_short_at_any_write_is_brought_to_its_end(desk: Desk) -> None:
    await desk.stop()
    expected: tuple[Seen, Seen] | None = None
    older = younger = 0
    for writes in (FOR_EVER, *range(MOST_WRITES)):
        older, younger = await rivals(desk, [older, younger] if older else [])
        life = Life(writes)
        await work_for(desk, life)
        await work_for(desk, Life(FOR_EVER))
        found = seen(desk, older, younger), seen(desk, younger, older)
        if expected is None:
            expected = found
            assert found[0][:2] == ({"new-pep", "awaiting editor"}, ["success"])
            assert found[1][:2] == ({"new-pep", "needs number", "awaiting author"}, ["failure"])
        assert found == expected, f"cut short before write {writes}: {life.last_wish}"
        await assert_nothing_open(desk)
        if writes != FOR_EVER and not life.is_over:
            return
    raise AssertionError("the work never came to an end")


async def test_a_later_review_cut_short_at_any_write_is_brought_to_its_end(desk: Desk) -> None:
    await desk.stop()
    expected: tuple[Seen, Seen] | None = None
    older = younger = 0
    for writes in (FOR_EVER, *range(MOST_WRITES)):
        older, younger = await rivals(desk, [older, younger] if older else [])
        await work_for(desk, Life(FOR_EVER))
        await agree_and_renumber(desk, older)
        life = Life(writes)
        await work_for(desk, life)
        await work_for(desk, Life(FOR_EVER))
        found = seen(desk, older, younger), seen(desk, younger, older)
        if expected is None:
            expected = found
            assert "needs sponsor" in found[0][0]
            assert "needs number" not in found[1][0]
        assert found == expected, f"cut short before write {writes}: {life.last_wish}"
        await assert_nothing_open(desk)
        if writes != FOR_EVER and not life.is_over:
            return
    raise AssertionError("the work never came to an end")


async def assert_nothing_open(desk: Desk) -> None:
    """No intent is left behind."""
    database = await open_database(str(desk.settings().database_url))
    store = SqlStore(database)
    for repository in await store.repositories():
        for number in await store.reviewed(repository):
            assert await store.intents(Subject(repository, number)) == []
    await database.close()
