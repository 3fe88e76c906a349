"""Whoever moves a claim back and forth has others reviewed some times, and then by what stands."""

from collections import Counter
from dataclasses import replace

from cachetools import TTLCache

from bot.handlers.invalidator import MAX_REVIEWS_AN_HOUR, record_claims, review_others
from bot.peps.number import PepNumber
from bot.review.snapshot import Memory, PullRequestState
from bot.review.subject import Subject
from tests.builders import repository, subject
from tests.handlers.conftest import Desk

OTHERS = [Subject(repository(), 5000), Subject(repository(), 5001)]
TOGGLERS = [subject(), Subject(repository(), 4423)]


class Harness:
    """The claims of a repository, beside two pull requests that set PEP 791 as well."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.seconds, self.turns = desk, 0.0, 0
        counts: TTLCache[str, int] = TTLCache(100, 3_600, lambda: self.seconds)
        self.app = replace(desk.app, review_counts=counts)

    async def open(self) -> None:
        await self.desk.store.complete_claims(repository(), True)
        for other in OTHERS:
            memory = Memory(
                state=PullRequestState.OPEN, numbers=frozenset({791}), base="main", is_new_pep=True
            )
            await self.desk.store.remember(other, memory)
        await review_others(self.app, repository(), "first")
        self.desk.queued.clear()

    async def toggle(self, times: int) -> Counter[str]:
        """Have two strangers claim 791 and give it up by turns; returns whose reviews that led to.

        Where `times` is odd, one of them claims it in the end.
        """
        for turn in range(times):
            who = TOGGLERS[turn // 2 % 2]
            self.turns += 1
            numbers = frozenset() if turn % 2 else frozenset({PepNumber(791)})
            begun = await self.desk.store.begin_review(who)
            await record_claims(self.app, who, begun, numbers, f"turn{self.turns}")
        return self.take_queued()

    def take_queued(self) -> Counter[str]:
        found = Counter(one.key for one in self.desk.queued)
        self.desk.queued.clear()
        return found


def each(times: int) -> Counter[str]:
    return Counter({other.key: times for other in OTHERS})


async def test_toggled_claims_have_others_reviewed_ten_times_an_hour_at_most(desk: Desk) -> None:
    harness = Harness(desk)
    await harness.open()
    assert await harness.toggle(4) == each(4)
    assert await harness.toggle(8) == each(MAX_REVIEWS_AN_HOUR - 4)
    harness.seconds += 3_599
    assert await harness.toggle(2) == each(0)
    harness.seconds += 2
    assert await harness.toggle(2) == each(2)


async def test_what_stands_in_the_end_is_found_by_the_next_sweep(desk: Desk) -> None:
    harness = Harness(desk)
    await harness.open()
    assert await harness.toggle(MAX_REVIEWS_AN_HOUR + 5) == each(MAX_REVIEWS_AN_HOUR)
    await review_others(harness.app, repository(), "sweep", base_changed=True)
    assert harness.take_queued() == each(1)
    await review_others(harness.app, repository(), "another sweep", base_changed=True)
    assert harness.take_queued() == each(0)


async def test_a_merge_notifies_others_at_once_however_often_claims_changed(desk: Desk) -> None:
    harness = Harness(desk)
    await harness.open()
    await harness.toggle(MAX_REVIEWS_AN_HOUR + 5)
    desk.base_branch.published = {790, 791}
    begun = await desk.store.begin_review(TOGGLERS[1])
    await record_claims(harness.app, TOGGLERS[1], begun, frozenset(), "merge", merged=True)
    assert harness.take_queued() == each(1)
