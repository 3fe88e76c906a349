"""CPU time and memory of a bot process and its children, from the operating system."""

import psutil

from benchmarks.figure import Broken
from tests.end_to_end.process import BotProcess

_MEGABYTE = 1_000_000


def cpu_seconds(bot: BotProcess) -> float:
    """Seconds of user and system time that it and its children have used so far."""
    return sum(
        float(times.user + times.system)
        for times in (each.cpu_times() for each in _family(_process(bot)))
    )


def resident_megabytes(bot: BotProcess) -> float:
    """Its resident memory and that of its children."""
    return sum(each.memory_info().rss for each in _family(_process(bot))) / _MEGABYTE


def children_megabytes(bot: BotProcess) -> float:
    """The resident memory of its children alone."""
    return sum(each.memory_info().rss for each in _family(_process(bot))[1:]) / _MEGABYTE


def _family(process: psutil.Process) -> list[psutil.Process]:
    return [process, *process.children(recursive=True)]


def _process(bot: BotProcess) -> psutil.Process:
    if bot.process is None:
        raise Broken("it was never started")
    return psutil.Process(bot.process.pid)
