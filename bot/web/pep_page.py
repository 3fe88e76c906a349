"""The page of a published PEP: who decides on it, how it gets there, and what is left to do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.peps.dates import format_pep_date
from bot.policy.model import Policy
from bot.review.decision.submission import Submission
from bot.review.published_peps import Published
from bot.review.queue.follow_up import FollowUp
from bot.review.render import markdown as link_to
from bot.review.render.queue import follow_up_fact
from bot.review.snapshot import Memory
from bot.web.deciders_page import path_in_html, path_on
from bot.web.page_templates import page
from bot.web.queue_page import Cell, PageSection

MOST_PULLS = 50
"""How many open pull requests are shown, the oldest first; the rest is only counted."""


@dataclass(frozen=True, slots=True)
class PepPageData:
    """What is known about a PEP.

    Attributes:
        pep: The PEP as it is on the base branch.
        submissions: The issues that submit it, in any tracker.
        pulls: The first of the open pull requests that touch it, by number.
        pull_count: How many such pull requests there are in all.
        added_by: The merged pull request that added it; None if the bot did not see it.
        due: What is left to do about it.
    """

    pep: Published
    submissions: tuple[Submission, ...]
    pulls: Mapping[int, Memory]
    pull_count: int
    added_by: int | None
    due: Sequence[FollowUp]


def pep_page(repository: str, known: PepPageData, policy: Policy, day: date, web_url: str) -> bytes:
    """Render the page.

    Args:
        repository: The repository, `owner/name`.
        known: What is known about the PEP.
        policy: The repository's policy.
        day: The day for which it says who decides.
        web_url: The address of GitHub's website.
    """
    pep = known.pep
    preamble = pep.preamble
    path = path_on(preamble, policy, day, known.submissions)
    return page(
        "pep",
        repository=repository,
        web_url=web_url,
        number=pep.number,
        title=pep.title,
        published=link_to.published(policy.links, 0, pep.number) or "",
        status=preamble.status or "",
        type=preamble.type or "",
        topics=preamble.topics,
        created=pep.created,
        added_by=known.added_by,
        status_since=pep.status_since,
        today=day,
        is_open=path.is_open,
        path=path_in_html(path),
        sections=[one for one in (_pulls(repository, known, web_url), _due(known)) if one.rows],
    )


def _pulls(repository: str, known: PepPageData, web_url: str) -> PageSection:
    rows = tuple(
        (
            Cell(f"#{number}", f"/{repository}/pull/{number}"),
            Cell(
                memory.queue_entry.title or "(without a title)",
                f"{web_url}/{repository}/pull/{number}",
                note=f"by {memory.queue_entry.opener}" if memory.queue_entry.opener else "",
            ),
            Cell(memory.queue_entry.kind),
        )
        for number, memory in known.pulls.items()
        if memory.queue_entry is not None
    )
    left_out = known.pull_count - len(rows)
    columns = ("Pull request", "Title", "What")
    return PageSection("Open pull requests that touch it", columns, rows, left_out=left_out)


def _due(known: PepPageData) -> PageSection:
    rows = tuple(
        (
            Cell(format_pep_date(one.since.date())),
            Cell(
                follow_up_fact(one).replace("`", ""),
                one.url if one.url.startswith("https://") else "",
            ),
        )
        for one in known.due
    )
    return PageSection("Follow-ups due", ("Since", "What"), rows)
