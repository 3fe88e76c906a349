"""Applying the `patch` of a changed file, forwards or backwards.

GitHub's list of changed files carries a unified diff against the merge base. With the text at the
head it yields the text before, which saves reading a second blob and is exact even where the base
branch has moved on. Every context line is compared, so a patch that does not belong to the text is
noticed rather than applied.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_HUNK = re.compile(r"@@ -(\d{1,9})(?:,(\d{1,9}))? \+(\d{1,9})(?:,(\d{1,9}))? @@")


class _Misfit(Exception):
    """The patch is malformed, or does not belong to the text."""


@dataclass(frozen=True, slots=True)
class _Hunk:
    """A hunk as lines with their line ends: where it begins (0-based), what it takes and gives."""

    old_start: int
    old: tuple[str, ...]
    new_start: int
    new: tuple[str, ...]


def before_text(after: str, patch: str) -> str | None:
    """The text from which the patch made `after`; None if it did not make it.

    An added file is taken back to the empty text, and the empty text to a removed file.
    """
    try:
        return _exchange(after, [(h.new_start, h.new, h.old) for h in _hunks(patch)])
    except _Misfit:
        return None


def after_text(before: str, patch: str) -> str | None:
    """The text that the patch makes of `before`; None if it does not fit."""
    try:
        return _exchange(before, [(h.old_start, h.old, h.new) for h in _hunks(patch)])
    except _Misfit:
        return None


def changed_lines(patch: str) -> Iterator[str]:
    """The lines a patch adds or takes away, without the sign and the line end."""
    return (line[1:] for line in patch.split("\n") if line[:1] in ("+", "-"))


def _exchange(text: str, pieces: list[tuple[int, tuple[str, ...], tuple[str, ...]]]) -> str:
    lines = _lines(text)
    result: list[str] = []
    position = 0
    for start, gone, given in pieces:
        if not position <= start <= len(lines) or tuple(lines[start : start + len(gone)]) != gone:
            raise _Misfit
        result += lines[position:start]
        result += given
        position = start + len(gone)
    result += lines[position:]
    # Only the very last line of a text may lack its line end.
    if any(not line.endswith("\n") for line in result[:-1]):
        raise _Misfit
    return "".join(result)


def _lines(text: str) -> list[str]:
    """Lines with their ends. Only the line feed ends one, as for git; `splitlines` knows others."""
    lines = [line + "\n" for line in text.split("\n")]
    lines[-1] = lines[-1][:-1]
    return lines if lines[-1] else lines[:-1]


def _hunks(patch: str) -> list[_Hunk]:
    lines = patch.split("\n")
    if lines and not lines[-1]:
        lines.pop()
    hunks: list[_Hunk] = []
    position = 0
    while position < len(lines):
        hunk, position = _hunk(lines, position)
        hunks.append(hunk)
    if not hunks:
        raise _Misfit
    return hunks


def _hunk(lines: list[str], position: int) -> tuple[_Hunk, int]:
    header = _HUNK.match(lines[position])
    if header is None:
        raise _Misfit
    old_start, new_start = int(header[1]), int(header[3])
    old_count, new_count = int(header[2] or 1), int(header[4] or 1)
    old: list[str] = []
    new: list[str] = []
    position += 1
    while position < len(lines):
        line = lines[position]
        sign = line[:1]
        if sign == "\\":
            _cut_line_end(lines[position - 1][:1], old, new)
        elif len(old) == old_count and len(new) == new_count:
            break
        else:
            if sign not in ("+", "-", " "):
                raise _Misfit
            if sign != "+":
                old.append(line[1:] + "\n")
            if sign != "-":
                new.append(line[1:] + "\n")
        position += 1
    if len(old) != old_count or len(new) != new_count:
        raise _Misfit
    # A hunk without lines on one side names the line before it there, not its first.
    return _Hunk(
        old_start - 1 if old else old_start,
        tuple(old),
        new_start - 1 if new else new_start,
        tuple(new),
    ), position


def _cut_line_end(sign: str, old: list[str], new: list[str]) -> None:
    r"""Take in "\ No newline at end of file", which speaks of the line above it."""
    if sign not in ("+", "-", " "):
        raise _Misfit
    for lines, others in ((old, "+"), (new, "-")):
        if sign != others and lines:
            lines[-1] = lines[-1].removesuffix("\n")
