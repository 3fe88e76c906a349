"""Deliveries in words."""

from datetime import timedelta

from bot.cli.deliveries import delivery_lines, delivery_text, escape_control
from bot.inbox.delivery import Delivery, DeliveryRecord, DeliveryState
from tests.inbox.builders import NOON, review


def _record(delivery: Delivery | None = None, **changes: object) -> DeliveryRecord:
    fields: dict[str, object] = {
        "delivery": delivery or review(),
        "state": DeliveryState.QUEUED,
        "attempts": 0,
        "run_at": NOON,
        "finished_at": None,
        "error": None,
    }
    return DeliveryRecord(**(fields | changes))  # type: ignore[arg-type]


def test_a_line_says_event_queue_state_and_age() -> None:
    (line,) = delivery_lines([_record()], NOON + timedelta(minutes=3))
    assert (line.id, line.event, line.key) == ("r1", "pull_request.opened", "python/peps#1")
    assert (line.state, line.attempts, line.when, line.error) == ("queued", 0, "3 min ago", "")


def test_a_line_says_when_a_waiting_retry_is_due_and_what_went_wrong() -> None:
    record = _record(attempts=2, run_at=NOON + timedelta(hours=1), error="ValueError: x\n  File …")
    (line,) = delivery_lines([record], NOON + timedelta(seconds=30))
    assert line.when == "30 s ago, again in 59 min"
    assert line.error == "ValueError: x"


def test_a_long_error_is_cut() -> None:
    (line,) = delivery_lines([_record(error="x" * 1_000)], NOON)
    assert len(line.error) == 100
    assert line.error.endswith("…")


def test_an_event_without_action_stands_alone() -> None:
    (line,) = delivery_lines([_record(review(event="push", action=""))], NOON)
    assert line.event == "push"


def test_all_about_a_delivery_is_shown_with_its_payload_indented() -> None:
    delivery = review(payload='{"title": "Zoë", "n": [1]}'.encode())
    text = delivery_text(
        _record(
            delivery,
            state=DeliveryState.DEAD,
            attempts=13,
            finished_at=NOON + timedelta(hours=1),
            error="ValueError: x\nplace",
        )
    )
    assert "state:     dead" in text
    assert "finished:  2025-06-02 13:00:00 UTC" in text
    assert "Last error:\nValueError: x\nplace" in text
    assert '  "title": "Zoë",\n' in text


def test_a_payload_that_is_no_json_is_shown_as_it_is() -> None:
    assert "oops \\xff" in delivery_text(_record(review(payload=b"oops \xff")))
    assert "[[[[" in delivery_text(_record(review(payload=b"[" * 100_000)))


def test_nothing_that_moves_a_terminal_gets_through() -> None:
    hostile = "\x1b[2J\u202e\u200b\x9b\r\u2028"
    shown = delivery_text(_record(review(payload=f'"{hostile}"'.encode()), error=hostile))
    (line,) = delivery_lines([_record(review(hostile, key=hostile), error=hostile)], NOON)
    for text in (shown, line.id, line.key, line.error):
        assert not set(hostile.replace("[2J", "")) & set(text)
    assert escape_control("a\x1b\tb\n\u202e") == "a\\u001b\tb\n\\u202e"
