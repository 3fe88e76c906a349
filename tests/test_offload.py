"""Work on large input leaves the event loop free; work on small input is not worth a thread."""

import asyncio
import threading

import pytest

from bot.concurrency import LARGE, offload


async def test_the_event_loop_goes_on_while_a_large_thought_is_thought() -> None:
    told = threading.Event()
    asyncio.get_running_loop().call_soon(told.set)
    assert await offload(LARGE, lambda: told.wait(10))


async def test_a_small_thought_stays_where_it_is() -> None:
    assert await offload(LARGE - 1, threading.current_thread) is threading.current_thread()


async def test_what_a_large_thought_raises_arrives() -> None:
    with pytest.raises(ZeroDivisionError):
        await offload(LARGE, lambda: 1 // 0)
