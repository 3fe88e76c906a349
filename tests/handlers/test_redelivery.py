"""Which webhooks failed, and when each may be asked for again."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.handlers.redelivery import (
    ARRIVAL_TIME,
    MAX_REQUESTS,
    RETAINED,
    STATE_TEXT,
    Attempt,
    RedeliveryState,
    failed,
)

NOON = datetime(2026, 5, 12, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def attempt(number: int, guid: str, *, succeeded: bool = False) -> Attempt:
    return Attempt(number, guid, "pull_request", "opened", NOON + number * SECOND, succeeded)


def latest_first(*attempts: Attempt) -> list[Attempt]:
    return sorted(attempts, key=lambda one: one.id, reverse=True)


def test_a_delivery_failed_when_no_attempt_at_it_succeeded_and_the_oldest_comes_first() -> None:
    seen = latest_first(
        attempt(1, "early"),
        attempt(2, "came at last"),
        attempt(3, "late"),
        attempt(4, "early"),
        attempt(5, "came at last", succeeded=True),
        attempt(6, "came at once", succeeded=True),
        attempt(7, "came at once"),
    )
    assert [(one.guid, one.id) for one in failed(seen)] == [("late", 3), ("early", 4)]


def test_each_time_is_followed_by_a_longer_pause_until_it_was_asked_for_often_enough() -> None:
    state, now, pauses = RedeliveryState(), NOON, []
    for _ in range(MAX_REQUESTS):
        state = state.with_request("lost", now)
        asked_at = now
        while state.is_too_early("lost", now):
            now += ARRIVAL_TIME
        pauses.append(now - asked_at)
    hours = [pause / timedelta(hours=1) for pause in pauses]
    assert hours == [0.25, 1, 4, 16, 0.25]
    assert state.times("lost") == MAX_REQUESTS


def test_a_clock_that_is_turned_back_does_not_keep_from_asking() -> None:
    state = RedeliveryState().with_request("lost", NOON)
    assert not state.is_too_early("lost", NOON - timedelta(days=30))


def test_what_github_has_forgotten_is_forgotten() -> None:
    state = RedeliveryState().with_request("old", NOON).with_request("new", NOON + RETAINED)
    assert set(state.requested) == {"new"}


def test_a_run_goes_back_a_little_before_the_last_for_what_was_listed_late() -> None:
    state = RedeliveryState(until=NOON + ARRIVAL_TIME)
    assert not state.is_known(attempt(0, "listed late"))
    assert state.is_known(attempt(-1, "seen"))
    assert not RedeliveryState().is_known(attempt(-(10**6), "never looked"))


def test_what_is_remembered_is_read_back() -> None:
    state = (
        RedeliveryState(until=NOON).with_request("lost", NOON).with_request("lost", NOON + SECOND)
    )
    assert STATE_TEXT.load(STATE_TEXT.dump(state)) == state
    assert STATE_TEXT.load(STATE_TEXT.dump(RedeliveryState())) == RedeliveryState()


@pytest.mark.parametrize(
    "text", ["", "[", "[]", '{"until": 1, "asked": []}', '{"asked": {"x": {"times": "1"}}}']
)
def test_what_cannot_be_read_counts_as_nothing(text: str) -> None:
    assert STATE_TEXT.load(text) in (None, RedeliveryState())
