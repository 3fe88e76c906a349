"""Whoever moves a claim back and forth has others reviewed some times, and then by what stands."""

from collections import Counter

from bot.handlers.invalidator import TOLD_AT_MOST, Invalidator
from bot.handlers.judgement import Claims
from bot.peps.number import PepNumber
from bot.review.snapshot import Memory, PullRequestState
from bot.review.subject import Subject
from tests.builders import NOW, repository, subject
from tests.handlers.conftest import Desk

OTHERS = [Subject(repository(), 5000), Subject(repository(), 5001)]
TOGGLERS = [subject(), Subject(repository(), 4423)]


class Room:
    """The claims of a repository, beside two pull requests that set PEP 791 as well."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.seconds, self.turns = desk, 0.0, 0
        self.dependents = Invalidator(
            clients=desk.clients,
            facts=desk.facts,
            store=desk.store,
            enqueue=desk.enqueue,
            clock=lambda: NOW,
            monotonic=lambda: self.seconds,
        )
        self.claims = Claims(desk.store, self.dependents)

    async def open(self) -> None:
        await self.desk.store.complete_claims(repository(), True)
        for other in OTHERS:
            memory = Memory(
                state=PullRequestState.OPEN, numbers=frozenset({791}), base="main", is_new_pep=True
            )
            await self.desk.store.remember(other, memory)
        await self.dependents.review(repository(), "first")
        self.desk.queued.clear()

    async def toggle(self, times: int) -> Counter[str]:
        """Have two strangers claim 791 and give it up by turns; returns whose reviews that led to.

        Where `times` is odd, one of them claims it in the end.
        """
        for turn in range(times):
            who = TOGGLERS[turn // 2 % 2]
            self.turns += 1
            numbers = frozenset() if turn % 2 else frozenset({PepNumber(791)})
            await self.claims.follow(who, numbers, f"turn{self.turns}")
        return self.told()

    def told(self) -> Counter[str]:
        found = Counter(one.key for one in self.desk.queued)
        self.desk.queued.clear()
        return found


def each(times: int) -> Counter[str]:
    return Counter({other.key: times for other in OTHERS})


async def test_claims_moved_to_and_fro_concern_others_ten_times_an_hour(desk: Desk) -> None:
    room = Room(desk)
    await room.open()
    assert await room.toggle(4) == each(4)
    assert await room.toggle(8) == each(TOLD_AT_MOST - 4)
    room.seconds += 3_599
    assert await room.toggle(2) == each(0)
    room.seconds += 2
    assert await room.toggle(2) == each(2)


async def test_what_stands_in_the_end_is_found_by_the_next_sweep(desk: Desk) -> None:
    room = Room(desk)
    await room.open()
    assert await room.toggle(TOLD_AT_MOST + 5) == each(TOLD_AT_MOST)
    await room.dependents.review(repository(), "sweep", base_moved=True)
    assert room.told() == each(1)
    await room.dependents.review(repository(), "another sweep", base_moved=True)
    assert room.told() == each(0)


async def test_a_merge_is_told_at_once_however_often_claims_moved(desk: Desk) -> None:
    room = Room(desk)
    await room.open()
    await room.toggle(TOLD_AT_MOST + 5)
    desk.facts.published = {790, 791}
    await room.claims.follow(TOGGLERS[1], frozenset(), "merge", merged=True)
    assert room.told() == each(1)
