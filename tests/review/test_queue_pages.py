"""The queue in pages: all of it, each pull request once, a bounded number at a time."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.peps.number import Claim, PepNumber
from bot.peps.people import Login
from bot.review.number_inputs import StoredNumbers
from bot.review.queue.pages import page_of
from bot.review.queue.queue import News, Queue, queue_of
from bot.review.snapshot import Memory, PullRequestState, QueueEntry
from tests.builders import NOW


def queue(turns: list[str]) -> Queue:
    """One with a pull request for each of these; `draft` stands for one of the editor's."""
    remembered = {
        number: Memory(
            state=PullRequestState.OPEN,
            queue_entry=QueueEntry(
                title=f"PEP {number}",
                opener=Login("nova"),
                opened=NOW.date(),
                draft=turn == "draft",
                kind="new PEP",
                turn=turn.replace("draft", "editor"),
                since=NOW - timedelta(days=number % 3),
                active_at=NOW,
            ),
        )
        for number, turn in enumerate(turns, start=1)
    }
    return queue_of(remembered, NOW, numbers=StoredNumbers((Claim(PepNumber(842), 1),)))


def numbers(queue: Queue) -> list[int]:
    lists = [*queue.turns.values(), queue.drafts, queue.others]
    return [one.number for waiting in lists for one in waiting]


@given(
    st.lists(
        st.sampled_from(["editor", "decision", "sponsor", "author", "draft", ""]), max_size=30
    ),
    st.integers(1, 8),
)
def test_all_pages_together_are_the_queue_in_its_order(turns: list[str], per_page: int) -> None:
    whole = queue(turns)
    first = page_of(whole, 1, per_page)
    assert first is not None
    shown: list[int] = []
    for number in range(1, first.pages + 1):
        part = page_of(whole, number, per_page)
        assert part is not None
        assert len(numbers(part.queue)) == per_page or number == first.pages
        assert sum(part.turns.values()) + part.drafts + part.others == len(turns)
        shown += numbers(part.queue)
    assert shown == numbers(whole)
    assert first.pages == max(1, -(-len(turns) // per_page))


@pytest.mark.parametrize("number", [0, -1, 3, 1_000_000])
def test_a_page_that_is_not_there_is_none(number: int) -> None:
    assert page_of(queue(["editor"] * 4), number, per_page=2) is None


def test_what_does_not_wait_is_on_the_first_page_alone() -> None:
    whole = queue(["editor"] * 3)
    first, second = page_of(whole, 1, per_page=2), page_of(whole, 2, per_page=2)
    assert first is not None
    assert second is not None
    assert (first.queue.assigned, first.queue.news) == (whole.assigned, whole.news)
    assert (second.queue.assigned, second.queue.news) == ({}, News())
