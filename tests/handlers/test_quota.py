"""What may wait leaves an installation's last requests to those who cannot."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.inbox.delivery import Batch, Priority, PutOff
from tests.builders import NOW, payload, pull_request
from tests.handlers.conftest import Desk, delivery

SOON = NOW + timedelta(minutes=20)
SWEEP, REVIEW, COMMAND = Priority


def told(limit: int, remaining: int, reset: datetime) -> dict[str, str]:
    """The headers of an answer."""
    return {
        "x-ratelimit-limit": str(limit),
        "x-ratelimit-remaining": str(remaining),
        "x-ratelimit-reset": str(int(reset.timestamp())),
    }


async def handle(desk: Desk, *priorities: Priority) -> None:
    """Have merged deliveries of these priorities handled."""
    data = payload("edited", **pull_request())
    deliveries = tuple(
        replace(delivery("pull_request", data, f"d{place}"), priority=priority)
        for place, priority in enumerate(priorities)
    )
    await desk.handle_batch(Batch("python/peps#4422", deliveries, 1))


@pytest.mark.parametrize(
    ("limit", "remaining", "waiting"),
    [
        (5_000, 5_000, set()),
        (5_000, 1_667, set()),
        (5_000, 1_666, {SWEEP}),
        (5_000, 500, {SWEEP}),
        (5_000, 499, {SWEEP, REVIEW}),
        (5_000, 1, {SWEEP, REVIEW}),
        (15_000, 5_000, set()),
        (15_000, 4_999, {SWEEP}),
        (15_000, 1_499, {SWEEP, REVIEW}),
    ],
)
async def test_below_a_third_sweeps_wait_and_below_a_tenth_all_but_commands(
    desk: Desk, limit: int, remaining: int, waiting: set[Priority]
) -> None:
    desk.clients.last_known.update(told(limit, remaining, SOON), NOW)
    for priority in Priority:
        desk.reviews.asked.clear()
        if priority in waiting:
            with pytest.raises(PutOff) as fault:
                await handle(desk, priority)
            assert fault.value.at == SOON
        else:
            await handle(desk, priority)
        assert bool(desk.reviews.asked) == (priority not in waiting)


async def test_a_command_takes_what_it_was_merged_with_along(desk: Desk) -> None:
    desk.clients.last_known.update(told(5_000, 3, SOON), NOW)
    await handle(desk, REVIEW, COMMAND, SWEEP)
    assert len(desk.reviews.asked) == 1


@pytest.mark.parametrize(
    "reset",
    [
        pytest.param(NOW, id="the hour is over"),
        pytest.param(NOW + timedelta(hours=2), id="our clock was turned back"),
    ],
)
async def test_what_was_told_of_another_hour_keeps_nobody_waiting(
    desk: Desk, reset: datetime
) -> None:
    desk.clients.last_known.update(told(5_000, 3, reset), NOW)
    await handle(desk, SWEEP)
    assert len(desk.reviews.asked) == 1
