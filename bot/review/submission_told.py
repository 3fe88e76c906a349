"""Submissions in words: where a PEP is shown, and under the issue itself."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from bot.peps.dates import in_pep_style, parse_pep_date
from bot.peps.document import thread_url
from bot.peps.post import parse_post
from bot.peps.preamble import Preamble
from bot.peps.section_changes import SectionChange
from bot.peps.thread_link import is_discussion_link
from bot.policy.bodies import Part
from bot.policy.in_office import concerned_bodies
from bot.policy.model import Policy
from bot.policy.trackers import tracker_of
from bot.review import links as link_to
from bot.review.markdown import prose, target
from bot.review.submission import Submission
from bot.review.submitted import Submitted, submitted
from bot.review.wording import line, page
from bot.rules.wording import name

LINE = "submission"
"""The marker of the comment under a submission."""

_MOST_POSTS = 5
_MOST_SECTIONS = 40
_AT_ONCE = timedelta(days=1)


def submitted_in_markdown(one: Submitted, *, awaits_decision: bool) -> str:
    """Where a PEP was submitted, and since when; a closed issue is no decision.

    Args:
        one: The submission.
        awaits_decision: Whether the PEP's status says that none has been recorded.
    """
    return line(
        "submitted",
        one=one,
        awaits_decision=awaits_decision,
        link=lambda words, url: f"[{words}]({target(url)})",
        told=prose,
        strong=lambda words: words,
    )


def submission_line(
    submission: Submission,
    preamble: Preamble,
    changes: Sequence[SectionChange] | None,
    policy: Policy,
    today: date,
    others: Sequence[Submission],
) -> str:
    """The comment under a submission.

    Args:
        submission: The submission.
        preamble: The PEP's header as it is now.
        changes: What changed in the PEP since; None if its text at that time is not known.
        policy: What the PEP repository wants.
        today: The day.
        others: The submissions of this PEP in all trackers.
    """
    bodies = concerned_bodies(policy, Part.RECOMMENDS, preamble.topics, preamble.title or "", today)
    elsewhere = submitted(submission.pep, others, policy)
    asked = [
        (body, [one for one in elsewhere if one.body == body])
        for body in bodies
        if tracker_of(body) is not None
    ]
    return page(
        "submission",
        marker=f"<!-- pep-bot:{LINE} -->",
        number=submission.pep,
        title=name(preamble.title) if preamble.title else "",
        url=link_to.published(policy.links, 0, submission.pep),
        status=name(preamble.status or "without a status"),
        thread=thread_url(preamble.value("Discussions-To") or ""),
        posts=_posts(preamble),
        asked=asked,
        since=_since(submission),
        changes=None if changes is None else changes[:_MOST_SECTIONS],
        more=max(0, len(changes or ()) - _MOST_SECTIONS),
        section=name,
    )


def _posts(preamble: Preamble) -> list[tuple[str, str]]:
    """The newest posts that the header links: the day and the address of each."""
    entries = map(parse_post, (preamble.value("Post-History") or "").split(","))
    found = [
        (post.day, post.url)
        for post in entries
        if post is not None and parse_pep_date(post.day) and is_discussion_link(post.url)
    ]
    return found[-_MOST_POSTS:]


def _since(submission: Submission) -> str:
    """Since when the PEP's text is compared; a submission may have been found late."""
    at: datetime | None = submission.blob_at
    if at is None or at - submission.opened_at <= _AT_ONCE:
        return "since it was submitted"
    return f"since {in_pep_style(at.astimezone(UTC).date())}"
