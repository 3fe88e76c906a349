"""A process that accepts and handles deliveries until it is killed; see test_kill.py.

Run as `python -m tests.inbox.kill_target KIND PLACE FIRST COUNT`. It writes one line for each
delivery it accepted (`+ id`) and for each it handled (`- id`), and "end" once all is done.
"""

import asyncio
import os
import sys
from collections.abc import Callable

from bot.inbox.attempt import Attempts
from bot.inbox.delivery import Batch
from tests.inbox.builders import OPENERS, act, ids, review, until_idle

KEYS = 5


async def main(
    kind: str, place: str, first: int, count: int, write: Callable[[str], object]
) -> None:
    inbox = await OPENERS[kind](place)

    async def handle(batch: Batch) -> None:
        await asyncio.sleep(0.002)
        for name in ids(batch):
            write(f"- {name}\n")

    stop = asyncio.Event()
    working = asyncio.create_task(inbox.work(Attempts(handle), stop, grace=5))
    for number in range(first, first + count):
        build = act if number % 3 else review
        await inbox.accept(build(f"{number}", key=f"python/peps#{number % KEYS}"))
        write(f"+ {number}\n")
    await until_idle(inbox)
    stop.set()
    await working
    await inbox.close()
    write("end\n")


if __name__ == "__main__":
    kind, place, first, count = sys.argv[1:]
    asyncio.run(main(kind, place, int(first), int(count), lambda line: os.write(1, line.encode())))
