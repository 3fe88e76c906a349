"""How two texts differ, line by line, in time bounded for texts that strangers wrote."""

from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass
from difflib import SequenceMatcher

_MOST_STEPS = 20_000_000
"""How many steps a comparison may take. Beyond that, everything between the first and the last
difference counts as one block. A line that occurs a thousand times, as an empty one may, costs the
square of that, and again for every difference."""

_COMPARED_EXACTLY = 250**2
"""Changed lines are matched exactly only up to this product of the two numbers of lines."""


@dataclass(frozen=True, slots=True)
class Block:
    """Lines that differ: `[old_start, old_end)` became `[new_start, new_end)`, counted from 0."""

    old_start: int
    old_end: int
    new_start: int
    new_end: int


def lines_of(text: str) -> list[str]:
    """The lines of a text with their line feeds, as git counts them.

    Git does not end a line at the other characters at which Python does.
    """
    pieces = text.split("\n")
    lines = [f"{piece}\n" for piece in pieces[:-1]]
    return [*lines, pieces[-1]] if pieces[-1] else lines


def blocks(old: list[str], new: list[str]) -> tuple[Block, ...]:
    """The lines that differ, in order."""
    start, end = _equal_ends(old, new)
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


def _equal_ends(old: list[str], new: list[str]) -> tuple[int, int]:
    """How many lines at the beginning and, behind those, at the end are equal."""
    most = min(len(old), len(new))
    start = 0
    while start < most and old[start] == new[start]:
        start += 1
    end = 0
    while end < most - start and old[-1 - end] == new[-1 - end]:
        end += 1
    return start, end


def _steps(old: list[str], new: list[str]) -> int:
    """An upper bound of the steps that the comparison can take."""
    in_old, in_new = Counter(old), Counter(new)
    equal = sum(count * in_new[line] for line, count in in_old.items())
    different = sum(((in_old - in_new) | (in_new - in_old)).values())
    return (equal + len(old)) * (different + 1)


def changed_lines(before: str, after: str) -> int:
    """Count changed lines as a reader would: a replaced line counts once, not twice."""
    old, new = before.splitlines(), after.splitlines()
    start, end = _equal_ends(old, new)
    old, new = old[start : len(old) - end], new[start : len(new) - end]
    # SequenceMatcher can take cubic time, so untrusted long texts are compared in linear time.
    if len(old) * len(new) > _COMPARED_EXACTLY:
        return max(len(touched_lines(before, after)), len(touched_lines(after, before)))
    return sum(
        max(old_end - old_start, new_end - new_start)
        for tag, old_start, old_end, new_start, new_end in SequenceMatcher(
            None, old, new, autojunk=False
        ).get_opcodes()
        if tag != "equal"
    )


def touched_lines(before: str | None, after: str | None) -> frozenset[int]:
    """The 1-based lines of `after` that are new or changed.

    Lines end with a line feed, as GitHub counts them; a carriage return before it is ignored.

    A patience diff: lines that occur once on either side anchor the comparison, and between two
    anchors equal beginnings and ends are left out. It takes time proportional to the text (with a
    logarithm), whatever strangers put into it; between anchors it may call a line touched that a
    slower comparison would match, never the other way round.

    Args:
        before: The text at the base; None if the file is new.
        after: The text at the head; None if the file is removed.
    """
    if after is None or after == before:
        return frozenset()
    new = _lines(after)
    old = _lines(before) if before is not None else []
    start, end = _equal_ends(old, new)
    old, new = old[start : len(old) - end], new[start : len(new) - end]
    touched: set[int] = set()
    old_start = new_start = 0
    for old_anchor, new_anchor in [*_anchors(old, new), (len(old), len(new))]:
        between = old[old_start:old_anchor], new[new_start:new_anchor]
        touched |= _differing(*between, start + new_start)
        old_start, new_start = old_anchor + 1, new_anchor + 1
    return frozenset(touched)


def _lines(text: str) -> list[str]:
    lines = text.split("\n")
    if "\r" in text:
        lines = [line.removesuffix("\r") for line in lines]
    if lines[-1] == "":
        lines.pop()
    return lines


def _differing(old: list[str], new: list[str], offset: int) -> set[int]:
    start, end = _equal_ends(old, new)
    return {offset + index + 1 for index in range(start, len(new) - end)}


def _anchors(old: list[str], new: list[str]) -> list[tuple[int, int]]:
    """Pairs of indices of lines unique on both sides, in the longest sequence common to both."""
    old_counts, new_counts = Counter(old), Counter(new)
    old_index = {line: index for index, line in enumerate(old) if old_counts[line] == 1}
    pairs = [
        (old_index[line], index)
        for index, line in enumerate(new)
        if new_counts[line] == 1 and line in old_index
    ]
    # Longest increasing run of old indices: `tops` is the smallest end of a run of each length.
    tops: list[int] = []
    top_pairs: list[int] = []
    previous: list[int | None] = []
    for position, (old_line, _) in enumerate(pairs):
        length = bisect_left(tops, old_line)
        previous.append(top_pairs[length - 1] if length else None)
        if length == len(tops):
            tops.append(old_line)
            top_pairs.append(position)
        else:
            tops[length] = old_line
            top_pairs[length] = position
    run: list[tuple[int, int]] = []
    step = top_pairs[-1] if top_pairs else None
    while step is not None:
        run.append(pairs[step])
        step = previous[step]
    return run[::-1]
