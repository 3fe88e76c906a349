"""When the replayed pull requests were opened, as far as their numbers tell.

The data know only when each was merged. But numbers are given out in the order of opening: whatever
was merged with a higher number was opened later, and so the first such merge is a day on which this
one was open already. Three pull requests a week make the bound a narrow one.
"""

from collections.abc import Sequence


def opening_rows(pull_requests: Sequence[int | None]) -> tuple[int, ...]:
    """For each row the row just before whose merge it was open for certain, at most itself.

    Those without a number count as opened when they were merged.
    """
    rows = {number: row for row, number in enumerate(pull_requests) if number is not None}
    opened = list(range(len(pull_requests)))
    earliest = len(pull_requests)
    for pull_request in sorted(rows, reverse=True):
        row = rows[pull_request]
        earliest = min(earliest, row)
        opened[row] = earliest
    return tuple(opened)
