"""What a process has used, as the operating system tells it."""

import psutil

from benchmarks.figure import Broken
from tests.end_to_end.process import BotProcess

_MEGABYTE = 1_000_000


def cpu_seconds(bot: BotProcess) -> float:
    """Seconds of user and system time that it has used so far."""
    times = _process(bot).cpu_times()
    return float(times.user + times.system)


def resident_megabytes(bot: BotProcess) -> float:
    """Its resident memory."""
    return float(_process(bot).memory_info().rss / _MEGABYTE)


def _process(bot: BotProcess) -> psutil.Process:
    if bot.process is None:
        raise Broken("it was never started")
    return psutil.Process(bot.process.pid)
