from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from bot.peps.dates import format_pep_date, parse_pep_date
from bot.peps.links import (
    decision_link,
    is_discussion,
    is_discussion_link,
    parse_post_history_entry,
    thread_of,
    thread_of_post,
)


@given(st.dates(min_value=date(1000, 1, 1)))
def test_every_day_can_be_written_and_read_again(day: date) -> None:
    assert parse_pep_date(format_pep_date(day)) == day


@given(st.text())
def test_no_text_is_too_odd_to_be_read(text: str) -> None:
    day = parse_pep_date(text)
    assert day is None or format_pep_date(day) == text
    decision_link(text)
    assert is_discussion(text) in (True, False)
    assert thread_of_post(text) is None or text.strip().startswith("https://discuss.python.org/t/")
    assert parse_post_history_entry(text) is None or is_discussion_link(text) in (True, False)
    thread = thread_of(text)
    assert thread is None or thread_of(thread) == thread
