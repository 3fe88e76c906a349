"""Thinking about large texts beside the event loop.

Rules and renderers are plain functions over what strangers wrote. On ordinary pull requests they
take milliseconds and run where they are called; on the largest that GitHub takes they may need
seconds, in which webhooks would not be answered. Those go to one thread of their own: never to
the default threads, which the names of hosts are looked up in, and never to several, since one
hostile pull request after another must not take all cores.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")

LARGE = 40_000
"""Characters from which on a text is thought about in the thread.

Where that many are authors' names they take a fifth of a second, as ordinary PEPs far less.
"""

_THREAD = ThreadPoolExecutor(1, thread_name_prefix="thinking")


async def offload(size: int, thought: Callable[[], T]) -> T:
    """The result of a plain function, with the event loop kept free if its input is large.

    Args:
        size: How many characters it is about.
        thought: The function. It must not touch anything that the event loop may change.
    """
    if size < LARGE:
        return thought()
    return await asyncio.get_running_loop().run_in_executor(_THREAD, thought)
