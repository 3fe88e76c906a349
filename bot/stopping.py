"""How a process is told to end: by SIGTERM, as platforms do, or by SIGINT, as people do."""

import asyncio
import signal


def told_to_stop() -> asyncio.Event:
    """An event that is set once this process is to end; from now on no signal ends it at once."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    return stop
