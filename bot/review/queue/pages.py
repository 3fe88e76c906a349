"""The queue as JSON and divided into pages, the same for the command line and the web."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.review.decision.status_change import Awaiting
from bot.review.overrides import Reservation
from bot.review.queue.follow_up import FollowUp
from bot.review.queue.queue import News, Queue, Waiting
from bot.review.queue.sources import ChangedSource
from bot.review.render.queue import follow_up_fact
from bot.review.stage import Stage


def queue_fields(queue: Queue) -> Mapping[str, object]:
    """The queue as values that JSON can represent."""
    return {
        "turns": {
            turn.value: [_pull(each) for each in waiting] for turn, waiting in queue.turns.items()
        },
        "drafts": [_pull(each) for each in queue.drafts],
        "no_pep": [_pull(each) for each in queue.others],
        "not_looked_at": queue.not_reviewed,
        "within_a_week": {
            "opened": queue.news.opened,
            "turn_changed": queue.news.moved,
            "merged": queue.news.merged,
            "closed": queue.news.closed,
        },
        "claimed": {str(number): pulls for number, pulls in queue.assigned.items()},
        "claims_complete": queue.is_complete,
        "reserved": [_reserved(held) for held in queue.reserved],
        "reserved_by_policy": {
            str(number): reason for number, reason in queue.reserved_by_policy.items()
        },
        "awaiting_decision": [_awaiting(each) for each in queue.awaiting],
        "follow_ups": [_due(each) for each in queue.due],
        "sources": [_source(each) for each in queue.sources],
    }


def _pull(waiting: Waiting) -> dict[str, object]:
    queue_entry = waiting.queue_entry
    return {
        "number": waiting.number,
        "title": queue_entry.title,
        "opener": queue_entry.opener,
        "opened": queue_entry.opened and queue_entry.opened.isoformat(),
        "kind": queue_entry.kind,
        "turn": queue_entry.turn,
        "awaits": queue_entry.awaits,
        "obstacles": queue_entry.obstacles,
        "since": queue_entry.since.isoformat(),
        "last_activity": queue_entry.active_at.isoformat(),
        "idle": waiting.is_idle,
    }


def _awaiting(one: Awaiting) -> dict[str, object]:
    submission = one.submission
    return {
        "pep": one.pep.number,
        "title": one.pep.title,
        "pull_requests": one.pull_requests,
        "issue": submission and submission.url,
        "submitted": submission and submission.opened_at.isoformat(),
        "delegates": [
            {"login": each.login, "appointed": each.is_appointment, "since": each.at.isoformat()}
            for each in one.delegations
        ],
    }


def _due(one: FollowUp) -> dict[str, object]:
    return {
        "kind": one.kind.value,
        "pep": one.pep.number,
        "title": one.pep.title,
        "what": follow_up_fact(one),
        "since": one.since.isoformat(),
        "pull_request": one.added and one.added.pull_request,
        "url": one.url or None,
    }


def _source(one: ChangedSource) -> dict[str, object]:
    return {
        "repository": one.source.repository,
        "path": one.source.path,
        "as_of": one.source.as_of.isoformat(),
        "changed": one.changed_at and one.changed_at.isoformat(),
        "url": one.source.history,
    }


def _reserved(held: Reservation) -> dict[str, object]:
    return {
        "number": held.number,
        "pull_request": held.pull_request,
        "reason": held.reason,
        "by": held.by,
        "at": held.at.isoformat(),
        "url": held.url,
    }


PER_PAGE = 100
"""How many pull requests are on a page."""


@dataclass(frozen=True, slots=True)
class QueuePage:
    """One page of the queue.

    Attributes:
        queue: The queue with only this page's pull requests. Everything but the lists of waiting
            pull requests is on the first page only.
        number: The page number, from 1.
        pages: How many pages there are, at least one.
        turns: How many pull requests there are on all pages by whose turn it is, without drafts.
        drafts: How many drafts there are on all pages.
        others: How many pull requests on all pages touch no PEP.
    """

    queue: Queue
    number: int
    pages: int
    turns: Mapping[Stage, int]
    drafts: int
    others: int


def page_of(queue: Queue, number: int, per_page: int = PER_PAGE) -> QueuePage | None:
    """A page of the queue; None if there is no such page.

    Args:
        queue: The whole queue.
        number: The page number, from 1.
        per_page: How many pull requests are on a page.
    """
    lists = [*queue.turns.values(), queue.drafts, queue.others]
    pages = max(1, -(-sum(map(len, lists)) // per_page))
    if not 1 <= number <= pages:
        return None
    start = (number - 1) * per_page
    shown: list[tuple[Waiting, ...]] = []
    before = 0
    for waiting in lists:
        shown.append(waiting[max(start - before, 0) : max(start + per_page - before, 0)])
        before += len(waiting)
    *turns, drafts, others = shown
    part = replace(
        queue, turns=dict(zip(queue.turns, turns, strict=True)), drafts=drafts, others=others
    )
    if number > 1:
        part = replace(
            part,
            not_reviewed=0,
            news=News(),
            assigned={},
            reserved=(),
            reserved_by_policy={},
            awaiting=(),
            due=(),
        )
    return QueuePage(
        queue=part,
        number=number,
        pages=pages,
        turns={turn: len(waiting) for turn, waiting in queue.turns.items()},
        drafts=len(queue.drafts),
        others=len(queue.others),
    )
