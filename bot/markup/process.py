"""A process that reads reStructuredText, each text within limits of time, size and memory.

Docutils recurses, backtracks and copies; a malicious text keeps it busy for hours or uses up all
memory. Here such a text costs only its own result. The process is started for the first text, and
again after a crash. It shares nothing but a pipe with the bot, so that killing it leaves no lock
held.
"""

import json
import multiprocessing
import signal
from contextlib import suppress
from math import ceil
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from threading import Event

from bot.peps.change import Markup, MarkupLevel, MarkupProblem

SECONDS = 10.0
"""Seconds that one text may take."""

LONGEST = 1_000_000
"""A text with more characters is not read at all; the longest PEP has 200,000."""

CRASHED = "the process that read it broke down"
"""The reason given for a text on which a process crashed twice."""

_START_TIMEOUT = 60.0
"""Seconds that a process may take to start; usually half a second is enough."""

_ORPHAN_GRACE = 5
"""Seconds over the time limit after which a process ends by itself, in case its parent is gone."""

_MEMORY = 1 << 30
"""Bytes of address space that a process may use."""

_LONGEST_ANSWER = 4_000_000


class MarkupProcess:
    """One process. Only one thread may read with it; any thread may end it."""

    def __init__(self, *, seconds: float = SECONDS) -> None:
        """Prepare.

        Args:
            seconds: The time limit for one text.
        """
        self._seconds = seconds
        self._process: SpawnProcess | None = None
        self._pipe: Connection | None = None
        self._is_closed = False

    def read(self, text: str, cancelled: Event | None = None) -> Markup:
        """What docutils reports on a text, or why it did not finish.

        If the process crashes, the text is read once more: the process may have been killed for a
        reason that has nothing to do with the text.

        Args:
            text: What to read.
            cancelled: Set, before `kill` is called, when the result is no longer needed.
        """
        cancel_event = cancelled or Event()
        if len(text) > LONGEST:
            return Markup(incomplete_reason=f"it has more than {LONGEST:,} characters")
        markup = self._attempt(text, cancel_event)
        if markup.incomplete_reason == CRASHED and not self._is_cancelled(cancel_event):
            markup = self._attempt(text, cancel_event)
        return markup

    def kill(self) -> None:
        """Kill the process; the text it was reading is read again unless it was cancelled."""
        process = self._process
        if process is not None:
            with suppress(ValueError):  # it was closed in the meantime
                process.kill()

    def end(self) -> None:
        """Stop for good: abort the text being read, and read no further ones."""
        self._is_closed = True
        self.kill()

    def close(self) -> None:
        """End the process and release it; a later text starts another one."""
        process, pipe = self._process, self._pipe
        self._process = self._pipe = None
        if process is not None:
            process.kill()
            process.join()
            # Another thread that is starting a process may just have collected this one's exit
            # status; then `close` does not know that it ended.
            with suppress(ValueError):
                process.close()
        if pipe is not None:
            pipe.close()

    def _is_cancelled(self, cancelled: Event) -> bool:
        return self._is_closed or cancelled.is_set()

    def _attempt(self, text: str, cancelled: Event) -> Markup:
        try:
            pipe = self._pipe or self._start_process()
            # From here on there is a process that `kill` can end.
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
        """Start a process and return the pipe to it once it is ready.

        Raises:
            OSError: No process could be started.
            EOFError: It ended before it was ready, or was not ready in time.
        """
        # A fork would copy locks held by threads that do not exist in the child.
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
    """The main function of the process: answer texts until the pipe is closed.

    Args:
        pipe: Texts come from it, and answers go to it.
        limit: Seconds on one text after which the process ends itself.
    """
    _limit_resources()
    import bot.markup.read  # noqa: F401  loaded before the first text's time starts

    alarm = getattr(signal, "alarm", int)  # Windows has none; `int` does nothing with a number
    with suppress(EOFError, OSError):
        pipe.send_bytes(b"")
        while True:
            text = pipe.recv_bytes().decode("utf-8", "surrogatepass")
            alarm(limit)
            answer = encode(read_within_limits(text))
            alarm(0)
            pipe.send_bytes(answer)


def encode(markup: Markup) -> bytes:
    """A result as JSON."""
    rows = [(problem.line, int(problem.level), problem.message) for problem in markup.problems]
    return json.dumps([rows, markup.incomplete_reason]).encode()


def decode(encoded: bytes) -> Markup:
    """The result from its JSON.

    Raises:
        ValueError: The bytes are no encoded result.
        TypeError: The same.
    """
    rows, incomplete_reason = json.loads(encoded)
    return Markup(
        tuple(
            MarkupProblem(int(line), MarkupLevel(level), str(message))
            for line, level, message in rows
        ),
        str(incomplete_reason),
    )


def read_within_limits(text: str) -> Markup:
    """Read a text in the process; if docutils fails on it, the answer says why."""
    from bot.markup.read import read_markup

    try:
        return read_markup(text)
    except RecursionError:
        return Markup(incomplete_reason="it is nested too deeply")
    except MemoryError:
        return Markup(incomplete_reason="it took too much memory")
    except Exception as fault:
        # A bug in docutils. Its message may quote the text, so only the exception's type is given.
        return Markup(incomplete_reason=f"docutils failed ({type(fault).__name__})")


def _limit_resources() -> None:
    # Ctrl-C reaches every process of a terminal; the parent ends this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        import resource
    except ImportError:  # Windows has no such limits; those on time and size apply there too.
        return
    for limit, most in ((resource.RLIMIT_AS, _MEMORY), (resource.RLIMIT_CORE, 0)):
        _, allowed = resource.getrlimit(limit)
        if allowed == resource.RLIM_INFINITY or allowed > most:
            resource.setrlimit(limit, (most, most))
