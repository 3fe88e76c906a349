"""Prepared changes to published PEPs: the new files, the pull request's title, what to check.

Here are the parts that all share, the change that adds a discussion thread, and GitHub's forms.
"""

import re
from dataclasses import dataclass
from datetime import date
from itertools import islice
from urllib.parse import quote, urlencode

from bot.peps.dates import format_pep_date, parse_pep_date
from bot.peps.forum import ForumPost
from bot.peps.links import parse_post_history_entry, thread_of, thread_of_post, threads_in
from bot.peps.number import PepNumber, pep_path
from bot.peps.people import Login
from bot.peps.preamble import Header, parse_preamble, with_header
from bot.peps.status import Status
from bot.review.checklist import DECISION, FINAL
from bot.review.fixes.files import FileFix
from bot.review.subject import Repository
from bot.rules.engine.finding import safe_code
from bot.rules.engine.forum_links import explain_day
from bot.rules.engine.pull_request_text import title_prefix
from bot.rules.preamble.resolution import DECIDED

DAY_PLACEHOLDER = "DD-Mmm-YYYY"
"""In place of a day that nobody gave; the bot never guesses one."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A prepared change.

    Attributes:
        fixes: The files; first the PEP it is about, if that changes.
        title: The pull request's title, without the prefix.
        blanks: What people have to fill in, as plain sentences like those of findings.
        notes: What else they should know, in the same form.
    """

    fixes: tuple[FileFix, ...]
    title: str
    blanks: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def full_title(self, numbers: tuple[PepNumber, ...]) -> str:
        """The title with its prefix (python/peps, CONTRIBUTING: `PEP NNN: …`)."""
        return f"{title_prefix(tuple(sorted(numbers)))}{self.title}"


class CannotPrepare(Exception):
    """The change cannot be prepared; the message is a plain sentence that says why."""


def refuse_unreadable(number: PepNumber, text: str) -> None:
    """Refuse a text whose header cannot be edited, or that a comment on GitHub would alter.

    Raises:
        CannotPrepare: The text is one of those.
    """
    if "\0" in text:
        raise CannotPrepare(f"PEP {number} contains a zero byte, which a comment cannot hold.")
    if "\r" in text:
        raise CannotPrepare(
            f"PEP {number} has Windows line endings, which a patch in a comment cannot keep."
        )
    preamble = parse_preamble(text)
    if preamble.problems:
        problem = preamble.problems[0]
        raise CannotPrepare(
            f"The header of PEP {number} has to be fixed first, line {problem.line}: "
            f"{problem.message}"
        )
    if preamble.header("Status") is None:
        raise CannotPrepare(f"The header of PEP {number} has no `Status`.")


def file_fix(number: PepNumber, before: str, after: str) -> FileFix:
    """The change of one PEP's text."""
    path = pep_path(number)
    return FileFix(path, path, before, after)


_NONE_YET = ("", "Pending")
_MOST_ENTRIES = 100


def prepare_thread(
    number: PepNumber, text: str, link: str, day: date | None, post: ForumPost | None = None
) -> Prepared:
    """Prepare the change that adds a discussion thread to a PEP.

    Args:
        number: The PEP's number.
        text: Its current text.
        link: The thread, as somebody gave it.
        day: The day it was opened; None if nobody gave one.
        post: Its first post, if that was read; its day is used if nobody gave one.

    Raises:
        CannotPrepare: The link is not a thread, or there is nothing to do.
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
        notes.append("`Post-History` already has a later day; check which thread is newest.")
    title = _title(discussed, history, sets=before != thread, adds=not is_listed)
    return Prepared((file_fix(number, text, after),), title, blanks, tuple(notes))


def _thread(link: str) -> str:
    thread = thread_of(link)
    if thread is None:
        raise CannotPrepare(
            f"{safe_code(link)} is not a thread on `discuss.python.org` or in a list's "
            "archive on `mail.python.org`; a thread's URL ends in its number, like "
            "`https://discuss.python.org/t/12345`."
        )
    if thread_of_post(link) is not None:
        raise CannotPrepare(
            f"{safe_code(link)} is a single post; its thread is {safe_code(thread)}."
        )
    return thread


def _days(history: Header | None) -> list[date]:
    """The days of the entries that can be parsed."""
    if history is None:
        return []
    posts = map(
        parse_post_history_entry, islice(history.value.replace("\n", " ").split(","), _MOST_ENTRIES)
    )
    days = (parse_pep_date(post.day) for post in posts if post is not None)
    return [day for day in days if day is not None]


def _with_entry(text: str, day: str, entry: str) -> str:
    """The text with one more entry in `Post-History`; the existing ones keep their lines.

    If the same day is there without a link, that day becomes the link.
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
    """The title as python/peps words it: "Add" for a header that is missing, otherwise "Update"."""
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


CHANGE_TEMPLATE = "Change an existing PEP"
"""The python/peps template for changes without one of their own."""

_GITHUB = "https://github.com"
_JUDGED = {
    Status.DRAFT: "whether somebody is working on the PEP again",
    Status.ACTIVE: "whether those who decide agreed, and the PEP is never meant to be completed",
    Status.DEFERRED: "whether nobody is working on the PEP, or those who decide postponed it",
    Status.WITHDRAWN: "whether all authors want that",
    Status.SUPERSEDED: "whether the other PEP covers everything that still applies",
}


def new_pull_request(
    repository: Repository, base: str, head: tuple[Login, str], template: str, title: str
) -> str:
    """GitHub's form for a new pull request, with template and title filled in.

    Source: https://docs.github.com/en/pull-requests/collaborating-with-pull-requests/proposing-changes-to-your-work-with-pull-requests/using-query-parameters-to-create-a-pull-request

    Args:
        repository: The repository to open it in.
        base: The branch it is to be merged into.
        head: The owner and the name of the branch it comes from.
        template: The name of a python/peps template.
        title: The title.
    """
    owner, branch = head
    compared = f"{quote(base, safe='/')}...{quote(owner, safe='')}:{quote(branch, safe='/')}"
    query = {"expand": "1", "template": f"{template}.md", "title": title}
    return (
        f"{_GITHUB}/{repository.full_name}/compare/{compared}?{urlencode(query, quote_via=quote)}"
    )


def judged_for_status(status: Status) -> tuple[str, ...]:
    """What only people can judge when a PEP gets this status."""
    if status in _JUDGED:
        return (_JUDGED[status],)
    return (DECISION if status in DECIDED else FINAL).judged


def template_for_status(status: Status) -> str:
    """The template for a pull request that gives a PEP this status."""
    if status in DECIDED:
        return DECISION.name
    return FINAL.name if status is Status.FINAL else CHANGE_TEMPLATE
