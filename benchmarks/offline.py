"""`check` on a whole tree and on one change, start-up included, compared with python/peps' checker.

`PEP_TREE` names a clone of python/peps and `CHECK_PEPS` a copy of its check-peps.py; without them
a generated tree is checked, and there is no comparison.
"""

import asyncio
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks.cores import all_cores
from benchmarks.figure import Figure, Floor, Scale, require
from bot.rules.engine.registry import all_rules
from tests.end_to_end.process import CHECKOUT

TREE_TARGET = 1.8
"""Seconds: twice what check-peps.py takes for the whole tree."""

CHANGE_TARGET = 1.0

_MARKUP = "markup"
_PEP = """\
PEP: {number}
Title: An idea
Author: Olga Outsider <olga@example.org>
Status: Draft
Type: Standards Track
Created: 12-May-2025

Abstract
========

{words}

Copyright
=========

This document is placed in the public domain or under the
CC0-1.0-Universal license, whichever is more permissive.
"""


async def measure(scale: Scale) -> Sequence[Figure]:
    """Measure the command as people run it; figures are medians."""
    return await asyncio.to_thread(_measure, scale)


def _measure(scale: Scale) -> Sequence[Figure]:
    times = scale.of(5, 1)
    with all_cores(), _tree(scale.of(700, 5)) as tree, tempfile.TemporaryDirectory() as cache:
        floor = _floor(tree, times)
        plain = [rule.id for rule in all_rules() if rule.id != _MARKUP]
        without = ["--repo", str(tree), "--rule", ",".join(plain)]
        figures = [
            Figure(
                "check, whole tree without markup",
                statistics.median(_check(without, cache) for _ in range(times)),
                "s",
                TREE_TARGET,
                floor,
            )
        ]
        if len(plain) < len(all_rules()):
            figures += [
                Figure(f"check, whole tree, {turn}", _check(["--repo", str(tree)], cache), "s")
                for turn in ("first run", "second run")
            ]
        figures.append(
            Figure(
                "check --base, one changed PEP",
                statistics.median(_one_change(tree, cache) for _ in range(times)),
                "s",
                CHANGE_TARGET,
            )
        )
    return figures


@contextmanager
def _tree(peps: int) -> Iterator[Path]:
    """A temporary, writable repository: a copy of the given clone, or a generated one.

    The files are copied without the clone's history, which one change does not need.
    """
    given = os.environ.get("PEP_TREE")
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder)
        if given is not None:
            shutil.copytree(Path(given) / "peps", tree / "peps", symlinks=True)
        else:
            (tree / "peps").mkdir()
            for number in range(1, peps + 1):
                text = _PEP.format(number=number, words="Some words of it.\n" * 300)
                (tree / f"peps/pep-{number:04}.rst").write_text(text, "utf-8")
        for command in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "tree"]):
            _git(tree, *command)
        yield tree


def _one_change(tree: Path, cache: str) -> float:
    """Seconds for one PEP with a new line, differing from the one before so that it is parsed."""
    file = min((tree / "peps").glob("pep-*.rst"))
    text = file.read_text("utf-8")
    file.write_text(f"{text}\nOne more line, written at {time.monotonic_ns()}.\n", "utf-8")
    try:
        return _check(["--repo", str(tree), "--base", "HEAD"], cache)
    finally:
        file.write_text(text, "utf-8")


def _check(arguments: list[str], cache: str) -> float:
    command = [sys.executable, "-m", "bot", "check", "--format", "json", *arguments]
    begun = time.perf_counter()
    environment = os.environ | {"XDG_CACHE_HOME": cache}
    done = subprocess.run(  # noqa: S603  our own program
        command, cwd=CHECKOUT, env=environment, capture_output=True, check=False
    )
    took = time.perf_counter() - begun
    require(done.returncode in (0, 1), f"check ended with {done.returncode}: {done.stderr!r}")
    return took


def _floor(tree: Path, times: int) -> Floor | None:
    script = os.environ.get("CHECK_PEPS")
    if script is None:
        return None
    # It checks the tree that it lies in.
    copy = tree / "check-peps.py"
    shutil.copy(script, copy)
    took = []
    for _ in range(times):
        begun = time.perf_counter()
        subprocess.run(  # noqa: S603  the script that was named
            [sys.executable, str(copy)], cwd=tree, capture_output=True, check=False
        )
        took.append(time.perf_counter() - begun)
    copy.unlink()
    return Floor(statistics.median(took), "check-peps.py, whole tree")


def _git(tree: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=Benchmark", "-c", "user.email=benchmark@example.org"]
    subprocess.run(  # noqa: S603  fixed arguments
        ["git", *identity, *arguments],  # noqa: S607  whatever git there is
        cwd=tree,
        capture_output=True,
        check=True,
    )
