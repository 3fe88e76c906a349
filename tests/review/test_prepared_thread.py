"""A thread put into a PEP's header: where it goes, what stays, and what is no thread."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.peps.forum import ForumPost
from bot.peps.number import PepNumber
from bot.peps.preamble import parse_preamble
from bot.review.fixes.prepared import CannotPrepare, Prepared, prepare_thread
from tests.rules.builders import pep_text

NUMBER = PepNumber(791)
THREAD = "https://discuss.python.org/t/92548"
DAY = date(2025, 5, 19)
ENTRY = f"`19-May-2025 <{THREAD}>`__"
OTHER = "`19-May-2025 <https://discuss.python.org/t/2>`__"
OLD = "`01-May-2025 <https://discuss.python.org/t/1>`__"


def prepared(link: str = THREAD, day: date | None = DAY, **headers: str | None) -> Prepared:
    return prepare_thread(NUMBER, pep_text(**headers), link, day)


def history(**headers: str | None) -> str:
    text = prepared(**headers).fixes[0].after
    header = parse_preamble(text).header("Post-History")
    assert header is not None
    return "\n".join(text.split("\n")[header.line - 1 : header.last_line])


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (None, f"Post-History: {ENTRY}"),
        ("", f"Post-History: {ENTRY}"),
        ("Pending", f"Post-History: {ENTRY}"),
        (OLD, f"Post-History: {OLD},\n              {ENTRY},"),
        (f"{OLD},", f"Post-History: {OLD},\n              {ENTRY},"),
        (f"\n  {OLD},", f"Post-History:\n  {OLD},\n  {ENTRY},"),
        ("01-May-2025", f"Post-History: 01-May-2025,\n              {ENTRY},"),
        ("01-May-2025, 19-May-2025", f"Post-History: 01-May-2025, {ENTRY}"),
        (
            OTHER,
            f"Post-History: {OTHER},\n              {ENTRY},",
        ),
    ],
)
def test_the_post_is_added_to_the_present_entries(before: str | None, after: str) -> None:
    assert history(**{"Post-History": before}) == after


@pytest.mark.parametrize(
    ("discussed", "listed", "title"),
    [
        (None, None, "PEP 791: Add Discussions-To and Post-History"),
        ("Pending", "Pending", "PEP 791: Add Discussions-To and Post-History"),
        ("https://discuss.python.org/t/1", OLD, "PEP 791: Update Discussions-To and Post-History"),
        ("Pending", ENTRY, "PEP 791: Add Discussions-To"),
        ("Pending", f"{OTHER} {ENTRY}", "PEP 791: Add Discussions-To"),
        (f"{THREAD}/", None, "PEP 791: Add Post-History"),
        ("https://discuss.python.org/t/imath/92548", OLD, "PEP 791: Update Post-History"),
    ],
)
def test_the_title_says_what_is_new(discussed: str | None, listed: str | None, title: str) -> None:
    made = prepared(**{"Discussions-To": discussed, "Post-History": listed})
    assert made.full_title((NUMBER,)) == title
    assert made.blanks == ()


def test_a_day_nobody_gave_is_a_visible_blank() -> None:
    made = prepared(day=None)
    assert f"Post-History: `DD-Mmm-YYYY <{THREAD}>`__" in made.fixes[0].after
    assert made.blanks == ("`Post-History`: the day the thread was opened, for `DD-Mmm-YYYY`.",)


READ = ForumPost(datetime(2025, 5, 19, 23, 50, tzinfo=UTC), "ada")


def test_a_day_nobody_gave_is_that_of_the_first_post_where_it_was_read() -> None:
    made = prepare_thread(NUMBER, pep_text(), THREAD, None, READ)
    assert f"Post-History: {ENTRY}" in made.fixes[0].after
    assert made.blanks == ()
    assert made.notes == (
        (
            "The first post of the linked thread was written on 19-May-2025 (UTC) by "
            "`ada` on the forum; `Post-History` has that day."
        ),
    )


def test_a_day_that_was_given_or_stands_there_is_not_put_right_by_the_post() -> None:
    made = prepare_thread(NUMBER, pep_text(), THREAD, date(2025, 5, 20), READ)
    assert f"Post-History: `20-May-2025 <{THREAD}>`__" in made.fixes[0].after
    assert made.notes == ()
    listed = f"`20-May-2025 <{THREAD}>`__"
    made = prepare_thread(NUMBER, pep_text(**{"Post-History": listed}), THREAD, None, READ)
    assert f"Post-History: {listed}" in made.fixes[0].after
    assert made.notes == ()


def test_a_former_thread_that_would_be_lost_is_noted() -> None:
    (note,) = prepared(**{"Discussions-To": "https://discuss.python.org/t/x/7"}).notes
    assert "`https://discuss.python.org/t/7`, is not in `Post-History`" in note


def test_a_former_thread_in_the_history_is_not_noted() -> None:
    former = {"Discussions-To": "https://discuss.python.org/t/x/1", "Post-History": OLD}
    assert prepared(**former).notes == ()


@pytest.mark.parametrize(
    ("day", "told"), [(date(2025, 5, 19), 0), (date(2025, 3, 2), 1), (date(2024, 1, 1), 1)]
)
def test_a_day_before_the_newest_entry_is_noted(day: date, told: int) -> None:
    listed = f"{OLD},\n  `01-Jan-2025 <https://discuss.python.org/t/3>`__"
    made = prepared(day=day, **{"Post-History": listed})
    assert len([one for one in made.notes if "which thread is newest" in one]) == told


def test_a_header_that_none_goes_before_is_put_first() -> None:
    text = "Status: Draft\nType: Process\nCreated: 01-May-2025\n\nWords.\n"
    (fix,) = prepare_thread(NUMBER, text, THREAD, DAY).fixes
    assert fix.after.startswith(f"Discussions-To: {THREAD}\nStatus: Draft\n")


@pytest.mark.parametrize(
    ("link", "why"),
    [
        (f"{THREAD}/3", f"is a single post; its thread is `{THREAD}`."),
        ("https://discuss.python.org/t/imath/92548/3", f"its thread is `{THREAD}`."),
        ("https://discuss.python.org/c/peps/19", "is not a thread on `discuss.python.org`"),
        ("https://discuss.python.org.evil.example/t/92548", "is not a thread"),
        ("https://evil.example/https://discuss.python.org/t/92548", "is not a thread"),
        ("https://github.com/python/peps/pull/4422", "is not a thread"),
        (f"{THREAD}?u=`x`>`__", "is not a thread"),
    ],
)
def test_what_is_no_thread_is_refused_by_name(link: str, why: str) -> None:
    with pytest.raises(CannotPrepare) as caught:
        prepared(link)
    assert why in str(caught.value)


def test_a_list_of_the_archives_is_a_thread_too() -> None:
    link = "https://mail.python.org/archives/list/typing-sig@python.org/thread/7VWB/"
    assert f"Discussions-To: {link.rstrip('/')}\n" in prepared(link).fixes[0].after


@given(st.text(max_size=80), st.text(max_size=80))
def test_only_these_two_headers_change(was: str, listed: str) -> None:
    text = pep_text(**{"Discussions-To": was, "Post-History": listed})
    try:
        after = prepare_thread(NUMBER, text, THREAD, DAY).fixes[0].after
    except CannotPrepare:
        return
    kept = [line for line in text.split("\n") if line.startswith(("PEP", "Title", "Author", "Sta"))]
    assert [line for line in kept if line not in after.split("\n")] == []
    header = parse_preamble(after)
    assert header.value("Discussions-To") == THREAD
    assert THREAD in (header.value("Post-History") or "")
    assert after.split("Abstract\n", 1)[1] == text.split("Abstract\n", 1)[1]
