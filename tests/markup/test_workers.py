"""Texts made to take long or much cost their own finding, and nothing else."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import pytest

from bot.markup.process import CRASHED, LONGEST, MarkupProcess
from bot.markup.reader import MarkupWorkers
from bot.peps.change import Markup
from tests.markup.test_read import below

GOOD = below("Words.")
BAD = below("A reference_.")


@pytest.fixture(scope="module")
def workers() -> Iterator[MarkupWorkers]:
    with MarkupWorkers(1, seconds=1) as some:
        yield some


def read(workers: MarkupWorkers, *texts: str) -> list[Markup]:
    return list(workers.read(texts))


def test_results_come_in_the_order_of_the_texts() -> None:
    texts = [below(f"Words.\n\nreference{number}_") for number in range(30)]
    with MarkupWorkers(2) as workers:
        answers = list(workers.read(texts))
    assert [f"reference{number}" in str(answer) for number, answer in enumerate(answers)] == (
        [True] * 30
    )


ATTACKS: dict[str, Callable[[], str]] = {
    "nested lists": lambda: "\n\n".join("  " * depth + "* x" for depth in range(900)),
    "nested quotations": lambda: "\n\n".join(" " * depth + "x" for depth in range(900)),
    "nested notes": lambda: "\n".join(f"{'   ' * depth}.. note::\n" for depth in range(500)),
    "nested brackets": lambda: "`<" * 100_000,
    "stars": lambda: "*" * 200_000,
    "spaced stars": lambda: "* " * 100_000,
    "backquotes": lambda: "`" * 200_000,
    "bars": lambda: "|" * 200_000,
    "underscores": lambda: "_" * 200_000,
    "references": lambda: "a_ " * 60_000,
    "brackets": lambda: "[" * 200_000,
    "addresses": lambda: "a@" * 100_000,
    "links": lambda: "http://" * 30_000,
    "options": lambda: "-a " * 60_000,
    "underlines": lambda: "a\n=\n\n" * 30_000,
    "substitutions": lambda: ".. |a| replace:: |b|\n.. |b| replace:: |a|\n\n|a|",
    "a table": lambda: "+" + "-" * 50_000 + "+\n|" + " " * 50_000 + "|\n+" + "-" * 50_000 + "+",
    "enumerators": lambda: "\n".join(f"{'i' * 200}. x" for _ in range(500)),
    "roman": lambda: "(" + "M" * 100_000 + ") x",
    "line blocks": lambda: "| x\n" * 30_000,
    "escapes": lambda: "\\" * 200_000,
    "targets": lambda: "\n".join(f".. _t{n}: t{n + 1}_" for n in range(5_000)),
    "circular targets": lambda: ".. _a: b_\n.. _b: a_\n\na_",
}

LENGTHY = ("nested brackets", "references", "underlines", "a table")
"""Those that docutils is not through with in a second, but for one of them."""

DEEP = ("nested lists", "nested quotations")
"""Those that are nested too deeply, but for the least of them."""


def pieces(line: str, width: int = 9_000) -> list[str]:
    """The line in pieces that are not too long for docutils."""
    return [line[at : at + width] for at in range(0, len(line) or 1, width)]


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=[pytest.mark.exhaustive] if name in (*LENGTHY, *DEEP) else [])
        for name in ATTACKS
    ],
)
def test_no_text_takes_longer_than_its_time_or_takes_the_next_one_along(
    workers: MarkupWorkers, name: str
) -> None:
    attack = ATTACKS[name]()
    assert len(attack) < LONGEST
    # Docutils reads no line of more than 10,000 characters.
    wrapped = "\n".join(piece for line in attack.split("\n") for piece in pieces(line))
    begun = seconds_of_children()
    *_, after = read(workers, *(below(text) for text in dict.fromkeys((attack, wrapped))), BAD)
    # Its own time, and what it takes to start a process anew; not how fast anything is.
    assert seconds_of_children() - begun < 1 + 1 + 4
    assert after.problems
    assert not after.incomplete_reason


def seconds_of_children() -> float:
    """The processor time of all processes that were started here and ended."""
    spent = os.times()
    return spent.children_user + spent.children_system


SLOW = below("::\n\n" * 200_000)
"""A text that docutils takes minutes for."""

BAD_AND_LONG = below("A reference_.\n\n" * 6_000)
"""A text that docutils takes a second for."""


def bomb(levels: int = 5, width: int = 12) -> str:
    """Substitutions of substitutions: a few lines that would become a quarter of a million words.

    Each further level takes docutils longer, and is cut short at the same point.
    """
    lines = [".. |s0| replace:: words"]
    lines += [
        f".. |s{level}| replace:: {' '.join([f'|s{level - 1}|'] * width)}"
        for level in range(1, levels + 1)
    ]
    return "\n".join([*lines, "", f"|s{levels}|"])


def test_a_text_that_would_grow_without_end_is_cut_short(workers: MarkupWorkers) -> None:
    (markup, after) = read(workers, below(bomb()), BAD)
    assert markup.incomplete_reason or any("exceeds" in one.message for one in markup.problems)
    assert after.problems


def test_a_text_that_is_nested_too_deeply_says_so() -> None:
    deep = "\n\n".join(" " * depth + "x" for depth in range(300))
    with MarkupWorkers(1, seconds=60) as patient:
        (markup,) = read(patient, below(deep))
    assert markup.incomplete_reason == "it is nested too deeply"


def test_too_long_a_text_is_not_read(workers: MarkupWorkers) -> None:
    (markup,) = read(workers, "x" * (LONGEST + 1))
    assert markup == Markup(incomplete_reason="it has more than 1,000,000 characters")


def test_a_text_that_takes_too_long_fails_with_its_time() -> None:
    with MarkupWorkers(1, seconds=0.001) as workers:
        (markup,) = read(workers, SLOW)
    assert markup == Markup(incomplete_reason="it took longer than 0.001 s")


@pytest.mark.exhaustive
def test_a_process_that_is_killed_once_reads_the_text_once_more() -> None:
    with reading(BAD_AND_LONG) as (process, child, answer):
        os.kill(child.pid, signal.SIGKILL)
        assert answer.result().problems
    assert process.read(GOOD) == Markup()
    process.close()


def test_a_text_that_crashes_two_processes_fails() -> None:
    others = children()
    with reading(SLOW) as (process, child, answer):
        os.kill(child.pid, signal.SIGKILL)
        (second,) = wait_for_children(without={child, *others})
        wait_until_busy(second, TO_START)
        os.kill(second.pid, signal.SIGKILL)
        assert answer.result() == Markup(incomplete_reason=CRASHED)
    assert process.read(GOOD) == Markup()
    process.close()


def test_cancelled_reading_is_not_repeated() -> None:
    with reading(SLOW, seconds=600) as (process, child, answer):
        process.end()
        assert answer.result() == Markup(incomplete_reason=CRASHED)
        assert not child.is_running()
    assert process.read(BAD) == Markup(incomplete_reason=CRASHED)
    process.close()


def test_a_process_that_is_killed_while_it_has_nothing_to_do_is_replaced() -> None:
    others = children()
    with MarkupWorkers(1) as workers:
        assert read(workers, GOOD) == [Markup()]
        (child,) = children() - others
        os.kill(child.pid, signal.SIGKILL)
        answers = read(workers, GOOD, BAD, GOOD)
    assert [bool(answer.problems) for answer in answers] == [False, True, False]
    assert not any(answer.incomplete_reason for answer in answers)


def test_a_process_that_does_not_start_fails_the_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.markup.process._START_TIMEOUT", 0.0)
    process = MarkupProcess()
    assert process.read(GOOD) == Markup(incomplete_reason=CRASHED)
    monkeypatch.undo()
    assert process.read(GOOD) == Markup()
    process.close()
    process.close()


@contextmanager
def reading(
    text: str, seconds: float = 60
) -> Iterator[tuple[MarkupProcess, psutil.Process, Future[Markup]]]:
    """A process that is at work on a text in another thread."""
    others = children()
    process = MarkupProcess(seconds=seconds)
    assert process.read(GOOD) == Markup()
    (child,) = children() - others
    idle = child.cpu_times().user
    with ThreadPoolExecutor(1) as thread:
        answer = thread.submit(process.read, text)
        wait_until_busy(child, idle)
        yield process, child, answer


def wait_for_children(without: Collection[psutil.Process]) -> frozenset[psutil.Process]:
    """Until there is a process that reads, beside those."""
    while not (found := children() - frozenset(without)):
        time.sleep(0.01)
    return found


TO_START = 0.4
"""Seconds of processor time: twice what a process needs to start."""


def wait_until_busy(process: psutil.Process, idle: float) -> None:
    """Until it works on what it was given, and so has taken more time than it took before."""
    while process.cpu_times().user < idle + 0.1:
        time.sleep(0.01)


def test_where_no_process_can_start_every_text_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "/nowhere/python")
    with MarkupWorkers(2) as workers:
        assert read(workers, "0", "1", "2") == [Markup(incomplete_reason=CRASHED)] * 3


def test_a_program_that_is_read_from_a_pipe_can_start_processes_too() -> None:
    program = (
        "from bot.markup.process import MarkupProcess\n"
        "print(MarkupProcess().read('PEP: 1\\n\\nA reference_.').problems[0].message)\n"
    )
    done = subprocess.run(
        [sys.executable, "-"],
        input=program,
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])},
    )
    assert "reference" in done.stdout
    assert done.stderr == ""


def test_a_process_that_gets_no_text_for_long_ends_and_is_replaced(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    others = children()
    process = MarkupProcess()
    assert process.read(GOOD) == Markup()
    (child,) = children() - others
    child.send_signal(signal.SIGALRM)  # as its own alarm does after the pause
    psutil.wait_procs([child], timeout=20)
    assert process.read(BAD).problems
    process.close()


def test_nothing_is_left_behind() -> None:
    others = children()
    with MarkupWorkers(2) as workers:
        read(workers, GOOD, BAD)
        working = children() - others
        assert working
    assert not [child for child in working if child.is_running()]


def children() -> frozenset[psutil.Process]:
    """The processes that read, those that ended and wait to be looked after left out."""
    found = set()
    for child in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):
            if "bot.markup.process" in " ".join(child.cmdline()):
                found.add(child)
    return frozenset(found)


_ORPHAN = textwrap.dedent(
    """
    import os, psutil, sys
    from bot.markup.reader import MarkupWorkers

    if __name__ == "__main__":
        workers = MarkupWorkers(1)
        list(workers.read(["PEP: 1\\n\\nWords."]))
        print(*[child.pid for child in psutil.Process().children()], flush=True)
        list(workers.read(["PEP: 1\\n\\n" + "::\\n\\n" * 200_000]))
    """
)


def test_a_killed_parent_leaves_no_process_and_no_output(tmp_path: Path) -> None:
    script = tmp_path / "orphan.py"
    script.write_text(_ORPHAN)
    parent = subprocess.Popen(
        [sys.executable, str(script)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])},
    )
    assert parent.stdout
    assert parent.stderr
    started = [psutil.Process(int(pid)) for pid in parent.stdout.readline().split()]
    assert started
    parent.kill()
    psutil.wait_procs(started, timeout=20)
    assert not [one for one in started if one.is_running()]
    assert parent.stderr.read() == ""
    for pipe in (parent.stdin, parent.stdout, parent.stderr):
        assert pipe
        pipe.close()
    parent.wait()
