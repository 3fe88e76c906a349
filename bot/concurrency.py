"""Heavy work beside the event loop, several reads at once, and the signal to end."""

import asyncio
import signal
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import TypeVar

T = TypeVar("T")

LARGE = 40_000
"""Characters from which on a text is thought about in the thread.

Where that many are authors' names they take a fifth of a second, as ordinary PEPs far less.
"""

_THREAD = ThreadPoolExecutor(1, thread_name_prefix="thinking")


async def offload(size: int, function: Callable[[], T]) -> T:
    """The result of a plain function, with the event loop kept free if its input is large.

    Args:
        size: How many characters it is about.
        function: The function. It must not touch anything that the event loop may change.
    """
    if size < LARGE:
        return function()
    return await asyncio.get_running_loop().run_in_executor(_THREAD, function)


@asynccontextmanager
async def run_together() -> AsyncIterator[asyncio.TaskGroup]:
    """A task group whose first failure is raised bare, the other tasks being cancelled.

    Raises:
        Exception: Whatever the first task to fail raised.
    """
    try:
        async with asyncio.TaskGroup() as group:
            yield group
    except BaseExceptionGroup as failures:
        raise failures.exceptions[0] from None


def stop_on_signal() -> asyncio.Event:
    """An event that is set once this process is to end; from now on no signal ends it at once."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    return stop
