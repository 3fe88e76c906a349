"""Whose turn it is and for how long, what nobody touched, what is new: from memory alone."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.peps.number import Claim, PepNumber
from bot.peps.people import Login
from bot.review.number_inputs import StoredNumbers
from bot.review.queue.queue import Queue, queue_of
from bot.review.snapshot import Memory, PullRequestState, QueueEntry
from bot.review.stage import Stage
from tests.builders import NOW
from tests.store.builders import memories

DAY = timedelta(days=1)


def remembered(
    *,
    turn: str = "editor",
    since: int = 1,
    active: int = 1,
    opened: int = 100,
    draft: bool = False,
    state: PullRequestState = PullRequestState.OPEN,
    editors_from: int | None = None,
) -> Memory:
    """A pull request; `since`, `active`, `opened` and `editors_from` are days ago."""
    queue_entry = QueueEntry(
        title="PEP 842: Calm",
        opener=Login("nova"),
        opened=(NOW - opened * DAY).date(),
        draft=draft,
        kind="new PEP",
        turn=turn,
        since=NOW - since * DAY,
        active_at=NOW - active * DAY,
        awaits="" if editors_from is None else "Edith Quill",
        editors_from=None if editors_from is None else NOW - editors_from * DAY,
    )
    return Memory(state=state, queue_entry=queue_entry)


def numbers(queue: Queue, turn: Stage) -> list[int]:
    return [one.number for one in queue.turns[turn]]


def test_what_nobody_touched_for_more_than_a_week_comes_first_then_what_waits_longest() -> None:
    queue = queue_of(
        {
            1: remembered(since=30, active=7),
            2: remembered(since=9, active=8),
            3: remembered(since=2, active=2),
            4: remembered(since=40, active=20),
        },
        NOW,
    )
    assert numbers(queue, Stage.EDITOR) == [4, 2, 1, 3]
    assert [one.is_idle for one in queue.turns[Stage.EDITOR]] == [True, True, False, False]
    assert queue.turns[Stage.EDITOR][1].waited == 9 * DAY


def test_each_stands_under_whose_turn_it_is_and_drafts_apart() -> None:
    queue = queue_of(
        {
            1: remembered(turn="author"),
            2: remembered(turn="author", draft=True),
            3: remembered(turn="decision"),
            4: remembered(turn="sponsor"),
            5: remembered(turn=""),
        },
        NOW,
    )
    assert {turn: numbers(queue, turn) for turn in queue.turns} == {
        Stage.EDITOR: [],
        Stage.DECISION: [3],
        Stage.SPONSOR: [4],
        Stage.AUTHOR: [1],
    }
    assert [one.number for one in queue.drafts] == [2]
    assert [one.number for one in queue.others] == [5]


def test_it_becomes_the_editors_turn_when_the_days_for_an_answer_are_over() -> None:
    queue = queue_of(
        {
            1: remembered(turn="author", since=30, editors_from=-1),
            2: remembered(turn="author", since=32, editors_from=2),
            3: remembered(turn="editor", since=4, editors_from=5),
            4: remembered(turn="author", since=40, editors_from=10, draft=True),
        },
        NOW,
    )
    assert numbers(queue, Stage.AUTHOR) == [1]
    assert [(one.number, one.waited) for one in queue.turns[Stage.EDITOR]] == [
        (3, 4 * DAY),
        (2, 2 * DAY),
    ]
    assert queue.news.moved == (2, 3)


def test_what_changed_is_what_did_within_a_week() -> None:
    merged, closed = PullRequestState.MERGED, PullRequestState.CLOSED
    queue = queue_of(
        {
            1: remembered(opened=7, since=7),
            2: remembered(opened=8, since=7),
            3: remembered(opened=9, since=8),
            4: remembered(turn="merged", since=6, state=merged),
            5: remembered(turn="merged", since=8, active=1, state=merged),
            6: remembered(turn="closed", since=1, state=closed),
        },
        NOW,
    )
    news = queue.news
    assert (news.opened, news.moved, news.merged, news.closed) == ((1,), (2,), (4,), (6,))
    assert numbers(queue, Stage.EDITOR) == [3, 1, 2]


def test_what_was_not_looked_at_yet_is_counted_and_not_guessed() -> None:
    older_version = Memory(state=PullRequestState.OPEN, head_sha="a" * 40)
    never = Memory(base="main")
    gone = Memory(state=PullRequestState.MERGED)
    queue = queue_of({1: older_version, 2: never, 3: gone}, NOW)
    assert queue.not_reviewed == 2
    assert not any(queue.turns.values())


def test_numbers_are_listed_with_all_who_claim_them() -> None:
    claims = (Claim(PepNumber(843), 9), Claim(PepNumber(842), 8), Claim(PepNumber(842), 5))
    queue = queue_of({}, NOW, numbers=StoredNumbers(claims))
    assert list(queue.assigned.items()) == [(842, (5, 8)), (843, (9,))]
    assert not queue.is_complete


def test_a_clock_that_was_turned_back_makes_nothing_wait_for_less_than_nothing() -> None:
    queue = queue_of({1: remembered(since=-3, active=-3)}, NOW)
    (one,) = queue.turns[Stage.EDITOR]
    assert (one.waited, one.idle) == (timedelta(), timedelta())


@given(st.dictionaries(st.integers(1, 99), memories, max_size=3))
def test_every_open_pull_request_is_listed_once(
    all_of_them: dict[int, Memory],
) -> None:
    queue = queue_of(all_of_them, NOW)
    shown_numbers = [one.number for each in queue.turns.values() for one in each]
    shown_numbers += [one.number for one in (*queue.drafts, *queue.others)]
    wanted = [
        number
        for number, memory in all_of_them.items()
        if memory.state is PullRequestState.OPEN and memory.queue_entry is not None
    ]
    assert sorted(shown_numbers) == sorted(wanted)
