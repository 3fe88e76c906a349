"""The process ends between any two writes; started again, it comes to the same result."""

import re
from collections.abc import Sequence

import pytest

from bot.review.subject import Subject
from bot.server import running
from bot.store.database import open_database
from bot.store.store import Store
from tests.end_to_end.conftest import AUTHOR, SPONSOR, STRANGER, pep
from tests.end_to_end.crashing_worker import WriteLimit, run_crashing_workers, run_worker
from tests.end_to_end.harness import REPOSITORY, Harness
from tests.end_to_end.proposal import propose

MOST_WRITES = 80
MOST_KINDS = 20
Seen = tuple[set[str], list[str | None], list[str], list[str]]
Ends = tuple[Seen, Seen]


async def rivals(harness: Harness, closing: Sequence[int]) -> tuple[int, int]:
    """Two pull requests for one number; the older is heard of last, with its sponsor's word.

    Those before them are closed. What waits then leads to creates, to updates, and from one pull
    request to the other.
    """
    async with running(harness.settings(), with_worker=False):
        for number in closing:
            await harness.simulator.close(REPOSITORY, number, by=AUTHOR)
        await harness.simulator.settle()
    await run_worker(harness, WriteLimit())
    async with running(harness.settings(), with_worker=False):
        with harness.simulator.lost_webhooks():
            older = await propose(harness, wait_until_idle=False)
        younger = await propose(harness, by=STRANGER, wait_until_idle=False)
        await harness.simulator.settle()
    await run_worker(harness, WriteLimit())
    async with running(harness.settings(), with_worker=False):
        await harness.simulator.comment(REPOSITORY, older, by=SPONSOR, body="/pep sponsor")
        await harness.simulator.edit_pull_request(
            REPOSITORY, older, by=AUTHOR, title="PEP 842: Calmer"
        )
        await harness.simulator.settle()
    return older, younger


async def agree_and_renumber(harness: Harness, older: int) -> None:
    """What follows on a pull request that the bot knows: a push that takes all claims away."""
    async with running(harness.settings(), with_worker=False):
        await harness.simulator.push(
            REPOSITORY,
            older,
            {"peps/pep-0842.rst": None, "peps/pep-0843.rst": pep(843, sponsor=None)},
        )
        await harness.simulator.settle()


def seen(harness: Harness, number: int, *others: int) -> Seen:
    """What a person sees on a pull request; comments without what differs from run to run."""
    names = {str(one): f"N{place}" for place, one in enumerate(sorted((number, *others)))}

    def plain(body: str) -> str:
        body = re.sub(r"(issuecomment-)[0-9]+", r"\1…", body)
        return re.sub(r"(--|pull/|#)([0-9]+)", lambda m: m[1] + names.get(m[2], m[2]), body)

    return (
        harness.labels(number),
        harness.conclusions(number),
        [plain(body) for body in harness.comments(number)],
        sorted(f"{place[0]}:{place[1]} {place[2]}" for place in harness.annotations(number)),
    )


def both(harness: Harness, older: int, younger: int) -> Ends:
    """What a person sees on both."""
    return seen(harness, older, younger), seen(harness, younger, older)


async def test_reviews_cut_short_at_each_kind_of_write_are_brought_to_their_end(
    harness: Harness,
) -> None:
    await harness.stop()
    crashed_at: set[str] = set()
    ends: list[tuple[set[str], Ends, Ends]] = []
    pair: tuple[int, int] | None = None
    while not ends or ends[-1][0]:
        known = frozenset(crashed_at)
        pair = await rivals(harness, pair or ())
        await run_crashing_workers(harness, crashed_at)
        first = both(harness, *pair)
        await assert_nothing_open(harness)
        await agree_and_renumber(harness, pair[0])
        await run_crashing_workers(harness, crashed_at)
        ends.append((crashed_at - known, first, both(harness, *pair)))
        await assert_nothing_open(harness)
        assert len(ends) < MOST_KINDS, "there is always another kind"
    *cut_short, (_, first, later) = ends  # nobody died in the last round
    assert_whole(first, later)
    assert len(crashed_at) > 15
    for kinds, *others in cut_short:
        assert others == [first, later], f"cut short before {kinds}"


def assert_whole(first: Ends, later: Ends) -> None:
    """What stands after both reviews is what they are about."""
    assert first[0][:2] == ({"new-pep", "awaiting editor"}, ["success"])
    assert first[1][:2] == ({"new-pep", "needs number", "awaiting author"}, ["failure"])
    assert "needs sponsor" in later[0][0]
    assert "needs number" not in later[1][0]


@pytest.mark.long
@pytest.mark.exhaustive
@pytest.mark.timeout(400)
async def test_reviews_cut_short_at_any_write_are_brought_to_their_end(harness: Harness) -> None:
    await harness.stop()
    expected: list[Ends] = []
    pair: tuple[int, int] | None = None
    for writes in (10_000, *range(MOST_WRITES)):
        pair = await rivals(harness, pair or ())
        write_limit, other = WriteLimit(writes), WriteLimit(writes)
        await run_worker(harness, write_limit)
        await run_worker(harness, WriteLimit())
        first = both(harness, *pair)
        await assert_nothing_open(harness)
        await agree_and_renumber(harness, pair[0])
        await run_worker(harness, other)
        await run_worker(harness, WriteLimit())
        later = both(harness, *pair)
        await assert_nothing_open(harness)
        if not expected:
            expected = [first, later]
            assert_whole(first, later)
            continue
        wishes = write_limit.failed_write, other.failed_write
        assert [first, later] == expected, f"cut short before write {writes}: {wishes}"
        if not any(wishes):
            return
    raise AssertionError("the work never came to an end")


async def assert_nothing_open(harness: Harness) -> None:
    """No intent is left behind."""
    database = await open_database(str(harness.settings().database_url))
    store = Store(database)
    for repository in await store.repositories():
        for number in await store.reviewed(repository):
            assert await store.intents(Subject(repository, number)) == []
    await database.close()
