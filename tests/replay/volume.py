"""How much the bot would have written, by year and at most in a month."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from bot.review.render.comment import MERGED
from tests.replay.reviewed import Reviewed

_CODE = re.compile(r"(?m)^ {4,}.*$|`[^`]*`")


@dataclass(frozen=True, slots=True)
class Year:
    """One year's comments; each pull request counts in the year and month of its merge."""

    year: int
    pull_requests: int
    new_peps: int
    on_new_peps: int
    after_merges: int
    elsewhere: int
    most_in_a_month: int


def years(reviews: Sequence[Reviewed]) -> tuple[Year, ...]:
    """Each year's comments."""
    return tuple(
        _year(year, [one for one in reviews if one.merged.day.year == year])
        for year in sorted({one.merged.day.year for one in reviews})
    )


def mentions(reviews: Sequence[Reviewed]) -> int:
    """How many `@` stand in comments outside code, where they would call somebody."""
    return sum(
        _CODE.sub("", comment.body).count("@") for one in reviews for comment in one.comments
    )


def _year(year: int, reviews: Sequence[Reviewed]) -> Year:
    after = sum(comment.marker == MERGED for one in reviews for comment in one.comments)
    first = [one for one in reviews for comment in one.comments if comment.marker != MERGED]
    months: Counter[int] = Counter()
    for one in reviews:
        months[one.merged.day.month] += len(one.comments)
    return Year(
        year=year,
        pull_requests=len(reviews),
        new_peps=sum(bool(one.merged.new) for one in reviews),
        on_new_peps=sum(bool(one.merged.new) for one in first),
        after_merges=after,
        elsewhere=sum(not one.merged.new for one in first),
        most_in_a_month=max(months.values(), default=0),
    )
