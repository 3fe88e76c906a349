"""Several processes that read reStructuredText side by side."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue
from types import TracebackType
from typing import Self

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
