"""When a batch is tried again, and when it is given up."""

from datetime import datetime, timedelta

import pytest

from bot.inbox.backoff import GIVE_UP_AFTER, LONGEST_DELAY, after_end, after_fault, backoff
from bot.inbox.delivery import AttemptResult, Batch, GivenUp, InboxUnavailable, PutOff, Settlement
from bot.store.location import StoreUnavailable
from tests.inbox.builders import NOON, review


def _batch(attempt: int = 1, failures: int = 0, received_at: datetime = NOON) -> Batch:
    return Batch("python/peps#1", (review(received_at=received_at),), attempt, failures)


BURY = Settlement(AttemptResult.BURIED)


def _retry(at: datetime, *, counted: bool) -> Settlement:
    return Settlement(AttemptResult.RETRIED, at=at, counted=counted)


def _seconds(result: Settlement, now: datetime = NOON) -> float:
    assert result.at is not None
    return (result.at - now).total_seconds()


@pytest.mark.parametrize(
    ("nth", "seconds"), [(1, 2), (2, 4), (3, 8), (9, 512), (10, 900), (11, 900), (10_000, 900)]
)
def test_the_wait_doubles_up_to_a_quarter_of_an_hour(nth: int, seconds: float) -> None:
    assert backoff(nth, 0.5) == timedelta(seconds=seconds)


def test_chance_moves_the_wait_by_a_tenth_either_way() -> None:
    assert backoff(10, 0.0) == timedelta(minutes=13.5)
    assert backoff(10, 1.0) == timedelta(minutes=16.5)


def test_a_fault_of_our_own_is_given_up_after_little_more_than_an_hour() -> None:
    waited = timedelta()
    for failures in range(GIVE_UP_AFTER - 1):
        result = after_fault(ValueError("x"), _batch(failures=failures), NOON, 0.5)
        assert result.counted
        waited += timedelta(seconds=_seconds(result))
    assert timedelta(minutes=60) <= waited <= timedelta(minutes=70)
    last = _batch(failures=GIVE_UP_AFTER - 1)
    assert after_fault(ValueError("x"), last, NOON, 0.5) == BURY


@pytest.mark.parametrize("received_at", [NOON, NOON - timedelta(days=9)])
def test_what_a_handler_gives_up_is_buried_at_once(received_at: datetime) -> None:
    assert after_fault(GivenUp("x"), _batch(received_at=received_at), NOON, 0.5) == BURY


def test_a_time_until_which_it_is_put_off_is_kept_and_never_counts() -> None:
    fault = PutOff("rate limited", NOON + timedelta(minutes=40))
    worn = _batch(attempt=99, failures=GIVE_UP_AFTER - 1, received_at=NOON - timedelta(days=9))
    result = after_fault(fault, worn, NOON, 0.0)
    assert result == _retry(NOON + timedelta(minutes=40), counted=False)
    assert 40 * 60 < _seconds(after_fault(fault, worn, NOON, 1.0)) <= 40 * 60 + 15


def test_a_named_time_is_neither_in_the_past_nor_far_away() -> None:
    past = PutOff("x", NOON - timedelta(hours=1))
    assert _seconds(after_fault(past, _batch(), NOON, 0.0)) == 2
    far = PutOff("x", NOON + timedelta(days=2))
    assert _seconds(after_fault(far, _batch(), NOON, 0.0)) == LONGEST_DELAY.total_seconds()


@pytest.mark.parametrize(
    "fault",
    [PutOff("x"), StoreUnavailable("x"), InboxUnavailable("x")],
)
def test_an_outage_does_not_count_for_a_day_and_then_does(fault: Exception) -> None:
    result = after_fault(fault, _batch(attempt=3, failures=1), NOON, 0.5)
    assert result == _retry(NOON + timedelta(seconds=8), counted=False)
    old = _batch(attempt=90, failures=1, received_at=NOON - timedelta(hours=25))
    result = after_fault(fault, old, NOON, 0.5)
    assert result == _retry(NOON + timedelta(seconds=4), counted=True)


def test_what_was_cut_off_again_and_again_is_begun_farther_and_farther_apart() -> None:
    assert after_end(0, NOON, 0.5) is None, "most ends are nobody's fault"
    first, last = after_end(8, NOON, 0.0), after_end(8, NOON, 1.0)
    assert first is not None
    assert last is not None
    assert last - first > timedelta(seconds=50), "the others are done before the next end"
