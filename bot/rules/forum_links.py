"""Which posts and threads on the forum a change links, where day, writer or title count.

Not a rule: whoever reads the forum asks here, before the rules are asked.
"""

from bot.peps.decision_link import decision_link
from bot.peps.forum import Asked, PostRef, post_ref
from bot.peps.number import PepNumber
from bot.rules.change import Change
from bot.rules.consent import linked_post
from bot.rules.new_pep import new_peps
from bot.rules.touched_pep import TouchedPep, touched_peps

MOST_POSTS = 3
"""Posts that are asked for of one pull request; one that links more is no ordinary one."""

MOST_TOPICS = 2
"""Threads whose title is asked for of one pull request."""


def forum_links(change: Change, placeholders: frozenset[PepNumber]) -> Asked:
    """The post beside the sponsor item, decisions and threads that the change sets; a few at most.

    Args:
        change: What the pull request changes.
        placeholders: Numbers that stand for "not assigned yet".
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
        if len(posts) >= MOST_POSTS and len(topics) >= MOST_TOPICS:
            break
    return Asked(tuple(posts)[:MOST_POSTS], tuple(topics)[:MOST_TOPICS])


def _add(posts: dict[PostRef, None], found: PostRef | None) -> None:
    if found is not None:
        posts[found] = None


def _decision(pep: TouchedPep) -> PostRef | None:
    header = pep.after.preamble.header("Resolution")
    if header is None:
        return None
    if not (pep.changes_status or pep.touches(header.line, header.last_line)):
        return None
    link = decision_link(header.value)
    return None if link is None else post_ref(link.url)


def _thread(pep: TouchedPep) -> PostRef | None:
    header = pep.after.preamble.header("Discussions-To")
    if header is None or not pep.touches(header.line, header.last_line):
        return None
    return post_ref(header.value)
