"""What is said of a follow-up: a line for editors, and the one reminder to an author."""

import re

from bot.peps.people import LOGIN, Login
from bot.policy.model import Policy
from bot.review import links as link_to
from bot.review.awaiting import Awaiting
from bot.review.follow_up import FollowUp
from bot.review.markdown import within_limit
from bot.review.subject import Subject
from bot.review.wording import line, page
from bot.rules.document.canonical_doc import directive_for

REMINDER = "reminder"
"""How the marks of reminders begin."""

_CUT = "(Shortened: GitHub takes no longer comment.)"
_ACCOUNT = re.compile(LOGIN)
_NOT_IN_MARKS = re.compile(r"[^A-Za-z0-9_.-]")


def follow_up_fact(one: FollowUp) -> str:
    """What is so, as a plain sentence without its end; names of headers stand between backticks."""
    return line("follow_up", one=one, directive=directive_for(one.pep.preamble))


def awaiting_fact(one: Awaiting) -> str:
    """What a PEP waits with, in the same manner."""
    return line("awaiting", one=one)


def reminder_mark(one: FollowUp) -> str:
    """By what the comment is known again, without the HTML around it.

    Where a kind has several steps, each is one reminder, so the mark tells the step, too.
    """
    cause = _NOT_IN_MARKS.sub("-", one.cause)[:80]
    return f"{REMINDER} {one.kind.value}:{one.pep.number}:{cause}"


def reminder_comment(
    one: FollowUp, subject: Subject, branch: str, policy: Policy, author: Login
) -> str:
    """The reminder to the author of a merged pull request.

    Args:
        one: What is left to do.
        subject: The pull request.
        branch: The base branch.
        policy: The repository's.
        author: Whose pull request it is.
    """
    pep = one.pep
    url = link_to.published(policy.links, subject.number, pep.number) or ""
    body = page(
        "reminder",
        mark=reminder_mark(one),
        author=author if _ACCOUNT.fullmatch(author) else "",
        one=one,
        fact=follow_up_fact(one),
        published=url,
        thread=link_to.discussion_thread(pep.number, pep.preamble, url),
        category=link_to.category(pep.preamble),
        edit=link_to.edit_pep(subject.repository.full_name, branch, pep.number),
        directive=directive_for(pep.preamble),
    )
    return within_limit(body, _CUT)
