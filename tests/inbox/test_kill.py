"""A real process is killed in the middle of its work; nothing may be lost."""

import asyncio
import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

import pytest

from tests.inbox import kill_target
from tests.inbox.builders import Inboxes

CHECKOUT = Path(__file__).resolve().parents[2]


@contextmanager
def _process(inboxes: Inboxes, first: int, count: int) -> Iterator["subprocess.Popen[str]"]:
    """One that accepts and handles so many deliveries, and is killed at the end of the block."""
    arguments = [inboxes.kind, inboxes.place, str(first), str(count)]
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.inbox.kill_target", *arguments],
        cwd=CHECKOUT,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.parametrize(
    ("kills", "count"), [(1, 30), pytest.param(4, 150, marks=pytest.mark.exhaustive)]
)
def test_nothing_accepted_is_lost_and_order_is_kept_through_kills(
    inboxes: Inboxes, kills: int, count: int
) -> None:
    if inboxes.server_clock is not None:
        inboxes.server_clock.set(None)
    seed = random.randrange(10**6)
    chance = random.Random(seed)
    lines: list[str] = []
    for turn in range(kills):
        with _process(inboxes, turn * count, count) as process:
            assert process.stdout is not None
            # At a random moment of its work: after so many lines, wherever it is by then.
            lines += islice(process.stdout, chance.randrange(1, count))
            process.kill()
            lines += process.stdout
    # What comes after them is of one kind, whichever process does it.
    asyncio.run(kill_target.main(inboxes.kind, inboxes.place, kills * count, 10, lines.append))

    assert lines[-1] == "end\n"
    accepted = {line[2:-1] for line in lines if line.startswith("+ ")}
    handled = [line[2:-1] for line in lines if line.startswith("- ")]
    assert accepted - set(handled) == set(), f"lost (seed {seed})"
    first_times = list(dict.fromkeys(handled))
    for key in range(kill_target.KEYS):
        mine = [int(name) for name in first_times if int(name) % kill_target.KEYS == key]
        for order in ([one for one in mine if one % 3], [one for one in mine if not one % 3]):
            assert order == sorted(order), f"out of order (seed {seed})"
