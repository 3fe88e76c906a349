"""Finds the forum posts and threads whose date, writer or title the rules need.

Not a rule: the code that reads the forum calls this before the rules run.
"""

from bot.peps.change import Change
from bot.peps.changed_pep import ChangedPep, new_peps, touched_peps
from bot.peps.dates import format_pep_date
from bot.peps.forum import ForumPost, ForumRequest, PostRef, post_ref
from bot.peps.links import decision_link
from bot.peps.number import PepNumber
from bot.peps.people import Login, same_login
from bot.rules.engine.assessment import SponsorAssessment
from bot.rules.engine.finding import safe_code, safe_name
from bot.rules.engine.pull_request_text import linked_post

MAX_POSTS = 3
"""How many posts are read for one pull request; no ordinary one links to more."""

MAX_TOPICS = 2
"""How many threads' titles are read for one pull request."""


def forum_links(change: Change, placeholders: frozenset[PepNumber]) -> ForumRequest:
    """The post at the sponsor item, and the decisions and threads that the change sets; a few.

    Args:
        change: What the pull request changes.
        placeholders: Numbers that mean "not assigned yet".
    """
    posts: dict[PostRef, None] = {}
    topics: dict[int, None] = {}
    if new_peps(change, placeholders):
        _add(posts, post_ref(linked_post(change.body) or ""))
    for pep in touched_peps(change):
        _add(posts, _decision(pep))
        thread = _thread(pep)
        if thread is not None:
            topics[thread.topic] = None
        if len(posts) >= MAX_POSTS and len(topics) >= MAX_TOPICS:
            break
    return ForumRequest(tuple(posts)[:MAX_POSTS], tuple(topics)[:MAX_TOPICS])


def _add(posts: dict[PostRef, None], found: PostRef | None) -> None:
    if found is not None:
        posts[found] = None


def _decision(pep: ChangedPep) -> PostRef | None:
    header = pep.after.preamble.header("Resolution")
    if header is None:
        return None
    if not (pep.changes_status or pep.touches(header.line, header.last_line)):
        return None
    link = decision_link(header.value)
    return None if link is None else post_ref(link.url)


def _thread(pep: ChangedPep) -> PostRef | None:
    header = pep.after.preamble.header("Discussions-To")
    if header is None or not pep.touches(header.line, header.last_line):
        return None
    return post_ref(header.value)


def describe_post(post: ForumPost) -> str:
    """`of 17-Mar-2025 (UTC) by Ada Merritt (`ada` there)`; safe in a sentence."""
    return f"from {format_pep_date(post.day)} (UTC) by {describe_author(post)}"


def explain_day(post: ForumPost, header: str, *, is_first: bool) -> str:
    """A sentence saying that a header got the date of a linked post.

    Args:
        post: The post.
        header: The header's name.
        is_first: Whether the post is the first of its thread because the thread itself is linked.
    """
    which = "first post of the linked thread" if is_first else "linked post"
    return (
        f"The {which} was written on {format_pep_date(post.day)} (UTC) by "
        f"{describe_author(post)}; `{header}` has that day."
    )


def describe_author(post: ForumPost) -> str:
    """`Ada Merritt (`ada` there)`; safe in a sentence.

    Anybody can choose any name on the forum, so the account is always shown next to it.
    """
    account = safe_code(post.username)
    return (
        f"{safe_name(post.name)} ({account} on the forum)"
        if post.name
        else f"{account} on the forum"
    )


def may_be_written_by(post: ForumPost, sponsor: SponsorAssessment) -> bool:
    """Whether the post's writer uses the sponsor's name or account; that proves nothing."""
    if sponsor.login is not None and same_login(sponsor.login, Login(post.username)):
        return True
    return bool(sponsor.name) and safe_name(post.name).casefold() == sponsor.name.casefold()
