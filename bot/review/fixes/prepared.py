"""A change to published PEPs made ready: the files as they would be, the title, what to look at."""

import re
from dataclasses import dataclass
from datetime import date
from itertools import islice

from bot.peps.dates import format_pep_date, parse_pep_date
from bot.peps.forum import ForumPost
from bot.peps.links import parse_post_history_entry, thread_of, thread_of_post, threads_in
from bot.peps.number import PepNumber, pep_path
from bot.peps.preamble import Header, parse_preamble, with_header
from bot.review.fixes.files import FileFix
from bot.rules.engine.finding import safe_code
from bot.rules.engine.forum_links import explain_day
from bot.rules.engine.pull_request_text import title_prefix

DAY_PLACEHOLDER = "DD-Mmm-YYYY"
"""Stands for a day that nobody gave; the bot guesses none."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A change made ready.

    Attributes:
        fixes: The files, the PEP it is about first if it changes.
        title: What the pull request is to be called, without the prefix.
        blanks: What people have to fill in, plain sentences as in findings.
        notes: What else they should know, in the same form.
    """

    fixes: tuple[FileFix, ...]
    title: str
    blanks: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def full_title(self, numbers: tuple[PepNumber, ...]) -> str:
        """The title as it is to be (python/peps, CONTRIBUTING: `PEP NNN: …`)."""
        return f"{title_prefix(tuple(sorted(numbers)))}{self.title}"


class CannotPrepare(Exception):
    """It cannot be made ready; the message is a plain sentence as in findings, and says why."""


def refuse_unreadable(number: PepNumber, text: str) -> None:
    """Let only a text pass whose header can be edited, and that comes out of a comment as it is.

    Raises:
        CannotPrepare: It is none.
    """
    if "\0" in text:
        raise CannotPrepare(f"PEP {number} holds a zero byte, which a comment cannot keep.")
    if "\r" in text:
        raise CannotPrepare(
            f"The lines of PEP {number} end as on Windows, which a patch in a comment cannot keep."
        )
    preamble = parse_preamble(text)
    if preamble.problems:
        problem = preamble.problems[0]
        raise CannotPrepare(
            f"The header of PEP {number} has to be mended first, line {problem.line}: "
            f"{problem.message}"
        )
    if preamble.header("Status") is None:
        raise CannotPrepare(f"The header of PEP {number} has no `Status`.")


def file_fix(number: PepNumber, before: str, after: str) -> FileFix:
    """What becomes of one PEP."""
    path = pep_path(number)
    return FileFix(path, path, before, after)


_NONE_YET = ("", "Pending")
_MOST_ENTRIES = 100


def prepare_thread(
    number: PepNumber, text: str, link: str, day: date | None, post: ForumPost | None = None
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
    notes: list[str] = []
    if before != thread:
        after = with_header(after, "Discussions-To", thread)
        if before is not None and before not in listed:
            notes.append(
                f"The thread that was linked before, {safe_code(before)}, is not in "
                "`Post-History`; it "
                "belongs there too."
            )
    if day is None and post is not None and not is_listed:
        day = post.day
        notes.append(explain_day(post, "Post-History", is_first=True))
    day_text = format_pep_date(day) if day else DAY_PLACEHOLDER
    if not is_listed:
        after = _with_entry(after, day_text, f"`{day_text} <{thread}>`__")
    if after == text:
        raise CannotPrepare(
            f"There is nothing to do: PEP {number} links this thread in both headers."
        )
    blanks: tuple[str, ...] = ()
    if not is_listed and day is None:
        blanks = (f"`Post-History`: the day the thread was opened, for `{DAY_PLACEHOLDER}`.",)
    days = _days(history)
    if day is not None and not is_listed and days and day < max(days):
        notes.append("A later day stands in `Post-History` already; see which thread is newest.")
    title = _title(discussed, history, sets=before != thread, adds=not is_listed)
    return Prepared((file_fix(number, text, after),), title, blanks, tuple(notes))


def _thread(link: str) -> str:
    thread = thread_of(link)
    if thread is None:
        raise CannotPrepare(
            f"{safe_code(link)} is no thread on `discuss.python.org` or in the lists' archives on "
            "`mail.python.org`; a thread's address ends in its number, as "
            "`https://discuss.python.org/t/12345` does."
        )
    if thread_of_post(link) is not None:
        raise CannotPrepare(
            f"{safe_code(link)} is a single post; its thread is {safe_code(thread)}."
        )
    return thread


def _days(history: Header | None) -> list[date]:
    """The days of the entries that can be read."""
    if history is None:
        return []
    posts = map(
        parse_post_history_entry, islice(history.value.replace("\n", " ").split(","), _MOST_ENTRIES)
    )
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
