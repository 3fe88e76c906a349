"""Which lines a change touches: only those are reported (golden rule of the bot).

Patience diff by hand: lines that occur once on either side anchor the comparison, and between two
anchors equal beginnings and ends are left out. It takes time proportional to the text (with a
logarithm), whatever strangers put into it; between anchors it may call a line touched that a slower
comparison would match, never the other way round.
"""

from bisect import bisect_left
from collections import Counter

from bot.rules.change import Change
from bot.rules.once_a_change import once_a_change


@once_a_change
def touched_owner_lines(change: Change) -> frozenset[int]:
    """The 1-based lines of CODEOWNERS that a change adds or edits."""
    return touched_lines(change.codeowners_before, change.codeowners_after)


def touched_lines(before: str | None, after: str | None) -> frozenset[int]:
    """The 1-based lines of `after` that are new or changed.

    Lines end with a line feed, as GitHub counts them; a carriage return before it does not count.

    Args:
        before: The text at the base; None if the file is new.
        after: The text at the head; None if the file is gone.
    """
    if after is None:
        return frozenset()
    new = _lines(after)
    old = _lines(before) if before is not None else []
    touched: set[int] = set()
    old_start = new_start = 0
    for old_anchor, new_anchor in [*_anchors(old, new), (len(old), len(new))]:
        touched |= _differing(old[old_start:old_anchor], new[new_start:new_anchor], new_start)
        old_start, new_start = old_anchor + 1, new_anchor + 1
    return frozenset(touched)


def _lines(text: str) -> list[str]:
    lines = [line.removesuffix("\r") for line in text.split("\n")]
    if lines[-1] == "":
        lines.pop()
    return lines


def _differing(old: list[str], new: list[str], offset: int) -> set[int]:
    shortest = min(len(old), len(new))
    start = 0
    while start < shortest and old[start] == new[start]:
        start += 1
    end = 0
    while end < shortest - start and old[-1 - end] == new[-1 - end]:
        end += 1
    return {offset + index + 1 for index in range(start, len(new) - end)}


def _anchors(old: list[str], new: list[str]) -> list[tuple[int, int]]:
    """Pairs of indices of lines unique on both sides, in the longest order common to both."""
    old_counts, new_counts = Counter(old), Counter(new)
    old_index = {line: index for index, line in enumerate(old) if old_counts[line] == 1}
    pairs = [
        (old_index[line], index)
        for index, line in enumerate(new)
        if new_counts[line] == 1 and line in old_index
    ]
    # Longest increasing run of old indices: `tops` holds the smallest end of a run of each length.
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
