"""The follow-up to a published PEP, made ready: its discussion thread in the header.

PEP 1 § "Discussing a PEP": `Discussions-To` links the present thread, and `Post-History` lists
every thread with the day on which it was opened. That day is only known if somebody says it.
"""

import re
from datetime import date
from itertools import islice

from bot.peps.dates import in_pep_style, parse_pep_date
from bot.peps.forum import PostRead
from bot.peps.header_edit import with_header
from bot.peps.number import PepNumber
from bot.peps.post import parse_post
from bot.peps.preamble import Header, parse_preamble
from bot.peps.thread_link import post_of, thread_of, threads_in
from bot.review.prepared import (
    DAY_TO_COME,
    CannotPrepare,
    Prepared,
    mend_of,
    refuse_unreadable,
)
from bot.rules.post_told import day_taken
from bot.rules.wording import code

_NONE_YET = ("", "Pending")
_MOST_ENTRIES = 100


def prepared_thread(
    number: PepNumber, text: str, link: str, day: date | None, post: PostRead | None = None
) -> Prepared:
    """Make the change ready.

    Args:
        number: Which PEP.
        text: The PEP as it is.
        link: The thread, as somebody gave it.
        day: The day on which it was opened; None if nobody said so.
        post: Its first post as it was read; its day counts where nobody said one.

    Raises:
        CannotPrepare: That is no thread, or there is nothing to do.
    """
    thread = _thread(link)
    refuse_unreadable(number, text)
    preamble = parse_preamble(text)
    discussed, history = preamble.header("Discussions-To"), preamble.header("Post-History")
    present = discussed.value if discussed is not None else ""
    before = thread_of(present)
    listed = threads_in(history.value) if history is not None else ()
    is_listed = thread in listed
    after = text
    remarks: list[str] = []
    if before != thread:
        after = with_header(after, "Discussions-To", thread)
        if before is not None and before not in listed:
            remarks.append(
                f"The thread that was linked before, {code(before)}, is not in `Post-History`; it "
                "belongs there too."
            )
    if day is None and post is not None and not is_listed:
        day = post.day
        remarks.append(day_taken(post, "Post-History", is_first=True))
    shown = in_pep_style(day) if day else DAY_TO_COME
    if not is_listed:
        after = _with_entry(after, shown, f"`{shown} <{thread}>`__")
    if after == text:
        raise CannotPrepare(
            f"There is nothing to do: PEP {number} links this thread in both headers."
        )
    blanks: tuple[str, ...] = ()
    if not is_listed and day is None:
        blanks = (f"`Post-History`: the day the thread was opened, for `{DAY_TO_COME}`.",)
    days = _days(history)
    if day is not None and not is_listed and days and day < max(days):
        remarks.append("A later day stands in `Post-History` already; see which thread is newest.")
    title = _title(discussed, history, sets=before != thread, adds=not is_listed)
    return Prepared((mend_of(number, text, after),), title, blanks, tuple(remarks))


def _thread(link: str) -> str:
    thread = thread_of(link)
    if thread is None:
        raise CannotPrepare(
            f"{code(link)} is no thread on `discuss.python.org` or in the lists' archives on "
            "`mail.python.org`; a thread's address ends in its number, as "
            "`https://discuss.python.org/t/12345` does."
        )
    if post_of(link) is not None:
        raise CannotPrepare(f"{code(link)} is a single post; its thread is {code(thread)}.")
    return thread


def _days(history: Header | None) -> list[date]:
    """The days of the entries that can be read."""
    if history is None:
        return []
    posts = map(parse_post, islice(history.value.replace("\n", " ").split(","), _MOST_ENTRIES))
    days = (parse_pep_date(post.day) for post in posts if post is not None)
    return [day for day in days if day is not None]


def _with_entry(text: str, day: str, entry: str) -> str:
    """The text with one more entry in `Post-History`; those that stand keep their lines.

    Where the same day stands there bare, it becomes the link.
    """
    preamble = parse_preamble(text)
    header = preamble.header("Post-History")
    if header is None or header.value in _NONE_YET:
        return with_header(text, "Post-History", entry)
    name = f"{header.name}:"
    first, *more = text.split("\n")[header.line - 1 : header.last_line]
    lines = [first.partition(":")[2].strip(), *(line.rstrip() for line in more)]
    bare = re.compile(rf"(?<![`\w-]){re.escape(day)}(?![\w-]|\s*<)")
    for place, line in enumerate(lines):
        if bare.search(line):
            lines[place] = bare.sub(lambda _: entry, line, count=1)
            return with_header(text, header.name, *lines)
    indent = " " * (len(name) + 1)
    if more:
        indent = more[-1][: len(more[-1]) - len(more[-1].lstrip())]
    if not lines[-1].endswith(","):
        lines[-1] += ","
    return with_header(text, header.name, *lines, f"{indent}{entry},")


def _title(discussed: Header | None, history: Header | None, *, sets: bool, adds: bool) -> str:
    """In the words of python/peps: what is not there yet is added, the rest brought up to date."""
    names = [
        (name, header is None or header.value in _NONE_YET)
        for name, header, moves in (
            ("Discussions-To", discussed, sets),
            ("Post-History", history, adds),
        )
        if moves
    ]
    verb = "Add" if names[0][1] else "Update"
    return f"{verb} {' and '.join(name for name, _ in names)}"
