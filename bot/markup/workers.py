"""Processes that read reStructuredText, each text within limits of time, size and memory.

Docutils recurses, backtracks and copies; a text made for that keeps it busy for hours or takes all
memory there is. Here such a text costs its own finding and nothing else. A process is started when
the first text comes.
"""

import multiprocessing
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from concurrent.futures import TimeoutError as TookTooLong
from types import TracebackType
from typing import Self

from pebble import ProcessExpired, ProcessPool

from bot.peps.markup import Markup

SECONDS = 10
"""How long one text may take."""

LONGEST = 1_000_000
"""Characters from which on a text is not read at all; the longest PEP has 200,000."""

BROKE_DOWN = "the process that read it broke down"
"""Why a text was not read that a process ended over, or that was being read when it was ended."""

_TRACKER_SILENT = "ignore:resource_tracker:UserWarning:multiprocessing.resource_tracker"
"""What makes multiprocessing clean up after a process that was killed without a word.

Its tracker gets the options that Python was started with, and writes to where our log goes.
"""

_MEMORY = 1 << 30
"""Bytes of address space that a process may take."""


class MarkupWorkers:
    """Some processes, for the time of the block."""

    def __init__(self, processes: int, *, seconds: float = SECONDS) -> None:
        """Prepare.

        Args:
            processes: How many texts may be read at the same time.
            seconds: How long one text may take.
        """
        self._seconds = seconds
        if _TRACKER_SILENT not in sys.warnoptions:
            sys.warnoptions.append(_TRACKER_SILENT)
        self._pool = ProcessPool(
            max_workers=processes,
            initializer=_limit,
            # A fork would take along the locks of threads that the child does not have.
            context=multiprocessing.get_context("spawn"),
        )

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
        self._pool.stop()  # type: ignore[no-untyped-call]
        self._pool.join()

    def read(self, texts: Iterable[str]) -> Iterator[Markup]:
        """What docutils says of each text, in their order; they are read side by side."""
        begun = [self.begin(text) for text in texts]
        for future in begun:
            yield self.outcome(future)

    def begin(self, text: str) -> Future[Markup]:
        """Have a text read as soon as a process is free; cancelling the future ends its reading.

        What comes of it is told by `outcome`.
        """
        if len(text) > LONGEST:
            refused: Future[Markup] = Future()
            refused.set_result(Markup(gave_up=f"it has more than {LONGEST:,} characters"))
            return refused
        return self._pool.schedule(read_within_limits, args=[text], timeout=self._seconds)

    def outcome(self, begun: Future[Markup]) -> Markup:
        """What docutils said, or why it did not come to its end; waits until either is known."""
        try:
            return begun.result()
        except TookTooLong:
            return Markup(gave_up=f"it took longer than {self._seconds:g} s")
        except ProcessExpired:
            return Markup(gave_up=BROKE_DOWN)


def read_within_limits(text: str) -> Markup:
    """What a process does with a text; a text that docutils cannot cope with is an answer too."""
    from bot.markup.read import read_markup

    try:
        return read_markup(text)
    except RecursionError:
        return Markup(gave_up="it is nested too deeply")
    except MemoryError:
        return Markup(gave_up="it took too much memory")
    except Exception as fault:
        # Docutils has faults of its own; its words may quote the text, the kind does not.
        return Markup(gave_up=f"docutils failed ({type(fault).__name__})")


def _limit() -> None:
    """Take from a new process what no text may have."""
    try:
        import resource
    except ImportError:  # Windows has no such limits; those of time and size hold there too.
        return
    for limit, most in ((resource.RLIMIT_AS, _MEMORY), (resource.RLIMIT_CORE, 0)):
        _, allowed = resource.getrlimit(limit)
        if allowed == resource.RLIM_INFINITY or allowed > most:
            resource.setrlimit(limit, (most, most))
