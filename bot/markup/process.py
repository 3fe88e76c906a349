"""A process that reads reStructuredText, each text within limits of time, size and memory.

Docutils recurses, backtracks and copies; a malicious text keeps it busy for hours or uses up all
memory. Here such a text costs only its own result. The process is started for the first text, and
again after a crash or a long pause. It shares nothing but two pipes with the bot, so that killing
it leaves no lock held; each line on them is JSON. The standard library's `multiprocessing` would
start a process of its own beside it, which takes another 12 MB.
"""

import json
import signal
import subprocess
import sys
from contextlib import suppress
from math import ceil
from threading import Event, Timer

from bot.peps.change import Markup, MarkupLevel, MarkupProblem

SECONDS = 10.0
"""Seconds that one text may take."""

LONGEST = 1_000_000
"""A text with more characters is not read at all; the longest PEP has 200,000."""

CRASHED = "the process that read it crashed"
"""The reason given for a text on which a process crashed twice."""

_START_TIMEOUT = 60.0
"""Seconds that a process may take to start; usually half a second is enough."""

_ORPHAN_GRACE = 5
"""Seconds over the time limit after which a process ends by itself, in case its parent is gone."""

_MEMORY = 1 << 30
"""Bytes of address space that a process may use."""

_LONGEST_ANSWER = 4_000_000

_PAUSE = 300
"""Seconds without a text after which a process ends by itself: it holds 24 MB."""


class MarkupProcess:
    """One process. Only one thread may read with it; any thread may end it."""

    def __init__(self, *, seconds: float = SECONDS) -> None:
        """Prepare.

        Args:
            seconds: The time limit for one text.
        """
        self._seconds = seconds
        self._process: subprocess.Popen[bytes] | None = None
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
            process.kill()

    def end(self) -> None:
        """Stop for good: abort the text being read, and read no further ones."""
        self._is_closed = True
        self.kill()

    def close(self) -> None:
        """End the process and release it; a later text starts another one."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with suppress(OSError):  # what was not yet written has no reader any more
                    pipe.close()

    def _is_cancelled(self, cancelled: Event) -> bool:
        return self._is_closed or cancelled.is_set()

    def _attempt(self, text: str, cancelled: Event) -> Markup:
        try:
            process = self._running() or self._start_process()
            # From here on there is a process that `kill` can end.
            if self._is_cancelled(cancelled):
                return Markup(incomplete_reason=CRASHED)
            return decode(_answer(process, f"{json.dumps(text)}\n".encode(), self._seconds))
        except TimeoutError:
            self.close()
            return Markup(incomplete_reason=f"it took longer than {self._seconds:g} s")
        except (OSError, ValueError, TypeError):
            self.close()
            return Markup(incomplete_reason=CRASHED)

    def _running(self) -> "subprocess.Popen[bytes] | None":
        """The process if it still runs."""
        if self._process is not None and self._process.poll() is not None:
            self.close()
        return self._process

    def _start_process(self) -> "subprocess.Popen[bytes]":
        """Start a process, and return it once it is ready.

        Raises:
            OSError: No process could be started, it ended, or it was not ready in time.
        """
        from bot.concurrency import python_command  # which the process itself does not need

        limit = ceil(self._seconds) + _ORPHAN_GRACE
        command = python_command(f"from bot.markup.process import serve; serve({limit})")
        self._process = subprocess.Popen(  # noqa: S603 - the command is our own
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        with suppress(TimeoutError):
            if _answer(self._process, b"", _START_TIMEOUT):
                return self._process
        raise ConnectionError("it ended before it was ready, or was not ready in time")


def _answer(process: "subprocess.Popen[bytes]", line: bytes, seconds: float) -> bytes:
    """The line that a process answers with; nothing if it ends instead.

    Raises:
        TimeoutError: It took longer than these seconds, and was killed.
        OSError: It has ended.
    """
    if process.stdin is None or process.stdout is None:
        raise OSError("the process has no pipes")
    too_late = Event()

    def kill() -> None:
        too_late.set()
        process.kill()

    # Pipes cannot be waited for on every system, but a killed process always closes them.
    timer = Timer(seconds, kill)
    timer.daemon = True
    timer.start()
    try:
        process.stdin.write(line)
        process.stdin.flush()
        answer = process.stdout.readline(_LONGEST_ANSWER)
    finally:
        timer.cancel()
        if too_late.is_set():
            raise TimeoutError
    return answer


def serve(limit: int) -> None:
    """The main function of the process: answer texts until nobody sends any more.

    Args:
        limit: Seconds on one text after which the process ends itself.
    """
    _limit_resources()
    import bot.markup.read  # noqa: F401  loaded before the first text's time starts

    texts, answers = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr  # Whatever is printed must not get among the answers.
    alarm = getattr(signal, "alarm", int)  # Windows has none; `int` does nothing with a number
    answer = b""
    while True:
        answers.write(answer + b"\n")
        answers.flush()
        alarm(_PAUSE)
        line = texts.readline()
        if not line:
            return
        alarm(limit)
        answer = encode(read_within_limits(json.loads(line)))


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
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # If its parent is gone, it ends without a word.
