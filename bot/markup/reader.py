"""Reads reStructuredText outside the event loop for the server, and in parallel for offline checks.

The server uses one process, started for the first text, and caches results: a pull request that is
reviewed again mostly has texts that were read before.
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
from bot.peps.change import Markup


class MarkupWorkers:
    """Several processes that read texts in parallel, for the time of a `with` block."""

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
        # One thread waits for each process, so no more texts are read at once than processes.
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
        """End the processes, even in the middle of a text."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        for process in self._processes:
            process.end()
        self._threads.shutdown()
        for process in self._processes:
            process.close()

    def read(self, texts: Iterable[str]) -> Iterator[Markup]:
        """What docutils reports on each text, in their order."""
        return self._threads.map(self._read, texts)

    def _read(self, text: str) -> Markup:
        process = self._free.get()
        try:
            return process.read(text)
        finally:
            self._free.put(process)


_CACHE_SIZE = 1_000
"""How many results are cached; nearly all of them are empty."""


class MarkupReader:
    """Reads texts for the running server."""

    def __init__(self, *, seconds: float = SECONDS) -> None:
        """Prepare.

        Args:
            seconds: How long one text may take.
        """
        self._cache: LRUCache[bytes, Markup] = LRUCache(_CACHE_SIZE)
        self._process = MarkupProcess(seconds=seconds)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="markup")

    async def read(self, text: str) -> Markup:
        """What docutils reports on a text, or why it did not finish."""
        digest = sha256(text.encode("utf-8", "surrogatepass")).digest()
        known = self._cache.get(digest)
        if known is None:
            known = self._cache[digest] = await self._parse(text)
        return known

    async def close(self) -> None:
        """End the process and abort the text being read. Nothing can be read afterwards."""
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
            # When a review is cancelled, reading its text is aborted.
            cancelled.set()
            if future.running():
                self._process.kill()
            raise
