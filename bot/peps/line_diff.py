"""Which lines of two texts differ, in time bounded for texts that strangers wrote."""

from collections import Counter
from dataclasses import dataclass
from difflib import SequenceMatcher

_MOST_STEPS = 20_000_000
"""Steps that a comparison may take; beyond, all between the first and the last difference counts as
one block. Lines that stand in a text a thousand times, as empty ones may, cost their square, and
that again for every difference."""


@dataclass(frozen=True, slots=True)
class Block:
    """Lines that differ: `[old_start, old_end)` became `[new_start, new_end)`, counted from 0."""

    old_start: int
    old_end: int
    new_start: int
    new_end: int


def lines_of(text: str) -> list[str]:
    """The lines of a text with their line feeds, as git counts them.

    Other characters that Python takes for the end of a line are none to git.
    """
    pieces = text.split("\n")
    lines = [f"{piece}\n" for piece in pieces[:-1]]
    return [*lines, pieces[-1]] if pieces[-1] else lines


def blocks(old: list[str], new: list[str]) -> tuple[Block, ...]:
    """The lines that differ, in order."""
    start = 0
    most = min(len(old), len(new))
    while start < most and old[start] == new[start]:
        start += 1
    end = 0
    while end < most - start and old[-1 - end] == new[-1 - end]:
        end += 1
    old_part, new_part = old[start : len(old) - end], new[start : len(new) - end]
    if not old_part and not new_part:
        return ()
    if _steps(old_part, new_part) > _MOST_STEPS:
        return (Block(start, len(old) - end, start, len(new) - end),)
    matcher = SequenceMatcher(None, old_part, new_part, autojunk=False)
    return tuple(
        Block(start + i1, start + i2, start + j1, start + j2)
        for tag, i1, i2, j1, j2 in matcher.get_opcodes()
        if tag != "equal"
    )


def _steps(old: list[str], new: list[str]) -> int:
    """The most steps that the comparison can take."""
    in_old, in_new = Counter(old), Counter(new)
    equal = sum(count * in_new[line] for line, count in in_old.items())
    different = sum(((in_old - in_new) | (in_new - in_old)).values())
    return (equal + len(old)) * (different + 1)
