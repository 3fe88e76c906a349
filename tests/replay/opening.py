"""When the replayed pull requests were opened, as far as their numbers tell.

The data know only when each was merged. But numbers are given out in the order of opening: whatever
was merged with a higher number was opened later, and so the first such merge is a day on which this
one was open already. Three pull requests a week make the bound a narrow one.
"""

from collections.abc import Sequence

from tests.replay.history import Merged


def opening_rows(history: Sequence[Merged]) -> tuple[int, ...]:
    """For each row the row just before whose merge it was open for certain, at most itself.

    Those without a number count as opened when they were merged.
    """
    rows = {
        merged.pull_request: row
        for row, merged in enumerate(history)
        if merged.pull_request is not None
    }
    opened = list(range(len(history)))
    earliest = len(history)
    for pull_request in sorted(rows, reverse=True):
        row = rows[pull_request]
        earliest = min(earliest, row)
        opened[row] = earliest
    return tuple(opened)
