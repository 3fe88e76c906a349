"""What the bot knows of one pull request, as a page."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from markupsafe import Markup

from bot.peps.number import PepNumber
from bot.policy.model import Policy
from bot.review.decision.path import OPEN
from bot.review.published_peps import Register
from bot.review.queue.queue import WEEK
from bot.review.snapshot import Memory, PullRequestState, QueueEntry
from bot.review.stage import Stage
from bot.rules.engine.registry import all_rules
from bot.web.deciders_page import path_in_html, path_on
from bot.web.page_templates import in_days, page

_FINDING = "finding"
_MOST_WITH_DECIDERS = 5
_MOST_PEPS = 50
_TURNS = {
    Stage.EDITOR: "an editor's",
    Stage.DECISION: "that of those who decide",
    Stage.SPONSOR: "the sponsor's",
    Stage.AUTHOR: "the author's",
}


@dataclass(frozen=True, slots=True)
class RuleFindings:
    """A rule that had something to say, and since when it stands."""

    rule: str
    title: str
    since: datetime


@dataclass(frozen=True, slots=True)
class ChangedPep:
    """A PEP that is touched, whether it has a page, and who decides on it, if that is told."""

    number: int
    has_page: bool
    decides: Markup | str


def peps_on_page(memory: Memory) -> list[PepNumber]:
    """The PEPs that its page names, by number; the rest of hundreds is counted."""
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
) -> bytes:
    """The page.

    Args:
        repository: Which repository, `owner/name`.
        number: The pull request.
        memory: What is remembered of it.
        now: The present time.
        web_url: GitHub's address for people.
        queue_entry: What the queue tells of it.
        known: What of `peps_on_page` is published.
        policy: What the repository wants.
    """
    is_open = memory.state is PullRequestState.OPEN
    return page(
        "pull",
        repository=repository,
        web_url=web_url,
        github=f"{web_url}/{repository}/pull/{number}",
        number=number,
        queue_entry=queue_entry,
        is_open=is_open,
        turn=_turn(queue_entry) if is_open else str(memory.state),
        waited=in_days(max(now - queue_entry.since, timedelta())),
        is_idle=now - queue_entry.active_at > WEEK,
        peps=_peps(memory, known, policy, now.astimezone(UTC).date()),
        further_peps=max(0, len(_peps_of(memory)) - _MOST_PEPS),
        labels=sorted(memory.labels),
        findings=_rule_findings(memory) if is_open else [],
    )


def _peps(memory: Memory, known: Register, policy: Policy, day: date) -> list[ChangedPep]:
    """The PEPs by number; of the first few that are published, who decides on them."""
    deciders: dict[int, Markup] = {}
    numbers = peps_on_page(memory)
    for number in numbers:
        if number not in known or len(deciders) == _MOST_WITH_DECIDERS:
            continue
        preamble = known[number].preamble
        if preamble.status in OPEN:
            deciders[number] = path_in_html(path_on(preamble, policy, day))[0]
    return [ChangedPep(number, number in known, deciders.get(number, "")) for number in numbers]


def _turn(queue_entry: QueueEntry) -> str:
    turn = next((text for stage, text in _TURNS.items() if stage.value == queue_entry.turn), None)
    return turn or "nobody's in particular"


def _rule_findings(memory: Memory) -> list[RuleFindings]:
    """One for each rule, with the day of the oldest that stands."""
    titles = {rule.id: rule.title for rule in all_rules()}
    oldest: dict[str, datetime] = {}
    for key, since in memory.since.items():
        kind, _, rest = key.partition(":")
        rule = rest.partition(":")[0]
        if kind == _FINDING and rule in titles:
            oldest[rule] = min(oldest.get(rule, since.at), since.at)
    return [RuleFindings(rule, titles[rule], at) for rule, at in sorted(oldest.items())]
