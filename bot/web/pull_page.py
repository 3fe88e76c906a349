"""The page of one pull request: what the bot knows about it."""

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
    """A rule with findings, and since when it has them."""

    rule: str
    title: str
    since: datetime


@dataclass(frozen=True, slots=True)
class TouchedPep:
    """A PEP that is touched, whether it has a page, and who decides on it, if that is shown."""

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


def _peps(memory: Memory, known: Register, policy: Policy, day: date) -> list[TouchedPep]:
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
            deciders[number] = path_in_html(path_on(preamble, policy, day))[0]
    return [TouchedPep(number, number in known, deciders.get(number, "")) for number in numbers]


def _turn(queue_entry: QueueEntry) -> str:
    turn = next((text for stage, text in _TURNS.items() if stage.value == queue_entry.turn), None)
    return turn or "nobody's in particular"


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
