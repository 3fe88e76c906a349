"""Binds processes to cores: the server gets one to itself, everything else uses the others.

If a process cannot be bound to a core (macOS, a machine with one core), it runs anywhere.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

_ALLOWED = frozenset(os.sched_getaffinity(0)) if sys.platform == "linux" else frozenset[int]()
_SERVER = frozenset(sorted(_ALLOWED)[:1])


def can_bind() -> bool:
    """Whether the server can have a core to itself."""
    return len(_ALLOWED) > 1


def cores() -> int:
    """How many cores can be used."""
    return len(_ALLOWED) or os.cpu_count() or 1


def leave_the_servers_core() -> None:
    """Keep this process off the server's core from now on; call it before anything else."""
    if sys.platform == "linux" and can_bind():
        os.sched_setaffinity(0, _ALLOWED - _SERVER)


def give_the_servers_core(process: int) -> None:
    """Bind a process that has just started; the threads it makes later are bound with it."""
    if sys.platform == "linux" and can_bind():
        os.sched_setaffinity(process, _SERVER)


@contextmanager
def all_cores() -> Iterator[None]:
    """Let processes started in the block use every core, like a command that people run."""
    if sys.platform != "linux":
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, _ALLOWED)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
