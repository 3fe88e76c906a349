"""Reading reStructuredText for the server: beside the event loop, and each text once.

There is one process, which starts with the first text. A pull request that is reviewed again
mostly brings texts that were read before.
"""

import asyncio
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from queue import SimpleQueue
from threading import Event
from types import TracebackType
from typing import Self

from cachetools import LRUCache

from bot.markup.process import SECONDS, MarkupProcess
from bot.peps.markup import Markup


class MarkupWorkers:
    """Some processes, for the time of the block."""

    def __init__(self, processes: int, *, seconds: float = SECONDS) -> None:
        """Prepare.

        Args:
            processes: How many texts may be read at the same time.
            seconds: How long one text may take.
        """
        self._processes = tuple(MarkupProcess(seconds=seconds) for _ in range(processes))
        self._free: SimpleQueue[MarkupProcess] = SimpleQueue()
        for process in self._processes:
            self._free.put(process)
        # A thread waits for each process; there are never more texts under way than processes.
        self._threads = ThreadPoolExecutor(processes, thread_name_prefix="markup")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        raised: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the processes, whatever they are at."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        for process in self._processes:
            process.end()
        self._threads.shutdown()
        for process in self._processes:
            process.close()

    def read(self, texts: Iterable[str]) -> Iterator[Markup]:
        """What docutils says of each text, in their order."""
        return self._threads.map(self._read, texts)

    def _read(self, text: str) -> Markup:
        process = self._free.get()
        try:
            return process.read(text)
        finally:
            self._free.put(process)


_CACHE_SIZE = 1_000
"""Answers kept; nearly all of them are empty."""


class MarkupReader:
    """What parses texts while the bot runs."""

    def __init__(self, *, seconds: float = SECONDS) -> None:
        """Prepare.

        Args:
            seconds: How long one text may take.
        """
        self._cache: LRUCache[bytes, Markup] = LRUCache(_CACHE_SIZE)
        self._process = MarkupProcess(seconds=seconds)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="markup")

    async def read(self, text: str) -> Markup:
        """What docutils says of a text, or why it came to no end."""
        digest = sha256(text.encode("utf-8", "surrogatepass")).digest()
        known = self._cache.get(digest)
        if known is None:
            known = self._cache[digest] = await self._parse(text)
        return known

    async def close(self) -> None:
        """End the process, and with it what is being read. Nothing can be read afterwards."""
        self._thread.shutdown(wait=False, cancel_futures=True)
        self._process.end()
        await asyncio.to_thread(self._thread.shutdown)
        self._process.close()

    async def _parse(self, text: str) -> Markup:
        cancelled = Event()
        future = self._thread.submit(self._process.read, text, cancelled)
        try:
            return await asyncio.wrap_future(future)
        except asyncio.CancelledError:
            # A review that is called off takes its text along.
            cancelled.set()
            if future.running():
                self._process.kill()
            raise
