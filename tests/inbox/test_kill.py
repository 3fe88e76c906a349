"""A real process is killed in the middle of its work, again and again; nothing may be lost."""

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.inbox.builders import Inboxes
from tests.inbox.kill_target import KEYS

pytestmark = pytest.mark.exhaustive

CHECKOUT = Path(__file__).resolve().parents[2]
COUNTS = {"sqlite": 400, "postgres": 120}


def _start(inboxes: Inboxes, log: Path, first: int, count: int) -> subprocess.Popen[bytes]:
    arguments = [inboxes.kind, inboxes.place, str(log), str(first), str(count)]
    return subprocess.Popen(
        [sys.executable, "-m", "tests.inbox.kill_target", *arguments], cwd=CHECKOUT
    )


def _killed(process: "subprocess.Popen[bytes]") -> None:
    process.kill()
    process.wait()


def _lines(log: Path) -> list[str]:
    return log.read_text().split("\n")[:-1] if log.exists() else []


def test_nothing_accepted_is_lost_and_order_is_kept_through_kills(
    inboxes: Inboxes, tmp_path: Path
) -> None:
    if inboxes.server_clock is not None:
        inboxes.server_clock.set(None)
    count = COUNTS[inboxes.kind]
    seed = random.randrange(10**6)
    chance = random.Random(seed)
    log = tmp_path / "log"
    first = 0
    for _ in range(5):
        before = len(_lines(log))
        process = _start(inboxes, log, first, count)
        # At a random moment of its work: after so many lines, wherever it is by then.
        target = before + chance.randrange(1, count)
        deadline = time.monotonic() + 60
        while len(_lines(log)) < target and process.poll() is None:
            if time.monotonic() > deadline:
                _killed(process)
                pytest.fail(f"no progress (seed {seed})")
        _killed(process)
        first += count
    process = _start(inboxes, log, first, 10)
    try:
        assert process.wait(timeout=120) == 0, f"seed {seed}"
    finally:
        _killed(process)

    lines = _lines(log)
    assert lines[-1] == "end"
    accepted = {line[2:] for line in lines if line.startswith("+ ")}
    handled = [line[2:] for line in lines if line.startswith("- ")]
    assert accepted - set(handled) == set(), f"lost (seed {seed})"
    first_times = list(dict.fromkeys(handled))
    for key in range(KEYS):
        order = [int(name) for name in first_times if int(name) % KEYS == key]
        assert order == sorted(order), f"out of order (seed {seed})"
