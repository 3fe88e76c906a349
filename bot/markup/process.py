"""A process that reads reStructuredText, each text within limits of time, size and memory.

Docutils recurses, backtracks and copies; a text made for that keeps it busy for hours or takes all
memory there is. Here such a text costs its own finding and nothing else. The process is started
when the first text comes, and anew when it breaks down. It shares nothing but a pipe, so that
nobody waits for a lock that it took along.
"""

import multiprocessing
import signal
from contextlib import suppress
from math import ceil
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from threading import Event

from bot.markup.read import decode, encode
from bot.peps.markup import Markup

SECONDS = 10.0
"""How long one text may take."""

LONGEST = 1_000_000
"""Characters from which on a text is not read at all; the longest PEP has 200,000."""

CRASHED = "the process that read it broke down"
"""Why a text was not read that a process ended over twice."""

_START_TIMEOUT = 60.0
"""Seconds that a process has to come up, which takes half a second."""

_ORPHAN_GRACE = 5
"""Seconds after its time at which a process ends by itself: nobody was there to end it."""

_MEMORY = 1 << 30
"""Bytes of address space that a process may take."""

_LONGEST_ANSWER = 4_000_000


class MarkupProcess:
    """One process. One thread reads with it; any may end that."""

    def __init__(self, *, seconds: float = SECONDS) -> None:
        """Prepare.

        Args:
            seconds: How long one text may take.
        """
        self._seconds = seconds
        self._process: SpawnProcess | None = None
        self._pipe: Connection | None = None
        self._is_closed = False

    def read(self, text: str, cancelled: Event | None = None) -> Markup:
        """What docutils says of a text, or why it came to no end.

        A text over which the process broke down is read once more: it may have been ended by
        somebody who did not mean the text.

        Args:
            text: What to read.
            cancelled: Set, before `kill` is called, when nobody wants to know any more.
        """
        cancel_event = cancelled or Event()
        if len(text) > LONGEST:
            return Markup(incomplete_reason=f"it has more than {LONGEST:,} characters")
        markup = self._attempt(text, cancel_event)
        if markup.incomplete_reason == CRASHED and not self._is_cancelled(cancel_event):
            markup = self._attempt(text, cancel_event)
        return markup

    def kill(self) -> None:
        """End the process at once; a text that is being read is read anew if it is still wanted."""
        process = self._process
        if process is not None:
            with suppress(ValueError):  # it was closed meanwhile
                process.kill()

    def end(self) -> None:
        """Read nothing any more, and what is being read not to its end."""
        self._is_closed = True
        self.kill()

    def close(self) -> None:
        """End the process and let go of it; a later text starts another."""
        process, pipe = self._process, self._pipe
        self._process = self._pipe = None
        if process is not None:
            process.kill()
            process.join()
            # Another thread that starts a process may have looked after this one just now; then it
            # is not known here that it ended.
            with suppress(ValueError):
                process.close()
        if pipe is not None:
            pipe.close()

    def _is_cancelled(self, cancelled: Event) -> bool:
        return self._is_closed or cancelled.is_set()

    def _attempt(self, text: str, cancelled: Event) -> Markup:
        try:
            pipe = self._pipe or self._start_process()
            # From here on a process is there, which `kill` would end.
            if self._is_cancelled(cancelled):
                return Markup(incomplete_reason=CRASHED)
            pipe.send_bytes(text.encode("utf-8", "surrogatepass"))
            if pipe.poll(self._seconds):
                return decode(pipe.recv_bytes(_LONGEST_ANSWER))
        except (EOFError, OSError, ValueError, TypeError):
            self.close()
            return Markup(incomplete_reason=CRASHED)
        self.close()
        return Markup(incomplete_reason=f"it took longer than {self._seconds:g} s")

    def _start_process(self) -> Connection:
        """The pipe to a process that is ready.

        Raises:
            OSError: No process could be started.
            EOFError: It ended before it was ready.
        """
        # A fork would take along the locks of threads that the child does not have.
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        limit = ceil(self._seconds) + _ORPHAN_GRACE
        process = context.Process(target=serve, args=(theirs, limit), daemon=True)
        self._pipe = ours
        try:
            process.start()
            self._process = process
        finally:
            theirs.close()
        if not ours.poll(_START_TIMEOUT):
            raise EOFError
        ours.recv_bytes(0)
        return ours


def serve(pipe: Connection, limit: int) -> None:
    """What the process does, until nobody asks any more.

    Args:
        pipe: Where texts come from and answers go to.
        limit: Seconds after which it ends over a text, should nobody else have ended it.
    """
    _limit_resources()
    import bot.markup.read  # noqa: F401  loaded before the time of the first text runs

    alarm = getattr(signal, "alarm", int)  # Windows has none; `int` does nothing with a number
    with suppress(EOFError, OSError):
        pipe.send_bytes(b"")
        while True:
            text = pipe.recv_bytes().decode("utf-8", "surrogatepass")
            alarm(limit)
            answer = encode(read_within_limits(text))
            alarm(0)
            pipe.send_bytes(answer)


def read_within_limits(text: str) -> Markup:
    """What a process does with a text; a text that docutils cannot cope with is an answer too."""
    from bot.markup.read import read_markup

    try:
        return read_markup(text)
    except RecursionError:
        return Markup(incomplete_reason="it is nested too deeply")
    except MemoryError:
        return Markup(incomplete_reason="it took too much memory")
    except Exception as fault:
        # Docutils has faults of its own; its words may quote the text, the kind does not.
        return Markup(incomplete_reason=f"docutils failed ({type(fault).__name__})")


def _limit_resources() -> None:
    # Ctrl-C goes to every process of a terminal; who started this one ends it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        import resource
    except ImportError:  # Windows has no such limits; those of time and size hold there too.
        return
    for limit, most in ((resource.RLIMIT_AS, _MEMORY), (resource.RLIMIT_CORE, 0)):
        _, allowed = resource.getrlimit(limit)
        if allowed == resource.RLIM_INFINITY or allowed > most:
            resource.setrlimit(limit, (most, most))
