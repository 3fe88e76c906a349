"""The pages of one PEP and of one pull request."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from markupsafe import Markup

from bot.peps.dates import format_pep_date
from bot.peps.number import PepNumber
from bot.policy.in_office import Delegation
from bot.policy.model import Policy
from bot.review.decision.path import OPEN
from bot.review.decision.submission import Submission
from bot.review.published_peps import Published, Register
from bot.review.queue.follow_up import FollowUp
from bot.review.queue.queue import WEEK, entry_on, open_points
from bot.review.render import markdown as link_to
from bot.review.render.queue import follow_up_fact, in_days
from bot.review.snapshot import Memory, PullRequestState, QueueEntry
from bot.review.stage import Stage
from bot.rules.engine.registry import all_rules
from bot.web.deciders_page import path_in_html, path_on
from bot.web.page_rendering import page
from bot.web.queue_page import Cell, PageSection, https, plain_fact

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
        delegations: Who was recorded as its delegate, or offered to be.
    """

    pep: Published
    submissions: tuple[Submission, ...]
    pulls: Mapping[int, Memory]
    pull_count: int
    added_by: int | None
    due: Sequence[FollowUp]
    delegations: tuple[Delegation, ...] = ()


def pep_page(repository: str, known: PepPageData, policy: Policy, day: date, web_url: str) -> bytes:
    """Render the page."""
    pep = known.pep
    preamble = pep.preamble
    path = path_on(preamble, policy, day, known.submissions, known.delegations)
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
            Cell(plain_fact(follow_up_fact(one)), https(one.url)),
        )
        for one in known.due
    )
    return PageSection("Follow-ups due", ("Since", "What"), rows)


_FINDING = "finding"
_MOST_WITH_DECIDERS = 5
_MOST_PEPS = 50
_TURNS = {
    Stage.EDITOR: "an editor",
    Stage.DECISION: "those who decide",
    Stage.SPONSOR: "the sponsor",
    Stage.AUTHOR: "the author",
}


@dataclass(frozen=True, slots=True)
class RuleFindings:
    """A rule with findings, and since when it has them."""

    rule: str
    title: str
    since: datetime


@dataclass(frozen=True, slots=True)
class TouchedPep:
    """A PEP that the pull request touches, whether it has a page, and who decides, if shown."""

    number: int
    has_page: bool
    decides: Markup | str


def peps_on_page(memory: Memory) -> list[PepNumber]:
    """The PEPs that the page names, by number; if there are too many, the rest is only counted."""
    return [PepNumber(pep) for pep in _peps_of(memory)[:_MOST_PEPS]]


def _peps_of(memory: Memory) -> list[int]:
    return sorted(pep for pep in memory.touches | memory.numbers if pep)


def pull_page(
    repository: str,
    number: int,
    memory: Memory,
    now: datetime,
    web_url: str,
    *,
    queue_entry: QueueEntry,
    known: Register,
    policy: Policy,
    delegations: tuple[Delegation, ...] = (),
) -> bytes:
    """Render the page.

    Args:
        repository: The repository, `owner/name`.
        number: The pull request.
        memory: What is remembered about it.
        now: The current time.
        web_url: The address of GitHub's website.
        queue_entry: What the queue says about it.
        known: Those of `peps_on_page` that are published.
        policy: The repository's policy.
        delegations: Who was recorded as a delegate, or offered to be.
    """
    is_open = memory.state is PullRequestState.OPEN
    queue_entry = entry_on(queue_entry, now)
    return page(
        "pull",
        repository=repository,
        web_url=web_url,
        github=f"{web_url}/{repository}/pull/{number}",
        number=number,
        queue_entry=queue_entry,
        is_open=is_open,
        turn=_turn(queue_entry) if is_open else str(memory.state),
        awaited=open_points(queue_entry) if is_open else "",
        waited=in_days(max(now - queue_entry.since, timedelta())),
        is_idle=now - queue_entry.active_at > WEEK,
        peps=_peps(memory, known, policy, now.astimezone(UTC).date(), delegations),
        further_peps=max(0, len(_peps_of(memory)) - _MOST_PEPS),
        labels=sorted(memory.labels),
        findings=_rule_findings(memory) if is_open else [],
    )


def _peps(
    memory: Memory,
    known: Register,
    policy: Policy,
    day: date,
    delegations: tuple[Delegation, ...],
) -> list[TouchedPep]:
    """The PEPs by number; for the first few published ones also who decides on them."""
    deciders: dict[int, Markup] = {}
    numbers = peps_on_page(memory)
    if memory.state is not PullRequestState.MERGED:
        # What it adds is not the published PEP of the same number.
        known = {number: pep for number, pep in known.items() if number not in memory.adds}
    for number in numbers:
        if number not in known or len(deciders) == _MOST_WITH_DECIDERS:
            continue
        preamble = known[number].preamble
        if preamble.status in OPEN:
            path = path_on(preamble, policy, day, delegations=delegations)
            deciders[number] = path_in_html(path)[0]
    return [TouchedPep(number, number in known, deciders.get(number, "")) for number in numbers]


def _turn(queue_entry: QueueEntry) -> str:
    turn = next((text for stage, text in _TURNS.items() if stage.value == queue_entry.turn), None)
    return turn or "nobody in particular"


def _rule_findings(memory: Memory) -> list[RuleFindings]:
    """Each rule with findings, and since when its oldest current finding is there."""
    titles = {rule.id: rule.title for rule in all_rules()}
    oldest: dict[str, datetime] = {}
    for key, since in memory.since.items():
        kind, _, rest = key.partition(":")
        rule = rest.partition(":")[0]
        if kind == _FINDING and rule in titles:
            oldest[rule] = min(oldest.get(rule, since.at), since.at)
    return [RuleFindings(rule, titles[rule], at) for rule, at in sorted(oldest.items())]
