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
from tests.end_to_end.mortal import Life, work_dying, work_for
from tests.end_to_end.proposal import propose

MOST_WRITES = 80
MOST_KINDS = 20
Seen = tuple[set[str], list[str | None], list[str], list[str]]
Ends = tuple[Seen, Seen]


async def rivals(desk: Desk, closing: Sequence[int]) -> tuple[int, int]:
    """Two pull requests for one number; the older is heard of last, with its sponsor's word.

    Those before them are closed. What waits then leads to creates, to updates, and from one pull
    request to the other.
    """
    async with running(desk.settings(), with_worker=False):
        for number in closing:
            await desk.simulator.close(REPOSITORY, number, by=AUTHOR)
        await desk.simulator.settle()
    await work_for(desk, Life())
    async with running(desk.settings(), with_worker=False):
        with desk.simulator.lost_webhooks():
            older = await propose(desk, calm=False)
        younger = await propose(desk, by=STRANGER, calm=False)
        await desk.simulator.settle()
    await work_for(desk, Life())
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


def both(desk: Desk, older: int, younger: int) -> Ends:
    """What a person sees on both."""
    return seen(desk, older, younger), seen(desk, younger, older)


async def test_reviews_cut_short_at_each_kind_of_write_are_brought_to_their_end(
    desk: Desk,
) -> None:
    await desk.stop()
    died_at: set[str] = set()
    ends: list[tuple[set[str], Ends, Ends]] = []
    pair: tuple[int, int] | None = None
    while not ends or ends[-1][0]:
        known = frozenset(died_at)
        pair = await rivals(desk, pair or ())
        await work_dying(desk, died_at)
        first = both(desk, *pair)
        await assert_nothing_open(desk)
        await agree_and_renumber(desk, pair[0])
        await work_dying(desk, died_at)
        ends.append((died_at - known, first, both(desk, *pair)))
        await assert_nothing_open(desk)
        assert len(ends) < MOST_KINDS, "there is always another kind"
    *cut_short, (_, first, later) = ends  # nobody died in the last round
    assert_whole(first, later)
    assert len(died_at) > 15
    for kinds, *others in cut_short:
        assert others == [first, later], f"cut short before {kinds}"


def assert_whole(first: Ends, later: Ends) -> None:
    """What stands after both reviews is what they are about."""
    assert first[0][:2] == ({"new-pep", "awaiting editor"}, ["success"])
    assert first[1][:2] == ({"new-pep", "needs number", "awaiting author"}, ["failure"])
    assert "needs sponsor" in later[0][0]
    assert "needs number" not in later[1][0]


@pytest.mark.exhaustive
@pytest.mark.timeout(400)
async def test_reviews_cut_short_at_any_write_are_brought_to_their_end(desk: Desk) -> None:
    await desk.stop()
    expected: list[Ends] = []
    pair: tuple[int, int] | None = None
    for writes in (10_000, *range(MOST_WRITES)):
        pair = await rivals(desk, pair or ())
        life, other = Life(writes), Life(writes)
        await work_for(desk, life)
        await work_for(desk, Life())
        first = both(desk, *pair)
        await assert_nothing_open(desk)
        await agree_and_renumber(desk, pair[0])
        await work_for(desk, other)
        await work_for(desk, Life())
        later = both(desk, *pair)
        await assert_nothing_open(desk)
        if not expected:
            expected = [first, later]
            assert_whole(first, later)
            continue
        wishes = life.last_wish, other.last_wish
        assert [first, later] == expected, f"cut short before write {writes}: {wishes}"
        if not any(wishes):
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
