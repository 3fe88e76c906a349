"""What would have been due in 28 months of python/peps, measured; what is left judged by hand."""

from pathlib import Path

import pytest

from bot.review.queue.follow_up import FollowUpKind
from tests.replay.follow_ups import (
    COMMAND,
    JUDGED,
    PAGE,
    UNJUDGED,
    at_the_end,
    due_section,
    page,
    stories,
)

pytestmark = [pytest.mark.real_data, pytest.mark.exhaustive]
OUT_OF_DATE = f"docs/follow-ups.md is out of date. If the change is wanted, run `{COMMAND}`."


def test_everything_due_at_the_end_is_judged(shared_data: Path) -> None:
    due = {
        (one.kind.value, one.pep.number)
        for one in at_the_end(shared_data)
        if one.kind not in UNJUDGED
    }
    assert due == set(JUDGED)
    right = [one for one, judged in JUDGED.items() if judged.startswith("right: ")]
    explained = [one for one, judged in JUDGED.items() if judged.startswith("explained: ")]
    assert len(right) + len(explained) == len(JUDGED)
    assert len(right) > len(explained)


def test_the_page_says_what_is_due_at_the_end(shared_data: Path) -> None:
    section = PAGE.read_text("utf-8").partition("## Due on")[2]
    written = f"## Due on{section}".splitlines()
    *today, quiet = "\n".join(due_section(at_the_end(shared_data))).splitlines()
    # The page has them in the order in which they became due, which only the whole story tells.
    assert sorted(written[:-1]) == sorted(today), OUT_OF_DATE
    assert words_of(written[-1]) == words_of(quiet), OUT_OF_DATE


def words_of(line: str) -> list[str]:
    return sorted(line.replace(".", "").replace(",", "").split())


def test_a_comment_a_month_at_most_and_only_where_the_merge_was_seen(shared_data: Path) -> None:
    reminded = [
        one.begin
        for one in stories(shared_data)
        if one.last.kind is FollowUpKind.THREAD_MISSING and one.last.added is not None
    ]
    assert len(reminded) <= 12
    assert max(reminded.count(day) for day in reminded) == 1


def test_the_page_says_what_the_bot_says_on_each_of_these_days(shared_data: Path) -> None:
    assert PAGE.read_text("utf-8") == page(shared_data), OUT_OF_DATE
