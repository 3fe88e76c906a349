"""What the bot knows of one pull request, as a page."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.review.queue import WEEK
from bot.review.snapshot import Listed, Memory, PullRequestState
from bot.review.stage import Stage
from bot.rules.registry import all_rules
from bot.web.page_templates import in_days, page

_FINDING = "finding"
_TURNS = {
    Stage.EDITOR: "an editor's",
    Stage.DECISION: "that of those who decide",
    Stage.SPONSOR: "the sponsor's",
    Stage.AUTHOR: "the author's",
}


@dataclass(frozen=True, slots=True)
class Remark:
    """A rule that had something to say, and since when it stands."""

    rule: str
    title: str
    since: datetime


def pull_page(
    repository: str, number: int, memory: Memory, now: datetime, web_url: str
) -> bytes | None:
    """The page; None where nothing is remembered that could be told.

    Args:
        repository: Which repository, `owner/name`.
        number: The pull request.
        memory: What is remembered of it.
        now: The present time.
        web_url: GitHub's address for people.
    """
    listed = memory.listed
    if listed is None or memory.state is None:
        return None
    is_open = memory.state is PullRequestState.OPEN
    return page(
        "pull",
        repository=repository,
        web_url=web_url,
        github=f"{web_url}/{repository}/pull/{number}",
        number=number,
        listed=listed,
        is_open=is_open,
        turn=_turn(listed) if is_open else str(memory.state),
        waited=in_days(max(now - listed.since, timedelta())),
        is_idle=now - listed.active_at > WEEK,
        peps=[f"{pep}" for pep in sorted(memory.touches | memory.numbers) if pep],
        labels=sorted(memory.labels),
        remarks=_remarks(memory) if is_open else [],
    )


def _turn(listed: Listed) -> str:
    turn = next((words for stage, words in _TURNS.items() if stage.value == listed.turn), None)
    return turn or "nobody's in particular"


def _remarks(memory: Memory) -> list[Remark]:
    """One for each rule, with the day of the oldest that stands."""
    titles = {rule.id: rule.title for rule in all_rules()}
    oldest: dict[str, datetime] = {}
    for key, since in memory.since.items():
        kind, _, rest = key.partition(":")
        rule = rest.partition(":")[0]
        if kind == _FINDING and rule in titles:
            oldest[rule] = min(oldest.get(rule, since.at), since.at)
    return [Remark(rule, titles[rule], at) for rule, at in sorted(oldest.items())]
