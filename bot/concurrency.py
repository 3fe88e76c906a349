"""Heavy work in a thread, several tasks at once, memory, and the signal to stop."""

import asyncio
import gc
import signal
import sys
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import TypeVar

T = TypeVar("T")

LARGE = 40_000
"""Work on at least this many characters is done in the thread.

That many characters of authors' names take a fifth of a second; ordinary PEPs take far less.
"""

_THREAD = ThreadPoolExecutor(1, thread_name_prefix="thinking")


async def offload(size: int, function: Callable[[], T]) -> T:
    """Run a plain function, in a thread if its input is large, and return its result.

    Args:
        size: How many characters the function works on.
        function: It must not touch anything that the event loop may change.
    """
    if size < LARGE:
        return function()
    return await asyncio.get_running_loop().run_in_executor(_THREAD, function)


def python_command(statement: str) -> list[str]:
    """The command that runs a statement in a process of its own, which finds the same modules."""
    return [sys.executable, "-c", f"import sys; sys.path[:] = {sys.path!r}; {statement}"]


@asynccontextmanager
async def run_together() -> AsyncIterator[asyncio.TaskGroup]:
    """A task group that raises its first failure bare, after cancelling the other tasks.

    Raises:
        Exception: Whatever the first task to fail raised.
    """
    try:
        async with asyncio.TaskGroup() as group:
            yield group
    except BaseExceptionGroup as failures:
        raise failures.exceptions[0] from None


def spare_loaded_objects() -> None:
    """Keep garbage collection short: from now on it leaves out all objects that exist already.

    Call it once a process has started. Modules, with their 110,000 objects, stay as long as the
    process; each full collection would look through them all, and hold up the event loop for 0.04
    to 0.1 s. Without them it takes a few milliseconds. Nothing is collected first: that would be
    the same pause, and imports leave hardly any garbage.
    """
    gc.freeze()


def give_back_memory() -> None:
    """Give freed memory back to the system, after work that needed much of it and is done once.

    glibc keeps it for the process; other C libraries do not, or have no way to ask.
    """
    import ctypes

    if sys.platform == "linux":
        getattr(ctypes.CDLL(None), "malloc_trim", lambda _: None)(0)


def stop_on_signal() -> asyncio.Event:
    """An event that SIGTERM and SIGINT set; from now on they do not end the process themselves."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    return stop
